import Handfast
import HandfastNIO
import TestTurns
import Testing

@Suite(.inTurn) struct NetworkErrorTests {
  @Test func `nobody there is told with host and port`() async throws {
    let parties = try Parties()
    let listener = try await parties.listen()
    await listener.close()
    let error = await #expect(throws: NetworkError.self) { try await parties.connect(to: listener) }
    #expect(error == NetworkError(host: "127.0.0.1", port: listener.port, reason: .refused))
    #expect(error?.description == "127.0.0.1:\(listener.port): connection refused; nothing listens there")
  }

  @Test func `a host that does not exist is told`() async throws {
    let client = try TLSClient(try Parties().client)
    let error = await #expect(throws: NetworkError.self) {
      try await SecureConnection.connect(client, host: "nowhere.invalid", port: 1)
    }
    #expect(error?.reason == .unknownHost)
  }

  @Test func `a port that is taken is told`() async throws {
    let parties = try Parties()
    let listener = try await parties.listen()
    let error = await #expect(throws: NetworkError.self) {
      try await SecureListener.bind(try TLSServer(parties.server), port: listener.port)
    }
    #expect(error?.reason == .addressInUse)
    await listener.close()
  }

  @Test(arguments: [-1, 0, 65_536, .max]) func `what is no port is told`(port: Int) async throws {
    let client = try TLSClient(try Parties().client)
    let error = await #expect(throws: NetworkError.self) {
      try await SecureConnection.connect(client, host: "127.0.0.1", port: port)
    }
    #expect(error?.reason == .invalidPort)
  }

  @Test func `a name that no certificate can hold is refused before anything is sent`() async throws {
    let client = try TLSClient(try Parties().client)
    await #expect(throws: ConfigurationError.invalidServerName("a..b")) {
      try await SecureConnection.connect(client, host: "a..b", port: 1)
    }
  }
}
