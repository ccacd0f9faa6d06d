import HandfastCore
import HandfastTestKit
import HandfastWire
import TestTurns
import Testing

/// Long walks through the table: mostly the right message, sometimes another one, sometimes with a bit changed, all of it under the
/// right keys. What the damage on the way cannot reach, since it cannot seal, is reached here.
@Suite("Random walks through the states", .inTurn) struct RandomWalkTests {
  private static let walks = 400

  private static let serverWay: [Arrival] = [
    .clientHello, .certificate, .clientKeyExchange, .certificateVerify, .changeCipherSpec, .finished,
  ]
  private static let clientWay: [Arrival] = [
    .serverHello, .certificate, .serverKeyExchange, .certificateRequest, .serverHelloDone, .changeCipherSpec,
    .finished,
  ]
  /// What changes nothing wherever it arrives in a handshake.
  private static func isHarmless(_ arrival: Arrival, for side: Side) -> Bool {
    arrival == .warning || arrival == .helloRequest && side == .client
  }

  @Test("complete a handshake only by the right messages in the right order", arguments: Side.allCases)
  func walk(side: Side) throws {
    var random = SplitMix(seed: 0x7761_6c6b)
    var (completed, refused) = (0, 0)
    for walk in 0..<Self.walks {
      let (sender, way): (any Sender12, [Arrival]) =
        side == .server
        ? (try ServerUnderTest(in: .awaitingClientHello), Self.serverWay)
        : (try ClientUnderTest(in: .awaitingServerHello), Self.clientWay)
      var isRight = true
      for arrival in way {
        if random.below(12) == 0 {
          let stray = Arrival.allCases[random.below(Arrival.allCases.count)]
          if stray != arrival, !Self.isHarmless(stray, for: side) { isRight = false }
          try sender.send(stray)
          // A second right message is one too many.
          if stray == arrival { isRight = false }
        }
        if random.below(40) == 0 {
          isRight = false
          sender.peer.sendRecord(.handshake, (0..<random.below(60)).map { _ in UInt8(random.below(256)) })
        }
        try sender.advance(arrival)
        if sender.endpoint.failure != nil { break }
      }
      let outcome = sender.endpoint.outcome
      #expect(outcome.isComplete == isRight, "walk \(walk)")
      #expect((outcome.failure == nil) == isRight, "walk \(walk): \(String(describing: outcome.error))")
      if isRight { completed += 1 } else { refused += 1 }
    }
    #expect(completed > 50 && refused > 50)
  }
}
