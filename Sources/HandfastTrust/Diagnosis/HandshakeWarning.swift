public import HandfastCore
import HandfastWire

/// What works in this handshake, and will not tomorrow or elsewhere. For this side's eyes only, like a `Diagnosis`.
public struct HandshakeWarning: Hashable, Sendable {
  /// Stable, to be compared and looked up.
  @nonexhaustive public enum Code: String, Hashable, Sendable, CaseIterable {
    case certificateExpiresSoon = "certificate-expires-soon"
    /// In disorder, with more than is needed, or with less than others need.
    case chainUntidy = "chain-untidy"
    case namesMissing = "names-missing"
    case purposeMissing = "purpose-missing"
    case digitalSignatureMissing = "digital-signature-missing"
    case authorityAsLeaf = "authority-as-leaf"
    case signatureWeak = "signature-weak"
    /// Nobody says whether a certificate is revoked, or a list that is out of date.
    case revocationUncertain = "revocation-uncertain"
    case rsaKeyExchange = "rsa-key-exchange"
    case clockSkew = "clock-skew"
  }
  public let code: Code
  /// Whose set-up it is about; nil: it may be either's.
  public let side: Side?
  public let certificate: CertificateReference?
  /// In one plain sentence or two.
  public let explanation: String
  public let remedy: Remedy
}

/// What a completed handshake is looked at for.
package struct WarningBasis: Sendable {
  let side: Side
  let negotiated: NegotiatedParameters
  /// As it was judged.
  let peer: TrustedPeer?
  let own: Identity?
  /// What the peer's random says of the time, in Unix seconds.
  let peerClock: UInt32?
  /// In Unix seconds.
  let now: Int64

  /// - Parameter now: By default the system's clock.
  package init(
    side: Side, negotiated: NegotiatedParameters, peer: TrustedPeer?, own: Identity?, peerClock: UInt32? = nil,
    now: Int64 = SystemClock.now()
  ) {
    self.side = side
    self.negotiated = negotiated
    self.peer = peer
    self.own = own
    self.peerClock = peerClock
    self.now = now
  }

  package var warnings: [HandshakeWarning] {
    let judged = peer.map { peer in
      peer.checks.compactMap { HandshakeWarning($0, of: side.peer, peer.presented) }
    }
    let review = own.map { own in
      let fields = own.chain.map { try? CertificateFields(der: $0) }
      let readable = fields.compactMap(\.self)
      // A path ends with its anchor: where the chain does not, something stands above its last.
      let path = readable.last.map { $0.looksSelfSigned ? readable : readable + [$0] } ?? []
      let warnings = ChainWarnings(presented: fields, path: path, now: now)
      return warnings.findings.compactMap { position, finding in
        HandshakeWarning(finding.check(at: position), of: side, own.certificates)
      }
    }
    return (judged ?? []) + (review ?? []) + tolerated + keyExchange + (skew.map { [$0] } ?? [])
  }

  /// What this peer let pass in the own chain, and others refuse.
  private var tolerated: [HandshakeWarning] {
    guard let own else { return [] }
    let review = OwnChainReview(
      identity: own, side: side, request: nil, reference: nil, hasClientHello: false, now: now)
    return review.tolerable.compactMap { suspicion in
      let code: HandshakeWarning.Code
      switch suspicion.kind {
      case .purpose: code = .purposeMissing
      case .keyUsage: code = .digitalSignatureMissing
      case .weakSignature: code = .signatureWeak
      default: return nil
      }
      let certificate = own.certificates[suspicion.position]
      return HandshakeWarning(
        code: code, side: side,
        certificate: CertificateReference(
          owner: side, position: suspicion.position, subject: certificate.subject, fingerprint: certificate.fingerprint),
        explanation: "The \(side.peer) did not mind, but others do: \(suspicion.explanation).",
        remedy: Remedy(side: side, text: suspicion.remedy, command: "handfast pki show CHAIN.pem"))
    }
  }

  /// RFC 10015 forbids what this side was told to allow.
  private var keyExchange: [HandshakeWarning] {
    guard CipherSuiteParameters(negotiated.cipherSuite)?.keyExchange == .rsa else { return [] }
    return [
      HandshakeWarning(
        code: .rsaKeyExchange, side: nil, certificate: nil,
        explanation:
          "The keys were exchanged with RSA: whoever gets the server's private key one day can read this connection.",
        remedy: Remedy(side: nil, text: "Enable a suite with ECDHE on both sides, and forbid RSA key transport."))
    ]
  }

  /// Some software still begins its random with the time, as RFC 5246 §7.4.1.2 wanted it. Four random bytes look like a time of
  /// today once in 25,000 handshakes.
  private var skew: HandshakeWarning? {
    guard let clock = peerClock else { return nil }
    let difference = Int64(clock) - now
    guard (300...86_400).contains(abs(difference)) else { return nil }
    return HandshakeWarning(
      code: .clockSkew, side: nil, certificate: nil,
      explanation:
        "The \(side.peer)'s clock seems to be \(abs(difference) / 60) minutes \(difference > 0 ? "ahead of" : "behind") "
        + "this one, going by the first bytes of its random.",
      remedy: Remedy(side: nil, text: "Compare the clocks of both sides: certificates and sessions are judged by them.")
    )
  }
}

extension HandshakeWarning {
  fileprivate init?(_ check: CertificateCheck, of owner: Side, _ chain: [CertificateDescription]) {
    guard check.outcome == .warned, let code = Code(check.rule) else { return nil }
    let known = check.position.flatMap { chain.indices.contains($0) ? chain[$0] : nil }
    self.init(
      code: code, side: code == .revocationUncertain ? owner.peer : owner,
      certificate: CertificateReference(
        owner: owner, position: check.position, subject: known?.subject, fingerprint: known?.fingerprint),
      explanation: "The \(owner)'s \(known.map { "certificate \($0.subject)" } ?? "chain"): \(check.detail)",
      remedy: code.remedy(for: owner))
  }
}

extension HandshakeWarning.Code {
  fileprivate init?(_ rule: CertificateCheck.Rule) {
    switch rule {
    case .validity: self = .certificateExpiresSoon
    case .pathBuilding, .parse: self = .chainUntidy
    case .identity: self = .namesMissing
    case .extendedKeyUsage: self = .purposeMissing
    case .keyUsage: self = .digitalSignatureMissing
    case .basicConstraints: self = .authorityAsLeaf
    case .signatureAlgorithm: self = .signatureWeak
    case .revocation: self = .revocationUncertain
    case .keyStrength, .criticalExtensions, .nameConstraints, .signatures, .anchor: return nil
    }
  }

  fileprivate func remedy(for owner: Side) -> Remedy {
    let text =
      switch self {
      case .certificateExpiresSoon: "Renew the certificate in time."
      case .chainUntidy: "Send the own certificate first, then each issuer in turn, and nothing else."
      case .namesMissing: "Have it issued anew with the \(owner)'s names in subjectAltName."
      case .purposeMissing: "Have it issued anew with extendedKeyUsage \(owner.purpose)."
      case .digitalSignatureMissing: "Have it issued anew with keyUsage digitalSignature."
      case .authorityAsLeaf: "Have an end entity's certificate issued for the \(owner)."
      case .signatureWeak: "Replace it by one that is signed with SHA-256 or better."
      case .revocationUncertain:
        "Provide the authority's current revocation list, or decide that an unknown status is refused."
      case .rsaKeyExchange: "Enable ECDHE."
      case .clockSkew: "Compare the clocks."
      }
    return Remedy(
      side: self == .revocationUncertain ? owner.peer : owner, text: text,
      command: self == .revocationUncertain ? nil : "handfast pki show CHAIN.pem")
  }
}
