import HandfastCore
import Synchronization

/// Whether the certificates of one path are revoked. One judge for one judgement: paths that have links in common are asked about
/// them once.
final class RevocationJudge: Sendable {
  private let policy: Revocation
  private let lists: RevocationLists?
  private let now: Int64
  /// What the peer stapled to its own certificate, and whether it was asked to.
  private let stapled: [UInt8]?
  private let wasAsked: Bool
  private let memo = Mutex<[[[UInt8]]: [Finding]]>([:])

  init(_ policy: Revocation, on request: PeerVerification, at now: Int64) {
    self.policy = policy
    self.now = now
    lists = policy.lists?.revocationLists
    stapled = request.certificateStatus
    wasAsked = request.asksForStatus
  }

  /// What is to be said of the certificate at `index` of `path` (leaf first; the last is the anchor), which stands for itself.
  func findings(at index: Int, in path: [CertificateFields]) -> [Finding] {
    guard index < path.count - 1, index == 0 || policy.scope == .path else { return [] }
    let (fields, issuer) = (path[index], path[index + 1])
    guard stapled != nil || lists != nil || policy.expectsAnswers || fields.extensions.mustStaple else { return [] }
    let key = [fields.der, issuer.publicKeyInfo]
    if let known = memo.withLock({ $0[key] }) { return known }
    let findings = judge(fields, of: issuer, isLeaf: index == 0)
    memo.withLock { $0[key] = findings }
    return findings
  }

  /// Each asked in turn. "Revoked" from anyone decides; so does "good", if nobody says otherwise.
  private func judge(_ fields: CertificateFields, of issuer: CertificateFields, isLeaf: Bool) -> [Finding] {
    let staple = isLeaf ? stapled.map { StapledStatus(at: now, lists: lists).answer($0, for: fields, of: issuer) } : nil
    let listed = lists.map {
      ListedStatus(at: now, whenStale: policy.whenStale, lists: $0).answer(for: fields, of: issuer)
    }
    var notes: [Finding] = []
    var isGood = false
    /// The first of what stands in the way of an answer.
    var missing: (reason: CertificateRejection.Reason, text: String)?
    switch staple {
    case .revoked(let text): return [.failed(.revocation, .revoked, text)]
    case .good(let text):
      notes.append(.passed(.revocation, text))
      isGood = true
    case .unknown(let text): missing = (.revocationUnknown, text)
    case .unusable(let text): missing = (.badStatusResponse, text)
    case nil: break
    }
    // RFC 7633 §4: the certificate itself demands the answer, whatever the policy.
    if isLeaf, fields.extensions.mustStaple, !isGood {
      let lack = missing?.text ?? "The \(wasAsked ? "peer stapled none" : "peer was not asked for one")."
      let text = "It demands a stapled OCSP response (must-staple). \(lack)"
      guard !wasAsked, stapled == nil else { return [.failed(.revocation, .badStatusResponse, text)] }
      notes.append(.warned(.revocation, text))
    }
    switch listed {
    case .revoked(let text): return [.failed(.revocation, .revoked, text)]
    case .good(let text):
      notes.append(.passed(.revocation, text))
      isGood = true
    case .goodThoughStale(let text):
      notes.append(.warned(.revocation, text))
      isGood = true
    case .stale(let text): missing = missing ?? (.revocationStale, text)
    case .unknown(let text): missing = missing ?? (.revocationUnknown, text)
    case nil: break
    }
    if isGood {
      if let missing { notes.append(.warned(.revocation, missing.text)) }
      return notes
    }
    if missing == nil, policy.expectsAnswers {
      missing = (.revocationUnknown, "Nobody says whether it is revoked: there is no list of \(issuer.subject.text).")
    }
    guard let missing else { return notes }
    let refuses = policy.whenUnknown == .refuse || missing.reason == .revocationStale
    return notes + [
      refuses
        ? .failed(.revocation, missing.reason, missing.text)
        : .warned(.revocation, "\(missing.text) It is accepted all the same (soft fail).")
    ]
  }
}

/// What the lists say of one certificate.
struct ListedStatus {
  enum Answer {
    case good(String)
    case goodThoughStale(String)
    case revoked(String)
    case stale(String)
    case unknown(String)
  }
  private let now: Int64
  private let whenStale: Revocation.WhenStale
  private let lists: RevocationLists

  init(at now: Int64, whenStale: Revocation.WhenStale, lists: RevocationLists) {
    (self.now, self.whenStale, self.lists) = (now, whenStale, lists)
  }

  /// The newest usable list decides, but for revocations: those count from any list that the issuer has signed.
  func answer(for fields: CertificateFields, of issuer: CertificateFields) -> Answer {
    let named = lists.issued(by: issuer.subject.der)
    guard !named.isEmpty else {
      return .unknown("Nobody says whether it is revoked: there is no list (CRL) of \(issuer.subject.text).")
    }
    //= https://www.rfc-editor.org/rfc/rfc5280#section-6.3.3
    //# If a key usage extension is present in the CRL issuer's certificate, verify that the cRLSign bit is set.
    if issuer.extensions.keyUsage?.contains("cRLSign") == false {
      return .unknown("The list of \(issuer.subject.text) does not count: that authority's keyUsage lacks cRLSign.")
    }
    var problem: String?
    var newest: RevocationList?
    for list in named {
      if let reason = obstacle(list, fields, issuer) {
        problem = problem ?? "\(list.label.capitalizedFirst), does not count: \(reason)."
        continue
      }
      newest = newest ?? list
      guard list === newest || list.weakness != nil, let entry = list.revoked[fields.serialNumber] else { continue }
      return .revoked(
        "\(list.label.capitalizedFirst), says that it was revoked at \(UnixTime.text(entry.revokedAt))"
          + "\(entry.reason.map { " (\($0.name))" } ?? "").")
    }
    guard let newest else { return .unknown(problem ?? "There is no usable list of \(issuer.subject.text).") }
    if let weakness = newest.weakness {
      return .unknown("\(newest.label.capitalizedFirst), does not list it, but cannot vouch for it: \(weakness).")
    }
    guard newest.isStale(at: now), let due = newest.nextUpdate else {
      return .good("\(newest.label.capitalizedFirst), does not list it.")
    }
    let text =
      "\(newest.label.capitalizedFirst), does not list it, but is stale: the next one was due at \(UnixTime.text(due)), and now it "
      + "is \(UnixTime.text(now))."
    return whenStale == .warn ? .goodThoughStale(text) : .stale(text)
  }

  /// Why a list says nothing about this certificate.
  private func obstacle(_ list: RevocationList, _ fields: CertificateFields, _ issuer: CertificateFields) -> String? {
    if let defect = list.defect { return defect }
    switch list.scope {
    case .endEntities where fields.extensions.isCA: return "it is about end entities' certificates only"
    case .authorities where !fields.extensions.isCA: return "it is about authorities' certificates only"
    case .all, .endEntities, .authorities: break
    }
    if let wanted = list.authorityKeyIdentifier, let found = issuer.extensions.subjectKeyIdentifier, wanted != found {
      return "it is of another authority with the same name"
    }
    if let problem = list.signatureProblem(by: issuer.publicKeyInfo) { return problem }
    return list.thisUpdate > now + StapledStatus.skew ? "it holds only from \(UnixTime.text(list.thisUpdate)) on" : nil
  }
}

extension String {
  fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
