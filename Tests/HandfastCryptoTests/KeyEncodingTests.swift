import HandfastCore
import HandfastCrypto
import HandfastWire
import Testing

@Suite struct KeyEncodingTests {
  typealias Fixtures = KeyFixtures

  struct Curve: CustomTestStringConvertible {
    let kind: KeyKind
    let sec1, pkcs8, publicKey: [UInt8]
    var testDescription: String { "\(kind)" }

    static let all = [
      Self(
        kind: .ecdsa(.secp256r1), sec1: Fixtures.sec1P256, pkcs8: Fixtures.pkcs8P256, publicKey: Fixtures.publicP256),
      Self(
        kind: .ecdsa(.secp384r1), sec1: Fixtures.sec1P384, pkcs8: Fixtures.pkcs8P384, publicKey: Fixtures.publicP384),
      Self(
        kind: .ecdsa(.secp521r1), sec1: Fixtures.sec1P521, pkcs8: Fixtures.pkcs8P521, publicKey: Fixtures.publicP521),
    ]
  }

  /// Bytes with a name, so that a failing case says which.
  struct Sample: CustomTestStringConvertible {
    let testDescription: String
    let der: [UInt8]
    init(_ name: String, _ der: [UInt8]) { (testDescription, self.der) = (name, der) }
  }

  @Test(arguments: Curve.all)
  func `an elliptic-curve key is read from SEC1 and from PKCS8`(curve: Curve) throws {
    for key in [try PrivateKey(sec1: curve.sec1), try PrivateKey(pkcs8: curve.pkcs8)] {
      #expect(key.kind == curve.kind)
      #expect(key.subjectPublicKeyInfo == curve.publicKey)
      #expect(key.pkcs8 == curve.pkcs8)
    }
    let peer = try PublicKey(subjectPublicKeyInfo: curve.publicKey)
    #expect(peer.kind == curve.kind)
    #expect(peer.subjectPublicKeyInfo == curve.publicKey)
  }

  @Test(arguments: MLDSAParameterSet.allCases)
  func `an ML-DSA key is read from its seed, alone or beside the expanded key`(_ parameters: MLDSAParameterSet) throws {
    let last: UInt8 = [.mldsa44: 0x11, .mldsa65: 0x12, .mldsa87: 0x13][parameters] ?? 0
    let algorithm: [UInt8] = [0x30, 0x0b, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, last]
    let seed = [UInt8](0..<32)
    func pkcs8(_ key: [UInt8]) -> [UInt8] {
      let content = [0x02, 0x01, 0x00] + algorithm + [0x04, UInt8(key.count)] + key
      return [0x30, UInt8(content.count)] + content
    }
    let alone = try PrivateKey(pkcs8: pkcs8([0x80, 0x20] + seed))
    let both = try PrivateKey(pkcs8: pkcs8([0x30, 0x26, 0x04, 0x20] + seed + [0x04, 0x02, 0x01, 0x02]))
    #expect(alone.kind == .mldsa(parameters))
    #expect(alone.pkcs8 == pkcs8([0x80, 0x20] + seed))
    #expect(both.subjectPublicKeyInfo == alone.subjectPublicKeyInfo)
    for broken in [
      pkcs8([0x04, 0x20] + seed), pkcs8([0x80, 0x1f] + seed.dropLast()), pkcs8([0x80, 0x20] + seed + [0]), pkcs8([]),
      Array(alone.pkcs8.dropLast()), alone.pkcs8 + [0],
    ] {
      #expect(throws: CryptoError.unsupported) { try PrivateKey(pkcs8: broken) }
    }
  }

  @Test func `an RSA key is read from PKCS1 and from PKCS8`() throws {
    for key in [try PrivateKey(pkcs1: Fixtures.pkcs1RSA), try PrivateKey(pkcs8: Fixtures.pkcs8RSA)] {
      #expect(key.kind == .rsa(bits: 2048))
      #expect(key.subjectPublicKeyInfo == Fixtures.publicRSA)
      #expect(key.pkcs8 == Fixtures.pkcs8RSA)
    }
    #expect(try PublicKey(subjectPublicKeyInfo: Fixtures.publicRSA).kind == .rsa(bits: 2048))
  }

  @Test func `an Ed25519 key is read from PKCS8 of either version`() throws {
    let key = try PrivateKey(pkcs8: Fixtures.pkcs8Ed25519)
    #expect(key.kind == .ed25519)
    #expect(key.subjectPublicKeyInfo == Fixtures.publicEd25519)
    #expect(key.pkcs8 == Fixtures.pkcs8Ed25519)
    #expect(try PublicKey(subjectPublicKeyInfo: Fixtures.publicEd25519).kind == .ed25519)

    let other = try PrivateKey(pkcs8: Fixtures.pkcs8Ed25519WithAttributes)
    #expect(other.subjectPublicKeyInfo.suffix(32) == Fixtures.pkcs8Ed25519WithAttributes.suffix(32))
  }

  @Test(arguments: [
    Sample("compressedP256", Fixtures.compressedP256), Sample("explicitP256", Fixtures.explicitP256),
    Sample("secp256k1", Fixtures.secp256k1), Sample("ed448", Fixtures.ed448), Sample("x25519", Fixtures.x25519),
    Sample("rsa1024", Fixtures.rsa1024), Sample("rsa8200", Fixtures.rsa8200), Sample("rsaPSS", Fixtures.rsaPSS),
    Sample("pkcs1PublicRSA", Fixtures.pkcs1PublicRSA), Sample("pkcs8P256", Fixtures.pkcs8P256), Sample("nothing", []),
    Sample("half a header", [0x30]),
  ])
  func `a public key that TLS here has no use for is unsupported`(sample: Sample) {
    let der = sample.der
    #expect(throws: CryptoError.unsupported) { try PublicKey(subjectPublicKeyInfo: der) }
  }

  @Test(arguments: [
    Sample("pkcs8Secp256k1", Fixtures.pkcs8Secp256k1), Sample("pkcs8Ed448", Fixtures.pkcs8Ed448),
    Sample("pkcs8X25519", Fixtures.pkcs8X25519), Sample("pkcs1RSA1024", Fixtures.pkcs1RSA1024),
    Sample("publicP256", Fixtures.publicP256), Sample("nothing", []), Sample("half a header", [0x30]),
  ])
  func `a private key that TLS here has no use for is unsupported`(sample: Sample) {
    let der = sample.der
    #expect(throws: CryptoError.unsupported) { try PrivateKey(pkcs8: der) }
    #expect(throws: CryptoError.unsupported) { try PrivateKey(sec1: der) }
    #expect(throws: CryptoError.unsupported) { try PrivateKey(pkcs1: der) }
  }

  @Test(arguments: [
    Sample("publicP256", Fixtures.publicP256), Sample("publicP384", Fixtures.publicP384),
    Sample("publicP521", Fixtures.publicP521), Sample("publicRSA", Fixtures.publicRSA),
    Sample("publicEd25519", Fixtures.publicEd25519),
  ])
  func `a public key that was cut, extended or turned off its curve is refused`(sample: Sample) {
    let der = sample.der
    for length in 0..<der.count {
      #expect(throws: CryptoError.unsupported) { try PublicKey(subjectPublicKeyInfo: Array(der.prefix(length))) }
    }
    #expect(throws: CryptoError.unsupported) { try PublicKey(subjectPublicKeyInfo: der + [0]) }
  }

  @Test(arguments: [
    Sample("pkcs8P256", Fixtures.pkcs8P256), Sample("pkcs8P384", Fixtures.pkcs8P384),
    Sample("pkcs8P521", Fixtures.pkcs8P521), Sample("pkcs8Ed25519", Fixtures.pkcs8Ed25519),
    Sample("pkcs8RSA", Fixtures.pkcs8RSA), Sample("sec1P256", Fixtures.sec1P256),
    Sample("sec1P384", Fixtures.sec1P384), Sample("sec1P521", Fixtures.sec1P521),
    Sample("pkcs1RSA", Fixtures.pkcs1RSA),
  ])
  func `a private key that was cut short is refused`(sample: Sample) {
    let der = sample.der
    for length in stride(from: 0, to: der.count, by: der.count > 300 ? 37 : 1) {
      #expect(throws: CryptoError.unsupported) { try PrivateKey(pkcs8: Array(der.prefix(length))) }
    }
  }

  @Test func `an RSA key with any byte of its frame changed is refused, and leaves no damage behind`() throws {
    // All before the modulus, and the exponent. A changed modulus is another key, and mostly as good as any.
    let der = Fixtures.publicRSA
    for index in Array(0..<32) + Array(der.count - 5..<der.count) {
      for bit in 0..<8 {
        var changed = der
        changed[index] ^= 1 << bit
        guard let key = try? PublicKey(subjectPublicKeyInfo: changed) else { continue }
        #expect(index >= der.count - 3 && key.subjectPublicKeyInfo == changed, "\(index) \(bit)")
      }
    }
    #expect(try PublicKey(subjectPublicKeyInfo: der).subjectPublicKeyInfo == der)
  }

  @Test func `a point that is not on the curve is refused`() {
    var der = Fixtures.publicP256
    der[der.count - 1] ^= 1
    #expect(throws: CryptoError.unsupported) { try PublicKey(subjectPublicKeyInfo: der) }
  }

  @Test func `a key that TLS has no use for is not made`() {
    for kind in [KeyKind.rsa(bits: 1024), .rsa(bits: 2049), .rsa(bits: 0), .ecdsa(.x25519)] {
      #expect(throws: CryptoError.unsupported) { try PrivateKey.generate(kind) }
    }
  }
}
