public import HandfastCore
import HandfastCrypto

/// A key that stands for itself (RFC 7250): what it says, as far as a SubjectPublicKeyInfo says anything.
struct RawPublicKey: Sendable {
  let subjectPublicKeyInfo: [UInt8]
  let key: CertificateFields.Key
  /// SHA-256 over the SubjectPublicKeyInfo.
  let fingerprint: [UInt8]
  private let bytes: [UInt8]

  /// Throws swift-asn1's error for what is no SubjectPublicKeyInfo in DER.
  init(_ der: [UInt8]) throws {
    subjectPublicKeyInfo = der
    var walker = DERWalker(der)
    let element = try walker.next(DERTag.sequence)
    try walker.finish()
    let place: Range<Int>
    (key, place) = try CertificateFields.Key.read(walker, element)
    bytes = Array(der[place])
    fingerprint = HashAlgorithm.sha256.digestBytes(of: der)
  }

  /// It has no dates: RFC 5280 §4.1.2.5 writes "no end" as the last second of the year 9999.
  var description: CertificateDescription {
    CertificateDescription(
      subject: "raw public key \(RawPublicKey.text(fingerprint))", issuer: "(nobody: a raw public key)", notBefore: 0,
      notAfter: 253_402_300_799, key: key.text, signatureAlgorithm: "(none)", names: [], isCA: false, keyUsage: nil,
      extendedKeyUsage: nil, serialNumber: "", fingerprint: fingerprint
    ).changing { [bytes, count = subjectPublicKeyInfo.count] details in
      details.summary.isRawPublicKey = true
      details.byteCount = count
      details.publicKey = bytes
    }
  }

  /// "SHA-256 04ab…", in full.
  static func text(_ fingerprint: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return "SHA-256 "
      + String(decoding: fingerprint.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}

extension CertificateDescription {
  /// Of a raw public key, from its DER-encoded SubjectPublicKeyInfo (RFC 7250). Nil when it is none.
  public init?(subjectPublicKeyInfo der: [UInt8]) {
    guard let key = try? RawPublicKey(der) else { return nil }
    self = key.description
  }
}
