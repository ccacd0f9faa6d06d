package import HandfastCore
import X509

/// A chain as TLS sees it: what each certificate says, whether they follow one another, and what the first is fit for.
package struct ChainExplanation: Sendable {
  /// In the order of the file.
  package let certificates: [ExplainedCertificate]
  /// The places of those that make the chain, own certificate first, as TLS wants them sent.
  package let chain: [Int]
  /// What is wrong with the chain's order or its links, or worth knowing of it.
  package let remarks: [Remark]
  /// What the chain's own certificate fits, and what not, and why.
  package let uses: [Use]
  /// The trusted root that the chain leads to; nil when it leads to none, or none was given.
  package let anchor: CertificateDescription?
  /// Whether it is a heap of roots rather than a chain.
  package let isBundle: Bool

  package struct Remark: Hashable, Sendable {
    package let text: String
    /// Whether handshakes fail over it.
    package let isFault: Bool
  }

  /// One purpose.
  package struct Use: Hashable, Sendable {
    package enum Role: String, Hashable, Sendable, CaseIterable {
      case server
      case client
      case authority
    }
    package let role: Role
    /// What a server's certificate stands for: "a.example", "*.b.example", "127.0.0.1".
    package let names: [String]
    /// Empty: it fits.
    package let reasons: [String]
    /// True of it, without making it unfit.
    package let cautions: [String]

    package var fits: Bool { reasons.isEmpty }

    /// The same, unfit for one more reason.
    package func unfit(because reason: String) -> Use {
      Use(role: role, names: names, reasons: reasons + [reason], cautions: cautions)
    }
  }

  /// - Parameters:
  ///   - trust: Also judges the chain under these roots.
  ///   - reference: A name that the server is to be reached by.
  ///   - now: Unix seconds; by default the system's clock.
  package init(
    _ certificates: [[UInt8]], trust: Trust? = nil, reference: ServerReference? = nil, now: Int64? = nil
  ) async {
    let now = now ?? SystemClock.now()
    let presented = certificates.enumerated().map { Presented(position: $0, der: $1) }
    self.certificates = presented.map { ExplainedCertificate($0, at: now) }
    let readable = presented.compactMap(\.fields)
    isBundle = presented.count > 1 && readable.count == presented.count && readable.allSatisfy(\.isSelfIssued)
    let links = isBundle ? ChainLinks(Array(presented.prefix(1))) : ChainLinks(presented)
    chain = links.order
    guard let leaf = links.path.first, let fields = leaf.fields else {
      (uses, anchor) = ([], nil)
      remarks = isBundle ? [] : links.remarks + links.endRemarks
      return
    }
    var uses: [Use] = []
    var anchor: CertificateDescription?
    for side in [Side.server, .client] {
      let rules = RoleReview(side: side, path: links.path.compactMap(\.fields), now: now)
      var reasons = links.faults + rules.reasons
      if side == .server, let reference, let failure = IdentityRules.identity(fields, reference).failure,
        rules.names.isEmpty == false
      {
        reasons.append(failure)
      }
      switch await trust.verdict(on: links.path, as: side, reference) {
      case .trusted(let peer)?: anchor = anchor ?? peer.path.last
      case .rejected(let peer)? where !reasons.contains(peer.rejection.detail): reasons.append(peer.rejection.detail)
      case .rejected?, nil: break
      }
      uses.append(
        Use(role: side == .server ? .server : .client, names: rules.names, reasons: reasons, cautions: rules.cautions))
    }
    uses.append(Self.authority(fields, at: now))
    self.uses = uses
    self.anchor = anchor
    let endRemarks = links.endRemarks.filter { $0.isFault || anchor == nil }
    remarks = isBundle ? [] : links.remarks + endRemarks
  }

  /// What it takes to issue certificates.
  private static func authority(_ fields: CertificateFields, at now: Int64) -> Use {
    let rules = PathRules(peer: .server, now: now)
    // As the anchor above a certificate of its own: purposes are then its verifier's choice.
    let findings = rules.findings(at: 1, in: [fields, fields])
    return Use(role: .authority, names: [], reasons: findings.compactMap(\.failure), cautions: [])
  }
}

/// A certificate, and what can be said of it wherever it stands.
package struct ExplainedCertificate: Sendable {
  package enum Kind: String, Sendable {
    case endEntity
    case intermediate
    case root
    case unreadable
  }
  package let description: CertificateDescription
  package let kind: Kind
  package let der: [UInt8]
  /// What is wrong with it by itself, and what is right, in the order of the checks.
  package let checks: [CertificateCheck]
  /// As many intermediates may stand below it; nil: no limit, or no authority.
  package let pathLength: Int?
  /// The key, if TLS 1.2 can use it here.
  package let keyKind: KeyKind?

  init(_ item: Presented, at now: Int64) {
    description = item.description
    der = item.der
    guard let fields = item.fields else {
      kind = .unreadable
      checks = [
        CertificateCheck(
          rule: .parse, outcome: .failed, position: item.position,
          detail: "It is no X.509 certificate: \(item.problem ?? "unreadable").")
      ]
      (pathLength, keyKind) = (nil, nil)
      return
    }
    let isRoot = fields.looksSelfSigned
    kind = isRoot ? .root : fields.extensions.isCA ? .intermediate : .endEntity
    pathLength = fields.extensions.pathLength
    keyKind = if case .usable(let kind) = fields.key { kind } else { nil }
    var findings = [CertificateRules.validity(fields, at: now), CertificateRules.keyStrength(fields)]
    if !isRoot { findings.append(CertificateRules.signatureAlgorithm(fields)) }
    findings.append(CertificateRules.extensions(fields))
    checks = findings.map { $0.check(at: item.position) }
  }

  package var notBeforeText: String { UnixTime.text(description.notBefore) }
  package var notAfterText: String { UnixTime.text(description.notAfter) }
}

extension Trust? {
  fileprivate func verdict(on path: [Presented], as side: Side, _ reference: ServerReference?) async -> Verdict? {
    guard let trust = self else { return nil }
    let request = PeerVerification(
      peer: side, chain: path.map(\.der), reference: side == .server ? reference : nil)
    return await trust.judge(request)
  }
}
