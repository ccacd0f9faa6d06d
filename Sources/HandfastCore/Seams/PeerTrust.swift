public import HandfastWire

/// Which side of the connection.
public enum Side: String, Hashable, Sendable, CaseIterable {
  case client
  case server

  public var peer: Side { self == .client ? .server : .client }
}

/// A question about the peer's certificates, asked while the handshake waits.
public struct PeerVerification: Hashable, Sendable {
  /// Who presented the chain.
  public let peer: Side
  /// What `chain` consists of.
  public package(set) var certificateType = CertificateType.x509
  /// DER, the peer's own certificate first, as it came; or its SubjectPublicKeyInfo alone (RFC 7250). Never empty.
  public let chain: [[UInt8]]
  /// What the client wants to reach; nil when the peer is a client.
  public let reference: ServerReference?
  /// Whether the peer's key must decrypt rather than sign (RSA key transport): keyUsage is then keyEncipherment.
  public let isForKeyEncipherment: Bool
  /// The OCSP response that the peer stapled, DER; nil: none.
  public let certificateStatus: [UInt8]?
  /// Whether the peer was asked to staple one.
  public let asksForStatus: Bool
  /// What certificate logs have promised for the leaf, as the server says: serialized SCTs (RFC 6962 §3.3). Nothing about them has
  /// been checked.
  public package(set) var certificateTimestamps: [[UInt8]] = []
  /// Whether the peer resumes a session: the chain is then what it showed in the full handshake.
  public package(set) var isResumption = false

  package init(
    peer: Side, chain: [[UInt8]], reference: ServerReference?, isForKeyEncipherment: Bool = false,
    certificateStatus: [UInt8]? = nil, asksForStatus: Bool = false
  ) {
    self.certificateStatus = certificateStatus
    self.asksForStatus = asksForStatus || certificateStatus != nil
    self.peer = peer
    self.chain = chain
    self.reference = reference
    self.isForKeyEncipherment = isForKeyEncipherment
  }
}

/// A question that may have to be asked again, as a session or a connection keeps it.
package final class PeerEvidence: Sendable, Hashable {
  package let question: PeerVerification

  package init(_ question: PeerVerification) { self.question = question }

  package static func == (one: PeerEvidence, other: PeerEvidence) -> Bool { one.question == other.question }
  package func hash(into hasher: inout Hasher) { hasher.combine(question) }
}

/// The answer to a `PeerVerification`.
@nonexhaustive public enum Verdict: Sendable {
  case trusted(TrustedPeer)
  case rejected(RejectedPeer)
}

/// A peer whose chain was found good.
public struct TrustedPeer: Sendable {
  /// The presented chain, described leaf first.
  public let presented: [CertificateDescription]
  /// The path that was built, leaf to anchor.
  public let path: [CertificateDescription]
  /// Every check that was made, in order. A connection that collects no events keeps the warnings only.
  public let checks: [CertificateCheck]
  /// Nil for a peer that has proved its key already, in this handshake or in the one that made the session.
  package let key: (any PeerKey)?
  /// Called once the peer has proved, by a signature, that it holds the key: only then may what was found out about its chain be
  /// remembered, or anybody who has seen a chain could fill the memory with it.
  package var whenProved: (@Sendable () -> Void)?
  /// What was asked, where it may have to be asked again.
  package var evidence: PeerEvidence?

  /// As a session remembers it.
  package init(_ remembered: RememberedPeer) {
    self.init(presented: remembered.presented, path: remembered.path, checks: [], key: nil)
    evidence = remembered.evidence
  }

  /// What is worth keeping as long as the connection lives.
  var abridged: TrustedPeer {
    var warnings: [CertificateCheck] = []
    // By index: an iteration would hold each of them, and nearly all have passed.
    for index in checks.indices where checks[index].outcome == .warned { warnings.append(checks[index]) }
    var peer = TrustedPeer(presented: presented, path: path, checks: warnings, key: nil)
    peer.evidence = evidence
    return peer
  }

  package init(
    presented: [CertificateDescription], path: [CertificateDescription], checks: [CertificateCheck],
    key: (any PeerKey)?
  ) {
    self.presented = presented
    self.path = path
    self.checks = checks
    self.key = key
  }
}

/// A peer whose chain was refused, with the reason. The reason stays on this side; the peer gets the alert only.
public struct RejectedPeer: Sendable {
  public let rejection: CertificateRejection
  /// The presented chain as far as it could be read, leaf first.
  public let presented: [CertificateDescription]
  /// Every check that was made, in order; the last one failed.
  public let checks: [CertificateCheck]

  package init(rejection: CertificateRejection, presented: [CertificateDescription], checks: [CertificateCheck]) {
    self.rejection = rejection
    self.presented = presented
    self.checks = checks
  }
}

/// Judges peers. `HandfastTrust.Trust` is the one for X.509.
public protocol PeerTrust: Sendable {
  /// DER-encoded names that a server lists in its CertificateRequest; empty means "any".
  var authorities: [[UInt8]] { get }
  /// The types of certificates that it judges, best first (RFC 7250); X.509 unless it says otherwise. A client asks once, when it is
  /// made.
  var certificateTypes: [CertificateType] { get }
  /// The judgement without suspension; nil when the connection is to pause with `Need.peerVerdict` instead.
  func judgeInline(_ request: PeerVerification) -> Verdict?
  /// The same, for a connection that says by `isTraced` whether it tells anybody of the checks. If not, those that have passed need not
  /// be in the verdict. It is this that connections call; by default it is `judgeInline(_:)`, with all checks.
  func judgeInline(_ request: PeerVerification, isTraced: Bool) -> Verdict?
  /// Up to 65,535 bytes that are the same for the same judgement only: other roots or other rules, another scope. Sessions are
  /// resumed under the scope they began with. Nil: this trust cannot tell, and sessions in which it judged a peer are not
  /// resumed unless the application gives an id.
  var sessionScope: [UInt8]? { get }
}

extension PeerTrust {
  public var certificateTypes: [CertificateType] { CertificateType.x509Only }
  public var sessionScope: [UInt8]? { nil }
  public func judgeInline(_ request: PeerVerification, isTraced: Bool) -> Verdict? { judgeInline(request) }
}

/// One thing that was checked about a chain.
public struct CertificateCheck: Hashable, Sendable {
  @nonexhaustive public enum Rule: String, Hashable, Sendable, CaseIterable {
    case parse
    case keyStrength
    case signatureAlgorithm
    case validity
    case basicConstraints
    case keyUsage
    case extendedKeyUsage
    case criticalExtensions
    case nameConstraints
    case pathBuilding
    case signatures
    case anchor
    case revocation
    case identity
  }
  @nonexhaustive public enum Outcome: String, Hashable, Sendable {
    case passed
    case failed
    /// Noted, without effect on the verdict.
    case warned
  }
  public let rule: Rule
  public let outcome: Outcome
  /// The certificate's place in the presented chain (0: the leaf); nil when the check is about the whole path.
  public let position: Int?
  /// Called when somebody reads it, which for most handshakes nobody does. The same words each time.
  private let words: @Sendable () -> String
  /// What was expected and what was found, in one plain sentence.
  public var detail: String { words() }

  public init(rule: Rule, outcome: Outcome, position: Int?, detail: String) {
    self.init(rule: rule, outcome: outcome, position: position, wordedBy: { detail })
  }

  package init(rule: Rule, outcome: Outcome, position: Int?, wordedBy words: @escaping @Sendable () -> String) {
    self.rule = rule
    self.outcome = outcome
    self.position = position
    self.words = words
  }

  public static func == (one: Self, other: Self) -> Bool {
    one.rule == other.rule && one.outcome == other.outcome && one.position == other.position
      && one.detail == other.detail
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(rule)
    hasher.combine(outcome)
    hasher.combine(position)
    hasher.combine(detail)
  }
}
