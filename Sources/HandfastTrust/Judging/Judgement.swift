import HandfastCore
import HandfastCrypto
import Synchronization
@_spi(FixedExpiryValidationTime) import X509

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// One judgement of one chain.
///
/// Which fault is reported when there are several: first what the leaf itself does wrong, in the order of `judgeLeaf`, since that
/// holds under any root. Then the path: swift-certificates looks for one that meets all rules. An intermediate with a fault is
/// no reason for a refusal while there is a path without it; when there is none, `RefusalAnalysis` finds the most complete path
/// there could be, and names its first fault from the leaf upwards.
struct Judgement {
  let request: PeerVerification
  let anchors: TrustAnchors
  let now: Int64
  private let presented: [Presented]
  private var checks: [CertificateCheck] = []
  /// Found good, when only the path is missing.
  private var judgedLeaf: (CertificateFields, PublicKey)?

  private let chainLimit: Int
  private let intermediateLimit: Int?
  private let takesStraightPaths: Bool
  private let revocation: RevocationJudge
  /// Nil: nothing is remembered.
  private let memory: ChainMemory?
  /// Nil: too long to be remembered.
  private let key: ChainMemory.Key?
  /// Whether checks that have passed are noted as well.
  private let isTraced: Bool
  private let remembered: ChainMemory.Entry?
  static let byteLimit = 1 << 17
  /// Name constraints times names: each is compared with each.
  static let comparisonLimit = 1 << 14

  init(
    of request: PeerVerification, by anchors: TrustAnchors, revocation policy: Revocation, at now: Int64,
    chainLimit: Int, intermediateLimit: Int? = nil, takesStraightPaths: Bool = true, memory: ChainMemory? = nil,
    isTraced: Bool = true
  ) {
    self.isTraced = isTraced
    self.takesStraightPaths = takesStraightPaths
    self.intermediateLimit = intermediateLimit
    self.chainLimit = chainLimit
    self.request = request
    self.anchors = anchors
    self.memory = memory
    // The range of an X.509 date: years 0 to 9999.
    self.now = min(max(now, -62_167_219_200), 253_402_300_799)
    revocation = RevocationJudge(policy, on: request, at: self.now)
    let size = request.chain.reduce(0) { $0 + min($1.count, Self.byteLimit + 1) }
    let isBounded = request.chain.count <= chainLimit && size <= Self.byteLimit
    key = memory != nil && isBounded && size <= ChainMemory.byteLimit ? ChainMemory.Key(request) : nil
    remembered = key.flatMap { memory?.find($0) }
    presented =
      remembered?.presented
      ?? (isBounded ? Presented.read(request.chain, anchors: anchors, memory: key == nil ? nil : memory) : [])
  }

  /// Nil: a path has to be searched for, with `searchedVerdict`.
  mutating func verdict() -> Verdict? {
    if let remembered, let peer = peer(from: remembered) { return .trusted(peer) }
    do throws(CertificateRejection) {
      let (leaf, key) = try judgeLeaf()
      guard let path = try plainPath(from: leaf) else {
        judgedLeaf = (leaf, key)
        return nil
      }
      return .trusted(peer(path, key))
    } catch {
      return .rejected(rejected(error))
    }
  }

  /// After `verdict` has found none. swift-certificates' search is asynchronous, though nothing in it waits.
  mutating func searchedVerdict() async -> Verdict {
    do throws(CertificateRejection) {
      let (leaf, key) = if let judgedLeaf { judgedLeaf } else { try judgeLeaf() }
      // In two steps: `peer` is to see the checks that the search has added.
      let path = try await searchedPath(from: leaf)
      return .trusted(peer(path, key))
    } catch {
      return .rejected(rejected(error))
    }
  }

  /// Both without suspension. Nothing in a search waits for anything, so that the task is done before the next line is.
  consuming func inlineVerdict() -> Verdict? {
    if let verdict = verdict() { return verdict }
    let (search, answer) = (self, Answer())
    let task = Task.immediate {
      var search = search
      answer.set(await search.searchedVerdict())
    }
    guard let verdict = answer.verdict.withLock({ $0 }) else {
      task.cancel()
      return nil
    }
    return verdict
  }

  private final class Answer: Sendable {
    let verdict = Mutex<Verdict?>(nil)
    func set(_ value: Verdict) { verdict.withLock { $0 = value } }
  }

  private func peer(_ path: [CertificateFields], _ publicKey: PublicKey) -> TrustedPeer {
    // One description for one certificate: connections keep them.
    let descriptions = presented.map(\.description)
    let described = path.map { fields in
      presented.firstIndex { $0.der == fields.der }.map { descriptions[$0] } ?? anchors.description(of: fields)
    }
    var peer = TrustedPeer(presented: descriptions, path: described, checks: checks, key: publicKey)
    if let memory, let key {
      let entry = ChainMemory.Entry(
        presented: presented, descriptions: descriptions, path: path, pathDescriptions: described, key: publicKey)
      peer.whenProved = {
        memory.keep(entry, for: key)
        for issuer in entry.newIssuers { memory.keep(issuer) }
      }
    }
    return peer
  }

  private func rejected(_ rejection: CertificateRejection) -> RejectedPeer {
    RejectedPeer(rejection: rejection, presented: presented.map(\.description), checks: checks)
  }

  /// All rules once more on a path that is known, without looking for it and without its signatures. Nil when one is broken today:
  /// there may be another path, and if not, the search finds the words for it.
  private mutating func peer(from remembered: ChainMemory.Entry) -> TrustedPeer? {
    guard let leaf = remembered.path.first else { return nil }
    do {
      try applyFormRules(leaf)
      try applyUseRules(leaf)
      try record(judged(remembered.path), isRemembered: true)
      return TrustedPeer(
        presented: remembered.descriptions, path: remembered.pathDescriptions, checks: checks, key: remembered.key)
    } catch {
      checks = []
      return nil
    }
  }

  // MARK: The leaf

  private mutating func judgeLeaf() throws(CertificateRejection) -> (CertificateFields, PublicKey) {
    guard let first = presented.first else {
      let (chain, limit) = (request.chain, chainLimit)
      throw refuse(
        .failed(
          .parse, .tooComplex,
          "The chain has \(chain.count) certificates and \(chain.reduce(0) { $0 + $1.count }) bytes; "
            + "expected at least one, and at most \(limit) in \(Self.byteLimit) bytes."),
        at: nil)
    }
    guard let fields = first.fields else {
      throw refuse(
        .failed(.parse, .unparsable, "It is no X.509 certificate in DER: \(first.problem ?? "unreadable")."), at: 0)
    }
    try applyFormRules(fields)
    guard let key = try? PublicKey(subjectPublicKeyInfo: fields.publicKeyInfo) else {
      _ = try certificate(of: fields)
      throw refuse(.failed(.parse, .unparsable, "Its key or signature cannot be read: invalid key."), at: 0)
    }
    try applyUseRules(fields)
    return (fields, key)
  }

  private mutating func certificate(of leaf: CertificateFields) throws(CertificateRejection) -> Certificate {
    do { return try leaf.certificate() } catch {
      let problem = plain(error)
      throw refuse(.failed(.parse, .unparsable, "Its key or signature cannot be read: \(problem)."), at: 0)
    }
  }

  private var rules: PathRules {
    PathRules(peer: request.peer, now: now, revocation: revocation, intermediateLimit: intermediateLimit)
  }

  private mutating func applyFormRules(_ fields: CertificateFields) throws(CertificateRejection) {
    try apply(LeafRules.version(fields), at: 0)
    try apply(CertificateRules.keyStrength(fields), at: 0)
    try apply(CertificateRules.signatureAlgorithm(fields), at: 0)
  }

  private mutating func applyUseRules(_ fields: CertificateFields) throws(CertificateRejection) {
    try apply(CertificateRules.validity(fields, at: now), at: 0)
    try apply(CertificateRules.extensions(fields), at: 0)
    try apply(LeafRules.basicConstraints(fields), at: 0)
    try apply(LeafRules.keyUsage(fields, isForKeyEncipherment: request.isForKeyEncipherment), at: 0)
    try apply(LeafRules.purpose(fields, of: request.peer), at: 0)
    if let reference = request.reference { try apply(IdentityRules.identity(fields, reference), at: 0) }
  }

  // MARK: The path

  /// Nil: there is none without a search.
  private mutating func plainPath(
    from leaf: CertificateFields
  ) throws(CertificateRejection) -> [CertificateFields]? {
    if anchors.contains(leaf.der) {
      try record(JudgedPath([leaf], keepsAll: isTraced))
      return [leaf]
    }
    let straight = StraightPath(presented: presented, anchors: anchors, rules: rules)
    if takesStraightPaths, let path = straight.find(keepingAll: isTraced) {
      try record(path, isStraight: true)
      return path.certificates
    }
    return nil
  }

  private mutating func searchedPath(
    from leaf: CertificateFields
  ) async throws(CertificateRejection) -> [CertificateFields] {
    if leaf.looksSelfSigned, leaf.isSigned(by: leaf) ?? false {
      let phrase = anchors.phrase
      throw refuse(
        .failed(.pathBuilding, .selfSigned, "It is signed with its own key, and is not \(phrase)."), at: 0)
    }
    if leaf.usesMLDSA { throw refusal("paths with ML-DSA are looked for in the order of the chain only") }
    let certificate = try certificate(of: leaf)
    try checkNameCount()
    let intermediates = usableIntermediates()
    var known: [Certificate: CertificateFields] = [certificate: leaf]
    for item in intermediates { known[item.certificate] = item.fields }
    let policy = PathPolicy(rules: rules, known: known.merging(anchors.fields) { own, _ in own })
    var verifier = Verifier(rootCertificates: anchors.store) {
      RFC5280Policy(fixedExpiryValidationTime: Date(timeIntervalSince1970: Double(now)))
      policy
    }
    let result = await verifier.validate(
      leaf: certificate, intermediates: CertificateStore(intermediates.map(\.certificate)))
    switch result {
    case .validCertificate(let chain):
      let path = chain.compactMap { policy.known[$0] }
      try record(judged(path))
      return path
    case .couldNotValidate(let failures):
      throw refusal(failures.first.map { "\($0.policyFailureReason)" })
    }
  }

  /// With our own words for it, where there are some.
  private mutating func refusal(_ libraryReason: String?) -> CertificateRejection {
    let analysis = RefusalAnalysis(presented: presented, anchors: anchors, rules: rules, libraryReason: libraryReason)
    let (position, subject, finding) = analysis.fault()
    return refuse(finding, at: position, subject: subject)
  }

  /// Two thousand names under two thousand constraints keep a processor busy for many seconds.
  private mutating func checkNameCount() throws(CertificateRejection) {
    let extensions = presented.compactMap(\.fields?.extensions)
    let names = extensions.reduce(0) { $0 + ($1.names?.count ?? 0) + 1 }
    let constraints = (extensions + anchors.constraining).reduce(0) { $0 + $1.constraintCount }
    guard names * constraints > Self.comparisonLimit else { return }
    throw refuse(
      .failed(
        .nameConstraints, .tooComplex,
        "The chain has \(names) names under \(constraints) name constraints; more than \(Self.comparisonLimit) comparisons "
          + "are not made."), at: nil)
  }

  /// Above the leaf, without what cannot help: unusable ones, roots that only the store could vouch for, and repetitions. No more
  /// than two certificates for one name and key, so that cross-signed meshes cannot multiply the paths to be tried.
  private func usableIntermediates() -> [(fields: CertificateFields, certificate: Certificate)] {
    var counts: [[[UInt8]]: Int] = [:]
    var encodings: Set<[UInt8]> = []
    return presented.dropFirst().compactMap { item in
      guard let fields = item.fields, !fields.looksSelfSigned,
        CertificateRules.keyStrength(fields).reason == nil, let certificate = try? fields.certificate(),
        encodings.insert(fields.der).inserted
      else { return nil }
      counts[[fields.subject.der, fields.publicKeyInfo], default: 0] += 1
      return counts[[fields.subject.der, fields.publicKeyInfo], default: 0] <= 2 ? (fields, certificate) : nil
    }
  }

  private func judged(_ path: [CertificateFields]) -> JudgedPath {
    var judged = JudgedPath(path, keepsAll: isTraced)
    let rules = rules
    if judged.apply(rules) { _ = judged.applyRevocation(rules) }
    return judged
  }

  /// Notes what is found good on the way up.
  private mutating func record(
    _ judged: JudgedPath, isRemembered: Bool = false, isStraight: Bool = false
  ) throws(CertificateRejection) {
    let (path, anchors) = (judged.certificates, anchors)
    guard path.count > 1 else {
      note(.passed(.anchor, "The certificate itself is \(anchors.phrase)."), at: 0)
      return try warn(path)
    }
    let origin = isRemembered ? "is remembered, signatures and all, from an earlier handshake" : "was found"
    note(
      .passed(
        .pathBuilding,
        "A path of \(path.count) certificates \(origin): \(path.map(\.subject.text).joined(separator: " <- "))."),
      at: nil)
    for index in path.indices.dropFirst() {
      if isTraced { noteSignature(of: path[index - 1], under: path[index], isStraight: isStraight) }
      for item in judged.findings where item.index == index {
        try apply(item.finding, at: place(of: path[index])?.position)
      }
    }
    let constraining = path.dropFirst().filter { $0.extensions.nameConstraints != nil }
    if !constraining.isEmpty {
      note(
        .passed(
          .nameConstraints,
          "The names are within the name constraints of \(constraining.map(\.subject.text).joined(separator: ", "))."),
        at: nil)
    }
    for item in judged.revocation { try apply(item.finding, at: place(of: path[item.index])?.position) }
    if let anchor = path.last { note(.passed(.anchor, "\(anchor.subject.text) is \(anchors.phrase)."), at: nil) }
    try warn(path)
  }

  private mutating func noteSignature(of lower: CertificateFields, under upper: CertificateFields, isStraight: Bool) {
    let lower = place(of: lower)
    let time = isStraight && lower?.isRemembered(under: upper) == true ? ", as an earlier handshake has shown" : ""
    note(
      .passed(.signatures, "Its signature was made with the key of \(upper.subject.text)\(time)."), at: lower?.position)
  }

  private func place(of fields: CertificateFields) -> Presented? { presented.first { $0.der == fields.der } }

  /// What works here today, and may not tomorrow or elsewhere.
  private mutating func warn(_ path: [CertificateFields]) throws(CertificateRejection) {
    let warnings = ChainWarnings(presented: presented.map(\.fields), path: path, now: now)
    for (position, finding) in warnings.findings { try apply(finding, at: position) }
  }

  // MARK: Notes

  private mutating func apply(_ finding: Finding, at position: Int?) throws(CertificateRejection) {
    guard finding.reason == nil else { throw refuse(finding, at: position) }
    if isTraced || finding.outcome != .passed { checks.append(finding.check(at: position)) }
  }

  /// What has passed in any case.
  private mutating func note(_ finding: @autoclosure () -> Finding, at position: Int?) {
    if isTraced { checks.append(finding().check(at: position)) }
  }

  private mutating func refuse(_ finding: Finding, at position: Int?, subject: String? = nil) -> CertificateRejection {
    checks.append(finding.check(at: position))
    let subject =
      subject ?? position.flatMap { presented.indices.contains($0) ? presented[$0].fields?.subject.text : nil }
    return CertificateRejection(
      reason: finding.reason ?? .unparsable, position: position, subject: subject, detail: finding.detail)
  }
}
