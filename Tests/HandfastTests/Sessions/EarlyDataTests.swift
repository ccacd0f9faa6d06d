import Handfast
import HandfastCore
import HandfastTestKit
import HandfastTrust
import HandfastWire
import Testing

@Suite("Early data") struct EarlyDataTests {
  private let data: [UInt8] = Array("GET / HTTP/1.1\r\n\r\n".utf8)

  /// A client that offers, a server that takes, and a session between them.
  private func acquainted(
    limit: UInt32 = 16_384, guardedBy register: (any EarlyDataReplayGuard)? = nil,
    _ change: (inout Meeting) throws -> Void = { _ in }
  ) throws -> Meeting {
    var meeting = try Meeting()
    meeting.setup.client.offersEarlyData = true
    let register = register ?? StrikeRegister(startedAt: meeting.clock.now() - 60_000)
    meeting.setup.server.earlyData = .accepted(upTo: limit, replayGuard: register)
    try change(&meeting)
    #expect(try meeting.meet().isFull)
    meeting.clock.advance(by: 1_000)
    return meeting
  }

  /// The client's first flight with `data` behind its ClientHello goes to the server, and the handshake on.
  private func run(_ pair: InMemoryPair, _ data: [UInt8]? = nil) throws {
    let hello = pair.client.takeOwed()
    let early = try #require(pair.client.sealEarly(data ?? self.data))
    pair.deliver(hello + early, from: .client)
    pair.run()
  }

  @Test func `is off by default on both sides`() throws {
    let meeting = try acquainted { meeting in
      meeting.setup.client.offersEarlyData = false
      meeting.setup.server.earlyData = .refused
    }
    let pair = try meeting.pair()
    #expect(ClientConfiguration(trust: meeting.setup.client.trust).offersEarlyData == false)
    if case .accepted = ServerConfiguration(identities: .asked, clientAuthentication: .none).earlyData {
      Issue.record("taken by default")
    }
    #expect(pair.client.connection.earlyDataCapacity == 0)
    let sealed = pair.client.sealEarly(data)
    #expect(sealed == [])
    var refused: TLSError?
    let bytes = data
    _ = [UInt8](capacity: 100) { output in
      do throws(TLSFailure) { _ = try pair.client.connection.sealEarlyData(bytes.span, into: &output) } catch {
        refused = error.error
      }
    }
    #expect(refused == .earlyDataNotPossible)
  }

  @Test func `arrives before the handshake is complete, and both sides know that it was taken`() throws {
    let meeting = try acquainted()
    let pair = try meeting.pair()
    let capacity = pair.client.connection.earlyDataCapacity
    #expect(capacity == 16_384)
    let hello = pair.client.takeOwed()
    let early = try #require(pair.client.sealEarly(data))
    let left = pair.client.connection.earlyDataCapacity
    #expect(left == 16_384 - data.count)
    pair.deliver(hello + early, from: .client)
    #expect(pair.server.receivedEarly == data)
    #expect(pair.server.isComplete == false)
    pair.run()
    let met = Encounter(pair)
    #expect(met.isResumed)
    #expect(met.client.negotiated?.isEarlyDataAccepted == true)
    #expect(met.client.negotiated == met.server.negotiated)
    #expect(met.client.earlyData == [.offered, .accepted])
    #expect(met.server.earlyData == [.accepted])
    #expect(met.client.sent.contains(.endOfEarlyData))
    #expect(met.server.peerSubject == "CN=client")
    // What is sent now is no early data.
    #expect(pair.send([1], from: .client))
    #expect(pair.server.received == [1])
    #expect(pair.server.receivedEarly == data)
    let after = pair.client.connection.earlyDataCapacity
    #expect(after == 0)
  }

  @Test(arguments: [1, 7, 100]) func `arrives in pieces of any size`(size: Int) throws {
    let meeting = try acquainted()
    let pair = try meeting.pair()
    pair.chunking = .every(size)
    let long = (0..<1_000).map { UInt8(truncatingIfNeeded: $0) }
    try run(pair, long)
    #expect(Encounter(pair).isResumed)
    #expect(pair.server.receivedEarly == long)
  }

  @Test func `may be nothing at all, though it was announced`() throws {
    let pair = try acquainted().pair()
    pair.run()
    let met = Encounter(pair)
    #expect(met.isResumed)
    #expect(met.client.negotiated?.isEarlyDataAccepted == true)
    #expect(pair.server.receivedEarly == [])
  }

  @Test func `may go on while the server's flight is on its way`() throws {
    let pair = try acquainted().pair()
    pair.step(from: .client)
    let records = try #require(pair.client.sealEarly(data))
    pair.deliver(records, from: .client)
    #expect(pair.server.receivedEarly == data)
    pair.run()
    #expect(Encounter(pair).isResumed)
  }

  @Test(arguments: [CipherSuite.aes128GCMSHA256, .aes256GCMSHA384, .chaCha20Poly1305SHA256])
  func `is taken under every suite`(suite: CipherSuite) throws {
    let meeting = try acquainted { $0.setup.client.cipherSuites = [suite] }
    let pair = try meeting.pair()
    try run(pair)
    #expect(Encounter(pair).isResumed)
    #expect(pair.server.receivedEarly == data)
  }

  @Test func `is sent up to the limit and no further`() throws {
    let meeting = try acquainted(limit: 20_000)
    let pair = try meeting.pair()
    let long = [UInt8](repeating: 7, count: 30_000)
    try run(pair, long)
    #expect(Encounter(pair).isResumed)
    #expect(pair.server.receivedEarly.count == 20_000)
  }

  @Test func `beyond the limit ends the connection`() throws {
    // The client believes that it may send more.
    let meeting = try acquainted(limit: 100) { meeting in
      meeting.setup.client.sessionStore = try LooseSessions(meeting.setup) { $0.changed(maxEarlyData: 1_000) }
    }
    let pair = try meeting.pair()
    try run(pair, [UInt8](repeating: 7, count: 101))
    #expect(pair.server.error == .tooMuchEarlyData)
    #expect(pair.server.outcome.alertsSent == [.unexpectedMessage])
    #expect(pair.server.receivedEarly == [])
  }

  // MARK: Refused

  @Test func `is refused where it is off`() throws {
    try expectRefused(.notEnabledHere, client: .declinedByServer) { $0.setup.server.earlyData = .refused }
  }

  @Test func `is refused without a session`() throws {
    try expectRefused(.notResumed, client: .notResumed, isResumed: false) { meeting in
      meeting.setup.server.sessionTickets = .automatic()
    }
  }

  @Test func `is refused when the server needs a second ClientHello`() throws {
    try expectRefused(.retried, client: .retried) { $0.setup.server.groups = [.secp384r1] }
  }

  @Test func `is refused when its ticket allows none`() throws {
    try expectRefused(.ticketAllowsNone, client: .declinedByServer) { meeting in
      // The ticket was made while early data was off; the client believes otherwise.
      var setup = meeting.setup
      setup.server.earlyData = .refused
      setup.client.sessionStore = try LooseSessions(setup) { $0.changed(maxEarlyData: 1_000) }
      meeting.setup.client.sessionStore = setup.client.sessionStore
      let pair = InMemoryPair(client: try setup.clientConnection(), server: try setup.serverConnection())
      pair.run()
      #expect(Encounter(pair).isFull)
    }
  }

  @Test func `is refused when its ticket allows more than is taken now`() throws {
    try expectRefused(.ticketAllowsMore, client: .declinedByServer) { meeting in
      let register = StrikeRegister(startedAt: 0)
      meeting.setup.server.earlyData = .accepted(upTo: 100, replayGuard: register)
    }
  }

  @Test func `is refused for another application protocol than the session's`() throws {
    let meeting = try acquainted { meeting in
      meeting.setup.client.applicationProtocols = ["h2", "http/1.1"]
      meeting.setup.server.applicationProtocols = ["h2", "http/1.1"]
    }
    try expectRefused(.otherApplicationProtocol, client: .declinedByServer, meeting) {
      $0.setup.server.applicationProtocols = ["http/1.1"]
    }
  }

  @Test func `is refused for another cipher suite than the session's`() throws {
    try expectRefused(.otherCipherSuite, client: .declinedByServer) {
      $0.setup.server.cipherSuites = [.chaCha20Poly1305SHA256]
    }
  }

  @Test(arguments: [11_000, -11_000]) func `is refused when the two clocks run apart`(skew: Int) throws {
    try expectRefused(.ageDiffers, client: .declinedByServer) { meeting in
      // A minute later for the server, and more or less for the client.
      meeting.serverClock = SettableClock(meeting.clock.now() + 60_000)
      meeting.clock.advance(by: UInt64(60_000 + skew))
    }
  }

  @Test func `is taken as long as the two clocks run apart little`() throws {
    var meeting = try acquainted()
    meeting.serverClock = SettableClock(meeting.clock.now() + 60_000)
    meeting.clock.advance(by: 65_000)
    let pair = try meeting.pair()
    try run(pair)
    #expect(pair.server.receivedEarly == data)
  }

  @Test func `is refused shortly after the server's start`() throws {
    let meeting = try Meeting()
    let register = StrikeRegister(startedAt: meeting.clock.now())
    try expectRefused(
      .tooSoonAfterStart, client: .declinedByServer, try acquainted(guardedBy: register), { _ in })
  }

  @Test func `is refused when the register is full`() throws {
    let register = StrikeRegister(limit: 1, startedAt: 0)
    let meeting = try acquainted(guardedBy: register)
    let pair = try meeting.pair()
    try run(pair)
    #expect(pair.server.receivedEarly == data)
    try expectRefused(.replayGuardFull, client: .declinedByServer, meeting, { _ in })
  }

  @Test func `is read once, however often its ClientHello comes`() throws {
    let meeting = try acquainted()
    let server = try meeting.setup.makeServer()
    let pair = InMemoryPair(client: try meeting.setup.clientConnection(), server: server.accept(tracing: true))
    let recorded = pair.client.takeOwed() + (try #require(pair.client.sealEarly(data)))
    pair.deliver(recorded, from: .client)
    pair.run()
    #expect(pair.server.receivedEarly == data)
    #expect(Encounter(pair).isResumed)
    // At once, a little later, much later.
    for delay in [0, 3_000, 30_000] as [UInt64] {
      meeting.clock.advance(by: delay)
      let copy = Endpoint(server.accept(tracing: true))
      copy.feed(recorded)
      #expect(copy.receivedEarly == [])
      #expect(copy.failure == nil)
      #expect(copy.outcome.earlyData == [.rejected(delay == 30_000 ? .ageDiffers : .replayed)])
      #expect(!copy.isComplete)
    }
  }

  @Test func `that is refused is skipped up to its bound`() throws {
    let meeting = try acquainted(limit: 100_000)
    for (count, isTaken) in [(100_000, true), (100_001, false)] {
      var changed = meeting
      changed.setup.client.sessionStore = InMemoryClientSessions()
      #expect(try changed.meet().isFull)
      changed.setup.server.cipherSuites = [.chaCha20Poly1305SHA256]
      let pair = try changed.pair()
      let hello = pair.client.takeOwed()
      var early = try #require(pair.client.sealEarly([UInt8](repeating: 1, count: 100_000)))
      if count > 100_000 { early += WireRecord(.applicationData, [UInt8](repeating: 9, count: 18)).bytes }
      pair.deliver(hello + early, from: .client)
      pair.run()
      #expect(Encounter(pair).isResumed == isTaken)
      #expect(pair.server.error == (isTaken ? nil : .tooMuchEarlyData))
      #expect(pair.server.receivedEarly == [])
    }
  }

  @Test func `in clear after a HelloRetryRequest is skipped up to its bound`() throws {
    var meeting = try acquainted(limit: 1_000)
    meeting.setup.server.groups = [.secp384r1]
    let pair = try meeting.pair()
    let hello = pair.client.takeOwed()
    let junk = WireRecord(.applicationData, [UInt8](repeating: 9, count: 16_384)).bytes
    pair.deliver(hello + junk + junk + junk + junk, from: .client)
    #expect(pair.server.error == nil)
    pair.deliver(junk, from: .client)
    #expect(pair.server.error == .tooMuchEarlyData)
  }

  @Test func `that was sent ends a handshake in which the server falls back to TLS 1.2, and the next one works`() throws
  {
    var meeting = try acquainted { $0.setup.client.versions = [.tls13, .tls12] }
    meeting.setup.server.versions = [.tls12]
    let pair = try meeting.pair()
    pair.run()
    #expect(
      pair.client.error
        == .resumedWithOtherParameters("early data was sent under TLS 1.3, and the server chose TLS 1.2"))
    #expect(pair.client.outcome.alertsSent == [.illegalParameter])
    #expect(try meeting.meet().isFull)
  }

  @Test func `is not sent with a session of TLS 1.2`() throws {
    var meeting = try Meeting(.ticket)
    meeting.setup.client.offersEarlyData = true
    #expect(try meeting.meet().isFull)
    let pair = try meeting.pair()
    let capacity = pair.client.connection.earlyDataCapacity
    #expect(capacity == 0)
    pair.run()
    #expect(Encounter(pair).isResumed)
    #expect(pair.client.outcome.earlyData == [])
  }

  @Test func `has keys of its own, which are told to the sink`() throws {
    let (client, server) = (CapturingSink(), CapturingSink())
    let meeting = try acquainted { meeting in
      meeting.setup.client.secretSink = client
      meeting.setup.server.secretSink = server
    }
    let pair = try meeting.pair()
    try run(pair)
    let secret = try #require(client.bytes(of: .clientEarlyTrafficSecret))
    #expect(server.bytes(of: .clientEarlyTrafficSecret) == secret)
    #expect(secret.count == 32)
  }

  @Test func `is taken by a server whose limit for records is smaller than what the client could know`() throws {
    let meeting = try acquainted { meeting in
      meeting.setup.client.recordSizeLimit = 16_385
      meeting.setup.server.recordSizeLimit = 100
    }
    let pair = try meeting.pair()
    let long = [UInt8](repeating: 3, count: 10_000)
    try run(pair, long)
    #expect(pair.server.error == nil)
    #expect(pair.server.receivedEarly == long)
    #expect(pair.send(long, from: .client))
    #expect(pair.server.received == long)
  }

  /// The data is refused, the handshake goes on, and the data is sent anew.
  private func expectRefused(
    _ reason: EarlyDataRefusal, client: EarlyDataRefusal, isResumed: Bool = true, _ first: Meeting? = nil,
    _ change: (inout Meeting) throws -> Void, at location: SourceLocation = #_sourceLocation
  ) throws {
    var meeting = try first ?? acquainted()
    try change(&meeting)
    let pair = try meeting.pair()
    try run(pair)
    let met = Encounter(pair)
    #expect(met.isComplete, "\(String(describing: met.server.error ?? met.client.error))", sourceLocation: location)
    #expect(met.isResumed == isResumed, sourceLocation: location)
    #expect(met.client.earlyData == [.offered, .rejected(client)], sourceLocation: location)
    #expect(met.server.earlyData == [.rejected(reason)], sourceLocation: location)
    #expect(met.client.negotiated?.isEarlyDataAccepted == false, sourceLocation: location)
    #expect(met.server.negotiated?.isEarlyDataAccepted == false, sourceLocation: location)
    #expect(pair.server.receivedEarly == [], sourceLocation: location)
    #expect(pair.send(data, from: .client), sourceLocation: location)
    #expect(pair.server.received == data, sourceLocation: location)
  }
}
