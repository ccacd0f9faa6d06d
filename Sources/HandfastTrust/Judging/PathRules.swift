import HandfastCore
import X509

/// The rules for the certificates above the leaf, which depend on where they stand in a path.
struct PathRules: Sendable {
  let peer: Side
  let now: Int64
  /// Nil: nobody is asked.
  var revocation: RevocationJudge?
  var intermediateLimit: Int?

  /// What is known of the certificate at `index` being revoked.
  func revocationFindings(at index: Int, in path: [CertificateFields]) -> [Finding] {
    revocation?.findings(at: index, in: path) ?? []
  }

  /// What the rules say about the authority at `index` of `path` (leaf first; the last is the anchor), in order. Index 0 has
  /// rules of its own.
  func findings(at index: Int, in path: [CertificateFields]) -> [Finding] {
    var findings: [Finding] = []
    forEachFinding(at: index, in: path) { findings.append($0) }
    return findings
  }

  func forEachFinding(at index: Int, in path: [CertificateFields], _ body: (Finding) -> Void) {
    let fields = path[index]
    let isAnchor = index == path.count - 1
    body(CertificateRules.keyStrength(fields))
    // Nobody relies on an anchor's signature, and its purposes are the verifier's own choice.
    if !isAnchor { body(CertificateRules.signatureAlgorithm(fields)) }
    body(CertificateRules.validity(fields, at: now))
    body(basicConstraints(fields, isAnchor: isAnchor))
    body(pathLength(at: index, in: path))
    body(keyUsage(fields))
    body(CertificateRules.extensions(fields))
    if isAnchor, let finding = depth(path[1..<index]) { body(finding) }
    if let overlap = wildcardOverlap(at: index, in: path) { body(overlap) }
    if !isAnchor { body(purpose(fields)) }
  }

  //= https://www.rfc-editor.org/rfc/rfc5280#section-6.1.4
  //# If certificate i is a version 3 certificate, verify that the basicConstraints extension is present and that cA is set
  //# to TRUE.
  private func basicConstraints(_ fields: CertificateFields, isAnchor: Bool) -> Finding {
    guard !fields.subject.isEmpty else {
      return .failed(
        .basicConstraints, .issuerNotCA, "It has issued a certificate, but has no name: its subject is empty.")
    }
    if fields.extensions.isCA { return .passed(.basicConstraints, "It is an authority's (CA: true).") }
    if isAnchor, fields.version == 1 {
      return .passed(.basicConstraints, "It is a version 1 root, which cannot say that it is an authority's.")
    }
    let found = fields.extensions.hasBasicConstraints ? "says CA: false" : "is missing"
    return .failed(
      .basicConstraints, .issuerNotCA, "It has issued a certificate, but is no authority's: basicConstraints \(found).")
  }

  /// Counted like path lengths: an authority's passing on to a new key of its own is no step down.
  private func depth(_ intermediates: ArraySlice<CertificateFields>) -> Finding? {
    let count = intermediates.count { !$0.isSelfIssued }
    guard let intermediateLimit, count > intermediateLimit else { return nil }
    return .failed(
      .pathBuilding, .tooComplex,
      "It is reached through \(count) intermediates; here at most \(intermediateLimit) are allowed.")
  }

  /// RFC 5280 §4.2.1.9: counts the intermediates below that are not self-issued; the leaf is none.
  private func pathLength(at index: Int, in path: [CertificateFields]) -> Finding {
    let below = path[1..<index].count { !$0.isSelfIssued }
    guard let limit = path[index].extensions.pathLength else {
      return .passed(.basicConstraints, "It sets no limit to the path's length.")
    }
    return below <= limit
      ? .passed(
        .basicConstraints, "It allows path length \(limit), as many intermediates below it; there are \(below).")
      : .failed(
        .basicConstraints, .pathLengthExceeded,
        "It allows path length \(limit), as many intermediates below it, but there are \(below).")
  }

  private func keyUsage(_ fields: CertificateFields) -> Finding {
    guard let usage = fields.extensions.keyUsage else {
      return .passed(.keyUsage, "There is no keyUsage extension, so the key may sign certificates.")
    }
    return usage.contains("keyCertSign")
      ? .passed(.keyUsage, "keyUsage allows keyCertSign.")
      : .failed(
        .keyUsage, .keyUsage,
        "It has issued a certificate, but keyUsage does not allow keyCertSign (found: \(usage.joined(separator: ", ")))."
      )
  }

  /// "*.example.com" stands for "secret.example.com" too, which an authority may have been barred from. swift-certificates
  /// compares the wildcard as if it were a name of its own.
  private func wildcardOverlap(at index: Int, in path: [CertificateFields]) -> Finding? {
    let excluded = path[index].extensions.nameConstraints?.excludedSubtrees ?? []
    guard !excluded.isEmpty else { return nil }
    for wildcard in path[0].extensions.dnsNames where wildcard.hasPrefix("*.") {
      for case .dnsName(let barred) in excluded
      where IdentityRules.matches(pattern: wildcard, name: barred.lowercased()) {
        return .failed(
          .nameConstraints, .nameConstraint,
          "It may not issue for \(barred.safeForDisplay), but \(wildcard) below it stands for that name too.")
      }
    }
    return nil
  }

  /// Beyond RFC 5280, as every browser does: an authority's extendedKeyUsage limits what it may issue.
  private func purpose(_ fields: CertificateFields) -> Finding {
    guard let purposes = fields.extensions.extendedKeyUsage else {
      return .passed(.extendedKeyUsage, "It may issue for any purpose.")
    }
    return purposes.contains(peer.purpose) || purposes.contains("anyKeyUsage")
      ? .passed(.extendedKeyUsage, "It may issue for \(peer.purpose).")
      : .failed(
        .extendedKeyUsage, .extendedKeyUsage,
        "It may issue only for \(purposes.joined(separator: ", ")), not for \(peer.purpose).")
  }
}
