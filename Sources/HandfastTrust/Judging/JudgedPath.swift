import HandfastCore

/// A path, and what the rules say of it: asked once, whether or not the path is taken in the end.
struct JudgedPath {
  /// Leaf to anchor.
  let certificates: [CertificateFields]
  private var findings: [[Finding]] = []
  private var revocation: [[Finding]] = []

  init(_ certificates: [CertificateFields]) { self.certificates = certificates }

  /// By the certificates' places, up to and with the first broken rule. The leaf has rules of its own, and none here.
  func findings(at index: Int) -> [Finding] { findings.indices.contains(index) ? findings[index] : [] }
  func revocation(at index: Int) -> [Finding] { revocation.indices.contains(index) ? revocation[index] : [] }

  /// Whether no rule is broken; those after the first broken one are not asked.
  mutating func apply(_ rules: PathRules) -> Bool {
    findings.reserveCapacity(certificates.count)
    findings.append([])
    for index in certificates.indices.dropFirst() {
      let found = rules.findings(at: index, in: certificates)
      findings.append(found)
      guard found.areGood else { return false }
    }
    return true
  }

  mutating func applyRevocation(_ rules: PathRules) -> Bool {
    revocation.reserveCapacity(certificates.count)
    for index in certificates.indices {
      let found = rules.revocationFindings(at: index, in: certificates)
      revocation.append(found)
      guard found.areGood else { return false }
    }
    return true
  }
}

extension [Finding] {
  fileprivate var areGood: Bool {
    for index in indices where self[index].reason != nil { return false }
    return true
  }
}
