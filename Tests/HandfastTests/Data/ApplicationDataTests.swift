import Handfast
import HandfastTestKit
import TestTurns
import Testing

@Suite("Application data", .inTurn) struct ApplicationDataTests {
  private func established(_ suite: CipherSuite = .ecdheECDSAWithAES128GCMSHA256) throws -> InMemoryPair {
    var setup = try Setup()
    setup.client.cipherSuites = [suite]
    let pair = try setup.pair()
    pair.run()
    return pair
  }

  private func pattern(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) } }

  @Test(
    "a megabyte each way arrives as it was sent",
    arguments: [
      CipherSuite.ecdheECDSAWithAES128GCMSHA256, .ecdheECDSAWithAES256GCMSHA384, .ecdheECDSAWithChaCha20Poly1305SHA256,
    ])
  func megabyte(suite: CipherSuite) throws {
    let pair = try established(suite)
    let data = pattern(1 << 20)
    #expect(pair.send(data, from: .client))
    #expect(pair.send(data.reversed(), from: .server))
    let (client, server) = (pair.client.outcome, pair.server.outcome)
    #expect(server.received == data)
    #expect(client.received == data.reversed())
    #expect(client.error == nil && server.error == nil)
  }

  @Test(
    "any length around a record's limit arrives", arguments: [1, 15, 16, 17, 16_383, 16_384, 16_385, 32_768, 32_769])
  func lengths(count: Int) throws {
    let pair = try established()
    #expect(pair.send(pattern(count), from: .client))
    let received = pair.server.outcome.received
    #expect(received == pattern(count))
  }

  @Test("records that arrive in pieces of any size are opened", arguments: [1, 2, 5, 6, 100, 16_401])
  func pieces(size: Int) throws {
    let pair = try established()
    pair.chunking = .every(size)
    #expect(pair.send(pattern(20_000), from: .client))
    let received = pair.server.outcome.received
    #expect(received == pattern(20_000))
  }

  @Test("a count that is larger than the buffer, or negative, is cut to what is there", arguments: [-1, 0, 100])
  func wrongCount(count: Int) throws {
    let pair = try established()
    var record = try #require(pair.client.seal([1, 2, 3]))
    let length = record.count
    var span = record.mutableSpan
    let need = try pair.server.connection.receive(&span, count: count)
    let isAll = count > 0
    #expect(pair.server.connection.consumed == (isAll ? length : 0))
    if case .plaintext(let range) = need { #expect(range.count == 3) } else { #expect(!isAll) }
  }

  @Test("a buffer with little room is filled with a small record; with too little, with none")
  func smallBuffers() throws {
    let pair = try established()
    // Header, explicit nonce and tag take 29 bytes.
    for room in [0, 1, 28, 29] {
      var taken = -1
      let record = try [UInt8](capacity: room) { output in
        taken = try pair.client.connection.seal(pattern(10).span, into: &output)
      }
      #expect(taken == 0)
      #expect(record.isEmpty)
    }
    var taken = 0
    let record = try [UInt8](capacity: 32) { output in
      taken = try pair.client.connection.seal(pattern(10).span, into: &output)
    }
    #expect(taken == 3)
    pair.deliver(record, from: .client)
    let received = pair.server.outcome.received
    #expect(received == pattern(3))
  }

  @Test("nothing is sealed before the handshake is complete")
  func tooEarly() throws {
    let pair = try Setup().pair()
    #expect(!pair.send([1], from: .client))
    let client = pair.client.outcome
    #expect(client.error == .handshakeNotComplete)
    #expect(!pair.send([1], from: .server))
  }

  @Test("nothing is sealed while bytes are owed, so that records keep their order")
  func owedFirst() throws {
    let pair = try Setup().pair()
    // The server's Finished is owed when its handshake is complete.
    pair.step(from: .client)
    pair.step(from: .server)
    pair.step(from: .client)
    let server = pair.server.outcome
    #expect(server.isComplete && server.owedByteCount > 0)
    var taken = -1
    let record = try [UInt8](capacity: 100) { output in
      taken = try pair.server.connection.seal([1, 2, 3].span, into: &output)
    }
    #expect(taken == 0)
    #expect(record.isEmpty)
    pair.run()
    #expect(pair.send([1, 2, 3], from: .server))
    let client = pair.client.outcome
    #expect(client.received == [1, 2, 3])
  }

  @Test("a changed record is refused, and nothing after it is taken", arguments: [0, 5, 12, 13, 20, -1])
  func changedRecord(position: Int) throws {
    let pair = try established()
    pair.tamper = { flight in
      let index = position < 0 ? flight.bytes.count + position : position
      if flight.sender == .client { flight.bytes[index] ^= position == 0 ? 0x01 : 0x80 }
    }
    _ = pair.send(pattern(100), from: .client)
    pair.tamper = { _ in }
    pair.run()
    let (client, server) = (pair.client.outcome, pair.server.outcome)
    #expect(server.received.isEmpty)
    // Type 23 becomes 22: the type is authenticated too.
    #expect(server.error == .badRecordMAC(sequenceNumber: 1))
    #expect(client.error == .alertReceived(.badRecordMAC))
    #expect(pair.client.seal([1]) == nil)
  }

  @Test("a record that is lost, repeated or out of its place is refused")
  func order() throws {
    for change: (inout [WireRecord]) -> Void in [
      { $0.removeFirst() }, { $0.insert($0[0], at: 0) }, { $0.swapAt(0, 1) },
    ] {
      let pair = try established()
      pair.tamper = { change(&$0.records) }
      _ = pair.send(pattern(40_000), from: .client)
      guard case .badRecordMAC = pair.server.outcome.error else {
        Issue.record("the server took it")
        continue
      }
    }
  }

  @Test("a record of the other direction is refused")
  func reflection() throws {
    let pair = try established()
    let record = try #require(pair.client.seal([1, 2, 3]))
    pair.deliver(record, from: .server)
    let client = pair.client.outcome
    #expect(client.error == .badRecordMAC(sequenceNumber: 1))
    #expect(client.received.isEmpty)
  }
}
