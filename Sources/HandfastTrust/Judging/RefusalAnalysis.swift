import HandfastCore
import X509

/// Finds out why there is no path from a good leaf to a trusted root: our own look at the chain, after the library's search said no.
struct RefusalAnalysis {
  let presented: [Presented]
  let anchors: TrustAnchors
  let rules: PathRules
  /// The library's words for the first path it refused, if it got that far.
  let libraryReason: String?

  /// What confuses most: a development CA that was made twice.
  static let namesake = "the same name, but another key"

  /// How many ways up are looked at; more of them tell nothing new.
  private static let pathLimit = 32

  /// A certificate on a way up.
  private struct Step {
    let fields: CertificateFields
    /// Nil for an anchor.
    let position: Int?
  }

  /// The fault, and the certificate that has it: its position, or its subject when it was not presented.
  func fault() -> (position: Int?, subject: String?, finding: Finding) {
    guard let leaf = presented.first, let fields = leaf.fields else {
      return (0, nil, .failed(.parse, .unparsable, "It cannot be read."))
    }
    var ways: [[Step]] = []
    climb([Step(fields: fields, position: 0)], into: &ways)
    let complete = ways.filter { $0.last?.position == nil }
    // The first whose signatures hold is the one that was meant; else any.
    if let way = complete.first(where: { brokenSignature(in: $0) == nil }) ?? complete.first { return fault(of: way) }
    let longest = ways.max { $0.count < $1.count } ?? []
    return deadEnd(longest)
  }

  /// Follows names only: what is signed and allowed is looked at afterwards.
  private func climb(_ way: [Step], into ways: inout [[Step]]) {
    guard ways.count < Self.pathLimit, let tip = way.last else { return }
    var isEnd = true
    for anchor in anchors.named(tip.fields.issuer.der) {
      ways.append(way + [Step(fields: anchor.fields, position: nil)])
      isEnd = false
    }
    for item in presented.dropFirst() {
      guard let fields = item.fields, fields.subject.der == tip.fields.issuer.der,
        !way.contains(where: {
          $0.fields.publicKeyInfo == fields.publicKeyInfo && $0.fields.subject.der == fields.subject.der
        })
      else { continue }
      isEnd = false
      climb(way + [Step(fields: fields, position: item.position)], into: &ways)
    }
    if isEnd { ways.append(way) }
  }

  /// The index of the first certificate that the next one has not signed.
  private func brokenSignature(in way: [Step]) -> Int? {
    zip(way, way.dropFirst()).enumerated().first { $1.0.fields.isSigned(by: $1.1.fields) == false }?.offset
  }

  private func fault(of way: [Step]) -> (position: Int?, subject: String?, finding: Finding) {
    if let index = brokenSignature(in: way) { return badSignature(at: index, in: way) }
    let path = way.map(\.fields)
    for index in path.indices.dropFirst() {
      guard let finding = rules.findings(at: index, in: path).first(where: { $0.reason != nil }) else { continue }
      return (way[index].position, path[index].subject.text, finding)
    }
    for index in path.indices {
      guard let finding = rules.revocationFindings(at: index, in: path).first(where: { $0.reason != nil }) else {
        continue
      }
      return (way[index].position, path[index].subject.text, finding)
    }
    if let index = path.lastIndex(where: { $0.extensions.nameConstraints != nil }) {
      return (way[index].position, path[index].subject.text, nameConstraints(of: path[index]))
    }
    let reason = libraryReason ?? "no path meets all rules"
    return (nil, nil, .failed(.pathBuilding, .unknownIssuer, "No path to a trusted root was accepted: \(reason)."))
  }

  /// A wrong key with the right name is another authority of that name, if the key identifiers say so too.
  private func badSignature(at index: Int, in way: [Step]) -> (position: Int?, subject: String?, finding: Finding) {
    let (lower, upper) = (way[index], way[index + 1])
    let place = upper.position == nil ? "the trusted root" : "the certificate in the chain"
    if let wanted = lower.fields.extensions.authorityKeyIdentifier,
      let found = upper.fields.extensions.subjectKeyIdentifier,
      wanted != found
    {
      return (
        lower.position, lower.fields.subject.text,
        .failed(
          .pathBuilding, .unknownIssuer,
          "Its issuer \(lower.fields.issuer.text) was not found: \(place) has \(Self.namesake), so it is another "
            + "authority, or the same one made anew.")
      )
    }
    return (
      lower.position, lower.fields.subject.text,
      .failed(
        .signatures, .badSignature,
        "Its signature was not made with the key of \(upper.fields.subject.text) (\(place) of that name).")
    )
  }

  private func nameConstraints(of fields: CertificateFields) -> Finding {
    let constraints = fields.extensions.nameConstraints
    let names = constraints.map { $0.permittedSubtrees + $0.excludedSubtrees } ?? []
    let hasDirectoryNames = names.contains { if case .directoryName = $0 { true } else { false } }
    let hint = hasDirectoryNames ? "; constraints on directory names are refused here, whatever they say" : ""
    let permitted = (constraints?.permittedSubtrees ?? []).map(CertificateExtensions.text).joined(separator: ", ")
    let excluded = (constraints?.excludedSubtrees ?? []).map(CertificateExtensions.text).joined(separator: ", ")
    return .failed(
      .nameConstraints, .nameConstraint,
      ("Names below it are not within its name constraints (permitted: \(permitted.isEmpty ? "any" : permitted); excluded: "
        + "\(excluded.isEmpty ? "none" : excluded))\(hint).").safeForDisplay)
  }

  private func deadEnd(_ way: [Step]) -> (position: Int?, subject: String?, finding: Finding) {
    if let unreadable = presented.dropFirst().first(where: { $0.fields == nil }) {
      return (
        unreadable.position, nil,
        .failed(.parse, .unparsable, "It is no X.509 certificate in DER: \(unreadable.problem ?? "unreadable").")
      )
    }
    guard let tip = way.last else { return (0, nil, .failed(.pathBuilding, .unknownIssuer, "It leads nowhere.")) }
    let (issuer, roots) = (
      tip.fields.issuer.text, anchors.phrase
    )
    let detail =
      if tip.fields.looksSelfSigned, tip.position != 0 {
        "The chain ends at \(tip.fields.subject.text), a root that the peer sent itself, but it is not \(roots)."
      } else if presented.contains(where: { $0.fields?.subject.der == tip.fields.issuer.der }) {
        "The chain goes round in a circle at \(issuer), and never reaches \(roots)."
      } else if presented.count == 1 {
        "Its issuer \(issuer) is not \(roots), and the peer sent no intermediate certificate."
      } else {
        "Its issuer \(issuer) is neither \(roots) nor in the chain that the peer sent."
      }
    return (tip.position, tip.fields.subject.text, .failed(.pathBuilding, .unknownIssuer, detail))
  }
}
