import HandfastCore

/// A path, and what the rules say of it: asked once, whether or not the path is taken in the end.
struct JudgedPath {
  /// Leaf to anchor.
  let certificates: [CertificateFields]
  /// What was found, by the certificates' places, up to and with the first broken rule. The leaf has rules of its own, and none here.
  private(set) var findings: [(index: Int, finding: Finding)] = []
  private(set) var revocation: [(index: Int, finding: Finding)] = []
  /// Whether what has passed is kept as well.
  private let keepsAll: Bool

  init(_ certificates: [CertificateFields], keepsAll: Bool) {
    self.certificates = certificates
    self.keepsAll = keepsAll
  }

  /// Whether no rule is broken; the certificates above the first that breaks one are not looked at.
  mutating func apply(_ rules: PathRules) -> Bool {
    for index in certificates.indices.dropFirst() {
      var isGood = true
      rules.forEachFinding(at: index, in: certificates) { finding in
        if finding.reason != nil { isGood = false }
        if keepsAll || finding.outcome != .passed { findings.append((index, finding)) }
      }
      guard isGood else { return false }
    }
    return true
  }

  mutating func applyRevocation(_ rules: PathRules) -> Bool {
    for index in certificates.indices {
      var isGood = true
      for finding in rules.revocationFindings(at: index, in: certificates) {
        if finding.reason != nil { isGood = false }
        if keepsAll || finding.outcome != .passed { revocation.append((index, finding)) }
      }
      guard isGood else { return false }
    }
    return true
  }
}
