import Handfast
import HandfastCore
import HandfastInspect
import HandfastTestKit
import Testing

/// What is told of sessions in TLS 1.2, and of TLS 1.3 connections that end early.
struct SessionStoryTests {
  private static func entries(_ pair: InMemoryPair) -> [TraceEntry] {
    let recorder = TraceRecorder()
    recorder.record(pair.client.events, side: .client)
    recorder.record(pair.server.events, side: .server)
    for endpoint in [pair.client, pair.server] {
      if let failure = endpoint.failure { recorder.record(failure) }
    }
    return recorder.entries
  }

  private static func connect(_ client: TLSClient, _ server: TLSServer) throws -> InMemoryPair {
    let pair = InMemoryPair(
      client: client.connect(to: try ServerReference("localhost"), tracing: true),
      server: server.accept(tracing: true))
    pair.run()
    pair.close()
    return pair
  }

  @Test(arguments: [true, false])
  func `a session of TLS 1.2 is resumed by ticket or id, and told as such`(_ usesTickets: Bool) throws {
    var setup = try Setup(clientKey: .ecdsa(.secp256r1), .required)
    setup.client.sessionStore = InMemoryClientSessions()
    if usesTickets {
      setup.server.sessionTickets = .automatic()
    } else {
      setup.server.sessionCache = InMemoryServerSessions()
    }
    let (client, server) = (try TLSClient(setup.client), try TLSServer(setup.server))
    let first = Narrative(Self.entries(try Self.connect(client, server))).steps
    #expect(first.contains { $0.title == "NewSessionTicket" } == usesTickets)
    let entries = Self.entries(try Self.connect(client, server))
    #expect(try TraceFile.entries(in: try TraceFile.text(entries)) == entries)
    let steps = Narrative(entries).steps
    #expect(
      steps.map(\.title).prefix(8) == [
        "ClientHello", "ServerHello", "Master secret and key block", "ChangeCipherSpec (the server's)",
        "Finished (the server's)", "ChangeCipherSpec (the client's)", "Finished (the client's)",
        "The handshake is complete",
      ])
    #expect(steps[1].server?.lines.contains { $0.text == (usesTickets ? "ticket" : "session id") } == true)
    #expect(steps[2].gist.contains("from the session"))
    #expect(steps[7].gist.hasPrefix("Both sides know"))
    #expect(
      steps[7].server?.lines.contains { $0.label == "speaks with" && $0.text == "CN=client, as the session says" }
        == true)
  }

  @Test(arguments: [ProtocolVersion.tls12, .tls13])
  func `raw public keys are told as keys, and survive the file`(_ version: ProtocolVersion) throws {
    let pki = try TestIdentities.shared.pki
    let identities = try ["server", "client"].map { name in
      try Identity.rawPublicKey(privateKeyPEM: pki.issueWithPEM(.client(name)).privateKeyPEM)
    }
    let (server, client) = (identities[0], identities[1])
    var setup = try Setup()
    setup.client = ClientConfiguration(trust: try PinnedKeys(subjectPublicKeyInfos: server.chain))
    setup.client.identities = .these([client])
    setup.server = ServerConfiguration(
      identity: server, clientAuthentication: .required(try PinnedKeys(subjectPublicKeyInfos: client.chain)))
    setup.use([version])
    let entries = Self.entries(try Self.connect(try setup.makeClient(), try setup.makeServer()))
    #expect(try TraceFile.entries(in: try TraceFile.text(entries)) == entries)
    let steps = Narrative(entries).steps
    let certificates = steps.filter { $0.title.contains("Certificate") && !$0.title.contains("Verify") }
    let lines = certificates.flatMap { ($0.client?.lines ?? []) + ($0.server?.lines ?? []) }
    #expect(lines.count { $0.text == "Sends a key, and no certificate" } == 2)
    #expect(lines.contains { $0.text == "says it is the client, with an ECDSA secp256r1 key" })
    #expect(
      certificates.flatMap(\.bytes).contains { $0.label == "The raw public key, DER" && $0.bytes == server.chain[0] })
    for case .sent(let fact) in entries.map(\.event) {
      #expect(!MessageDissection(fact, version: version).isMalformed, "\(fact.type)")
    }
  }

  @Test func `a handshake that settles on nothing is told in the words of what was offered`() throws {
    var setup = try Setup()
    setup.use([.tls13])
    setup.client.cipherSuites = [.aes128GCMSHA256]
    setup.server.cipherSuites = [.aes256GCMSHA384]
    let entries = Self.entries(try Self.connect(try TLSClient(setup.client), try TLSServer(setup.server)))
    for side in [[Side.client], [.server], [.client, .server]] {
      let narrative = Narrative(entries.filter { side.contains($0.side) })
      #expect(narrative.steps.first?.reference == "RFC 9846 §4.2.2")
      #expect(narrative.failed)
    }
  }

  @Test func `a client whose connection is cut before any confirmation is told that it never learns`() throws {
    var setup = try Setup()
    setup.use([.tls13])
    let pair = try setup.pair()
    pair.run()
    pair.hangUp()
    let steps = Narrative(Self.entries(pair)).steps
    let done = try #require(steps.first { $0.title == "The handshake is complete" })
    #expect(done.client?.lines.contains { $0.label == "not known yet" && $0.text.contains("never") } == true)
    #expect(steps.last?.title == "The connection fails")
    #expect(steps.last?.client?.lines.contains { $0.label == "too late" && $0.text.contains("never learns") } == true)
  }

  @Test func `a record that does not open fails in the message it carries, as far as that is known`() throws {
    var setup = try Setup()
    setup.use([.tls13])
    let pair = try setup.pair()
    pair.tamper = { flight in
      if flight.sender == .server, flight.index == 0 { flight.bytes[flight.bytes.count - 1] ^= 1 }
    }
    pair.run()
    let entries = Self.entries(pair)
    let steps = Narrative(entries).steps
    #expect(steps.last?.title == "The handshake fails")
    #expect(steps.filter(\.isFailure).map(\.title) == ["EncryptedExtensions", "The handshake fails"])
    let alone = Narrative(entries.filter { $0.side == .client }).steps
    #expect(alone.filter(\.isFailure).map(\.title) == ["Keys of the handshake", "The handshake fails"])
    let finished = try #require(steps.first { $0.title == "Finished (the server's)" })
    #expect(finished.client?.headline == "never gets to see it")
  }
}
