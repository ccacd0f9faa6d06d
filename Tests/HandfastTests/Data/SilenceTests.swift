import Handfast
import HandfastTestKit
import Testing

/// RFC 5246 §7.2.1: close_notify says that its sender will send nothing more.
@Suite("After close_notify") struct SilenceTests {
  private func closedServer() throws -> ServerTrial {
    let session = try ServerTrial(try Setup())
    #expect(try session.handshake())
    session.endpoint.close()
    session.exchange()
    #expect(session.client.peer.rest() == [.alert(Alert(level: .warning, description: .closeNotify))])
    return session
  }

  @Test("an attempt to renegotiate is not answered")
  func renegotiation() throws {
    let session = try closedServer()
    session.client.peer.send(session.client.hello)
    session.exchange()
    #expect(session.error == nil)
    #expect(session.client.peer.rest().isEmpty)
  }

  @Test("an error is not answered, and the failure says that no alert was sent")
  func error() throws {
    let session = try closedServer()
    session.client.peer.send(ServerHelloDone())
    session.exchange()
    #expect(session.error == .unexpectedMessage(got: .serverHelloDone, wanted: []))
    #expect(session.endpoint.failure?.alertSent == nil)
    #expect(session.client.peer.rest().isEmpty)
  }

  @Test("data is still taken")
  func data() throws {
    let session = try closedServer()
    session.client.peer.sendRecord(.applicationData, [1, 2, 3])
    session.exchange()
    #expect(session.endpoint.received == [1, 2, 3])
  }

  @Test("and after a fatal alert, a driver's late timer adds nothing")
  func lateTimer() throws {
    let session = try ServerTrial(try Setup())
    session.client.hello.version = .tls10
    session.sendHello()
    #expect(session.client.peer.rest() == [.alert(Alert(level: .fatal, description: .protocolVersion))])
    let failure = session.endpoint.connection.timeOut(afterSeconds: 1)
    #expect(failure.error == .alreadyEnded)
    session.exchange()
    #expect(session.client.peer.rest().isEmpty)
  }

  @Test("a connection that is closed while it asks takes no answer and says nothing")
  func closedWhileAsking() throws {
    let shared = try TestIdentities.shared
    var setup = try Setup()
    setup.client = ClientConfiguration(trust: PausingTrust(shared.trust))
    let pair = try setup.pair()
    pair.run()
    guard case .peerVerdict(let request)? = pair.client.openQuestion else {
      Issue.record("nothing was asked")
      return
    }
    pair.client.close()
    pair.client.resume(with: try #require(shared.trust.judgeInline(request)))
    pair.run()
    #expect(pair.client.error == .alreadyEnded)
    #expect(pair.client.outcome.sent == [.clientHello])
    #expect(pair.server.error == .alertReceived(.closeNotify))
  }

  @Test("what is owed comes out whole through the smallest buffer")
  func smallBuffer() throws {
    let pair = try Setup(clientKey: .ed25519, .required).pair()
    for _ in 0..<3 {
      for (from, to) in [(pair.client, pair.server), (pair.server, pair.client)] { to.feed(from.takeOwed(room: 1)) }
    }
    #expect(pair.client.isComplete && pair.server.isComplete)
    #expect([UInt8](capacity: 0) { pair.client.connection.writeOwed(into: &$0) }.isEmpty)
  }
}
