import Handfast
import HandfastCore
import HandfastTestKit
import HandfastTrust
import HandfastWire
import Synchronization
import Testing

@Suite("Resumed sessions") struct ResumptionTests {
  private static let day: UInt64 = 86_400_000

  @Test(arguments: Way.allCases)
  func `are resumed on both sides, who know by what and with whom`(way: Way) throws {
    let meeting = try Meeting(way)
    let first = try meeting.meet()
    #expect(first.isFull)
    #expect(first.client.refusals == [.noSession])
    #expect(first.server.refusals == [.notOffered])

    meeting.clock.advance(by: 5_000)
    let pair = try meeting.pair()
    pair.run()
    let second = Encounter(pair)
    #expect(second.isResumed)
    #expect(second.client.negotiated == second.server.negotiated)
    #expect(second.client.peerSubject == "CN=localhost")
    #expect(second.server.peerSubject == "CN=client")
    for (now, then) in [(second.client.peer, first.client.peer), (second.server.peer, first.server.peer)] {
      #expect(now?.path.map(\.fingerprint) == then?.path.map(\.fingerprint))
      #expect(now?.presented.map(\.fingerprint) == then?.presented.map(\.fingerprint))
      #expect(now?.presented.first?.notAfter == then?.presented.first?.notAfter)
    }

    let (client, server) = (second.client.resumptions, second.server.resumptions)
    #expect(client.map(\.outcome) == [.offered, .resumed])
    #expect(server.map(\.outcome) == [.resumed])
    for fact in client + server {
      #expect(fact.mechanism == way.mechanism)
      #expect(fact.age == 5)
    }
    #expect(client.map(\.peer) == ["CN=localhost", "CN=localhost"])
    #expect(server.map(\.peer) == ["CN=client"])

    let proofs: Set<HandshakeType> = [.certificate, .certificateVerify, .certificateRequest, .serverKeyExchange]
    #expect(proofs.isDisjoint(with: second.client.sent + second.server.sent))
    #expect(!proofs.isDisjoint(with: first.client.sent + first.server.sent))

    #expect(pair.send([1, 2, 3], from: .client))
    #expect(pair.send([4, 5], from: .server))
    #expect(pair.server.received == [1, 2, 3])
    #expect(pair.client.received == [4, 5])
    let exported = try pair.client.exported(label: "test", context: nil, byteCount: 32)
    #expect(try pair.server.exported(label: "test", context: nil, byteCount: 32) == exported)
  }

  @Test(arguments: [Way.sessionID, .ticket])
  func `of TLS 1.2 go on with the master secret of the first handshake`(way: Way) throws {
    var meeting = try Meeting(way)
    let (client, server) = (CapturingSink(), CapturingSink())
    meeting.setup.client.secretSink = client
    meeting.setup.server.secretSink = server
    for _ in 0..<3 { #expect(try meeting.meet().isComplete) }
    let masters = (client.secrets + server.secrets).filter { $0.kind == .masterSecret }
    #expect(masters.count == 6)
    #expect(Set(masters.map(\.bytes)).count == 1)
    #expect(Set(masters.map(\.clientRandom)).count == 3)
    let blocks = client.secrets.filter { $0.kind == .keyBlock }.map(\.bytes)
    #expect(Set(blocks).count == 3)
  }

  @Test(arguments: [Way.sessionID, .ticket])
  func `of TLS 1.2 are resumed by a client that offers TLS 1.3 as well`(way: Way) throws {
    var meeting = try Meeting(way)
    meeting.setup.client.versions = [.tls13, .tls12]
    for number in 0..<3 {
      let met = try meeting.meet()
      #expect(met.isComplete)
      #expect(met.isResumed == (number > 0))
      #expect(met.client.negotiated?.version == .tls12)
    }
  }

  @Test func `of TLS 1.3 have fresh secrets each time`() throws {
    var meeting = try Meeting()
    let sink = CapturingSink()
    meeting.setup.client.secretSink = sink
    for _ in 0..<3 { #expect(try meeting.meet().isComplete) }
    let secrets = sink.secrets.map(\.bytes)
    #expect(Set(secrets).count == secrets.count)
  }

  @Test func `are made without a client certificate, too`() throws {
    for way in Way.allCases {
      var meeting = try Meeting(way, .none)
      meeting.setup.client.identities = .these([])
      #expect(try meeting.meet().isFull)
      let second = try meeting.meet()
      #expect(second.isResumed)
      #expect(second.server.peer == nil)
      #expect(second.server.resumptions.map(\.peer) == [nil])
    }
  }

  @Test(arguments: [SettledHash.sha256, .sha384]) func `go on under either hash`(hash: SettledHash) throws {
    for way in Way.allCases {
      var meeting = try Meeting(way)
      meeting.setup.client.cipherSuites = hash.suites
      #expect(try meeting.meet().isFull)
      #expect(try meeting.meet().isResumed)
    }
  }

  enum SettledHash: CaseIterable, Sendable {
    case sha256
    case sha384
    var suites: [CipherSuite] {
      switch self {
      case .sha256: [.chaCha20Poly1305SHA256, .ecdheECDSAWithChaCha20Poly1305SHA256]
      case .sha384: [.aes256GCMSHA384, .ecdheECDSAWithAES256GCMSHA384]
      }
    }
  }

  @Test func `of TLS 1.3 may change the suite, but not its hash`() throws {
    var meeting = try Meeting()
    #expect(try meeting.meet().client.negotiated?.cipherSuite == .aes128GCMSHA256)
    meeting.setup.server.cipherSuites = [.chaCha20Poly1305SHA256]
    let second = try meeting.meet()
    #expect(second.isResumed)
    #expect(second.client.negotiated?.cipherSuite == .chaCha20Poly1305SHA256)
  }

  @Test func `go on after a HelloRetryRequest`() throws {
    var meeting = try Meeting()
    #expect(try meeting.meet().isFull)
    meeting.setup.server.groups = [.secp384r1]
    let second = try meeting.meet()
    #expect(second.isResumed)
    #expect(second.client.negotiated?.group == .secp384r1)
    #expect(second.client.sent.filter { $0 == .clientHello }.count == 2)
  }

  @Test(arguments: Way.allCases) func `arrive byte by byte`(way: Way) throws {
    let meeting = try Meeting(way)
    #expect(try meeting.meet().isFull)
    let pair = try meeting.pair()
    pair.chunking = .every(1)
    pair.run()
    #expect(Encounter(pair).isResumed)
  }

  @Test(arguments: Way.allCases) func `are resumed again from a resumed one`(way: Way) throws {
    let meeting = try Meeting(way)
    #expect(try meeting.meet().isFull)
    for _ in 0..<5 {
      let again = try meeting.meet()
      #expect(again.isResumed)
      #expect(again.server.peerSubject == "CN=client")
      #expect(again.client.peerSubject == "CN=localhost")
    }
  }

  @Test(arguments: [(0, 0), (1, 0), (2, 1), (5_000, 4_999)] as [(UInt64, UInt32)])
  func `never tell a ticket's age higher than it can be`(passed: UInt64, told: UInt32) throws {
    var meeting = try Meeting()
    let ageAdd = Mutex<UInt32>(0)
    meeting.setup.client.sessionStore = try LooseSessions(meeting.setup) { session in
      ageAdd.withLock { $0 = session.ageAdd }
      return session
    }
    _ = try meeting.meet()
    meeting.clock.advance(by: passed)
    let hellos = try meeting.meet().client.events.compactMap { event in
      if case .sent(let fact) = event, fact.type == .clientHello { fact.bytes } else { nil }
    }
    let hello = try ClientHello(decoding: Array(try #require(hellos.first)[4...]).span, "ClientHello")
    let offered = try #require(try hello.extensions?.decode(OfferedPSKs.self))
    #expect(offered.identities.map { $0.obfuscatedTicketAge &- ageAdd.withLock { $0 } } == [told])
  }

  @Test(arguments: 0...8) func `of TLS 1.3 come with as many tickets as configured`(count: Int) throws {
    var meeting = try Meeting()
    meeting.setup.server.ticketCount = count
    let first = try meeting.meet()
    #expect(first.server.ticketsIssued.count == count)
    #expect(first.client.ticketsReceived.map(\.digest) == first.server.ticketsIssued.map(\.digest))
    #expect(Set(first.client.ticketsReceived.map(\.digest)).count == count)
    let second = try meeting.meet()
    #expect(second.isResumed == (count > 0))
    // In the place of the one that is used up.
    #expect(second.server.ticketsIssued.count == min(count, 1))
  }

  @Test func `of TLS 1.3 have tickets whose seeds, nonces and masks differ`() throws {
    final class Collection: ClientSessionStore {
      let sessions = Mutex<[ClientSession]>([])
      func take(for key: SessionKey, at now: UInt64) -> ClientSession? { nil }
      func put(_ session: ClientSession, for key: SessionKey) { sessions.withLock { $0.append(session) } }
      func remove(for key: SessionKey) {}
    }
    let collection = Collection()
    var meeting = try Meeting()
    meeting.setup.client.sessionStore = collection
    meeting.setup.server.ticketCount = 8
    #expect(try meeting.meet().isFull)
    let sessions = collection.sessions.withLock { $0 }
    #expect(sessions.count == 8)
    // After format and key name.
    #expect(Set(sessions.map { Array($0.ticket[17..<33]) }).count == 8)
    #expect(Set(sessions.map { Array($0.ticket[33..<45]) }).count == 8)
    #expect(Set(sessions.map(\.ageAdd)).count == 8)
  }

  @Test func `use up a ticket of TLS 1.3 each, and one of TLS 1.2 for all`() throws {
    for (way, count) in [(Way.preSharedKey, 3), (.ticket, 3)] {
      var meeting = try Meeting(way)
      meeting.setup.server.ticketCount = count
      #expect(try meeting.meet().isFull)
      // Connections side by side: none lives to see another's tickets.
      var hellos: [[UInt8]] = []
      for number in 0..<5 {
        let pair = try meeting.pair()
        hellos.append(pair.client.takeOwed())
        let offered = pair.client.outcome.resumptions.first?.outcome == .offered
        #expect(offered == (way == .ticket || number < count))
      }
      #expect(Set(hellos).count == 5)
    }
  }

  @Test func `of TLS 1.2 get a new ticket when another key seals`() throws {
    var meeting = try Meeting(.ticket)
    let keys = RotatingTicketKeys(
      provider: meeting.setup.serverProvider, interval: 3_600_000, retention: 5_400_000, at: meeting.clock.now())
    meeting.setup.server.sessionTickets = .keys(keys)
    #expect(try meeting.meet().server.ticketsIssued.count == 1)
    #expect(try meeting.meet().server.ticketsIssued.count == 0)
    // Longer than any of the keys lasts.
    for _ in 0..<11 {
      meeting.clock.advance(by: 3_600_000)
      let next = try meeting.meet()
      #expect(next.isResumed)
      #expect(next.server.ticketsIssued.count == 1)
      #expect(next.client.ticketsReceived == next.server.ticketsIssued)
      #expect(next.client.peerSubject == "CN=localhost")
      #expect(next.server.peerSubject == "CN=client")
      #expect(try meeting.meet().server.ticketsIssued.count == 0)
    }
  }

  @Test func `come to their end seven days after the first handshake, however often they are renewed`() throws {
    var meeting = try Meeting()
    meeting.setup.server.sessionLifetime = 604_800
    #expect(try meeting.meet().isFull)
    var resumed = 0
    for hour in stride(from: 20, to: 14 * 24, by: 20) {
      meeting.clock.advance(by: 20 * 3_600_000)
      let next = try meeting.meet()
      guard next.isResumed else {
        #expect(next.isFull)
        #expect(hour > 7 * 24)
        break
      }
      resumed += 1
      #expect(hour < 7 * 24)
      let left = UInt32((7 * 24 - hour) * 3600)
      #expect(next.server.ticketsIssued.allSatisfy { $0.lifetime == left })
    }
    #expect(resumed == 8)
  }

  @Test(arguments: Way.allCases, [Side.client, .server])
  func `end with the certificates of either side`(way: Way, side: Side) throws {
    var meeting = try Meeting(way)
    var request: LeafRequest = side == .client ? .client("brief") : .server("localhost")
    request.notAfter = 3 * 86_400
    let brief = try meeting.pki.issue(request)
    meeting.setup.server.sessionLifetime = 604_800
    switch side {
    case .client: meeting.setup.client.identities = .these([brief])
    case .server: meeting.replaceServer(identities: .these([brief]))
    }
    meeting.setup.server.sessionLifetime = 604_800
    // Through the lineage, and not beyond.
    #expect(try meeting.meet().isFull)
    for _ in 0..<2 {
      meeting.clock.advance(by: Self.day * 4 / 10)
      #expect(try meeting.meet().isResumed)
    }
    let issued = try meeting.meet().server.ticketsIssued
    for ticket in issued { #expect(ticket.lifetime <= 3 * 86_400 - 2 * 34_560) }
    // TLS 1.2's sessions are not renewed, and without a hint are kept for a day.
    guard way == .preSharedKey else { return }
    meeting.clock.advance(by: Self.day * 22 / 10 + 10_000)
    #expect(try meeting.meet().isFull)
  }

  @Test func `are what the library's defaults make of a second connection`() throws {
    let identities = try TestIdentities.shared
    let client = try TLSClient(ClientConfiguration(trust: identities.trust))
    let server = try TLSServer(
      ServerConfiguration(identity: identities.server(), clientAuthentication: .none))
    for number in 0..<3 {
      let pair = InMemoryPair(
        client: client.connect(to: try ServerReference("localhost"), tracing: true),
        server: server.accept(tracing: true))
      pair.run()
      let met = Encounter(pair)
      #expect(met.isComplete)
      #expect(met.isResumed == (number > 0))
      #expect(met.client.negotiated?.version == .tls13)
      #expect(met.client.negotiated?.group == .x25519MLKEM768)
      #expect(met.client.negotiated?.isEarlyDataAccepted == false)
      #expect(pair.client.connection.earlyDataCapacity == 0)
    }
  }
}
