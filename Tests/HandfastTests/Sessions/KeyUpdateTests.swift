import Handfast
import HandfastCore
import HandfastTestKit
import HandfastWire
import TestTurns
import Testing

@Suite("KeyUpdate", .inTurn) struct KeyUpdateTests {
  private func established(_ change: (inout Setup) -> Void = { _ in }) throws -> InMemoryPair {
    var setup = try Setup(clientKey: .ecdsa(.secp256r1), .required)
    setup.use([.tls13])
    change(&setup)
    let pair = try setup.pair()
    pair.run()
    #expect(Encounter(pair).isComplete)
    return pair
  }

  /// Both sides still understand each other.
  private func expectTalk(_ pair: InMemoryPair, at location: SourceLocation = #_sourceLocation) {
    for (side, bytes) in [(Side.client, [1, 2]), (.server, [3, 4, 5])] as [(Side, [UInt8])] {
      #expect(pair.send(bytes, from: side), sourceLocation: location)
      let reader = side == .client ? pair.server : pair.client
      #expect(reader.takeReceived() == bytes, sourceLocation: location)
    }
    #expect(pair.client.failure == nil, sourceLocation: location)
    #expect(pair.server.failure == nil, sourceLocation: location)
  }

  private func generations(_ endpoint: Endpoint, _ direction: KeyChangeFact.Direction) -> [Int] {
    endpoint.outcome.events.compactMap { event in
      guard case .changedKeys(let fact) = event, fact.direction == direction, fact.stage == .application else {
        return nil
      }
      return fact.generation
    }
  }

  @Test(arguments: [Side.client, .server]) func `changes the keys of its sender only`(side: Side) throws {
    let pair = try established()
    let (sender, reader) = side == .client ? (pair.client, pair.server) : (pair.server, pair.client)
    for count in 1...5 {
      sender.updateKeys(requestingPeer: false)
      pair.run()
      #expect(generations(sender, .sending) == Array(0...count))
      #expect(generations(reader, .receiving) == Array(0...count))
      #expect(generations(reader, .sending) == [0])
      #expect(generations(sender, .receiving) == [0])
      expectTalk(pair)
    }
  }

  @Test(arguments: [Side.client, .server]) func `that is requested is answered with one`(side: Side) throws {
    let pair = try established()
    let (sender, reader) = side == .client ? (pair.client, pair.server) : (pair.server, pair.client)
    sender.updateKeys(requestingPeer: true)
    pair.run()
    for endpoint in [sender, reader] {
      #expect(generations(endpoint, .sending) == [0, 1])
      #expect(generations(endpoint, .receiving) == [0, 1])
      #expect(endpoint.outcome.sent.filter { $0 == .keyUpdate }.count == 1)
    }
    expectTalk(pair)
  }

  @Test func `may cross another`() throws {
    let pair = try established()
    pair.client.updateKeys(requestingPeer: true)
    pair.server.updateKeys(requestingPeer: true)
    let (up, down) = (pair.client.takeOwed(), pair.server.takeOwed())
    pair.deliver(up, from: .client)
    pair.deliver(down, from: .server)
    pair.run()
    for endpoint in [pair.client, pair.server] {
      #expect(generations(endpoint, .sending) == [0, 1, 2])
      #expect(generations(endpoint, .receiving) == [0, 1, 2])
    }
    expectTalk(pair)
  }

  @Test func `leaves what was sealed before readable`() throws {
    let pair = try established()
    let before = try #require(pair.client.seal([1, 2]))
    pair.client.updateKeys(requestingPeer: false)
    let update = pair.client.takeOwed()
    let after = try #require(pair.client.seal([3]))
    pair.deliver(before + update + after, from: .client)
    #expect(pair.server.received == [1, 2, 3])
  }

  @Test func `ends the use of the old keys`() throws {
    let pair = try established()
    // A record under the old keys that comes after the update: whoever has the old keys cannot go on with them.
    let old = try #require(pair.client.seal([1, 2]))
    pair.client.updateKeys(requestingPeer: false)
    pair.deliver(pair.client.takeOwed(), from: .client)
    #expect(pair.server.error == .badRecordMAC(sequenceNumber: 0))
    let second = try established()
    second.client.updateKeys(requestingPeer: false)
    second.deliver(second.client.takeOwed() + old, from: .client)
    #expect(second.server.error == .badRecordMAC(sequenceNumber: 0))
  }

  @Test func `goes on byte by byte amid data`() throws {
    let pair = try established()
    pair.chunking = .every(1)
    for round in 0..<8 {
      #expect(pair.send([UInt8](repeating: 1, count: 100), from: .client))
      pair.client.updateKeys(requestingPeer: round % 2 == 0)
      pair.run()
      expectSent(pair, 100)
    }
  }

  private func expectSent(_ pair: InMemoryPair, _ count: Int) {
    #expect(pair.server.takeReceived().count == count)
    expectTalk(pair)
  }

  @Test func `leaves the exporter as it was`() throws {
    let pair = try established()
    let before = try pair.client.exported(label: "test", context: [1], byteCount: 32)
    pair.client.updateKeys(requestingPeer: true)
    pair.run()
    #expect(try pair.client.exported(label: "test", context: [1], byteCount: 32) == before)
    #expect(try pair.server.exported(label: "test", context: [1], byteCount: 32) == before)
  }

  @Test(arguments: [Side.client, .server])
  func `comes by itself before a key has protected too much`(side: Side) throws {
    let pair = try established { setup in
      setup.client.limits.recordsPerKey = 8
      setup.server.limits.recordsPerKey = 8
    }
    let (sender, reader) = side == .client ? (pair.client, pair.server) : (pair.server, pair.client)
    // A hundred records in one go, and more one by one.
    let long = (0..<16_384 * 100).map { UInt8(truncatingIfNeeded: $0 >> 7) }
    #expect(pair.send(long, from: side))
    #expect(reader.takeReceived() == long)
    for byte in 0..<UInt8(50) { #expect(pair.send([byte], from: side)) }
    #expect(reader.takeReceived() == Array(0..<50))
    #expect(generations(sender, .sending).count >= 150 / 8)
    #expect(generations(reader, .receiving) == generations(sender, .sending))
    expectTalk(pair)
  }

  @Test func `never comes in TLS 1.2, where the connection ends instead`() throws {
    let pair = try established { setup in
      setup.use([.tls12])
      setup.client.limits.recordsPerKey = 8
    }
    pair.client.updateKeys(requestingPeer: true)
    let owed = pair.client.takeOwed()
    #expect(owed == [])
    #expect(!pair.send([UInt8](repeating: 0, count: 16_384 * 10), from: .client))
    #expect(pair.client.error == .keyLimitReached(records: 8))
  }

  @Test func `again and again without data is refused`() throws {
    let pair = try established { $0.server.limits.recordsWithoutProgress = 10 }
    for _ in 0..<10 {
      pair.client.updateKeys(requestingPeer: true)
      pair.run()
    }
    expectTalk(pair)
    // With data in between there is progress.
    for _ in 0..<3 {
      for _ in 0..<10 { pair.client.updateKeys(requestingPeer: false) }
      pair.run()
      expectTalk(pair)
    }
    for _ in 0..<11 { pair.client.updateKeys(requestingPeer: true) }
    pair.run()
    #expect(pair.server.error == .recordsWithoutProgress(limit: 10))
  }

  @Test func `before the handshake is complete is refused to its caller`() throws {
    var setup = try Setup()
    setup.use([.tls13])
    let pair = try setup.pair()
    pair.client.updateKeys(requestingPeer: false)
    #expect(pair.client.error == .handshakeNotComplete)
  }

  @Test func `is not answered after this side's goodbye`() throws {
    let pair = try established()
    pair.client.close()
    pair.server.updateKeys(requestingPeer: true)
    pair.deliver(pair.server.takeOwed(), from: .server)
    let goodbye = pair.client.takeOwed()
    #expect(WireRecord.parse(goodbye).records.count == 1)
    #expect(pair.client.outcome.sent.contains(.keyUpdate) == false)
    // The server goes on under its new keys, and the client reads it.
    pair.deliver(goodbye, from: .client)
    #expect(pair.send([7], from: .server))
    #expect(pair.client.received == [7])
    #expect(pair.client.failure == nil)
    #expect(pair.server.failure == nil)
  }

  @Test func `discloses each generation to the sink, the same on both sides`() throws {
    let (client, server) = (CapturingSink(), CapturingSink())
    let pair = try established { setup in
      setup.client.secretSink = client
      setup.server.secretSink = server
    }
    for _ in 0..<3 {
      pair.client.updateKeys(requestingPeer: true)
      pair.run()
      expectTalk(pair)
    }
    for kind in [DisclosedSecret.Kind.clientApplicationTrafficSecret, .serverApplicationTrafficSecret] {
      let (ours, theirs) = (client.secrets.filter { $0.kind == kind }, server.secrets.filter { $0.kind == kind })
      #expect(ours.map(\.generation) == [0, 1, 2, 3])
      #expect(ours.map(\.bytes) == theirs.map(\.bytes))
      #expect(Set(ours.map(\.bytes)).count == 4)
    }
  }
}
