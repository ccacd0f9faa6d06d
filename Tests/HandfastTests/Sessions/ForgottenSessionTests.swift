import Handfast
import HandfastCore
import HandfastTestKit
import HandfastWire
import Testing

@Suite("A session is forgotten") struct ForgottenSessionTests {
  /// Damages the last byte of the flights that `side` sends from number `index` on.
  private func damage(_ pair: InMemoryPair, _ side: Side, from index: Int) {
    pair.tamper = { flight in
      guard flight.sender == side, flight.index >= index, !flight.bytes.isEmpty else { return }
      flight.bytes[flight.bytes.count - 1] ^= 1
    }
  }

  @Test(arguments: Way.allCases, [Side.client, .server])
  func `when its resumption fails, by whichever side`(way: Way, side: Side) throws {
    let meeting = try Meeting(way)
    #expect(try meeting.meet().isFull)
    let pair = try meeting.pair()
    damage(pair, side, from: side == .client ? 1 : 0)
    pair.run()
    #expect(pair.client.error != nil || pair.server.error != nil)
    pair.hangUp()
    let next = try meeting.meet()
    #expect(next.isFull)
    #expect(next.client.refusals == [.noSession])
    #expect(try meeting.meet().isResumed)
  }

  @Test(arguments: Way.allCases) func `when its connection fails later`(way: Way) throws {
    for side in [Side.client, .server] {
      let meeting = try Meeting(way)
      let pair = try meeting.pair()
      pair.run()
      #expect(Encounter(pair).isFull)
      damage(pair, side, from: 0)
      #expect(pair.send([1, 2, 3], from: side))
      pair.tamper = { _ in }
      pair.run()
      #expect(pair.client.error != nil)
      let next = try meeting.meet()
      #expect(next.isFull)
      #expect(next.client.refusals == [.noSession])
    }
  }

  @Test func `by a server that kept it, too`() throws {
    let meeting = try Meeting(.sessionID)
    let pair = try meeting.pair()
    pair.run()
    // The client does not learn of the failure.
    pair.server.feed([0x17, 3, 3, 0, 32] + [UInt8](repeating: 0, count: 32))
    #expect(pair.server.error != nil)
    let next = try meeting.meet()
    #expect(next.isFull)
    #expect(next.client.refusals == [.declinedByServer])
    #expect(next.server.refusals == [.unknownSessionID])
  }

  @Test(arguments: Way.allCases) func `when the server hangs up on the ClientHello that offers it`(way: Way) throws {
    let meeting = try Meeting(way)
    #expect(try meeting.meet().isFull)
    let pair = try meeting.pair()
    _ = pair.client.takeOwed()
    pair.client.endInput()
    #expect(pair.client.error == .truncated)
    let next = try meeting.meet()
    #expect(next.isFull)
    #expect(next.client.refusals == [.noSession])
  }

  /// Many servers end like this, and RFC 5246 §7.2.1 lets such a session be resumed.
  @Test(arguments: Way.allCases) func `not when the bytes end without a goodbye`(way: Way) throws {
    let meeting = try Meeting(way)
    let pair = try meeting.pair()
    pair.run()
    pair.hangUp()
    #expect(pair.client.error == .truncated)
    #expect(try meeting.meet().isResumed)
  }

  @Test(arguments: Way.allCases) func `not when its connection ends properly`(way: Way) throws {
    let meeting = try Meeting(way)
    let pair = try meeting.pair()
    pair.run()
    pair.close()
    #expect(try meeting.meet().isResumed)
  }

  @Test func `with the late rejection of the client that holds it`() throws {
    // The server confirms with a ticket, and then refuses all the same.
    let meeting = try Meeting()
    let pair = try meeting.pair()
    pair.run()
    #expect(pair.client.outcome.ticketsReceived.count == 2)
    damage(pair, .client, from: 0)
    #expect(pair.send([1], from: .client))
    pair.run()
    #expect(pair.client.error == .alertReceived(.badRecordMAC))
    #expect(try meeting.meet().client.refusals == [.noSession])
  }
}
