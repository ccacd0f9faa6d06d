import Crypto
public import HandfastCore

extension CertificateDescription {
  /// Reads a DER-encoded certificate, also one whose key or signature this library cannot use.
  ///
  /// Nil when it is no certificate at all.
  public init?(der: [UInt8]) {
    guard let fields = try? CertificateFields(der: der) else { return nil }
    self.init(fields)
  }

  init(_ fields: CertificateFields) {
    self.init(
      notBefore: fields.notBefore, notAfter: fields.notAfter, keyUsage: fields.extensions.keyUsage
    ) { Self.details(of: fields) }
  }

  private static func details(of fields: CertificateFields) -> Details {
    var details = Details(
      subject: fields.subject.text, issuer: fields.issuer.text, key: fields.key.text,
      signatureAlgorithm: CertificateSignature.name(fields.signatureAlgorithm), names: fields.extensions.nameTexts,
      isCA: fields.extensions.isCA, extendedKeyUsage: fields.extensions.extendedKeyUsage,
      serialNumber: hexadecimal(fields.serialNumber), fingerprint: Array(SHA256.hash(data: fields.der)))
    details.byteCount = fields.der.count
    details.publicKey = fields.publicKey
    details.signature = fields.signature
    details.subjectKeyIdentifier = fields.extensions.subjectKeyIdentifier
    details.authorityKeyIdentifier = fields.extensions.authorityKeyIdentifier
    details.criticalExtensions = fields.extensions.critical
    return details
  }

  /// What stands in for a certificate that cannot be read, so that positions stay right.
  static func unreadable(_ der: [UInt8]) -> CertificateDescription {
    CertificateDescription(
      subject: "(unreadable)", issuer: "(unreadable)", notBefore: 0, notAfter: 0, key: "unknown",
      signatureAlgorithm: "unknown", names: [], isCA: false, keyUsage: nil, extendedKeyUsage: nil, serialNumber: "",
      fingerprint: Array(SHA256.hash(data: der)))
  }

  /// Lower case, without leading zeros.
  private static func hexadecimal(_ bytes: ArraySlice<UInt8>) -> String {
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count * 2)
    for byte in bytes {
      for digit in [byte >> 4, byte & 15] where digit != 0 || !text.isEmpty {
        text.append(digit + (digit < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10))
      }
    }
    return text.isEmpty ? "0" : String(decoding: text, as: UTF8.self)
  }
}

extension CertificateFields.Key {
  var text: String {
    switch self {
    case .usable(let kind): kind.description
    case .unusable(let name): name
    }
  }
}
