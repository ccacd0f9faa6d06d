import HandfastCore

/// Whether a server's certificate is for the name that the client wants to reach (RFC 9525 §6).
enum IdentityRules {
  static func identity(_ fields: CertificateFields, _ reference: ServerReference) -> Finding {
    let match =
      switch reference {
      case .dnsName(let name): fields.extensions.dnsNames.first { matches(pattern: $0, name: name) }
      case .ipAddress(let address):
        fields.extensions.ipAddresses.first { $0 == address }.map { ServerReference.format(address: $0) }
      }
    if let match { return .passed(.identity, "\(reference) is among its names (\(match)).") }
    let kind =
      switch reference {
      case .dnsName: "DNS"
      case .ipAddress: "IP"
      }
    let names = fields.extensions.nameTexts
    let isOnlyCommonName = fields.subject.commonNames.contains { $0.lowercased() == "\(reference)" }
    guard names.contains(where: { $0.hasPrefix("DNS:") || $0.hasPrefix("IP:") }) else {
      let hint =
        isOnlyCommonName
        ? "; the name stands only in the subject's common name, which does not count (RFC 9525 §2)" : ""
      return .failed(
        .identity, .noNames, "It has no subjectAltName of kind DNS or IP; expected \(kind):\(reference)\(hint).")
    }
    let listed = names.prefix(8).joined(separator: ", ") + (names.count > 8 ? " and \(names.count - 8) more" : "")
    let hint = isOnlyCommonName ? "; the common name, which does, does not count (RFC 9525 §2)" : ""
    return .failed(.identity, .wrongName, "Expected \(kind):\(reference), but its names are \(listed)\(hint).")
  }

  /// Both in lower case. A wildcard stands for exactly one label, the left-most, and never for part of one; what follows it has
  /// two labels at least, since nobody owns "*.com".
  static func matches(pattern: String, name: String) -> Bool {
    guard pattern.hasPrefix("*.") else { return pattern == name }
    let parent = pattern.dropFirst(2)
    guard parent.contains("."), !parent.contains("*"), let dot = name.firstIndex(of: ".") else { return false }
    return name[name.index(after: dot)...] == parent
  }
}
