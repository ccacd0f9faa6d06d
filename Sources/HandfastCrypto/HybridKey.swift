import Crypto
import HandfastCore
import HandfastWire

/// How the two parts of a hybrid group stand in its shares and in its secret: one after the other, each of fixed length (RFC
/// 10024, RFC 9954).
struct HybridLayout: Sendable {
  let classical: NamedGroup
  /// Of a public value of the classical group.
  let classicalByteCount: Int
  let startsWithMLKEM: Bool

  /// FIPS 203, table 3.
  static let encapsulationKeyByteCount = 1184
  static let ciphertextByteCount = 1088
  /// `d ‖ z` of FIPS 203's key generation.
  static let seedByteCount = 64

  /// Nil for a group that is no hybrid, or none this library can do.
  init?(_ group: NamedGroup) {
    switch group {
    // ML-KEM comes first here, against the order in the group's name.
    case .x25519MLKEM768: (classical, classicalByteCount, startsWithMLKEM) = (.x25519, 32, true)
    case .secp256r1MLKEM768: (classical, classicalByteCount, startsWithMLKEM) = (.secp256r1, 65, false)
    default: return nil
    }
  }

  func joined(mlkem: [UInt8], classical: [UInt8]) -> [UInt8] {
    startsWithMLKEM ? mlkem + classical : classical + mlkem
  }

  /// The secret that both sides put into TLS 1.3's key schedule.
  func joined(mlkem: SymmetricKey, classical: borrowing Secret) -> Secret {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(mlkem.bitCount / 8 + classical.count)
    if startsWithMLKEM { append(mlkem, to: &bytes) }
    classical.withSpan { span in for index in span.indices { bytes.append(span[index]) } }
    if !startsWithMLKEM { append(mlkem, to: &bytes) }
    return Secret(bytes)
  }

  // Byte by byte into reserved room, so that no other copy of the secret is left behind.
  private func append(_ key: SymmetricKey, to bytes: inout [UInt8]) {
    // Safe: the pointer is only read, within the closure.
    unsafe key.withUnsafeBytes { pointer in
      for index in pointer.indices { unsafe bytes.append(pointer[index]) }
    }
  }

  /// A share's two parts, where ML-KEM's has `mlkemByteCount` bytes.
  func parts(
    of share: Span<UInt8>, mlkemByteCount: Int
  ) throws(CryptoError) -> (mlkem: [UInt8], classical: [UInt8]) {
    guard share.count == mlkemByteCount + classicalByteCount else { throw .invalidPublicValue }
    let bytes = [UInt8](copying: share)
    let first = startsWithMLKEM ? mlkemByteCount : classicalByteCount
    let (head, tail) = (Array(bytes[..<first]), Array(bytes[first...]))
    return startsWithMLKEM ? (head, tail) : (tail, head)
  }

  /// The server's half: a ciphertext for the client's encapsulation key, and an ephemeral key of the classical group.
  func respond(
    to peerValue: Span<UInt8>, usesBoringSSL: Bool, random: (Int) -> [UInt8]
  ) throws(CryptoError) -> KeyExchangeResponse {
    let peer = try parts(of: peerValue, mlkemByteCount: Self.encapsulationKeyByteCount)
    //= https://datatracker.ietf.org/doc/html/draft-ietf-tls-ecdhe-mlkem-05#section-4.2
    //# For all groups, the server MUST perform the encapsulation key check described in Section 7.2 of [NIST-FIPS-203]
    //# on the client's encapsulation key, and abort with an illegal_parameter alert if it fails.
    //
    // (The draft became RFC 10024.) Reading the key is the check: BoringSSL refuses coefficients that are not reduced.
    let encapsulation = try MLKEM768Encapsulation(for: peer.mlkem, usesBoringSSL: usesBoringSSL)
    let own = try curveKey(in: classical, usesBoringSSL: usesBoringSSL, random: random)
    let classicalSecret = try own.sharedSecret(with: peer.classical.span)
    return KeyExchangeResponse(
      publicValue: joined(mlkem: encapsulation.ciphertext, classical: own.publicValue),
      secret: joined(mlkem: encapsulation.secret, classical: classicalSecret))
  }
}

/// The client's half of a hybrid exchange: a decapsulation key, and an ephemeral key of the classical group.
final class HybridKey: EphemeralKey {
  private let layout: HybridLayout
  private let classical: any EphemeralKey
  private let mlkem: any MLKEM768DecapsulationKey
  let publicValue: [UInt8]

  init(_ layout: HybridLayout, usesBoringSSL: Bool, random: (Int) -> [UInt8]) throws(CryptoError) {
    self.layout = layout
    classical = try curveKey(in: layout.classical, usesBoringSSL: usesBoringSSL, random: random)
    // From a seed rather than `init()`, so that a seeded provider makes the same key again.
    var seed = random(HybridLayout.seedByteCount)
    defer { overwrite(&seed) }
    mlkem =
      usesBoringSSL && RecordCipher.isBoringSSLAvailable
      ? try BoringMLKEM768Key(seed: seed) : try PublicAPIMLKEM768Key(seed: seed)
    publicValue = layout.joined(mlkem: mlkem.encapsulationKey, classical: classical.publicValue)
  }

  //= https://datatracker.ietf.org/doc/html/draft-ietf-tls-hybrid-design-16#section-3.2
  //# since the same algorithm may appear in multiple named groups, this document relaxes the above requirement to allow
  //# the same key_exchange value for the same algorithm to be reused in multiple KeyShareEntry records sent within the
  //# same ClientHello.  However, key_exchange values for different algorithms MUST be generated independently.
  //
  // (The draft became RFC 9954; "above" is RFC 9846's rule that every share is generated independently.)
  var component: (group: NamedGroup, key: any EphemeralKey)? { (layout.classical, classical) }

  func sharedSecret(with peerValue: Span<UInt8>) throws(CryptoError) -> Secret {
    let peer = try layout.parts(of: peerValue, mlkemByteCount: HybridLayout.ciphertextByteCount)
    let classicalSecret = try classical.sharedSecret(with: peer.classical.span)
    // A ciphertext of the right length always yields a secret; one made for another key yields one that nobody shares (FIPS 203
    // §6.3), and the Finished messages then disagree.
    let secret = try mlkem.decapsulate(peer.mlkem)
    return layout.joined(mlkem: secret, classical: classicalSecret)
  }
}
