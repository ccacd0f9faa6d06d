import HandfastCore

/// Everything that keeps a chain from being a server's or a client's, not only the first: a person fixes all of it at once.
struct RoleReview {
  let side: Side
  /// Own certificate first, up to where the file ends.
  let path: [CertificateFields]
  let now: Int64

  var reasons: [String] { findings.compactMap(\.failure) + nameFaults }
  var cautions: [String] { findings.filter { $0.outcome == .warned }.map(\.detail) }

  private var findings: [Finding] {
    guard let leaf = path.first else { return [] }
    let own = [
      LeafRules.version(leaf), CertificateRules.keyStrength(leaf), CertificateRules.signatureAlgorithm(leaf),
      CertificateRules.validity(leaf, at: now), CertificateRules.extensions(leaf), LeafRules.basicConstraints(leaf),
      LeafRules.keyUsage(leaf, isForKeyEncipherment: false), LeafRules.purpose(leaf, of: side),
    ]
    return own + authorityFindings
  }

  private var authorityFindings: [Finding] {
    guard let last = path.last, path.count > 1 else { return [] }
    let rules = PathRules(peer: side, now: now)
    // A path's last is its anchor. Where the file ends before the root, something stands above its last.
    let whole = last.looksSelfSigned ? path : path + [last]
    return path.indices.dropFirst().flatMap { index in
      rules.findings(at: index, in: whole).map { finding in
        finding.naming(path[index])
      }
    }
  }

  /// The names that clients can reach the server by.
  var names: [String] {
    guard side == .server, let extensions = path.first?.extensions else { return [] }
    return extensions.dnsNames.filter(Self.isUsable)
      + extensions.ipAddresses.map { ServerReference.format(address: $0) }
  }

  private var nameFaults: [String] {
    guard side == .server, let leaf = path.first, names.isEmpty else { return [] }
    let unusable = leaf.extensions.dnsNames
    guard unusable.isEmpty else {
      return ["Its names match no host: \(unusable.prefix(8).joined(separator: ", "))."]
    }
    let common = leaf.subject.commonNames.first.map { "; the common name \($0) does not count (RFC 9525 §2)" } ?? ""
    return ["It has no subjectAltName of kind DNS or IP, so that no client finds the name it wants\(common)."]
  }

  /// Whether any host's name matches.
  private static func isUsable(_ pattern: String) -> Bool {
    let host = pattern.hasPrefix("*.") ? "host" + pattern.dropFirst() : pattern
    return !host.contains("*") && IdentityRules.matches(pattern: pattern, name: host)
  }
}
