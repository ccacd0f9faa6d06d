import Handfast
import HandfastCore
import HandfastTestKit
import HandfastWire
import Testing

/// What BoGo found in resumption, early data and KeyUpdates, held without its runner.
@Suite("BoGo's findings: sessions") struct SessionFindingsTests {
  private func acquainted(_ change: (inout Meeting) -> Void = { _ in }) throws -> Meeting {
    var meeting = try Meeting()
    meeting.setup.client.offersEarlyData = true
    let register = StrikeRegister(startedAt: meeting.clock.now() - 60_000)
    meeting.setup.server.earlyData = .accepted(upTo: 16_384, replayGuard: register)
    change(&meeting)
    #expect(try meeting.meet().isFull)
    meeting.clock.advance(by: 1_000)
    return meeting
  }

  @Test func `a server answers early data before the client's Finished`() throws {
    let pair = try acquainted().pair()
    let hello = pair.client.takeOwed()
    let early = try #require(pair.client.sealEarly([1, 2, 3]))
    pair.deliver(hello + early, from: .client)
    #expect(pair.server.isComplete == false)
    let flight = pair.server.takeOwed()
    let answer = try #require(pair.server.seal([4, 5, 6]))
    pair.deliver(flight + answer, from: .server)
    #expect(pair.client.received == [4, 5, 6])
    pair.run()
    #expect(Encounter(pair).isResumed)
    #expect(pair.send([7], from: .server))
    #expect(pair.client.received == [4, 5, 6, 7])
  }

  @Test func `a server that takes no early data waits for the client's Finished`() throws {
    let meeting = try acquainted { $0.setup.server.earlyData = .refused }
    let pair = try meeting.pair()
    pair.step(from: .client)
    #expect(pair.server.seal([1]) == nil)
    #expect(pair.server.error == .handshakeNotComplete)
  }

  @Test func `early data is not offered under a protocol that is not offered any more`() throws {
    var meeting = try Meeting()
    meeting.setup.client.offersEarlyData = true
    meeting.setup.client.applicationProtocols = ["h2"]
    meeting.setup.server.applicationProtocols = ["h2", "h3"]
    let register = StrikeRegister(startedAt: meeting.clock.now() - 60_000)
    meeting.setup.server.earlyData = .accepted(upTo: 16_384, replayGuard: register)
    meeting.setup.client.sessionStore = try LooseSessions(meeting.setup)
    #expect(try meeting.meet().isFull)
    meeting.setup.client.applicationProtocols = ["h3"]
    let pair = try meeting.pair()
    let capacity = pair.client.connection.earlyDataCapacity
    #expect(capacity == 0)
    pair.run()
    #expect(Encounter(pair).isResumed)
  }

  @Test func `early data that is not taken is read past also where it is too short to be a record`() throws {
    let meeting = try acquainted { $0.setup.server.earlyData = .accepted(upTo: 100, replayGuard: Never()) }
    let pair = try meeting.pair()
    let hello = pair.client.takeOwed()
    let early = try #require(pair.client.sealEarly([1]))
    pair.deliver(hello + WireRecord(.applicationData, [1, 2, 3, 4]).bytes + early, from: .client)
    pair.run()
    #expect(Encounter(pair).isResumed)
    #expect(pair.server.receivedEarly == [])
  }

  private struct Never: EarlyDataReplayGuard {
    func admit(_ identifier: [UInt8], expectedArrival: UInt64, at now: UInt64) -> EarlyDataAdmission { .replayed }
  }

  @Test(arguments: [0, 16, 100]) func `early data that is not taken is bounded by this side's limit`(
    limit: Int
  ) throws {
    let meeting = try acquainted { meeting in
      meeting.setup.server.earlyData = .accepted(upTo: 16_384, replayGuard: Never())
    }
    var other = meeting
    other.setup.server.earlyData = .refused
    other.setup.server.limits.skippedEarlyData = limit
    let pair = try other.pair()
    let hello = pair.client.takeOwed()
    let early = try #require(pair.client.sealEarly([UInt8](repeating: 1, count: limit + 1)))
    pair.deliver(hello + early, from: .client)
    #expect(pair.server.error == .tooMuchEarlyData)
  }

  @Test(arguments: [(1, 2), (2, 1)]) func `pre-shared keys and binders that are not as many are refused`(
    keys: Int, binders: Int
  ) throws {
    let meeting = try Meeting()
    #expect(try meeting.meet().isFull)
    let pair = try meeting.pair()
    pair.tamper = { flight in
      guard flight.sender == .client else { return }
      flight.replaceMessages { message in
        guard var hello = try? ClientHello(decoding: Array(message.bytes.dropFirst(4)).span, "body"),
          let offer = try? hello.extensions?.decode(OfferedPSKs.self)
        else { return [message] }
        hello.extensions?.set(
          OfferedPSKs(
            identities: [PSKIdentity](repeating: offer.identities[0], count: keys),
            binders: [[UInt8]](repeating: offer.binders[0], count: binders)))
        return [WireMessage(.clientHello, hello.encoded() ?? [])]
      }
    }
    pair.step(from: .client)
    #expect(pair.server.error == .binderCountMismatch(keys: keys, binders: binders))
    #expect(pair.server.failure?.alertSent == .illegalParameter)
  }

  @Test func `a binder that is too short proves nothing`() throws {
    let meeting = try Meeting()
    #expect(try meeting.meet().isFull)
    let pair = try meeting.pair()
    pair.tamper = { flight in
      guard flight.sender == .client else { return }
      flight.replaceMessages { message in
        guard var hello = try? ClientHello(decoding: Array(message.bytes.dropFirst(4)).span, "body"),
          let offer = try? hello.extensions?.decode(OfferedPSKs.self)
        else { return [message] }
        hello.extensions?.set(
          OfferedPSKs(identities: offer.identities, binders: offer.binders.map { Array($0.dropLast()) }))
        return [WireMessage(.clientHello, hello.encoded() ?? [])]
      }
    }
    pair.step(from: .client)
    #expect(pair.server.error == .badBinder)
    #expect(pair.server.failure?.alertSent == .decryptError)
  }

  @Test func `KeyUpdates that come in a row are answered once`() throws {
    var setup = try Setup()
    setup.use([.tls13])
    let pair = try setup.pair()
    pair.run()
    for _ in 0..<5 { pair.client.updateKeys(requestingPeer: true) }
    pair.run()
    #expect(pair.server.outcome.sent.filter { $0 == .keyUpdate }.count == 1)
    // With data in between the next one is answered again.
    #expect(pair.send([1], from: .server))
    pair.client.updateKeys(requestingPeer: true)
    pair.run()
    #expect(pair.server.outcome.sent.filter { $0 == .keyUpdate }.count == 2)
    #expect(pair.send([2], from: .client))
    #expect(pair.server.received == [2])
    #expect(pair.client.received == [1])
  }

  @Test(arguments: [-5_000, 0, 5_000]) func `a server says by how much a client's count of a ticket's age is off`(
    skew: Int
  ) throws {
    let meeting = try acquainted { $0.setup.server.earlyData = .refused }
    meeting.clock.advance(by: 9_000)
    // The server's clock has gone on by less than the client's, or by more.
    var other = meeting
    other.serverClock = SettableClock(UInt64(Int(meeting.clock.now()) - skew))
    let met = try other.meet()
    #expect(met.isResumed)
    let fact = try #require(met.server.resumptions.last)
    // A client tells a ticket's age a millisecond low.
    #expect(abs(Int(try #require(fact.ageSkew)) - skew) <= 1)
    #expect(met.client.resumptions.allSatisfy { $0.ageSkew == nil })
  }

  @Test func `a client that wants no tickets of TLS 1.2 neither asks for them nor offers one`() throws {
    var meeting = try Meeting(.ticket)
    meeting.setup.server.sessionCache = InMemoryServerSessions()
    #expect(try meeting.meet().isFull)
    meeting.setup.client.offersTLS12Tickets = false
    let without = try meeting.meet()
    #expect(without.isFull)
    #expect(without.client.refusals == [.notEnabledHere])
    #expect(try offersTicket(without) == false)
    // It goes by the id instead.
    let resumed = try meeting.meet()
    #expect(resumed.isResumed)
    #expect(resumed.client.resumptions.first?.mechanism == .sessionID)
    #expect(try offersTicket(resumed) == false)
  }

  private func offersTicket(_ met: Encounter) throws -> Bool {
    let hello = try #require(met.client.events.compactMap { if case .sent(let fact) = $0 { fact } else { nil } }.first)
    let message = try ClientHello(decoding: Array(hello.bytes.dropFirst(4)).span, "body")
    return message.extensions?.contains(.sessionTicket) ?? false
  }
}
