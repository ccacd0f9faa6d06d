import HandfastCore
import HandfastCrypto
import HandfastWire
import Testing

/// One key of each kind, made once: RSA keys take their time.
enum Keys {
  static let all: [PrivateKey] = make(kinds)
  static let kinds: [KeyKind] = [
    .ecdsa(.secp256r1), .ecdsa(.secp384r1), .ecdsa(.secp521r1), .ed25519, .mldsa(.mldsa44), .mldsa(.mldsa65),
    .mldsa(.mldsa87), .rsa(bits: 2048), .rsa(bits: 3072),
  ]

  private static func make(_ kinds: [KeyKind]) -> [PrivateKey] {
    kinds.compactMap { try? PrivateKey.generate($0) }
  }
}

@Suite struct KeyRoundTripTests {
  @Test func `each kind of key is made as asked`() {
    #expect(Keys.all.map(\.kind) == Keys.kinds)
  }

  /// In any version, as either side.
  private static func schemes(of key: PrivateKey) -> [SignatureScheme] {
    var schemes = key.kind.signatureSchemes
    for scheme in key.kind.possibleSchemes(in: .tls13, by: .client) where !schemes.contains(scheme) {
      schemes.append(scheme)
    }
    return schemes
  }

  /// What of a scheme the signature depends on: RFC 9963's are PKCS#1 v1.5 as that always was.
  private static func recipe(_ scheme: SignatureScheme) -> SignatureScheme {
    switch scheme {
    case .rsaPKCS1SHA256Legacy: .rsaPKCS1SHA256
    case .rsaPKCS1SHA384Legacy: .rsaPKCS1SHA384
    case .rsaPKCS1SHA512Legacy: .rsaPKCS1SHA512
    default: scheme
    }
  }

  @Test(arguments: Keys.all)
  func `a signature by each scheme of the key is valid, and for nothing else`(key: PrivateKey) throws {
    let message: [UInt8] = Array("client random, server random, parameters".utf8)
    let peer = try PublicKey(subjectPublicKeyInfo: key.subjectPublicKeyInfo)
    #expect(peer.kind == key.kind)
    for scheme in Self.schemes(of: key) {
      var signature = try key.sign(message, scheme: scheme)
      #expect(peer.isValid(signature, over: message, scheme: scheme))
      #expect(!peer.isValid(signature, over: message + [0], scheme: scheme))
      for other in DefaultCryptoProvider().signatureSchemes where Self.recipe(other) != Self.recipe(scheme) {
        #expect(!peer.isValid(signature, over: message, scheme: other))
      }
      signature[signature.count - 1] ^= 1
      #expect(!peer.isValid(signature, over: message, scheme: scheme))
      #expect(!peer.isValid([], over: message, scheme: scheme))
    }
  }

  @Test(arguments: Keys.all)
  func `a key refuses the schemes of other kinds`(key: PrivateKey) {
    for scheme in DefaultCryptoProvider().signatureSchemes where !Self.schemes(of: key).contains(scheme) {
      #expect(throws: CryptoError.unsupported) { try key.sign([1], scheme: scheme) }
    }
    #expect(throws: CryptoError.unsupported) { try key.sign([1], scheme: SignatureScheme(rawValue: 0x0201)) }
  }

  @Test(arguments: Keys.all)
  func `a printed key says its kind and nothing else`(key: PrivateKey) {
    var dumped = ""
    dump(key, to: &dumped)
    #expect("\(key)" == "\(key.kind) private key")
    #expect(String(reflecting: key) == "\(key.kind) private key")
    #expect(dumped == "- \(key.kind) private key\n")
  }

  @Test(arguments: Keys.all)
  func `a key survives its PKCS8 encoding`(key: PrivateKey) throws {
    let read = try PrivateKey(pkcs8: key.pkcs8)
    #expect(read.subjectPublicKeyInfo == key.subjectPublicKeyInfo)
    #expect(read.pkcs8 == key.pkcs8)
  }
}
