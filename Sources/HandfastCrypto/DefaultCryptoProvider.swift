import CHandfastBoring
package import HandfastCore
package import HandfastWire

/// Which code protects records, hashes, derives keys and agrees on them.
package enum RecordCipher: Sendable, CaseIterable {
  /// BoringSSL through the shim where it is there, else swift-crypto's public API.
  case best
  /// The shim; record keys throw `.unsupported` where it is not there.
  case boringSSL
  /// swift-crypto's public API: several times slower, and there on every platform.
  case publicAPI

  /// Whether the shim has BoringSSL beneath it.
  package static var isBoringSSLAvailable: Bool { chb_is_available() == 1 }

  fileprivate var usesBoringSSL: Bool {
    switch self {
    case .best: Self.isBoringSSLAvailable
    case .boringSSL: true
    case .publicAPI: false
    }
  }
}

/// The cryptography of swift-crypto, and of the BoringSSL inside it where swift-crypto's own API is too slow or too talkative.
package struct DefaultCryptoProvider: CryptoProvider {
  let usesBoringSSL: Bool

  package init(recordCipher: RecordCipher = .best) { usesBoringSSL = recordCipher.usesBoringSSL }

  /// AES-128 before AES-256: it is enough, and it is faster. RSA key transport comes last, and only where a server could
  /// decrypt without telling good padding from bad.
  package var cipherSuites: [CipherSuite] {
    // TLS 1.3's three: AES-128-GCM, AES-256-GCM and ChaCha20-Poly1305 (RFC 9846 §B.4).
    let forwardSecret: [CipherSuite] = [
      CipherSuite(rawValue: 0x1301), CipherSuite(rawValue: 0x1302), CipherSuite(rawValue: 0x1303),
      .ecdheECDSAWithAES128GCMSHA256, .ecdheRSAWithAES128GCMSHA256,
      .ecdheECDSAWithAES256GCMSHA384, .ecdheRSAWithAES256GCMSHA384,
      .ecdheECDSAWithChaCha20Poly1305SHA256, .ecdheRSAWithChaCha20Poly1305SHA256,
    ]
    guard RecordCipher.isBoringSSLAvailable else { return forwardSecret }
    return forwardSecret + [.rsaWithAES128GCMSHA256, .rsaWithAES256GCMSHA384]
  }

  package var groups: [NamedGroup] {
    [.x25519MLKEM768, .secp256r1MLKEM768, .x25519, .secp256r1, .secp384r1, .secp521r1, .mlkem1024]
  }

  package var signatureSchemes: [SignatureScheme] {
    let schemes: [SignatureScheme] = [
      .ecdsaSecp256r1SHA256, .ed25519, .ecdsaSecp384r1SHA384, .ecdsaSecp521r1SHA512,
      .rsaPSSRSAESHA256, .rsaPSSRSAESHA384, .rsaPSSRSAESHA512,
      .rsaPKCS1SHA256, .rsaPKCS1SHA384, .rsaPKCS1SHA512, .mldsa65, .mldsa87,
      .rsaPKCS1SHA256Legacy, .rsaPKCS1SHA384Legacy, .rsaPKCS1SHA512Legacy,
    ]
    return RecordCipher.isBoringSSLAvailable ? schemes + [.mldsa44] : schemes
  }

  /// From BoringSSL's generator, which the system seeds, or from the system's: that makes a system call for each eight bytes.
  package func randomBytes(_ count: Int) -> [UInt8] {
    usesBoringSSL ? boringRandomBytes(count) ?? systemRandomBytes(count) : systemRandomBytes(count)
  }

  private func boringRandomBytes(_ count: Int) -> [UInt8]? {
    // Safe: the pointer stays in its closure, and as many bytes are written as there is room for.
    let bytes = unsafe [UInt8](room: count) { unsafe chb_random($0.baseAddress, $0.count) == 1 ? $0.count : 0 }
    return bytes.count == count ? bytes : nil
  }

  private func systemRandomBytes(_ count: Int) -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    while bytes.count < count {
      var word = generator.next()
      for _ in 0..<min(8, count - bytes.count) {
        bytes.append(UInt8(truncatingIfNeeded: word))
        word >>= 8
      }
    }
    return bytes
  }

  package func runningHash(_ algorithm: HashAlgorithm) -> any RunningHash {
    if usesBoringSSL, let hash = BoringHash(algorithm) { return hash }
    return publicAPIHash(algorithm)
  }

  package func mac(_ algorithm: HashAlgorithm, key: Span<UInt8>) -> any MessageAuthenticationKey {
    if usesBoringSSL, let key = BoringMACKey(algorithm, key: key) { return key }
    return PublicAPIMACKey(algorithm, key: key)
  }

  package func ephemeralKey(in group: NamedGroup) throws(CryptoError) -> any EphemeralKey {
    try ephemeralKey(in: group, random: randomBytes)
  }

  /// The same with the private value taken from `random`, for providers whose randomness is not the system's.
  package func ephemeralKey(in group: NamedGroup, random: (Int) -> [UInt8]) throws(CryptoError) -> any EphemeralKey {
    if let layout = HybridLayout(group) { return try HybridKey(layout, usesBoringSSL: usesBoringSSL, random: random) }
    if group == .mlkem1024 { return try MLKEMKey(random: random) }
    return try curveKey(in: group, usesBoringSSL: usesBoringSSL, random: random)
  }

  package func respond(
    to peerValue: Span<UInt8>, in group: NamedGroup
  ) throws(CryptoError) -> KeyExchangeResponse {
    try respond(to: peerValue, in: group, random: randomBytes)
  }

  /// The same with the (EC)DH key taken from `random`. An encapsulation's randomness stays the library's own, which takes none from
  /// outside.
  package func respond(
    to peerValue: Span<UInt8>, in group: NamedGroup, random: (Int) -> [UInt8]
  ) throws(CryptoError) -> KeyExchangeResponse {
    if let layout = HybridLayout(group) {
      return try layout.respond(to: peerValue, usesBoringSSL: usesBoringSSL, random: random)
    }
    if group == .mlkem1024 { return try MLKEMKey.respond(to: peerValue) }
    let key = try curveKey(in: group, usesBoringSSL: usesBoringSSL, random: random)
    return KeyExchangeResponse(publicValue: key.publicValue, secret: try key.sharedSecret(with: peerValue))
  }

  package func recordKey(_ algorithm: AEADAlgorithm, key: Span<UInt8>) throws(CryptoError) -> any RecordKey {
    guard key.count == algorithm.keyByteCount else { throw .failure("wrong key length") }
    guard usesBoringSSL else { return PublicAPIRecordKey(algorithm, key: key) }
    return try BoringRecordKey(algorithm, key: key)
  }
}
