import Handfast
import HandfastCore
import HandfastTestKit
import HandfastTrust
import HandfastWire

/// How a session is found again.
enum Way: CaseIterable, Sendable {
  case sessionID
  case ticket
  case preSharedKey

  var mechanism: ResumptionMechanism {
    switch self {
    case .sessionID: .sessionID
    case .ticket: .ticket
    case .preSharedKey: .preSharedKey
    }
  }
  /// The server seals what it has to remember.
  static let sealed: [Way] = [.ticket, .preSharedKey]
}

/// Two sides that meet again and again, while time goes by and their configurations change. What they remember stays.
struct Meeting {
  var setup: Setup
  /// The client's and, unless it has one of its own, the server's.
  let clock: SettableClock
  var serverClock: (any WallClock)?
  let pki: DevelopmentPKI

  /// Both authenticate.
  init(_ way: Way = .preSharedKey, _ authentication: Setup.Authentication = .required) throws {
    setup = try Setup(clientKey: .ecdsa(.secp256r1), authentication)
    pki = try TestIdentities.shared.pki
    clock = SettableClock(SystemWallClock().now())
    setup.clock = clock
    setup.client.sessionStore = InMemoryClientSessions()
    if way == .sessionID {
      setup.server.sessionCache = InMemoryServerSessions()
    } else {
      setup.server.sessionTickets = .keys(RotatingTicketKeys(provider: setup.serverProvider, at: clock.now()))
    }
    setup.use(way == .preSharedKey ? [.tls13] : [.tls12])
  }

  /// A connection of two sides made from what the configurations are now.
  func pair() throws -> InMemoryPair {
    let server = try TLSServer(setup.server, provider: setup.serverProvider, clock: serverClock ?? clock)
    return InMemoryPair(
      client: try setup.clientConnection(), server: server.accept(tracing: setup.isTracing))
  }

  /// The same, once the handshake is over.
  func meet() throws -> Encounter {
    let pair = try pair()
    pair.run()
    return Encounter(pair)
  }

  /// The server with another answer to the client's certificate.
  mutating func replaceServer(identities: IdentitySource? = nil, _ authentication: ClientAuthentication? = nil) {
    let old = setup.server
    setup.server = ServerConfiguration(
      identities: identities ?? old.identities, clientAuthentication: authentication ?? old.clientAuthentication)
    setup.server.versions = old.versions
    setup.server.sessionTickets = old.sessionTickets
    setup.server.sessionCache = old.sessionCache
    setup.server.sessionScope = old.sessionScope
    setup.server.earlyData = old.earlyData
  }
}

/// What became of a connection.
struct Encounter {
  let client: Outcome
  let server: Outcome

  init(_ pair: InMemoryPair) { (client, server) = (pair.client.outcome, pair.server.outcome) }

  var isComplete: Bool { client.isComplete && server.isComplete && client.failure == nil && server.failure == nil }
  var isResumed: Bool { isComplete && client.negotiated?.isResumed == true && server.negotiated?.isResumed == true }
  /// Complete, and both sides agree that nothing was resumed.
  var isFull: Bool { isComplete && client.negotiated?.isResumed == false && server.negotiated?.isResumed == false }
}

extension Outcome {
  var resumptions: [ResumptionFact] {
    events.compactMap { if case .resumption(let fact) = $0 { fact } else { nil } }
  }
  var refusals: [ResumptionRefusal] {
    resumptions.compactMap { if case .declined(let reason) = $0.outcome { reason } else { nil } }
  }
  var earlyData: [EarlyDataFact.Outcome] {
    events.compactMap { if case .earlyData(let fact) = $0 { fact.outcome } else { nil } }
  }
  var ticketsReceived: [TicketFact] {
    events.compactMap { if case .receivedTicket(let fact) = $0 { fact } else { nil } }
  }
  var ticketsIssued: [TicketFact] {
    events.compactMap { if case .issuedTicket(let fact) = $0 { fact } else { nil } }
  }
  var peerSubject: String? { peer?.presented.first?.subject }
}

/// Hands out the sessions it has in a form of the test's choice, for whatever key: a client that does not care what fits.
final class LooseSessions: ClientSessionStore {
  private let kept: InMemoryClientSessions
  private let key: SessionKey?
  private let change: @Sendable (ClientSession) -> ClientSession

  /// `change` makes of each session what is offered.
  init(_ setup: Setup, _ change: @escaping @Sendable (ClientSession) -> ClientSession = { $0 }) throws {
    kept = InMemoryClientSessions()
    var configuration = ClientConfiguration(trust: setup.client.trust)
    configuration.sessionScope = [1]
    key = SessionKey(try ServerReference("anybody"), under: SessionTerms(configuration), trust: configuration.trust)
    self.change = change
  }

  func take(for key: SessionKey, at now: UInt64) -> ClientSession? {
    self.key.flatMap { kept.take(for: $0, at: now) }.map(change)
  }
  func put(_ session: ClientSession, for key: SessionKey) { if let key = self.key { kept.put(session, for: key) } }
  func remove(for key: SessionKey) { if let key = self.key { kept.remove(for: key) } }
}

extension ClientSession {
  /// The same session under another ticket or another flag.
  func changed(
    version: ProtocolVersion? = nil, suite: CipherSuite? = nil, ticket: [UInt8]? = nil,
    extendedMasterSecret: Bool? = nil,
    maxEarlyData: UInt32? = nil
  ) -> ClientSession {
    ClientSession(
      version: version ?? self.version, cipherSuite: suite ?? cipherSuite, secret: secret,
      ticket: ticket ?? self.ticket,
      sessionID: sessionID, receivedAt: receivedAt, lifetime: 3_600, ageAdd: ageAdd,
      maxEarlyData: maxEarlyData ?? self.maxEarlyData, applicationProtocol: applicationProtocol,
      usesExtendedMasterSecret: extendedMasterSecret ?? usesExtendedMasterSecret, lineageStartedAt: lineageStartedAt,
      group: group, peer: peer)
  }
}
