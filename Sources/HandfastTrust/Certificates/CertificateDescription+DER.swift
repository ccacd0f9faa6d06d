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
      subject: fields.subject.text, issuer: fields.issuer.text, notBefore: fields.notBefore,
      notAfter: fields.notAfter, key: fields.key.text,
      signatureAlgorithm: CertificateSignature.name(fields.signatureAlgorithm), names: fields.extensions.nameTexts,
      isCA: fields.extensions.isCA, keyUsage: fields.extensions.keyUsage,
      extendedKeyUsage: fields.extensions.extendedKeyUsage,
      serialNumber: Self.hexadecimal(fields.serialNumber.trimmingZero),
      fingerprint: Array(SHA256.hash(data: fields.der)))
    byteCount = fields.der.count
    publicKey = fields.publicKey
    signature = fields.signature
    subjectKeyIdentifier = fields.extensions.subjectKeyIdentifier
    authorityKeyIdentifier = fields.extensions.authorityKeyIdentifier
    criticalExtensions = fields.extensions.critical
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
    let digits = bytes.map { byte in
      let text = String(byte, radix: 16)
      return text.utf8.count == 1 ? "0" + text : text
    }
    let trimmed = digits.joined().drop { $0 == "0" }
    return trimmed.isEmpty ? "0" : String(trimmed)
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

extension ArraySlice<UInt8> {
  /// Without the zero byte that DER puts before a first bit that is set.
  fileprivate var trimmingZero: Self { count > 1 && first == 0 ? dropFirst() : self }
}
