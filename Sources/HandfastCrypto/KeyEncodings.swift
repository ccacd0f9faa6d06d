/// The DER around Ed25519 keys, which swift-crypto reads and writes bare (RFC 8410 §4, §7).
enum Ed25519DER {
  // AlgorithmIdentifier { 1.3.101.112 }
  private static let algorithm: [UInt8] = [0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70]

  /// A SubjectPublicKeyInfo up to the 32 bytes of the key.
  static let publicPrefix: [UInt8] = [0x30, 0x2a] + algorithm + [0x03, 0x21, 0x00]

  /// The private key as PKCS#8, without the optional public key.
  static func pkcs8(_ seed: [UInt8]) -> [UInt8] {
    DER.sequence([0x02, 0x01, 0x00] + algorithm + [0x04, 0x22, 0x04, 0x20] + seed)
  }

  /// The 32 bytes inside a PKCS#8 key, with or without attributes and public key (RFC 5958 §2); nil when it is something else.
  static func seed(inPKCS8 der: [UInt8]) -> [UInt8]? {
    guard der.count >= 48, der[0] == 0x30, der[1] < 0x80, Int(der[1]) == der.count - 2 else { return nil }
    guard der[2] == 0x02, der[3] == 0x01, der[4] <= 1 else { return nil }
    guard Array(der[5..<16]) == algorithm + [0x04, 0x22, 0x04, 0x20] else { return nil }
    return Array(der[16..<48])
  }
}

/// The little DER that swift-crypto does not write or read.
enum DER {
  // AlgorithmIdentifier { rsaEncryption, NULL } (RFC 3279 §2.3.1)
  private static let rsaEncryption: [UInt8] = [
    0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
  ]

  static func sequence(_ content: [UInt8]) -> [UInt8] { wrap(0x30, content) }

  /// An RSAPrivateKey as PKCS#8 (RFC 5958 §2, RFC 8017 §A.1).
  static func pkcs8(rsa pkcs1: [UInt8]) -> [UInt8] {
    sequence([0x02, 0x01, 0x00] + rsaEncryption + wrap(0x04, pkcs1))
  }

  /// Modulus and exponent of an RSA key, big-endian. It finds them and judges nothing: whoever calls compares the key's own
  /// encoding with what was read.
  static func rsaNumbers(
    inSubjectPublicKeyInfo der: [UInt8]
  ) -> (modulus: ArraySlice<UInt8>, exponent: ArraySlice<UInt8>)? {
    var rest = der[...]
    guard var info = take(0x30, from: &rest), info.starts(with: rsaEncryption) else { return nil }
    info.removeFirst(rsaEncryption.count)
    guard let bits = take(0x03, from: &info), bits.first == 0 else { return nil }
    rest = bits.dropFirst()
    guard var key = take(0x30, from: &rest) else { return nil }
    guard let modulus = take(0x02, from: &key), let exponent = take(0x02, from: &key) else { return nil }
    return (modulus, exponent)
  }

  /// The content of the element that `bytes` begin with, if it has that tag.
  static func take(_ tag: UInt8, from bytes: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    guard bytes.popFirst() == tag, let first = bytes.popFirst() else { return nil }
    var count = Int(first)
    if first >= 0x80 {
      guard first == 0x81 || first == 0x82 else { return nil }
      count = 0
      for _ in 0..<first & 0x7f {
        guard let next = bytes.popFirst() else { return nil }
        count = count << 8 | Int(next)
      }
    }
    guard count <= bytes.count else { return nil }
    defer { bytes.removeFirst(count) }
    return bytes.prefix(count)
  }

  /// The curves' object identifiers (RFC 5480 §2.1.1.1).
  static let secp256r1: [UInt8] = [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07]
  static let secp384r1: [UInt8] = [0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22]
  static let secp521r1: [UInt8] = [0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x23]

  // A SubjectPublicKeyInfo up to the two numbers of an uncompressed point (RFC 5480 §2).
  static let p256Prefix = pointPrefix(secp256r1, numbersByteCount: 64)
  static let p384Prefix = pointPrefix(secp384r1, numbersByteCount: 96)
  static let p521Prefix = pointPrefix(secp521r1, numbersByteCount: 132)
  private static let idEcPublicKey: [UInt8] = [0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01]

  private static func pointPrefix(_ curve: [UInt8], numbersByteCount count: Int) -> [UInt8] {
    let bits = wrap(0x03, [0x00, 0x04] + [UInt8](repeating: 0, count: count))
    return Array(sequence(sequence(idEcPublicKey + curve) + bits).dropLast(count))
  }

  /// Whether a private key that swift-crypto could read is SEC 1 (version 1; it checks a curve that stands there), or PKCS#8
  /// (version 0) for that curve.
  static func isEC(_ der: [UInt8], on curve: [UInt8]) -> Bool {
    guard der.count > 2 else { return false }
    let content = der.dropFirst(der[1] < 0x80 ? 2 : 2 + Int(der[1] & 0x7f))
    if content.starts(with: [0x02, 0x01, 0x01]) { return true }
    return content.starts(with: [0x02, 0x01, 0x00] + sequence(idEcPublicKey + curve))
  }

  static func wrap(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
    guard content.count >= 0x80 else { return [tag, UInt8(content.count)] + content }
    var length: [UInt8] = []
    var rest = content.count
    while rest > 0 {
      length.insert(UInt8(truncatingIfNeeded: rest), at: 0)
      rest >>= 8
    }
    return [tag, 0x80 | UInt8(length.count)] + length + content
  }
}
