import HandfastCore
import SwiftASN1

/// The rules that a certificate meets or breaks by itself, wherever it stands in a chain.
enum CertificateRules {
  /// What an RSA signature check may cost is decided by the peer's key; nobody uses more than 8192 bits.
  static let rsaBits = 2048...8192

  /// A closure that captures one object and nothing else needs no memory of its own: what nearly always passes here and below is worded
  /// from `fields` alone.
  static func keyStrength(_ fields: CertificateFields) -> Finding {
    keyFault(fields.key) ?? .passed(.keyStrength, "The key is \(fields.key.text), strong enough.")
  }

  static func keyStrength(_ key: CertificateFields.Key) -> Finding {
    keyFault(key) ?? .passed(.keyStrength, "The key is \(key.text), strong enough.")
  }

  private static func keyFault(_ key: CertificateFields.Key) -> Finding? {
    switch key {
    case .unusable(let name):
      return .failed(
        .keyStrength, .unsupportedKey,
        "The key is \(name); expected ECDSA with secp256r1, secp384r1 or secp521r1, RSA, Ed25519, or ML-DSA.")
    case .usable(.rsa(let bits)) where bits < rsaBits.lowerBound:
      return .failed(
        .keyStrength, .weakKey, "The key is RSA with \(bits) bits; expected at least \(rsaBits.lowerBound).")
    case .usable(.rsa(let bits)) where bits > rsaBits.upperBound:
      return .failed(
        .keyStrength, .unsupportedKey, "The key is RSA with \(bits) bits; expected at most \(rsaBits.upperBound).")
    case .usable: return nil
    }
  }

  static func signatureAlgorithm(_ fields: CertificateFields) -> Finding {
    let algorithm = fields.signatureAlgorithm
    if fields.signatureScheme == nil, CertificateSignature.isWeak(algorithm) {
      return .failed(
        .signatureAlgorithm, .weakSignature,
        "It is signed with \(CertificateSignature.name(algorithm)), which can be forged; expected SHA-256 or better.")
    }
    guard fields.namedScheme != nil else {
      return .failed(
        .signatureAlgorithm, .unsupportedSignature,
        "It is signed with \(CertificateSignature.name(algorithm)), which cannot be verified here; expected ECDSA or RSA "
          + "PKCS#1 with SHA-2, Ed25519, or ML-DSA.")
    }
    return .passed(
      .signatureAlgorithm, "It is signed with \(CertificateSignature.name(fields.signatureAlgorithm)).")
  }

  //= https://www.rfc-editor.org/rfc/rfc5280#section-4.1.2.5
  //# The validity period for a certificate is the period of time from notBefore through notAfter, inclusive.
  static func validity(_ fields: CertificateFields, at now: Int64) -> Finding {
    let (start, end) = (fields.notBefore, fields.notAfter)
    if now < start {
      return .failed(
        .validity, .notYetValid, "It is valid from \(UnixTime.text(start)) on; now it is \(UnixTime.text(now)).")
    }
    if now > end {
      return .failed(.validity, .expired, "It expired at \(UnixTime.text(end)); now it is \(UnixTime.text(now)).")
    }
    return .passed(
      .validity,
      "It is valid from \(UnixTime.text(start)) to \(UnixTime.text(end)); now it is \(UnixTime.text(now)).")
  }

  //= https://www.rfc-editor.org/rfc/rfc5280#section-4.2
  //# A certificate-using system MUST reject the certificate if it encounters a critical extension it does not recognize
  static func extensions(_ fields: CertificateFields) -> Finding {
    if let malformed = fields.extensions.malformed.first {
      return .failed(.criticalExtensions, .unparsable, "An extension cannot be read: \(malformed).")
    }
    let unknown = fields.extensions.unknownCritical
    guard unknown.isEmpty else {
      return .failed(
        .criticalExtensions, .unknownCriticalExtension,
        "It has a critical extension that is not understood here: \(unknown.joined(separator: ", ")).")
    }
    return .passed(.criticalExtensions, "Every critical extension is understood.")
  }
}
