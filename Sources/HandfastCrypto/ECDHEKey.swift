import Crypto
package import HandfastCore
package import HandfastWire

/// X25519 comes from BoringSSL where that can be reached: swift-crypto wraps each value of it in allocations of its own.
func curveKey(
  in group: NamedGroup, usesBoringSSL: Bool, random: (Int) -> [UInt8]
) throws(CryptoError) -> any EphemeralKey {
  if group == .x25519, usesBoringSSL, let key = BoringX25519Key(random: random) { return key }
  return try ECDHEKey(group, random: random)
}

/// An ephemeral key on one of the four curves (RFC 8422 §5.1.1).
package final class ECDHEKey: EphemeralKey {
  /// Values of swift-crypto, whose 3.x does not say yet that they are Sendable.
  private enum Half: @unchecked Sendable {
    case x25519(Curve25519.KeyAgreement.PrivateKey)
    case p256(P256.KeyAgreement.PrivateKey)
    case p384(P384.KeyAgreement.PrivateKey)
    case p521(P521.KeyAgreement.PrivateKey)
  }
  private let half: Half
  package let publicValue: [UInt8]

  package init(_ group: NamedGroup, random: (Int) -> [UInt8]) throws(CryptoError) {
    switch group {
    case .x25519:
      let key = try Self.make(32, random) { try Curve25519.KeyAgreement.PrivateKey(rawRepresentation: $0) }
      (half, publicValue) = (.x25519(key), [UInt8](key.publicKey.rawRepresentation))
    case .secp256r1:
      let key = try Self.make(32, random) { try P256.KeyAgreement.PrivateKey(rawRepresentation: $0) }
      (half, publicValue) = (.p256(key), [UInt8](key.publicKey.x963Representation))
    case .secp384r1:
      let key = try Self.make(48, random) { try P384.KeyAgreement.PrivateKey(rawRepresentation: $0) }
      (half, publicValue) = (.p384(key), [UInt8](key.publicKey.x963Representation))
    case .secp521r1:
      // 521 bits are 65 bytes and one bit.
      let key = try Self.make(66, topMask: 1, random) { try P521.KeyAgreement.PrivateKey(rawRepresentation: $0) }
      (half, publicValue) = (.p521(key), [UInt8](key.publicKey.x963Representation))
    default: throw .unsupported
    }
  }

  package func sharedSecret(with peerValue: Span<UInt8>) throws(CryptoError) -> Secret {
    let peer = [UInt8](copying: peerValue)
    do {
      switch half {
      case .x25519(let key):
        let shared = try key.sharedSecretFromKeyAgreement(with: .init(rawRepresentation: peer))
        return try checked(Secret(shared))
      case .p256(let key):
        try checkUncompressed(peer, coordinate: 32)
        return try Secret(key.sharedSecretFromKeyAgreement(with: .init(x963Representation: peer)))
      case .p384(let key):
        try checkUncompressed(peer, coordinate: 48)
        return try Secret(key.sharedSecretFromKeyAgreement(with: .init(x963Representation: peer)))
      case .p521(let key):
        try checkUncompressed(peer, coordinate: 66)
        return try Secret(key.sharedSecretFromKeyAgreement(with: .init(x963Representation: peer)))
      }
    } catch {
      throw .invalidPublicValue
    }
  }

  //= https://www.rfc-editor.org/rfc/rfc8422#section-5.11
  //# With X25519 and X448, a receiving party MUST check whether the
  //# computed premaster secret is the all-zero value and abort the
  //# handshake if so
  //
  // A point of small order makes a secret that everybody knows. swift-crypto refuses it as well; this does not rely on that.
  private func checked(_ secret: consuming Secret) throws(CryptoError) -> Secret {
    let isAllZero = secret.withSpan { span in
      var bits: UInt8 = 0
      for index in span.indices { bits |= span[index] }
      return bits == 0
    }
    guard !isAllZero else { throw .invalidPublicValue }
    return secret
  }

  // RFC 8422 §5.1.2: only the uncompressed format is left. swift-crypto checks that the point is on the curve.
  private func checkUncompressed(_ point: [UInt8], coordinate: Int) throws(CryptoError) {
    guard point.count == 1 + 2 * coordinate, point[0] == 4 else { throw .invalidPublicValue }
  }

  // Random bytes make a NIST key unless they are zero or not below the group's order. swift-crypto's own generation runs a
  // self-test on each key, at eight times the cost, which an ephemeral key does not need.
  private static func make<Key>(
    _ count: Int, topMask: UInt8 = 0xff, _ random: (Int) -> [UInt8], _ key: ([UInt8]) throws -> Key
  ) throws(CryptoError) -> Key {
    for _ in 0..<64 {
      var scalar = random(count)
      defer { overwrite(&scalar) }
      guard scalar.count == count else { break }
      scalar[0] &= topMask
      if let key = try? key(scalar) { return key }
    }
    // Chance is no explanation for 64 bad scalars.
    throw .failure("the random generator makes no keys")
  }
}

extension Secret {
  fileprivate init(_ shared: SharedSecret) {
    // Safe: the bytes are copied within the closure.
    self.init(unsafe shared.withUnsafeBytes { unsafe [UInt8]($0) })
  }
}
