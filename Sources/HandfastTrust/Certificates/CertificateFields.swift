import HandfastCore
import HandfastCrypto
import HandfastWire
import SwiftASN1
import Synchronization
import X509

/// A certificate's fields, read by walking its DER (RFC 5280 §4.1). swift-certificates refuses a whole certificate for a key or
/// signature it cannot use; this reader does not, so that the refusal can say what the certificate holds.
///
/// A class, because paths, memories and what is said of them share it.
final class CertificateFields: Sendable {
  enum Key: Sendable {
    case usable(KeyKind)
    /// What it is instead: "Ed448", "ECDSA secp224r1".
    case unusable(String)
  }

  let der: [UInt8]
  /// 1, 2 or 3.
  let version: Int
  let serialNumber: ArraySlice<UInt8>
  let signatureAlgorithm: ASN1ObjectIdentifier
  /// The same where it is written as its standard wants it; nil: another algorithm, or unusual parameters.
  let signatureScheme: SignatureScheme?
  let issuer: Name
  let subject: Name
  let notBefore: Int64
  let notAfter: Int64
  let key: Key
  let extensions: CertificateExtensions
  private let places: Places
  /// What somebody has wanted to know of it.
  private let asked = Mutex(Asked())

  /// The SubjectPublicKeyInfo, DER.
  var publicKeyInfo: [UInt8] { Array(der[places.publicKeyInfo]) }
  /// The subjectPublicKey within it.
  var publicKey: [UInt8] { Array(der[places.publicKey]) }
  var signature: [UInt8] { Array(der[places.signature]) }
  /// What the issuer has signed: tbsCertificate, DER.
  var signedBytes: ArraySlice<UInt8> { der[places.signed] }

  private struct Asked {
    var details: CertificateDescription.Details?
    var encoding: [UInt8]?
  }

  /// Where they stand in `der`.
  private struct Places {
    let signed: Range<Int>
    let publicKeyInfo: Range<Int>
    let publicKey: Range<Int>
    let signature: Range<Int>
  }

  /// Throws swift-asn1's error for what is no certificate. A name that `known` has is not read again.
  init(der: [UInt8], known: (_ name: [UInt8]) -> Name? = { _ in nil }) throws {
    self.der = der
    var top = DERWalker(der)
    var outer = try top.enter(DERTag.sequence)
    try top.finish()
    let body = try outer.next(DERTag.sequence)
    let algorithm = try outer.next(DERTag.sequence)
    let signature = try outer.wholeBytes()
    try outer.finish()

    var fields = outer.inside(body)
    version = try Self.version(&fields)
    serialNumber = der[try fields.unsignedInteger()]
    let inner = try fields.next(DERTag.sequence)
    guard der[inner.whole] == der[algorithm.whole] else {
      //= https://www.rfc-editor.org/rfc/rfc5280#section-4.1.1.2
      //# This field MUST contain the same algorithm identifier as the signature field in the sequence tbsCertificate
      throw ASN1Error.invalidASN1Object(reason: "the signature algorithm differs inside and outside of tbsCertificate")
    }
    (signatureAlgorithm, signatureScheme) = try CertificateSignature.read(outer, algorithm)
    issuer = try Self.name(&fields, known)
    var validity = try fields.enter(DERTag.sequence)
    notBefore = try UnixTime.seconds(&validity)
    notAfter = try UnixTime.seconds(&validity)
    try validity.finish()
    subject = try Self.name(&fields, known)
    let keyInfo = try fields.next(DERTag.sequence)
    let publicKey: Range<Int>
    (key, publicKey) = try Key.read(fields, keyInfo)
    // issuerUniqueID and subjectUniqueID, which nobody uses.
    _ = try fields.optional(DERTag.implicit1)
    _ = try fields.optional(DERTag.implicit2)
    extensions = try CertificateExtensions(&fields)
    try fields.finish()
    places = Places(signed: body.whole, publicKeyInfo: keyInfo.whole, publicKey: publicKey, signature: signature)
  }

  private static func version(_ fields: inout DERWalker) throws -> Int {
    guard fields.tag == DERTag.explicit0 else { return 1 }
    var inside = try fields.enter(DERTag.explicit0)
    let number = inside.bytes[try inside.next(DERTag.integer).content]
    try inside.finish()
    guard number.count == 1, let number = number.first, number <= 2 else {
      throw ASN1Error.invalidASN1Object(reason: "the version is none of v1, v2, v3")
    }
    return Int(number) + 1
  }

  private static func name(_ fields: inout DERWalker, _ known: ([UInt8]) -> Name?) throws -> Name {
    let der = Array(fields.bytes[try fields.next(DERTag.sequence).whole])
    return try known(der) ?? Name(der: der)
  }

  var issuerSignature: IssuerSignature {
    IssuerSignature(algorithm: signatureAlgorithm, signed: signedBytes, value: signature)
  }

  /// For swift-certificates, which cannot use it where its key or its signature is unknown to it.
  func certificate() throws -> Certificate { try Certificate(derEncoded: der) }

  func details(madeBy make: () -> CertificateDescription.Details) -> CertificateDescription.Details {
    asked.withLock { $0.details.made(by: make) }
  }

  func encoding(madeBy make: () -> [UInt8]) -> [UInt8] { asked.withLock { $0.encoding.made(by: make) } }

  /// By the algorithm's name alone.
  var namedScheme: SignatureScheme? { signatureScheme ?? CertificateSignature.scheme(named: signatureAlgorithm) }

  /// Whether the key of `upper` has made its signature; nil: one of the two is of a kind that cannot be used here.
  func isSigned(by upper: CertificateFields) -> Bool? {
    guard let scheme = namedScheme, let key = try? PublicKey(subjectPublicKeyInfo: upper.publicKeyInfo) else {
      return nil
    }
    return key.isValid(signature, over: Array(signedBytes), scheme: scheme)
  }

  /// swift-certificates has neither such keys nor such signatures, so that its search cannot look at it.
  var usesMLDSA: Bool {
    if case .usable(.mldsa) = key { return true }
    return namedScheme?.isMLDSA ?? false
  }

  var isSelfIssued: Bool { subject.der == issuer.der }

  /// Whether the names and key identifiers say that it is signed with its own key (not checked here).
  var looksSelfSigned: Bool {
    guard isSelfIssued else { return false }
    guard let authority = extensions.authorityKeyIdentifier, let own = extensions.subjectKeyIdentifier else {
      return true
    }
    return authority == own
  }
}
