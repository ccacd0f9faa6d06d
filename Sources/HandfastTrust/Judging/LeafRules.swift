import HandfastCore

/// The rules for a peer's own certificate.
enum LeafRules {
  //= https://www.rfc-editor.org/rfc/rfc5246#section-7.4.2
  //# The certificate type MUST be X.509v3, unless explicitly negotiated otherwise
  static func version(_ fields: CertificateFields) -> Finding {
    fields.version == 3
      ? .passed(.parse, "It is an X.509 version 3 certificate.")
      : .failed(.parse, .unparsable, "It is an X.509 version \(fields.version) certificate; TLS 1.2 expects version 3.")
  }

  static func basicConstraints(_ fields: CertificateFields) -> Finding {
    fields.extensions.isCA
      ? .warned(.basicConstraints, "It is marked as an authority (CA), though it is used as an end entity's.")
      : .passed(.basicConstraints, "It is an end entity's, not an authority's.")
  }

  /// RFC 5246 §7.4.2 and §7.4.6: the key signs, or with RSA key transport decrypts. Without the extension it may do anything.
  static func keyUsage(_ fields: CertificateFields, isForKeyEncipherment: Bool) -> Finding {
    let wanted = isForKeyEncipherment ? "keyEncipherment" : "digitalSignature"
    guard let usage = fields.extensions.keyUsage else {
      return .passed(
        .keyUsage, "There is no keyUsage extension, so the key may be used for \(wanted) along with everything else.")
    }
    @Sendable func found() -> String { usage.isEmpty ? "nothing" : usage.joined(separator: ", ") }
    if isForKeyEncipherment, usage.contains(wanted), !usage.contains("digitalSignature") {
      return .warned(
        .keyUsage,
        "keyUsage allows \(wanted), but not digitalSignature (found: \(found())): nothing but RSA key transport works with it."
      )
    }
    return usage.contains(wanted)
      ? .passed(.keyUsage, "keyUsage allows \(wanted) (found: \(found())).")
      : .failed(.keyUsage, .keyUsage, "keyUsage must allow \(wanted), but allows \(found()).")
  }

  /// RFC 5280 §4.2.1.12: without the extension any purpose is allowed.
  static func purpose(_ fields: CertificateFields, of peer: Side) -> Finding {
    let wanted = peer.purpose
    guard let purposes = fields.extensions.extendedKeyUsage else {
      return .warned(
        .extendedKeyUsage, "There is no extendedKeyUsage extension, so \(wanted) is allowed along with everything else."
      )
    }
    if purposes.contains(wanted) { return .passed(.extendedKeyUsage, "extendedKeyUsage allows \(wanted).") }
    if purposes.contains("anyKeyUsage") {
      return .passed(.extendedKeyUsage, "extendedKeyUsage allows any purpose, \(wanted) included.")
    }
    return .failed(
      .extendedKeyUsage, .extendedKeyUsage,
      "A \(peer.rawValue)'s certificate must allow \(wanted), but extendedKeyUsage allows only \(purposes.joined(separator: ", "))."
    )
  }
}

extension Side {
  /// The extendedKeyUsage of this side's certificates.
  var purpose: String { self == .server ? "serverAuth" : "clientAuth" }
}
