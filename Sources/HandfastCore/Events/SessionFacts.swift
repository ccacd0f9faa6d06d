public import HandfastWire

/// A HelloRetryRequest: what the first ClientHello lacked.
public struct RetryFact: Hashable, Sendable {
  /// The group the server wants a key share of; nil when it wants its cookie back only.
  public let group: NamedGroup?
  public let hasCookie: Bool
  /// In one plain sentence.
  public let reason: String

  package init(group: NamedGroup?, hasCookie: Bool, reason: String) {
    self.group = group
    self.hasCookie = hasCookie
    self.reason = reason
  }
}

/// What became of resuming a session, on one side.
public struct ResumptionFact: Hashable, Sendable {
  @nonexhaustive public enum Outcome: Hashable, Sendable {
    /// A client offers a session.
    case offered
    /// A client offers none, or a server resumes none: why.
    case declined(ResumptionRefusal)
    case resumed
  }
  public let outcome: Outcome
  /// By session id, ticket or PSK.
  public let mechanism: ResumptionMechanism?
  /// Whose identity the session carries: the peer's leaf subject; nil when it did not authenticate.
  public let peer: String?
  /// Seconds since the session was made; nil when there is none.
  public let age: UInt64?
  /// Milliseconds that the client counts more since it got its ticket than the server, as a TLS 1.3 server sees it (RFC 9846
  /// §4.3.11.1): clocks that run apart, the way of the ticket, or a ClientHello that was held up. Nil elsewhere.
  public let ageSkew: Int64?

  package init(
    outcome: Outcome, mechanism: ResumptionMechanism?, peer: String?, age: UInt64?, ageSkew: Int64? = nil
  ) {
    self.ageSkew = ageSkew
    self.outcome = outcome
    self.mechanism = mechanism
    self.peer = peer
    self.age = age
  }
}

@nonexhaustive public enum ResumptionMechanism: String, Hashable, Sendable {
  case sessionID = "session id"
  case ticket
  case preSharedKey = "PSK with (EC)DHE"
}

/// Why a session is not resumed.
@nonexhaustive public enum ResumptionRefusal: Hashable, Sendable {
  /// A client has no session for this server, names, trust and identity.
  case noSession
  case notEnabledHere
  case notOffered
  /// The server said nothing of it: a full handshake follows.
  case declinedByServer
  case unknownSessionID
  case ticketMalformed
  /// Sealed under a key this server does not have (any more).
  case ticketKeyUnknown
  case ticketKeyExpired
  case ticketForged
  case expired
  /// The certificates of the session have expired.
  case certificatesExpired
  case otherVersion(ProtocolVersion)
  case otherCipherSuite(CipherSuite)
  case otherServerName(session: String?, offered: String?)
  /// The server's trust, client authentication or identities are not those of the session any more.
  case otherScope
  case clientCertificateMissing
  case extendedMasterSecretDiffers
  /// The client allows PSK without (EC)DHE only, which has no forward secrecy.
  case noForwardSecrecy
}

/// Early data (0-RTT), as one side sees it.
public struct EarlyDataFact: Hashable, Sendable {
  @nonexhaustive public enum Outcome: Hashable, Sendable {
    case offered
    case accepted
    case rejected(EarlyDataRefusal)
  }
  public let outcome: Outcome
  /// The most bytes that may be sent.
  public let limit: UInt32

  package init(outcome: Outcome, limit: UInt32) {
    self.outcome = outcome
    self.limit = limit
  }
}

@nonexhaustive public enum EarlyDataRefusal: String, Hashable, Sendable {
  case notEnabledHere = "early data is off on this side"
  case notResumed = "no session is resumed"
  case notFirstSession = "early data goes with the first session offered only"
  case retried = "the server needed a second ClientHello"
  case ticketAllowsNone = "the ticket allows none"
  case ticketAllowsMore = "the ticket allows more than this side takes now"
  case otherApplicationProtocol = "another application protocol than the session's"
  case otherCipherSuite = "another cipher suite than the session's"
  case otherServerName = "another server name than the session's"
  /// The ticket's age as the client tells it is not what this side's clock says.
  case ageDiffers = "the ticket's age differs from this side's clock"
  case replayed = "this ticket's early data has been taken before"
  case tooSoonAfterStart = "this side has started so lately that it may have forgotten a first copy"
  case replayGuardFull = "the replay guard has no room to remember it"
  case declinedByServer = "the server did not take it"
}

/// A session ticket that was issued or received.
public struct TicketFact: Hashable, Sendable {
  /// Seconds.
  public let lifetime: UInt32
  public let byteCount: Int
  /// SHA-256 of the ticket, so that two sides' stories meet; the ticket itself lets its holder resume.
  public let digest: [UInt8]
  /// Bytes of early data it allows.
  public let maxEarlyData: UInt32

  package init(lifetime: UInt32, byteCount: Int, digest: [UInt8], maxEarlyData: UInt32) {
    self.lifetime = lifetime
    self.byteCount = byteCount
    self.digest = digest
    self.maxEarlyData = maxEarlyData
  }
}

/// What tells a TLS 1.3 client that the server has accepted it.
@nonexhaustive public enum PeerConfirmation: String, Hashable, Sendable {
  case newSessionTicket = "NewSessionTicket"
  case applicationData = "application data"
}
