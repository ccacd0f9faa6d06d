import Foundation
import Handfast
import HandfastTestKit
import TestTurns
import Testing

/// Whole handshakes with something wrong on the way. Whatever happens, nothing traps or hangs, and no side is content with a
/// handshake that the other has not seen in the same way.
@Suite("Seeded damage on the way", .inTurn) struct MutationTests {
  /// HANDFAST_RUNS and HANDFAST_SEED make it longer, and other, for whoever has the time.
  private static let environment = ProcessInfo.processInfo.environment
  private static let runs = environment["HANDFAST_RUNS"].flatMap(Int.init) ?? 3000
  private static let firstSeed = environment["HANDFAST_SEED"].flatMap(Int.init) ?? 1

  private func setup(_ random: inout SplitMix) throws -> Setup {
    let kinds = TestIdentities.kinds.filter { $0 != .rsa(bits: 2048) }
    let clientKeys: [KeyKind?] = kinds + [nil]
    var setup = try Setup(
      serverKey: kinds[random.below(kinds.count)], clientKey: clientKeys[random.below(clientKeys.count)],
      Setup.Authentication.allCases[random.below(3)])
    setup.client.applicationProtocols = ["h2", "http/1.1"]
    setup.server.applicationProtocols = random.below(4) == 0 ? [] : ["http/1.1"]
    setup.client.cipherSuites = Array([CipherSuite].recommended.tls12.shuffled(using: &random).prefix(4))
    if random.below(4) == 0 { setup.client.maxFragmentLength = .bytes512 }
    setup.isTracing = false
    setup.clientProvider = SeededProvider(seed: random.next())
    setup.serverProvider = SeededProvider(seed: random.next())
    return setup
  }

  @Test("never traps, hangs, or lets two sides agree on different things", arguments: firstSeed..<firstSeed + 4)
  func damaged(seed: Int) throws {
    var random = SplitMix(seed: UInt64(seed) &* 0x9e37)
    var outcomes: [String: Int] = [:]
    for run in 0..<Self.runs / 4 {
      let name: Comment = "seed \(seed), run \(run)"
      let pair = try setup(&random).pair()
      var damage = random
      let (target, start) = (random.below(5), random.below(3))
      var count = 0
      pair.tamper = { flight in
        defer { count += 1 }
        guard count >= start, count == target || damage.below(3) == 0 else { return }
        Self.damage(&flight, &damage)
      }
      pair.chunking = random.below(3) == 0 ? .every(1 + random.below(50)) : .whole
      #expect(pair.run(), "it goes on for ever: \(name)")
      let sent: [UInt8] = [1, 2, 3, 4, 5]
      if pair.client.isComplete { pair.send(sent, from: .client) }
      if pair.server.isComplete { pair.send(sent, from: .server) }
      pair.run()
      pair.hangUp()
      check(pair, sent, name)
      outcomes[Self.summary(pair), default: 0] += 1
    }
    // The damage must neither always kill nor never matter, or nothing is tested.
    #expect(outcomes.count > 5, "\(outcomes)")
  }

  private func check(_ pair: InMemoryPair, _ sent: [UInt8], _ name: Comment) {
    let (client, server) = (pair.client.outcome, pair.server.outcome)
    #expect(client.error != nil && server.error != nil || client.peerHasClosed || server.peerHasClosed, name)
    // Data is either what was sent or nothing.
    #expect(client.received.isEmpty || client.received == sent, name)
    #expect(server.received.isEmpty || server.received == sent, name)
    if let mine = client.negotiated, let theirs = server.negotiated { #expect(mine == theirs, name) }
    // A client that is done has had the server's Finished: the server must have been done before.
    if client.isComplete { #expect(server.failure == nil || server.step == .established, name) }
  }

  private static func summary(_ pair: InMemoryPair) -> String {
    func word(_ endpoint: Endpoint) -> String {
      guard let error = endpoint.error else { return "fine" }
      return String("\(error)".prefix { $0.isLetter })
    }
    return "\(word(pair.client))/\(word(pair.server))"
  }

  private static func damage(_ flight: inout Flight, _ random: inout SplitMix) {
    guard !flight.bytes.isEmpty else { return }
    switch random.below(9) {
    case 0: flight.bytes[random.below(flight.bytes.count)] ^= 1 << UInt8(random.below(8))
    case 1: flight.bytes.remove(at: random.below(flight.bytes.count))
    case 2: flight.bytes.insert(UInt8(random.below(256)), at: random.below(flight.bytes.count))
    case 3: flight.bytes.removeLast(random.below(flight.bytes.count))
    case 4: flight.bytes += flight.bytes
    case 5:
      var records = flight.records
      records.shuffle(using: &random)
      flight.records = records
    case 6:
      var records = flight.records
      if !records.isEmpty { records.remove(at: random.below(records.count)) }
      flight.records = records
    case 7:
      var records = flight.records
      if !records.isEmpty { records.insert(records[random.below(records.count)], at: random.below(records.count)) }
      flight.records = records
    // A message's bytes, so that lengths and structure stay right and the content does not.
    default:
      let seed = random.next()
      flight.replaceMessages { message in
        var inner = SplitMix(seed: seed)
        var body = message.body
        if !body.isEmpty { body[inner.below(body.count)] ^= 1 << UInt8(inner.below(8)) }
        return [WireMessage(message.type, body)]
      }
    }
  }

  @Test("random bytes instead of a peer end in an error or in waiting", arguments: Side.allCases)
  func noise(side: Side) throws {
    var random = SplitMix(seed: 0x6e6f_6973)
    var setup = try Setup()
    setup.isTracing = false
    for run in 0..<1000 {
      let endpoint = Endpoint(try side == .client ? setup.clientConnection() : setup.serverConnection())
      _ = endpoint.takeOwed()
      for _ in 0..<4 {
        var bytes = (0..<random.below(200)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        // Half the time with a header that fits, so that it gets past the record layer.
        if run.isMultiple(of: 2) {
          bytes = WireRecord(ContentType(rawValue: UInt8(20 + random.below(4))), bytes).bytes
        }
        endpoint.feed(bytes)
      }
      #expect(!endpoint.isComplete)
      endpoint.endInput()
      #expect(endpoint.error != nil)
    }
  }
}
