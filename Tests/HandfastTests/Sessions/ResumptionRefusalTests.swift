import Handfast
import HandfastCore
import HandfastCrypto
import HandfastTestKit
import HandfastTrust
import HandfastWire
import Testing

/// A session must not be worth more than the handshake it stands for.
@Suite("Sessions are refused, and a full handshake made instead,") struct ResumptionRefusalTests {
  private static let day: UInt64 = 86_400_000

  // MARK: By the client, who does not offer what does not fit

  @Test(arguments: Way.allCases) func `for another server name`(way: Way) throws {
    var meeting = try Meeting(way)
    meeting.replaceServer(identities: .these([try meeting.pki.issue(.server("localhost", "other.example"))]))
    try expectFull(meeting, client: .noSession) { $0.setup.name = "other.example" }
  }

  @Test(arguments: Way.allCases) func `for other application protocols`(way: Way) throws {
    try expectFull(try Meeting(way), client: .noSession) { $0.setup.client.applicationProtocols = ["h2"] }
  }

  @Test(arguments: Way.allCases) func `for the same application protocols in another order`(way: Way) throws {
    var meeting = try Meeting(way)
    meeting.setup.client.applicationProtocols = ["h2", "http/1.1"]
    try expectFull(meeting, client: .noSession) { $0.setup.client.applicationProtocols = ["http/1.1", "h2"] }
  }

  @Test(arguments: Way.allCases) func `for another identity of the client's`(way: Way) throws {
    let meeting = try Meeting(way)
    let other = try meeting.pki.issue(.client("other"))
    try expectFull(meeting, client: .noSession) { $0.setup.client.identities = .these([other]) }
  }

  @Test(arguments: Way.allCases) func `where the client trusts others than it did`(way: Way) throws {
    let meeting = try Meeting(way)
    let more = try Trust(roots: [meeting.pki.rootDER, DevelopmentPKI().rootDER])
    try expectFull(meeting, client: .noSession) { meeting in
      var client = ClientConfiguration(trust: more)
      client.identities = meeting.setup.client.identities
      client.sessionStore = meeting.setup.client.sessionStore
      client.versions = meeting.setup.client.versions
      meeting.setup.client = client
    }
  }

  @Test(arguments: Way.allCases) func `under another id of the application's for the client`(way: Way) throws {
    var meeting = try Meeting(way)
    meeting.setup.client.sessionScope = [1]
    try expectFull(meeting, client: .noSession) { $0.setup.client.sessionScope = [2] }
  }

  @Test(arguments: Way.allCases) func `when they have expired`(way: Way) throws {
    var meeting = try Meeting(way)
    meeting.setup.server.sessionLifetime = 3600
    let end: UInt64 = way == .sessionID ? Self.day : 3_600_000
    #expect(try meeting.meet().isFull)
    meeting.clock.advance(by: end)
    let second = try meeting.meet()
    #expect(second.isFull)
    #expect(second.client.refusals == [.noSession])
  }

  @Test func `where the client is asked who it is, and nobody vouches for its answers`() throws {
    for way in Way.allCases {
      var meeting = try Meeting(way, .none)
      meeting.setup.client.identities = .asked
      let first = try meeting.meet()
      #expect(first.isFull)
      #expect(first.client.refusals == [.notEnabledHere])
      #expect(try meeting.meet().isFull)
      // With an id they are kept.
      meeting.setup.client.sessionScope = [1]
      #expect(try meeting.meet().isFull)
      #expect(try meeting.meet().isResumed)
    }
  }

  // MARK: By the server

  @Test(arguments: Way.allCases) func `by a server that is asked for another name than the session's`(way: Way) throws {
    var meeting = try Meeting(way)
    meeting.replaceServer(identities: .these([try meeting.pki.issue(.server("localhost", "other.example"))]))
    meeting.setup.client.sessionStore = try LooseSessions(meeting.setup)
    try expectFull(meeting, server: .otherServerName(session: "localhost", offered: "other.example")) {
      $0.setup.name = "other.example"
    }
  }

  @Test(arguments: Way.allCases) func `by a server that trusts others than it did`(way: Way) throws {
    let meeting = try Meeting(way)
    let more = try Trust(roots: [meeting.pki.rootDER, DevelopmentPKI().rootDER])
    try expectFull(meeting, server: .otherScope) { $0.replaceServer(.required(more)) }
  }

  /// As happened to others: two virtual servers share ticket keys, and one lets in whom the other has authenticated.
  @Test(arguments: Way.sealed) func `by a neighbour with other roots under the same ticket keys`(way: Way) throws {
    var meeting = try Meeting(way)
    #expect(try meeting.meet().isFull)
    meeting.replaceServer(.required(try DevelopmentPKI().trust))
    let second = try meeting.meet()
    #expect(second.server.refusals == [.otherScope])
    #expect(second.server.error != nil)
    #expect(second.server.negotiated == nil)
  }

  @Test(arguments: Way.allCases, Setup.Authentication.allCases)
  func `by a server that asks for certificates otherwise`(way: Way, before: Setup.Authentication) throws {
    for after in Setup.Authentication.allCases where after != before {
      let meeting = try Meeting(way, before)
      let trust = try meeting.pki.trust
      try expectFull(meeting, server: .otherScope) { meeting in
        switch after {
        case .none: meeting.replaceServer(ClientAuthentication.none)
        case .optional: meeting.replaceServer(.optional(trust))
        case .required: meeting.replaceServer(.required(trust))
        }
      }
    }
  }

  @Test(arguments: Way.allCases) func `by a server with another identity`(way: Way) throws {
    let meeting = try Meeting(way)
    let other = try meeting.pki.issue(.server("localhost"))
    try expectFull(meeting, server: .otherScope) { $0.replaceServer(identities: .these([other])) }
  }

  @Test(arguments: Way.allCases) func `by a server under another id of the application's`(way: Way) throws {
    var meeting = try Meeting(way)
    meeting.setup.server.sessionScope = [1]
    try expectFull(meeting, server: .otherScope) { $0.setup.server.sessionScope = [2] }
  }

  @Test(arguments: Way.allCases) func `by a server that requires a certificate the session lacks`(way: Way) throws {
    // The application says that nothing that matters has changed; but the policy is part of the scope all the same.
    var meeting = try Meeting(way, .optional)
    meeting.setup.server.sessionScope = [1]
    meeting.setup.client.identities = .these([])
    #expect(try meeting.meet().isFull)
    meeting.replaceServer(.required(try meeting.pki.trust))
    let second = try meeting.meet()
    #expect(second.server.refusals == [.otherScope])
    #expect(second.server.negotiated == nil)
    #expect(second.server.error == (way == .preSharedKey ? .clientCertificateRequired : .certificateMissing(.client)))
  }

  @Test(arguments: Way.sealed) func `when a required certificate is missing in an authentic ticket`(way: Way) throws {
    var meeting = try Meeting(way)
    #expect(try meeting.meet().isFull)
    // Such a ticket is never made; so it is made here.
    let (setup, now) = (meeting.setup, meeting.clock.now())
    guard case .keys(let keys) = setup.server.sessionTickets else { return }
    let sealer = TicketSealer(keys: keys, provider: setup.serverProvider)
    let scope = try #require(CurrentServerScope(setup.server, setup.serverProvider).value)
    meeting.setup.client.sessionStore = try LooseSessions(setup) { session in
      let forged = ServerSession(
        version: session.version, cipherSuite: session.cipherSuite, secret: session.secret, scope: scope,
        serverName: "localhost", applicationProtocol: nil, lineageStartedAt: now, issuedAt: now,
        expiresAt: now + 10_000,
        ageAdd: session.ageAdd, peer: nil)
      return session.changed(ticket: sealer.seal(forged, at: now))
    }
    #expect(try meeting.meet().isFull)
    let second = try meeting.meet()
    #expect(second.isFull)
    #expect(second.server.refusals == [.clientCertificateMissing])
    #expect(second.server.peerSubject == "CN=client")
  }

  @Test(arguments: Way.sealed) func `when the server finds them expired`(way: Way) throws {
    var meeting = try Meeting(way)
    meeting.setup.server.sessionLifetime = 3600
    let later = SettableClock(meeting.clock.now() + 3_600_000)
    try expectFull(meeting, server: .expired) { $0.serverClock = later }
  }

  @Test(arguments: Way.sealed, [Side.client, .server])
  func `when the server finds a certificate of theirs expired`(way: Way, side: Side) throws {
    var meeting = try Meeting(way)
    var request: LeafRequest = side == .client ? .client("brief") : .server("localhost")
    request.notAfter = 86_400
    let brief = try meeting.pki.issue(request)
    switch side {
    case .client: meeting.setup.client.identities = .these([brief])
    case .server: meeting.replaceServer(identities: .these([brief]))
    }
    meeting.setup.server.sessionLifetime = 604_800
    // No ticket key is as old as that.
    let keys = RotatingTicketKeys(
      provider: meeting.setup.serverProvider, interval: 604_800_000, at: meeting.clock.now())
    meeting.setup.server.sessionTickets = .keys(keys)
    let later = SettableClock(meeting.clock.now() + Self.day)
    try expectFull(meeting, server: .certificatesExpired) { $0.serverClock = later }
  }

  @Test(arguments: Way.sealed) func `under a key that the server does not have`(way: Way) throws {
    let meeting = try Meeting(way)
    let others = RotatingTicketKeys(provider: meeting.setup.serverProvider, at: meeting.clock.now())
    try expectFull(meeting, server: .ticketKeyUnknown) { $0.setup.server.sessionTickets = .keys(others) }
  }

  @Test(arguments: Way.sealed) func `under a key that is too old`(way: Way) throws {
    var meeting = try Meeting(way)
    let keys = RotatingTicketKeys(
      provider: meeting.setup.serverProvider, interval: 1_000, retention: 1_000, at: meeting.clock.now())
    meeting.setup.server.sessionTickets = .keys(keys)
    let later = SettableClock(meeting.clock.now() + 2_000)
    try expectFull(meeting, server: .ticketKeyExpired) { $0.serverClock = later }
  }

  @Test(arguments: Way.sealed) func `when their ticket was tampered with, wherever`(way: Way) throws {
    // The format; the key's name; the seed; the nonce; the session; the tag.
    let places: [(Int, ResumptionRefusal)] = [
      (0, .ticketMalformed), (1, .ticketKeyUnknown), (17, .ticketForged), (33, .ticketForged), (60, .ticketForged),
      (-1, .ticketForged),
    ]
    for (place, refusal) in places {
      try expectRefused(way, refusal) { ticket in
        let index = place < 0 ? ticket.count + place : place
        ticket[index] ^= 1
      }
    }
  }

  @Test(arguments: Way.sealed) func `when their ticket is cut short, or longer than it was`(way: Way) throws {
    try expectRefused(way, .ticketForged) { $0.removeLast() }
    try expectRefused(way, .ticketForged) { $0.append(0) }
    try expectRefused(way, .ticketMalformed) { $0 = Array($0.prefix(20)) }
    try expectRefused(way, .ticketMalformed) { $0 = [7] }
  }

  @Test(arguments: Way.allCases) func `of a suite with another hash, or one that is not enabled any more`(way: Way)
    throws
  {
    let suite: CipherSuite = way == .preSharedKey ? .aes128GCMSHA256 : .ecdheECDSAWithAES128GCMSHA256
    try expectFull(try Meeting(way), server: .otherCipherSuite(suite)) { meeting in
      meeting.setup.server.cipherSuites =
        way == .preSharedKey ? [.aes256GCMSHA384] : [.ecdheECDSAWithAES256GCMSHA384]
    }
  }

  @Test func `of TLS 1.3 by a server that speaks only TLS 1.2 now, and the other way round`() throws {
    for (before, after) in [(ProtocolVersion.tls13, ProtocolVersion.tls12), (.tls12, .tls13)] {
      var meeting = try Meeting()
      meeting.setup.client.versions = [.tls13, .tls12]
      meeting.setup.server.versions = [before]
      try expectFull(meeting, client: .declinedByServer) { $0.setup.server.versions = [after] }
    }
  }

  @Test(arguments: Way.sealed) func `whose ticket is of the other version`(way: Way) throws {
    var meeting = try Meeting(way)
    let (before, after): (ProtocolVersion, ProtocolVersion) = way == .ticket ? (.tls12, .tls13) : (.tls13, .tls12)
    let suite: CipherSuite = way == .ticket ? .aes128GCMSHA256 : .ecdheECDSAWithAES128GCMSHA256
    meeting.setup.client.sessionStore = try LooseSessions(meeting.setup) { $0.changed(version: after, suite: suite) }
    try expectFull(meeting, server: .otherVersion(before)) { $0.setup.use([after]) }
  }

  @Test(arguments: Way.sealed) func `where the server gives no tickets any more`(way: Way) throws {
    try expectFull(try Meeting(way), server: .notEnabledHere) { $0.setup.server.sessionTickets = .off }
  }

  @Test func `by their id where the server does not know it`() throws {
    try expectFull(try Meeting(.sessionID), server: .unknownSessionID) {
      $0.setup.server.sessionCache = InMemoryServerSessions()
    }
    try expectFull(try Meeting(.sessionID), server: .notEnabledHere) { $0.setup.server.sessionCache = nil }
  }

  /// psk_ke has no forward secrecy. The change breaks the transcript, too: only the server's decision counts here.
  @Test func `without (EC)DHE`() throws {
    let meeting = try Meeting()
    #expect(try meeting.meet().isFull)
    let pair = try meeting.pair()
    pair.tamper = { flight in
      flight.replaceMessages { message in
        // psk_key_exchange_modes: one mode.
        let (modes, weak): ([UInt8], [UInt8]) = ([0, 45, 0, 2, 1, 1], [0, 45, 0, 2, 1, 0])
        guard message.type == .clientHello, let start = message.body.firstRange(of: modes)?.lowerBound else {
          return [message]
        }
        return [WireMessage(.clientHello, message.body[..<start] + weak + message.body[(start + modes.count)...])]
      }
    }
    pair.run()
    let server = pair.server.outcome
    #expect(server.refusals == [.noForwardSecrecy])
    #expect(server.sent.contains(.certificate))
  }

  // MARK: Extended master secret (RFC 7627 §5.3)

  @Test func `in TLS 1.2 when they lack the extended master secret that the client now offers`() throws {
    let meeting = try withoutExtendedMasterSecret()
    #expect(try meeting.meet().isFull)
    let second = try meeting.meet()
    #expect(second.isFull)
    #expect(second.server.refusals == [.extendedMasterSecretDiffers])
    #expect(second.client.negotiated?.usesExtendedMasterSecret == true)
  }

  @Test(arguments: [Way.sessionID, .ticket])
  func `in TLS 1.2, with an alert, when they have the extended master secret and the client does not offer it`(
    way: Way
  ) throws {
    var meeting = try Meeting(way)
    meeting.setup.server.extendedMasterSecret = .preferred
    #expect(try meeting.meet().isFull)
    let pair = try meeting.pair()
    pair.tamper = hideExtendedMasterSecret
    pair.run()
    #expect(pair.server.error == .extendedMasterSecretMissing)
    #expect(pair.server.outcome.alertsSent == [.handshakeFailure])
  }

  @Test func `in TLS 1.2, by neither side when neither has the extended master secret`() throws {
    var meeting = try withoutExtendedMasterSecret()
    meeting.setup.server.extendedMasterSecret = .preferred
    #expect(try meeting.meet().isFull)
    let pair = try meeting.pair()
    pair.tamper = hideExtendedMasterSecret
    pair.run()
    #expect(pair.server.outcome.resumptions.map(\.outcome) == [.resumed])
    #expect(pair.server.outcome.sent == [.serverHello, .finished])
  }

  @Test(arguments: [true, false])
  func `in TLS 1.2 by a client whose server resumes them with another extended master secret`(had: Bool) throws {
    // The server is right about its own session, and the client believes otherwise.
    var meeting = had ? try Meeting(.ticket) : try withoutExtendedMasterSecret()
    meeting.setup.client.extendedMasterSecret = .preferred
    meeting.setup.server.extendedMasterSecret = .preferred
    if had {
      meeting.setup.client.sessionStore = try LooseSessions(meeting.setup) { $0.changed(extendedMasterSecret: false) }
    }
    #expect(try meeting.meet().isFull)
    let pair = try meeting.pair()
    if !had { pair.tamper = hideExtendedMasterSecret }
    pair.run()
    #expect(pair.client.error == .resumedWithOtherParameters("extended_master_secret differs"))
  }

  /// The client's tickets are of sessions that were made without.
  private func withoutExtendedMasterSecret() throws -> Meeting {
    var meeting = try Meeting(.ticket)
    let (setup, now) = (meeting.setup, meeting.clock.now())
    guard case .keys(let keys) = setup.server.sessionTickets else { return meeting }
    let sealer = TicketSealer(keys: keys, provider: setup.serverProvider)
    meeting.setup.client.sessionStore = try LooseSessions(setup) { session in
      let ticket = session.ticket
      guard let old = try? sealer.open(ticket.span, at: now) else { return session }
      let weaker = ServerSession(
        version: old.version, cipherSuite: old.cipherSuite, secret: old.secret, scope: old.scope,
        serverName: old.serverName, applicationProtocol: nil, lineageStartedAt: now, issuedAt: now,
        expiresAt: old.expiresAt, usesExtendedMasterSecret: false, group: old.group, peer: old.peer)
      return session.changed(ticket: sealer.seal(weaker, at: now))
    }
    return meeting
  }

  /// Makes an unknown extension of the client's, as of a client that does not know it.
  private func hideExtendedMasterSecret(_ flight: inout Flight) {
    flight.replaceMessages { message in
      let known: [UInt8] = [0, 23, 0, 0]
      guard message.type == .clientHello, let start = message.body.firstRange(of: known)?.lowerBound else {
        return [message]
      }
      return [WireMessage(.clientHello, message.body[..<start] + [0xab, 0xcd, 0, 0] + message.body[(start + 4)...])]
    }
  }

  // MARK: -

  /// Two meetings, with a change in between: the second is a full handshake, and one side says why.
  private func expectFull(
    _ first: Meeting, client: ResumptionRefusal? = nil, server: ResumptionRefusal? = nil,
    _ change: (inout Meeting) throws -> Void, at location: SourceLocation = #_sourceLocation
  ) throws {
    var meeting = first
    #expect(try meeting.meet().isFull, sourceLocation: location)
    try change(&meeting)
    let second = try meeting.meet()
    #expect(
      second.isFull, "\(String(describing: second.client.error ?? second.server.error))", sourceLocation: location)
    if let client { #expect(second.client.refusals == [client], sourceLocation: location) }
    if let server { #expect(second.server.refusals == [server], sourceLocation: location) }
    if server != nil { #expect(second.client.refusals == [.declinedByServer], sourceLocation: location) }
  }

  private func expectRefused(
    _ way: Way, _ refusal: ResumptionRefusal, at location: SourceLocation = #_sourceLocation,
    _ change: @escaping @Sendable (inout [UInt8]) -> Void
  ) throws {
    var meeting = try Meeting(way)
    meeting.setup.client.sessionStore = try LooseSessions(meeting.setup) { session in
      var ticket = session.ticket
      change(&ticket)
      return session.changed(ticket: ticket)
    }
    #expect(try meeting.meet().isFull, sourceLocation: location)
    let second = try meeting.meet()
    #expect(second.isFull, sourceLocation: location)
    #expect(second.server.refusals == [refusal], sourceLocation: location)
  }
}
