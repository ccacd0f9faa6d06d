import Handfast
import HandfastNIO
import HandfastTrust
import NIOCore
import TestTurns
import Testing

@Suite("Over sockets, sessions", .inTurn) struct SessionTests {
  /// One client and one server for all connections, so that they remember each other.
  private func listen(_ parties: Parties) async throws -> (TLSClient, SecureListener) {
    (try TLSClient(parties.client), try await parties.listen())
  }

  private func connect(
    _ client: TLSClient, _ listener: SecureListener, early: ByteBuffer? = nil
  ) async throws -> SecureConnection {
    try await SecureConnection.connect(
      client, host: listener.host, port: listener.port, as: ServerReference("server.example"), earlyData: early,
      connectSeconds: patience)
  }

  @Test(arguments: [[ProtocolVersion.tls12], [.tls13, .tls12]])
  func `are resumed by the next connection`(versions: [ProtocolVersion]) async throws {
    var parties = try Parties()
    parties.client.versions = versions
    let (client, listener) = try await listen(parties)
    let echo = echoing(listener)
    for number in 0..<4 {
      let connection = try await connect(client, listener)
      #expect(try await connection.confirmed(within: patience))
      #expect(connection.negotiated.version == versions.first)
      #expect(connection.negotiated.isResumed == (number > 0))
      #expect(connection.peer?.presented.first?.subject == "CN=server.example")
      try await connection.write([1, 2, 3])
      #expect(try await connection.read(exactly: 3) == [1, 2, 3])
      try await connection.close(within: patience)
    }
    await listener.close()
    await echo.value
  }

  @Test func `carry early data, which the server gets with its connection`() async throws {
    var parties = try Parties()
    parties.client.offersEarlyData = true
    parties.server.earlyData = .accepted(upTo: 10_000, replayGuard: StrikeRegister(startedAt: 0))
    let (client, listener) = try await listen(parties)
    var connections = listener.makeAsyncIterator()
    // What is to be sent does not start where the buffer does.
    let whole = ByteBuffer(bytes: [0, 0, 0] + [UInt8](repeating: 7, count: 12_000))
    let early = try #require(whole.getSlice(at: 3, length: 12_000))

    for number in 0..<3 {
      async let connecting = connect(client, listener, early: early)
      let server = try #require(await connections.next())
      let connection = try await connecting
      #expect(try await connection.confirmed(within: patience))
      // As much as the session allows; without a session nothing.
      let taken = number == 0 ? 0 : 10_000
      #expect(connection.earlyDataTaken == taken)
      #expect(server.earlyData?.readableBytes ?? 0 == taken)
      #expect(connection.negotiated.isEarlyDataAccepted == (number > 0))
      try await connection.write(early.dropping(taken))
      #expect(try await server.read(exactly: 12_000 - taken) == [UInt8](repeating: 7, count: 12_000 - taken))
      try await server.write([1])
      #expect(try await connection.read() == ByteBuffer(bytes: [1]))
      async let closed: Void = server.close(within: patience)
      try await connection.close(within: patience)
      try await closed
    }
    await listener.close()
  }

  @Test func `whose early data is refused go on, and the data is sent anew`() async throws {
    var parties = try Parties()
    parties.client.offersEarlyData = true
    parties.server.earlyData = .accepted(upTo: 10_000, replayGuard: Refusing())
    let (client, listener) = try await listen(parties)
    let echo = echoing(listener)
    for number in 0..<3 {
      let connection = try await connect(client, listener, early: ByteBuffer(bytes: [1, 2, 3]))
      #expect(try await connection.confirmed(within: patience))
      #expect(connection.negotiated.isResumed == (number > 0))
      #expect(connection.earlyDataTaken == 0)
      try await connection.write([1, 2, 3])
      #expect(try await connection.read(exactly: 3) == [1, 2, 3])
      try await connection.close(within: patience)
    }
    await listener.close()
    await echo.value
  }

  private struct Refusing: EarlyDataReplayGuard {
    func admit(_ identifier: [UInt8], expectedArrival: UInt64, at now: UInt64) -> EarlyDataAdmission { .replayed }
  }
}

@Suite("Over sockets, a client of TLS 1.3", .inTurn) struct LateRejectionTests {
  @Test func `that lacks a certificate learns of it from confirmed`() async throws {
    var parties = try Parties()
    parties.client.identities = .these([])
    let listener = try await parties.listen()
    let echo = echoing(listener)
    let connection = try await parties.connect(to: listener)
    let failure = await #expect(throws: TLSFailure.self) { try await connection.confirmed(within: patience) }
    #expect(failure?.error == .alertReceived(.certificateRequired))
    #expect(failure?.step == .awaitingConfirmation)
    #expect(failure?.diagnosis.explanation.contains("requires a client certificate") == true)
    // And it stays so.
    await #expect(throws: TLSFailure.self) { try await connection.read() }
    await #expect(throws: TLSFailure.self) { try await connection.confirmed(within: patience) }
    await listener.close()
    await echo.value
  }

  @Test func `with a certificate from elsewhere learns of it from confirmed`() async throws {
    var parties = try Parties()
    parties.client.identities = .these([try DevelopmentPKI(name: "Other").issue(.client("stranger"))])
    parties.server.announcesAuthorities = false
    let listener = try await parties.listen()
    let echo = echoing(listener)
    let connection = try await parties.connect(to: listener)
    let failure = await #expect(throws: TLSFailure.self) { try await connection.confirmed(within: patience) }
    #expect(failure?.error == .alertReceived(.unknownCA))
    #expect(failure?.diagnosis.explanation.contains("refused this client's certificate") == true)
    await listener.close()
    await echo.value
  }

  @Test func `learns of it from read when it does not wait`() async throws {
    var parties = try Parties()
    parties.client.identities = .these([])
    let listener = try await parties.listen()
    let echo = echoing(listener)
    let connection = try await parties.connect(to: listener)
    let failure = await #expect(throws: TLSFailure.self) { try await connection.read() }
    #expect(failure?.step == .awaitingConfirmation)
    await listener.close()
    await echo.value
  }

  @Test func `knows nothing when the server is silent, and loses nothing by having waited`() async throws {
    var parties = try Parties()
    parties.server.ticketCount = 0
    let (client, server, listener) = try await parties.pair()
    #expect(try await client.confirmed(within: 0) == false)
    #expect(try await client.confirmed(within: 0) == false)
    try await server.write([1, 2, 3])
    #expect(try await client.confirmed(within: patience))
    #expect(try await client.read() == ByteBuffer(bytes: [1, 2, 3]))
    #expect(try await server.confirmed(within: 0))
    await listener.close()
  }

  @Test func `is told that it was not to be learnt when the server says goodbye`() async throws {
    var parties = try Parties()
    parties.server.ticketCount = 0
    let (client, server, listener) = try await parties.pair()
    async let closed: Void = server.close(within: patience)
    #expect(try await client.confirmed(within: patience) == false)
    #expect(try await client.read() == nil)
    try await client.close(within: patience)
    try await closed
    await listener.close()
  }
}

@Suite("Over sockets, keys", .inTurn) struct KeyUpdateTests {
  @Test func `change on request while both sides are busy`() async throws {
    let (client, server, listener) = try await Parties().pair()
    let data = (0..<400_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
    async let up: Void = write(data, client)
    async let down: Void = write(data, server)
    async let atServer = server.read(exactly: data.count)
    async let atClient = client.read(exactly: data.count)
    try await up
    try await down
    #expect(try await atServer == data)
    #expect(try await atClient == data)
    await listener.close()
  }

  private func write(_ data: [UInt8], _ connection: SecureConnection) async throws {
    for start in stride(from: 0, to: data.count, by: 20_000) {
      try await connection.write(data[start..<start + 20_000])
      try await connection.updateKeys(requestingPeer: start % 40_000 == 0)
    }
  }

  @Test func `change by themselves in the middle of a write`() async throws {
    var parties = try Parties()
    parties.client.limits.recordsPerKey = 7
    parties.server.limits.recordsPerKey = 7
    let (client, server, listener) = try await parties.pair()
    let data = (0..<1_048_576).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
    async let up: Void = client.write(data)
    async let down: Void = server.write(data)
    async let atServer = server.read(exactly: data.count)
    async let atClient = client.read(exactly: data.count)
    try await up
    try await down
    #expect(try await atServer == data)
    #expect(try await atClient == data)
    for byte in 0..<UInt8(40) {
      try await client.write([byte])
      #expect(try await server.read() == ByteBuffer(bytes: [byte]))
    }
    await listener.close()
  }

  @Test func `protect records that are padded, whatever the size of a write`() async throws {
    var parties = try Parties()
    parties.client.recordPaddingMultiple = 1_000
    parties.server.recordSizeLimit = 2_000
    parties.client.recordSizeLimit = 64
    let (client, server, listener) = try await parties.pair()
    for count in [1, 999, 1_000, 1_001, 100_000] {
      async let written: Void = client.write([UInt8](repeating: 5, count: count))
      #expect(try await server.read(exactly: count).count == count)
      try await written
      async let answered: Void = server.write([UInt8](repeating: 6, count: count))
      #expect(try await client.read(exactly: count).count == count)
      try await answered
    }
    await listener.close()
  }
}

extension ByteBuffer {
  fileprivate func dropping(_ count: Int) -> ByteBuffer { ByteBuffer(bytes: readableBytesView.dropFirst(count)) }
}
