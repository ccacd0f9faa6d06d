import Handfast
import HandfastTestKit
import TestTurns
import Testing

@Suite("Bytes that arrive in other pieces than they were sent", .inTurn) struct SplitTests {
  private func whole(_ recording: Recording, from side: Side) -> [[[UInt8]]] {
    recording.flights(of: side).map { [$0] }
  }

  @Test("a recorded handshake goes the same way again", arguments: Side.allCases)
  func again(side: Side) throws {
    let recording = try Recording()
    #expect(recording.client.count == 4 && recording.server.count == 4)
    #expect(try recording.replay(side, hearing: whole(recording, from: side.peer)).isRight)
  }

  @Test("every flight may be cut in two at every byte", arguments: Side.allCases)
  func everySplit(side: Side) throws {
    let recording = try Recording()
    let flights = whole(recording, from: side.peer)
    for (index, flight) in recording.flights(of: side.peer).enumerated() {
      for position in 1..<flight.count {
        var cut = flights
        cut[index] = [Array(flight[..<position]), Array(flight[position...])]
        #expect(try recording.replay(side, hearing: cut).isRight, "flight \(index) cut at \(position)")
      }
    }
  }

  @Test("every flight may come byte by byte", arguments: Side.allCases)
  func byteByByte(side: Side) throws {
    let recording = try Recording()
    let pieces = recording.flights(of: side.peer).map { flight in flight.map { [$0] } }
    #expect(try recording.replay(side, hearing: pieces).isRight)
  }

  @Test("flights may come all at once, as far as they do not answer anything", arguments: Side.allCases)
  func coalesced(side: Side) throws {
    let recording = try Recording()
    let flights = recording.flights(of: side.peer)
    // What follows the last handshake flight may come with it.
    let last = 1
    let pieces = flights[..<last].map { [$0] } + [[flights[last...].flatMap { $0 }]]
    #expect(try recording.replay(side, hearing: pieces).isRight)
  }

  @Test("handshake messages in clear may be cut into records of any size", arguments: [1, 2, 3, 4, 5, 7, 100])
  func fragmented(size: Int) throws {
    let pair = try Setup(clientKey: .rsa(bits: 2048), .required).pair()
    pair.tamper = { $0.refragment(size) }
    pair.run()
    #expect(pair.client.error == nil && pair.server.error == nil)
    #expect(pair.client.isComplete && pair.server.isComplete)
  }

  @Test("records of one byte may come byte by byte")
  func fragmentedAndSplit() throws {
    let pair = try Setup(serverKey: .ed25519, clientKey: .ed25519, .required).pair()
    pair.tamper = { $0.refragment(1) }
    pair.chunking = .every(1)
    pair.run()
    #expect(pair.client.isComplete && pair.server.isComplete)
  }

  @Test("all the messages of a flight may share one record")
  func oneRecord() throws {
    let pair = try Setup(clientKey: .ed25519, .required).pair()
    pair.tamper = { flight in
      let records = flight.records
      let end = records.firstIndex { $0.type != .handshake } ?? records.endIndex
      guard end > 1 else { return }
      let joined = WireRecord(.handshake, records[..<end].flatMap(\.fragment))
      flight.records = [joined] + records[end...]
    }
    pair.run()
    #expect(pair.client.isComplete && pair.server.isComplete)
    #expect(pair.flights.contains { $0.sender == .server && $0.records.count == 1 })
  }
}
