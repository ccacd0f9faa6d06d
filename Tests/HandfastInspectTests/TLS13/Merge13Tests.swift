import Handfast
import HandfastCore
import HandfastTestKit
import HandfastWire
import TestTurns
import Testing

@testable import HandfastInspect

@Suite(.inTurn) struct Merge13Tests {
  @Test(arguments: Story13.allCases)
  func `two hosts' traces of TLS 1.3 become the story that one recorder would have told`(_ story: Story13) throws {
    let whole = try story.record()
    let merged = try MergeTests.merge(whole, serverClock: 3_204_000_000)
    #expect(Narrative(merged.entries).steps.map(\.title) == Narrative(whole).steps.map(\.title))
    #expect(merged.isUnchanged)
    #expect(merged.unseen.allSatisfy { story == .lateRejection && !$0.isFromNowhere }, "\(merged.unseen)")
    for (index, entry) in merged.entries.enumerated() { #expect(entry.order == index) }
  }

  @Test func `a HelloRetryRequest's random, the same everywhere, makes no pair of strangers`() throws {
    let (one, other) = (try Story13.retry.record(), try Story13.retry.record())
    #expect(throws: MergeError.self) {
      try TraceMerge(client: MergeTests.host(.client, one), server: MergeTests.host(.server, other))
    }
  }

  @Test func `both ClientHellos are matched, and records of the same number under other keys are kept apart`() throws {
    let whole = try Story13.retry.record()
    let merged = try MergeTests.merge(whole)
    let sent = whole.count { entry in
      if case .sent = entry.event { true } else { false }
    }
    #expect(merged.matchingMessages == sent)
    let items = CausalOrder.Queue(try Story13.earlyData.record(), .client).items
    let records = items.filter { item in
      if case .sealedRecord = item.entry.event { true } else { false }
    }.compactMap(\.crossing)
    #expect(Set(records).count == records.count)
    #expect(records.contains { $0.epoch.stage == .earlyData && $0.ordinal == 0 })
    #expect(records.contains { $0.epoch.stage == .application && $0.ordinal == 0 })
  }

  @Test func `nothing is received before it was sent`() throws {
    for story in Story13.allCases {
      let ordered = CausalOrder.sort(try story.record())
      let queues = [
        Side.client: CausalOrder.Queue(ordered, .client).items, .server: CausalOrder.Queue(ordered, .server).items,
      ]
      var next: [Side: Int] = [.client: 0, .server: 0]
      var sent: Set<CausalOrder.Crossing> = []
      for entry in ordered {
        let index = next[entry.side] ?? 0
        next[entry.side] = index + 1
        guard let item = queues[entry.side]?[index], let crossing = item.crossing else { continue }
        if item.isSending { sent.insert(crossing) } else { #expect(sent.contains(crossing), "\(story) \(crossing)") }
      }
    }
  }

  @Test func `what was changed on the way is named in TLS 1.3's forms too`() throws {
    var fixture = Fixture()
    var block = ExtensionBlock()
    block.set(SelectedVersion(version: .tls13))
    block.set(ServerKeyShare(entry: KeyShareEntry(group: .x25519, keyExchange: [UInt8](repeating: 1, count: 32))))
    let hello = ServerHello(
      version: .tls12, random: Fixture.serverRandom, sessionID: [], cipherSuite: CipherSuite(rawValue: 0x1301),
      extensions: block)
    fixture.send(.client, Fixture.clientHello)
    var changed = try #require(hello.message())
    changed[changed.count - 35] ^= 0x0a
    fixture.send(.server, hello, changedTo: changed)
    let difference = try #require(try MergeTests.merge(fixture.entries).differences.first)
    #expect(difference.field == "extension key_share, group")
    #expect(difference.sentValue == "x25519")
  }

  @Test(arguments: [
    HandshakeType.serverHello, .encryptedExtensions, .certificateRequest, .certificate, .newSessionTicket, .keyUpdate,
    .endOfEarlyData,
  ])
  func `a layout covers every byte once, whatever the bytes are`(_ type: HandshakeType) {
    for fill in [0x00, 0x01, 0x2b, 0x33, 0xff] as [UInt8] {
      for length in 0..<90 {
        let bytes = [UInt8](repeating: fill, count: length)
        let parts = MessageLayout(type: type, bytes: bytes, form: .init(suite: nil, isTLS13: true)).parts
        #expect(parts.flatMap { Array($0.range) } == Array(0..<length))
      }
    }
  }
}
