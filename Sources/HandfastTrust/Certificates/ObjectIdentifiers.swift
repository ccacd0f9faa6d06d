import HandfastWire
import SwiftASN1

/// The readable names of algorithms that certificates are signed with, and which of them are too weak.
enum CertificateSignature {
  static func name(_ oid: ASN1ObjectIdentifier) -> String { names[oid] ?? "unknown algorithm \(oid)" }

  /// From an AlgorithmIdentifier. The scheme only where it is written as its standard wants it: RFC 5758 §3.2 (no parameters),
  /// RFC 4055 §5 (NULL), RFC 8410 §3 and RFC 9881 §2 (none).
  static func read(
    _ walker: DERWalker, _ element: DERWalker.Element
  ) throws -> (algorithm: ASN1ObjectIdentifier, scheme: SignatureScheme?) {
    if let (_, algorithm, scheme) = known.first(where: { walker.bytes[element.whole].elementsEqual($0.encoding) }) {
      return (algorithm, scheme)
    }
    let algorithm = try DER.sequence(walker.node(element), identifier: .sequence) { parts in
      let algorithm = try ASN1ObjectIdentifier(derEncoded: &parts)
      _ = parts.next()
      return algorithm
    }
    return (algorithm, nil)
  }

  private static let known: [(encoding: [UInt8], algorithm: ASN1ObjectIdentifier, scheme: SignatureScheme)] =
    schemes.compactMap { encoding, scheme in
      schemesByName.first { $0.value == scheme }.map { (encoding, $0.key, scheme) }
    }

  private static let schemes: [(encoding: [UInt8], scheme: SignatureScheme)] = {
    let ecdsa: [UInt8] = [0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03]
    let rsa: [UInt8] = [0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01]
    let mldsa: [UInt8] = [0x30, 0x0b, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03]
    let hashes: [(ecdsa: UInt8, rsa: UInt8, SignatureScheme, SignatureScheme)] = [
      (2, 11, .ecdsaSecp256r1SHA256, .rsaPKCS1SHA256), (3, 12, .ecdsaSecp384r1SHA384, .rsaPKCS1SHA384),
      (4, 13, .ecdsaSecp521r1SHA512, .rsaPKCS1SHA512),
    ]
    return hashes.map { (ecdsa + [$0.ecdsa], $0.2) } + hashes.map { (rsa + [$0.rsa, 0x05, 0x00], $0.3) }
      + [([0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70], .ed25519)]
      + [(mldsa + [0x11], .mldsa44), (mldsa + [0x12], .mldsa65), (mldsa + [0x13], .mldsa87)]
  }()

  /// By the algorithm's name alone.
  static func scheme(named oid: ASN1ObjectIdentifier) -> SignatureScheme? { schemesByName[oid] }

  private static let schemesByName: [ASN1ObjectIdentifier: SignatureScheme] = [
    [1, 2, 840, 10045, 4, 3, 2]: .ecdsaSecp256r1SHA256, [1, 2, 840, 10045, 4, 3, 3]: .ecdsaSecp384r1SHA384,
    [1, 2, 840, 10045, 4, 3, 4]: .ecdsaSecp521r1SHA512, [1, 2, 840, 113549, 1, 1, 11]: .rsaPKCS1SHA256,
    [1, 2, 840, 113549, 1, 1, 12]: .rsaPKCS1SHA384, [1, 2, 840, 113549, 1, 1, 13]: .rsaPKCS1SHA512,
    [1, 3, 101, 112]: .ed25519, [2, 16, 840, 1, 101, 3, 4, 3, 17]: .mldsa44,
    [2, 16, 840, 1, 101, 3, 4, 3, 18]: .mldsa65,
    [2, 16, 840, 1, 101, 3, 4, 3, 19]: .mldsa87,
  ]

  /// Collisions of MD5 and SHA-1 let an attacker move a signature onto another certificate (RFC 9155).
  static func isWeak(_ oid: ASN1ObjectIdentifier) -> Bool { weak.contains(oid) }

  private static let names: [ASN1ObjectIdentifier: String] = [
    [1, 2, 840, 10045, 4, 1]: "ecdsa-with-SHA1",
    [1, 2, 840, 10045, 4, 3, 1]: "ecdsa-with-SHA224",
    [1, 2, 840, 10045, 4, 3, 2]: "ecdsa-with-SHA256",
    [1, 2, 840, 10045, 4, 3, 3]: "ecdsa-with-SHA384",
    [1, 2, 840, 10045, 4, 3, 4]: "ecdsa-with-SHA512",
    [1, 2, 840, 113549, 1, 1, 2]: "md2WithRSAEncryption",
    [1, 2, 840, 113549, 1, 1, 4]: "md5WithRSAEncryption",
    [1, 2, 840, 113549, 1, 1, 5]: "sha1WithRSAEncryption",
    [1, 2, 840, 113549, 1, 1, 10]: "rsassaPss",
    [1, 2, 840, 113549, 1, 1, 11]: "sha256WithRSAEncryption",
    [1, 2, 840, 113549, 1, 1, 12]: "sha384WithRSAEncryption",
    [1, 2, 840, 113549, 1, 1, 13]: "sha512WithRSAEncryption",
    [1, 2, 840, 113549, 1, 1, 14]: "sha224WithRSAEncryption",
    [1, 3, 14, 3, 2, 29]: "sha1WithRSASignature",
    [1, 2, 840, 10040, 4, 3]: "dsa-with-SHA1",
    [2, 16, 840, 1, 101, 3, 4, 3, 2]: "dsa-with-SHA256",
    [1, 3, 101, 112]: "Ed25519",
    [1, 3, 101, 113]: "Ed448",
    [2, 16, 840, 1, 101, 3, 4, 3, 17]: "ML-DSA-44",
    [2, 16, 840, 1, 101, 3, 4, 3, 18]: "ML-DSA-65",
    [2, 16, 840, 1, 101, 3, 4, 3, 19]: "ML-DSA-87",
  ]

  private static let weak: Set<ASN1ObjectIdentifier> = [
    [1, 2, 840, 10045, 4, 1], [1, 2, 840, 113549, 1, 1, 2], [1, 2, 840, 113549, 1, 1, 4],
    [1, 2, 840, 113549, 1, 1, 5], [1, 3, 14, 3, 2, 29], [1, 2, 840, 10040, 4, 3],
  ]
}

/// The readable names of keys that TLS certificates may hold but this library cannot use.
enum UnusableKey {
  static func name(_ oid: ASN1ObjectIdentifier) -> String { algorithms[oid] ?? "unknown key type \(oid)" }
  static func curve(_ oid: ASN1ObjectIdentifier) -> String { "ECDSA " + (curves[oid] ?? "curve \(oid)") }

  private static let algorithms: [ASN1ObjectIdentifier: String] = [
    [1, 2, 840, 113549, 1, 1, 10]: "RSA-PSS",
    [1, 2, 840, 10040, 4, 1]: "DSA",
    [1, 2, 840, 10046, 2, 1]: "Diffie-Hellman",
    [1, 3, 101, 110]: "X25519",
    [1, 3, 101, 111]: "X448",
    [1, 3, 101, 113]: "Ed448",
  ]

  private static let curves: [ASN1ObjectIdentifier: String] = [
    [1, 2, 840, 10045, 3, 1, 1]: "secp192r1",
    [1, 3, 132, 0, 10]: "secp256k1",
    [1, 3, 132, 0, 33]: "secp224r1",
    [1, 3, 36, 3, 3, 2, 8, 1, 1, 7]: "brainpoolP256r1",
    [1, 3, 36, 3, 3, 2, 8, 1, 1, 11]: "brainpoolP384r1",
    [1, 3, 36, 3, 3, 2, 8, 1, 1, 13]: "brainpoolP512r1",
  ]
}
