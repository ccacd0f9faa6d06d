import Handfast
import HandfastTestKit
import Testing

/// The library against the test kit's own key schedule and record protection, which were written a second time from the RFCs.
@Suite("Against a second implementation") struct RawInteropTests {
  private static let suites = [CipherSuite].recommended.tls12

  private func serverKey(_ suite: CipherSuite) -> KeyKind {
    CipherSuiteParameters(suite)?.authentication == .rsa ? .rsa(bits: 2048) : .ecdsa(.secp384r1)
  }

  @Test("a server completes handshakes and exchanges data", arguments: suites, [NamedGroup].recommended.classical)
  func server(suite: CipherSuite, group: NamedGroup) throws {
    var setup = try Setup(serverKey: serverKey(suite), .required)
    setup.server.groups = [group]
    setup.client.cipherSuites = [suite]
    let session = try ServerTrial(setup, clientIdentity: try TestIdentities.shared.client(.ed25519))
    #expect(try session.handshake())
    let master = session.client.peer.masterSecret
    #expect(master.count == 48)
    for size in [1, 1000, 16_384] {
      session.client.peer.sendRecord(.applicationData, [UInt8](repeating: 7, count: size))
      session.exchange()
      #expect(session.endpoint.received.count == size)
      session.client.peer.receive(try #require(session.endpoint.seal(session.endpoint.received)))
      #expect(session.client.peer.rest() == [.applicationData([UInt8](repeating: 7, count: size))])
      _ = session.endpoint.takeReceived()
    }
    session.client.peer.sendAlert(.warning, .closeNotify)
    session.exchange()
    #expect(session.endpoint.peerHasClosed)
  }

  @Test("a client completes handshakes and exchanges data", arguments: suites, [NamedGroup].recommended.classical)
  func client(suite: CipherSuite, group: NamedGroup) throws {
    var setup = try Setup(clientKey: .ecdsa(.secp521r1))
    setup.client.cipherSuites = [suite]
    let session = try ClientTrial(setup, serverKey: serverKey(suite), suite: suite, group: group, asks: true)
    #expect(try session.handshake())
    #expect(session.server.clientChain.count == 2)
    session.server.peer.sendRecord(.applicationData, [1, 2, 3])
    session.exchange()
    #expect(session.endpoint.received == [1, 2, 3])
    session.server.peer.receive(try #require(session.endpoint.seal([4, 5])))
    #expect(session.server.peer.rest() == [.applicationData([4, 5])])
  }

  @Test("HelloRequests and warnings between the server's messages change nothing")
  func interspersed() throws {
    let session = try ClientTrial(try Setup(clientKey: .ed25519), asks: true)
    session.receiveHello()
    let (server, peer) = (session.server, session.server.peer)
    let steps: [() throws -> Void] = [
      { server.sendHello() }, { server.sendCertificate() }, { try server.sendKeyExchange() },
      { peer.send(RawServer.anyCertificate) }, { peer.send(ServerHelloDone()) },
    ]
    for step in steps {
      peer.send(HelloRequest())
      peer.sendAlert(.warning, .unrecognizedName)
      try step()
      session.exchange()
    }
    #expect(try server.readFlight())
    peer.send(HelloRequest())
    peer.sendChangeCipherSpec()
    peer.send(HelloRequest())
    peer.sendAlert(.warning, .unrecognizedName)
    peer.sendFinished()
    session.exchange()
    #expect(session.error == nil)
    #expect(session.endpoint.isComplete)
  }

  @Test("a Finished may be cut into protected records of any size", arguments: [1, 3, 4, 15])
  func fragmentedFinished(size: Int) throws {
    let session = try ServerTrial(try Setup())
    #expect(session.sendHello())
    try session.client.sendKeyExchange()
    session.client.peer.sendChangeCipherSpec()
    let message = try #require(Finished(verifyData: session.client.peer.verifyData(of: .client)).message())
    session.client.peer.transcript += message
    for start in stride(from: 0, to: message.count, by: size) {
      session.client.peer.sendRecord(.handshake, Array(message[start..<min(start + size, message.count)]))
    }
    session.exchange()
    #expect(session.error == nil)
    #expect(session.client.readFinished())
  }

  @Test("the beginning of a message behind Finished in one record is refused: this side's own Finished comes first")
  func behindFinished() throws {
    let session = try ServerTrial(try Setup())
    #expect(session.sendHello())
    try session.client.sendKeyExchange()
    session.client.peer.sendChangeCipherSpec()
    let finished = try #require(Finished(verifyData: session.client.peer.verifyData(of: .client)).message())
    session.client.peer.transcript += finished
    let hello = try #require(session.client.hello.message())
    session.client.peer.sendRecord(.handshake, finished + hello.prefix(10))
    session.exchange()
    #expect(!session.endpoint.isComplete)
    #expect(session.error == .messageBeforeAnswer)
    #expect(session.endpoint.outcome.alertsSent == [.unexpectedMessage])
  }

  @Test("extended master secret is used when both prefer it, on either side")
  func preferredExtendedMasterSecret() throws {
    var setup = try Setup()
    setup.client.extendedMasterSecret = .preferred
    setup.server.extendedMasterSecret = .preferred
    let server = try ServerTrial(setup)
    #expect(try server.handshake())
    #expect(server.client.isExtended)
    #expect(server.endpoint.outcome.negotiated?.usesExtendedMasterSecret == true)
    let client = try ClientTrial(setup)
    #expect(try client.handshake())
    #expect(client.endpoint.outcome.negotiated?.usesExtendedMasterSecret == true)
  }
}
