import Handfast
import HandfastCore
import HandfastInspect
import HandfastTestKit
import HandfastTrust

/// A TLS 1.3 connection that really happened, in memory.
enum Story13: String, CaseIterable {
  /// Both authenticate, talk, and say goodbye.
  case complete
  /// The client's key shares are not the server's: another ClientHello.
  case retry
  /// The server refuses the client's certificate after the client's handshake is complete.
  case lateRejection
  /// One side changes its keys and asks the other to.
  case keyUpdate
  /// A second connection of a client that kept its ticket.
  case resumed
  /// The same, with data in the first flight.
  case earlyData
  /// The same, with a server that has lost its ticket keys.
  case declined

  private var isSecond: Bool { self == .resumed || self == .earlyData || self == .declined }

  func record() throws -> [TraceEntry] {
    let setup = try setup()
    let (client, server) = (try TLSClient(setup.client), try TLSServer(setup.server))
    let recorder = TraceRecorder()
    guard isSecond else {
      try run(setup, client, server, recorder)
      return recorder.entries
    }
    try Story13.complete.run(setup, client, server, TraceRecorder())
    try run(setup, client, self == .declined ? try TLSServer(setup.server) : server, recorder)
    return recorder.entries
  }

  private func setup() throws -> Setup {
    var setup = try Setup(clientKey: .ecdsa(.secp256r1), .required)
    setup.use([.tls13])
    setup.client.sessionStore = InMemoryClientSessions()
    setup.server.sessionTickets = .automatic()
    setup.server.ticketCount = 1
    setup.client.groups = [.x25519, .secp256r1]
    setup.client.keyShareGroups = [.x25519]
    if self == .retry {
      setup.server.groups = [.secp256r1]
      setup.server.sendsRetryCookie = true
    }
    if self == .lateRejection {
      // The client cannot know better: the server does not say whom it trusts.
      setup.server.announcesAuthorities = false
      setup.client.identities = .these([try DevelopmentPKI(name: "Other").issue(.client("mallory"))])
    }
    if isSecond {
      setup.client.offersEarlyData = self == .earlyData
      if self == .earlyData {
        setup.server.earlyData = .accepted(upTo: 1024, replayGuard: StrikeRegister(startedAt: 0))
      }
    }
    return setup
  }

  private func run(
    _ setup: Setup, _ client: TLSClient, _ server: TLSServer, _ recorder: TraceRecorder
  ) throws {
    let pair = InMemoryPair(
      client: client.connect(to: try ServerReference(setup.name), tracing: true),
      server: server.accept(tracing: true))
    var told: [Side: Int] = [:]
    func note() {
      for (side, events) in [(Side.client, pair.client.events), (.server, pair.server.events)] {
        recorder.record(Array(events.dropFirst(told[side, default: 0])), side: side)
        told[side] = events.count
      }
    }
    pair.step(from: .client)
    note()
    if self == .earlyData {
      let data = Array("GET /early".utf8)
      let record = [UInt8](capacity: 1024) { output in
        _ = try? pair.client.connection.sealEarlyData(data.span, into: &output)
      }
      pair.deliver(record, from: .client)
      note()
    }
    pair.step(from: .server)
    note()
    pair.run()
    note()
    for endpoint in [pair.client, pair.server] {
      if let failure = endpoint.failure { recorder.record(failure) }
    }
    guard self != .lateRejection else { return }
    if self == .keyUpdate {
      try pair.client.connection.updateKeys(requestingPeer: true)
      pair.run()
      note()
    }
    pair.send(Array("ping".utf8), from: .client)
    note()
    pair.send(Array("pong".utf8), from: .server)
    note()
    pair.close()
    note()
  }
}
