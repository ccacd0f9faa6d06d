import Handfast
import HandfastCore
import HandfastTestKit
import HandfastWire
import Testing

@Suite("What a peer can use up") struct LimitTests {
  private func serverSession(isEstablished: Bool, _ change: (inout Setup) -> Void) throws -> ServerTrial {
    var setup = try Setup()
    change(&setup)
    let session = try ServerTrial(setup)
    #expect(isEstablished ? try session.handshake() : session.sendHello())
    return session
  }

  private func clientSession(isEstablished: Bool, _ change: (inout Setup) -> Void) throws -> ClientTrial {
    var setup = try Setup()
    change(&setup)
    let session = try ClientTrial(setup)
    #expect(isEstablished ? try session.handshake() : session.receiveHello())
    return session
  }

  @Test("warning alerts in a row are bounded", arguments: [false, true])
  func warnings(isEstablished: Bool) throws {
    let session = try serverSession(isEstablished: isEstablished) { $0.server.limits.warningAlerts = 5 }
    for _ in 0..<5 { session.client.peer.sendAlert(.warning, .unrecognizedName) }
    session.exchange()
    #expect(session.error == nil)
    session.client.peer.sendAlert(.warning, .unrecognizedName)
    session.exchange()
    #expect(session.error == .recordsWithoutProgress(limit: 5))
    #expect(session.alert() == .unexpectedMessage)
  }

  @Test("empty records in a row are bounded; data in between starts the count again")
  func emptyRecords() throws {
    let session = try serverSession(isEstablished: true) { $0.server.limits.recordsWithoutProgress = 5 }
    for _ in 0..<20 {
      for _ in 0..<5 { session.client.peer.sendRecord(.applicationData, []) }
      session.client.peer.sendRecord(.applicationData, [7])
    }
    session.exchange()
    #expect(session.error == nil)
    #expect(session.endpoint.received == [UInt8](repeating: 7, count: 20))
    for _ in 0..<6 { session.client.peer.sendRecord(.applicationData, []) }
    session.exchange()
    #expect(session.error == .recordsWithoutProgress(limit: 5))
  }

  @Test("HelloRequests are bounded, within the handshake and after it", arguments: [false, true])
  func helloRequests(isEstablished: Bool) throws {
    let session = try clientSession(isEstablished: isEstablished) { $0.client.limits.recordsWithoutProgress = 5 }
    for _ in 0..<5 { session.server.peer.send(HelloRequest()) }
    session.exchange()
    #expect(session.error == nil)
    session.server.peer.send(HelloRequest())
    session.exchange()
    #expect(session.error == .recordsWithoutProgress(limit: 5))
  }

  @Test("HelloRequests that come many in one record are bounded too")
  func helloRequestsInOneRecord() throws {
    let session = try clientSession(isEstablished: true) { $0.client.limits.recordsWithoutProgress = 5 }
    session.server.peer.sendRecord(.handshake, [UInt8](repeating: 0, count: 4 * 4000))
    session.exchange()
    #expect(session.error == .recordsWithoutProgress(limit: 5))
    #expect(session.endpoint.outcome.alertsSent.count <= 6)
  }

  @Test("attempts to renegotiate are refused with a warning, and bounded")
  func renegotiation() throws {
    let session = try serverSession(isEstablished: true) { $0.server.limits.recordsWithoutProgress = 3 }
    for round in 1...3 {
      session.client.peer.send(session.client.hello)
      session.exchange()
      #expect(session.error == nil)
      #expect(session.endpoint.outcome.alertsSent == [AlertDescription](repeating: .noRenegotiation, count: round))
    }
    // The connection is as good as before.
    let record = try #require(session.endpoint.seal([1, 2, 3]))
    session.client.peer.receive(record)
    #expect(
      session.client.peer.rest()
        == [RawPeer.Item](
          repeating: .alert(Alert(level: .warning, description: .noRenegotiation)), count: 3)
        + [.applicationData([1, 2, 3])])
    session.client.peer.send(session.client.hello)
    session.exchange()
    #expect(session.error == .recordsWithoutProgress(limit: 3))
  }

  @Test("a renegotiating hello that is malformed is an error, not a warning")
  func malformedRenegotiation() throws {
    let session = try serverSession(isEstablished: true) { _ in }
    session.client.peer.send(WireMessage(.clientHello, [3, 3]))
    session.exchange()
    #expect(session.error == .malformed(.clientHello, .truncated(field: "random")))
  }

  @Test("a message that announces more than the limit is refused before it is collected")
  func messageSize() throws {
    let session = try serverSession(isEstablished: false) { $0.server.limits.handshakeMessageSize = 1000 }
    // 997 bytes and the four of the header.
    session.client.peer.sendRecord(.handshake, [16, 0, 0x03, 0xe5])
    session.exchange()
    #expect(session.error == .messageTooLong(.clientKeyExchange, length: 1001, limit: 1000))
    #expect(session.alert() == .illegalParameter)
  }

  @Test("a message of exactly the limit is taken")
  func messageAtLimit() throws {
    let measured = try ServerTrial(try Setup())
    let size = try #require(measured.client.hello.message()).count
    for (limit, isTaken) in [(size, true), (size - 1, false)] {
      var setup = try Setup()
      setup.server.limits.handshakeMessageSize = limit
      let session = try ServerTrial(setup)
      #expect(session.sendHello() == isTaken)
    }
  }

  @Test("the largest length a message can announce asks for no memory")
  func hugeMessage() throws {
    let endpoint = Endpoint(try Setup().serverConnection())
    endpoint.feed(WireRecord(.handshake, [1, 0xff, 0xff, 0xff]).bytes)
    #expect(endpoint.error == .messageTooLong(.clientHello, length: 0x100_0003, limit: Limits().handshakeMessageSize))
  }

  @Test("a connection closes before its keys are worn out", arguments: Side.allCases)
  func keyLimit(side: Side) throws {
    var setup = try Setup()
    if side == .client { setup.client.limits.recordsPerKey = 4 } else { setup.server.limits.recordsPerKey = 4 }
    let pair = try setup.pair()
    pair.run()
    let (own, peer) = side == .client ? (pair.client, pair.server) : (pair.server, pair.client)
    // Finished was the first record.
    for _ in 0..<3 { #expect(pair.send([1], from: side)) }
    #expect(!pair.send([1], from: side))
    #expect(own.error == .keyLimitReached(records: 4))
    pair.run()
    #expect(peer.received == [1, 1, 1])
    #expect(peer.error == nil)
    #expect(peer.peerHasClosed)
  }

  @Test("a peer that wears the keys out is refused")
  func peerKeyLimit() throws {
    var setup = try Setup()
    setup.server.limits.recordsPerKey = 4
    let pair = try setup.pair()
    pair.run()
    for _ in 0..<10 { pair.send([1], from: .client) }
    #expect(pair.server.error == .keyLimitReached(records: 4))
    #expect(pair.server.received.count <= 4)
  }

  @Test("a limit that is not positive is refused with the configuration")
  func badLimits() throws {
    let changes: [(inout Limits) -> Void] = [
      { $0.handshakeMessageSize = 0 }, { $0.chainLength = 0 }, { $0.recordsWithoutProgress = -1 },
      { $0.handshakeSeconds = 0 }, { $0.recordsPerKey = 0 },
    ]
    for change in changes {
      var setup = try Setup()
      change(&setup.client.limits)
      change(&setup.server.limits)
      #expect(throws: ConfigurationError.self) { _ = try setup.clientConnection() }
      #expect(throws: ConfigurationError.self) { _ = try setup.serverConnection() }
    }
  }
}
