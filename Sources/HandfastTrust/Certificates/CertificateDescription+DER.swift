public import HandfastCore
import HandfastCrypto

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
      notBefore: fields.notBefore, notAfter: fields.notAfter, keyUsage: fields.extensions.keyUsage, source: fields)
  }

  /// What stands in for a certificate that cannot be read, so that positions stay right.
  static func unreadable(_ der: [UInt8]) -> CertificateDescription {
    CertificateDescription(
      subject: "(unreadable)", issuer: "(unreadable)", notBefore: 0, notAfter: 0, key: "unknown",
      signatureAlgorithm: "unknown", names: [], isCA: false, keyUsage: nil, extendedKeyUsage: nil, serialNumber: "",
      fingerprint: HashAlgorithm.sha256.digestBytes(of: der))
  }
}

extension CertificateFields: CertificateSource {
  var details: CertificateDescription.Details {
    details {
      var details = CertificateDescription.Details(summary)
      details.byteCount = der.count
      details.publicKey = publicKey
      details.signature = signature
      details.subjectKeyIdentifier = extensions.subjectKeyIdentifier
      details.authorityKeyIdentifier = extensions.authorityKeyIdentifier
      details.criticalExtensions = extensions.critical
      return details
    }
  }

  var summary: CertificateDescription.Summary {
    CertificateDescription.Summary(
      subject: subject.text, issuer: issuer.text, key: key.text,
      signatureAlgorithm: CertificateSignature.name(signatureAlgorithm), names: extensions.nameTexts,
      isCA: extensions.isCA, extendedKeyUsage: extensions.extendedKeyUsage,
      serialNumber: Self.hexadecimal(serialNumber), fingerprint: HashAlgorithm.sha256.digestBytes(of: der))
  }

  /// Lower case, without leading zeros.
  private static func hexadecimal(_ bytes: ArraySlice<UInt8>) -> String {
    let digits = "0123456789abcdef".utf8.span
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count * 2)
    for byte in bytes {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    let number = text.drop { $0 == UInt8(ascii: "0") }
    return number.isEmpty ? "0" : String(decoding: number, as: UTF8.self)
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
