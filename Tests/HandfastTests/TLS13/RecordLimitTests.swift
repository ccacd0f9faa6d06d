import Handfast
import HandfastCore
import HandfastTestKit
import HandfastWire
import Testing

@Suite("Records of TLS 1.3") struct RecordLimitTests {
  private func pair(_ change: (inout Setup) -> Void) throws -> InMemoryPair {
    var setup = try Setup()
    setup.use([.tls13])
    change(&setup)
    let pair = try setup.pair()
    pair.run()
    #expect(Encounter(pair).isComplete, "\(String(describing: pair.client.error ?? pair.server.error))")
    return pair
  }

  /// The largest record, without its header, that carries `count` bytes of data from `side`.
  private func largest(_ pair: InMemoryPair, from side: Side, sending count: Int = 40_000) throws -> Int {
    let data = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
    let start = pair.flights.count
    #expect(pair.send(data, from: side))
    let reader = side == .client ? pair.server : pair.client
    #expect(reader.takeReceived() == data)
    return try #require(pair.flights[start...].flatMap(\.records).map(\.fragment.count).max())
  }

  private static let tag = 16

  @Test(arguments: [(64, 16_385), (16_385, 64), (100, 1_000), (1_000, 100)])
  func `are no larger than what the other side takes`(client: Int, server: Int) throws {
    let pair = try pair { setup in
      setup.client.recordSizeLimit = client
      setup.server.recordSizeLimit = server
    }
    #expect(try largest(pair, from: .client) == server + Self.tag)
    #expect(try largest(pair, from: .server) == client + Self.tag)
  }

  @Test func `are of full size unless both sides set a limit`() throws {
    for (client, server) in [(100, nil), (nil, 100), (nil, nil)] as [(Int?, Int?)] {
      let pair = try pair { setup in
        setup.client.recordSizeLimit = client
        setup.server.recordSizeLimit = server
      }
      #expect(try largest(pair, from: .client) == 16_385 + Self.tag)
      #expect(try largest(pair, from: .server) == 16_385 + Self.tag)
    }
  }

  @Test(arguments: [256, 1_000, 16_384]) func `are padded to a multiple`(multiple: Int) throws {
    let pair = try pair { setup in
      setup.client.recordPaddingMultiple = multiple
      setup.server.recordPaddingMultiple = multiple
    }
    for side in [Side.client, .server] {
      for count in [1, 255, 256, 257, 999, 1_000] {
        let size = try largest(pair, from: side, sending: count) - Self.tag - 1
        #expect(size == (count + multiple - 1) / multiple * multiple)
      }
    }
  }

  @Test func `are padded within the other side's limit`() throws {
    let pair = try pair { setup in
      setup.client.recordPaddingMultiple = 512
      setup.client.recordSizeLimit = 16_385
      setup.server.recordSizeLimit = 300
    }
    #expect(try largest(pair, from: .client, sending: 1) == 300 + Self.tag)
    #expect(try largest(pair, from: .client, sending: 1_000) == 300 + Self.tag)
  }

  @Test func `are padded whole, or not sealed for want of room`() throws {
    let pair = try pair { $0.client.recordPaddingMultiple = 256 }
    let data: [UInt8] = [1, 2, 3]
    for room in [100, 277] {
      let records = pair.client.seal(data, room: room)
      #expect(records == nil)
    }
    let records = try #require(pair.client.seal(data, room: 278))
    #expect(records.count == 278)
    let needed = pair.client.connection.sealedByteCount(of: 3)
    #expect(needed >= 278)
  }

  @Test func `take no more room than is told`() throws {
    for (multiple, limit) in [(1, 16_385), (1, 64), (100, 64), (256, 1_000), (16_384, 16_385)] {
      let pair = try pair { setup in
        setup.client.recordPaddingMultiple = multiple
        setup.client.recordSizeLimit = 16_385
        setup.server.recordSizeLimit = limit
      }
      for count in [1, 63, 64, 1_000, 40_000] {
        let told = pair.client.connection.sealedByteCount(of: count)
        let records = try #require(pair.client.seal([UInt8](repeating: 1, count: count)))
        #expect(records.count <= told)
      }
    }
  }

  @Test(arguments: [MaxFragmentLength.bytes512, .bytes1024, .bytes2048, .bytes4096])
  func `keep to the max_fragment_length that the client asks for`(length: MaxFragmentLength) throws {
    let pair = try pair { $0.client.maxFragmentLength = length }
    let count = try #require(length.byteCount)
    #expect(try largest(pair, from: .client) == count + 1 + Self.tag)
    #expect(try largest(pair, from: .server) == count + 1 + Self.tag)
    for endpoint in [pair.client, pair.server] {
      let settled = endpoint.connection.negotiated?.maxFragmentLength
      #expect(settled == length)
    }
  }

  @Test func `keep to record_size_limit where both are there`() throws {
    let pair = try pair { setup in
      setup.client.maxFragmentLength = .bytes512
      setup.client.recordSizeLimit = 2_000
      setup.server.recordSizeLimit = 3_000
    }
    #expect(try largest(pair, from: .client) == 3_000 + Self.tag)
    #expect(try largest(pair, from: .server) == 2_000 + Self.tag)
    let settled = pair.client.connection.negotiated?.maxFragmentLength
    #expect(settled == nil)
  }
}
