import Handfast
import HandfastNIO
import NIOCore
import Synchronization
import TestTurns
import Testing

@Suite(.inTurn) struct ConversationTests {
  @Test func `two sides authenticate each other and exchange a megabyte both ways`() async throws {
    let (client, server, listener) = try await Parties().pair()
    #expect(client.negotiated == server.negotiated)
    #expect(client.peer?.presented.first?.subject == "CN=server.example")
    #expect(server.peer?.presented.first?.subject == "CN=alice")
    let data = (0..<1_048_576).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
    async let up: Void = client.write(data)
    async let down: Void = server.write(data.reversed())
    async let atServer = server.read(exactly: data.count)
    async let atClient = client.read(exactly: data.count)
    try await up
    try await down
    #expect(try await atServer == data)
    #expect(try await atClient == data.reversed())
    await listener.close()
  }

  @Test func `a goodbye ends the other side's reading, and both can close`() async throws {
    let (client, server, listener) = try await Parties().pair()
    try await client.write(Array("last words".utf8))
    async let closed: Void = client.close(within: patience)
    #expect(try await server.read().map { String(buffer: $0) } == "last words")
    #expect(try await server.read() == nil)
    #expect(try await server.read() == nil)
    try await server.close(within: patience)
    try await closed
    await listener.close()
  }

  @Test func `a goodbye in one breath with the end of the handshake is no failure`() async throws {
    let parties = try Parties()
    let listener = try await parties.listen()
    let hasty = Task {
      for await connection in listener { try? await connection.close(within: patience) }
    }
    for _ in 0..<20 {
      let client = try await parties.connect(to: listener)
      #expect(try await client.read() == nil)
      try await client.close(within: patience)
    }
    await listener.close()
    await hasty.value
  }

  @Test func `after saying goodbye, a side still gets what the other has to say`() async throws {
    let (client, server, listener) = try await Parties().pair()
    try await client.write([1])
    try await client.closeOutput()
    #expect(try await server.read() == ByteBuffer(bytes: [1]))
    #expect(try await server.read() == nil)
    try await server.write([2, 3])
    try await server.closeOutput()
    #expect(try await client.read() == ByteBuffer(bytes: [2, 3]))
    #expect(try await client.read() == nil)
    try await client.close(within: patience)
    try await server.close(within: patience)
    await listener.close()
  }

  @Test func `whoever waits while its own side closes gets everything`() async throws {
    let (client, server, listener) = try await Parties().pair()
    let reading = await reader(of: client) { try await client.read(exactly: .max) }
    async let closed: Void = client.close(within: patience)
    #expect(try await server.read() == nil)
    try await server.write([2])
    try await server.write([3])
    try await server.close(within: patience)
    try await closed
    #expect(try await reading.value == [2, 3])
    await listener.close()
  }

  @Test func `when the one who waits gives up, the closing side goes on without it`() async throws {
    let (client, server, listener) = try await Parties().pair()
    let reading = await reader(of: client) { try await client.read() }
    async let closed: Void = client.close(within: patience)
    #expect(try await server.read() == nil)
    reading.cancel()
    await #expect(throws: CancellationError.self) { _ = try await reading.value }
    try await server.write([1])
    try await server.close(within: patience)
    try await closed
    await listener.close()
  }

  /// Returns when it is `read` that waits, and nobody else can.
  private func reader<Value: Sendable>(
    of connection: SecureConnection, _ read: @escaping @Sendable () async throws -> Value
  ) async -> Task<Value, any Error> {
    let reading = Task {
      while true {
        do { return try await read() } catch let error as NetworkError where error.reason == .alreadyReading {}
      }
    }
    while true {
      // While there is room for a second reader, the first does not wait yet.
      let probe = Task { try await connection.read() }
      probe.cancel()
      if case .failure(let error) = await probe.result, error is NetworkError { return reading }
    }
  }

  @Test func `close tells a peer that keeps silent from one that says goodbye`() async throws {
    let (client, server, listener) = try await Parties().pair()
    let error = await #expect(throws: NetworkError.self) { try await client.close(within: 1) }
    #expect(error?.reason == .timedOut)
    #expect(try await server.read() == nil)
    await listener.close()
  }

  @Test func `nothing can be written after close`() async throws {
    let (client, server, listener) = try await Parties().pair()
    async let closed: Void = server.close(within: patience)
    try await client.close(within: patience)
    try await closed
    await #expect(throws: (any Error).self) { try await client.write([1]) }
    await listener.close()
  }

  @Test func `an end without a goodbye is a truncation`() async throws {
    let parties = try Parties()
    let listener = try await parties.listen()
    async let accepted = listener.first { _ in true }
    var client: SecureConnection? = try await parties.connect(to: listener)
    let server = try #require(await accepted)
    try await client?.write([1, 2, 3])
    #expect(try await server.read() == ByteBuffer(bytes: [1, 2, 3]))
    // With its tickets unread, the system would end the client's connection by a reset.
    #expect(try await client?.confirmed(within: patience) == true)
    client = nil
    let error = await #expect(throws: TLSFailure.self) { try await server.read() }
    #expect(error?.error == .truncated)
    await listener.close()
  }

  @Test func `a cancelled read leaves the connection as it was`() async throws {
    let (client, server, listener) = try await Parties().pair()
    let reading = Task { try await client.read() }
    reading.cancel()
    await #expect(throws: CancellationError.self) { try await reading.value }
    try await server.write([7])
    #expect(try await client.read() == ByteBuffer(bytes: [7]))
    await listener.close()
  }

  @Test func `two tasks cannot read at the same time`() async throws {
    let (client, server, listener) = try await Parties().pair()
    let results = Mailbox<(any Error)?>()
    for _ in 0..<2 {
      Task {
        do {
          _ = try await client.read()
          results.put(nil)
        } catch {
          results.put(error)
        }
      }
    }
    let first = try #require(await results.next())
    #expect((first as? NetworkError)?.reason == .alreadyReading)
    try await server.write([1])
    #expect(try #require(await results.next()) == nil)
    await listener.close()
  }

  @Test func `both sides export the same keying material`() async throws {
    let (client, server, listener) = try await Parties().pair()
    let ours = try await client.exportKeyingMaterial(label: "EXPORTER-handfast", context: [1], byteCount: 32)
    let theirs = try await server.exportKeyingMaterial(label: "EXPORTER-handfast", context: [1], byteCount: 32)
    #expect(ours == theirs && ours.count == 32)
    await listener.close()
  }

  @Test func `events come in the order in which things happen on the two sides together`() async throws {
    let events = Mutex<[(Side, TLSEvent)]>([])
    let (client, server, listener) = try await Parties().pair { side, event in
      events.withLock { $0.append((side, event)) }
    }
    async let closed: Void = client.close(within: patience)
    #expect(try await server.read() == nil)
    try await server.close(within: patience)
    try await closed
    var sent: [Side: [[UInt8]]] = [:]
    var received: [Side: Int] = [:]
    for (side, event) in events.withLock({ $0 }) {
      if case .sent(let fact) = event { sent[side, default: []].append(fact.bytes) }
      guard case .received(let fact) = event else { continue }
      let index = received[side, default: 0]
      received[side] = index + 1
      #expect(sent[side.peer, default: []].indices.contains(index), "\(fact.type) was received before it was sent")
      #expect(sent[side.peer]?[index] == fact.bytes)
    }
    // Two tickets are among the client's.
    #expect(received[.server] == 4 && received[.client] == 8)
    await listener.close()
  }
}
