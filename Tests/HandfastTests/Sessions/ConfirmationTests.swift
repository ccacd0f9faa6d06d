import Handfast
import HandfastCore
import HandfastTestKit
import HandfastTrust
import HandfastWire
import Testing

/// In TLS 1.3 a client finishes before the server has judged its certificate.
@Suite("A TLS 1.3 client") struct ConfirmationTests {
  private func setup(_ authentication: Setup.Authentication = .required, tickets: Int = 2) throws -> Setup {
    var setup = try Setup(clientKey: .ecdsa(.secp256r1), authentication)
    setup.use([.tls13])
    setup.server.sessionTickets = .automatic()
    setup.server.ticketCount = tickets
    setup.client.sessionStore = InMemoryClientSessions()
    return setup
  }

  private func confirmations(_ endpoint: Endpoint) -> [HandfastCore.PeerConfirmation] {
    endpoint.outcome.events.compactMap { if case .confirmed(let by) = $0 { by } else { nil } }
  }

  /// The client has all of the server's flight, and the server nothing of the client's.
  private func halfway(_ setup: Setup) throws -> InMemoryPair {
    let pair = try setup.pair()
    pair.step(from: .client)
    pair.step(from: .server)
    return pair
  }

  @Test func `is complete before it is confirmed, and confirmed by the server's ticket`() throws {
    let pair = try halfway(try setup())
    let states = (pair.client.connection.isHandshakeComplete, pair.client.connection.isConfirmed)
    #expect(states == (true, false))
    #expect(pair.client.connection.step == .awaitingConfirmation)
    pair.run()
    let isConfirmed = pair.client.connection.isConfirmed
    #expect(isConfirmed)
    #expect(confirmations(pair.client) == [.newSessionTicket])
    #expect(pair.client.connection.step == .established)
  }

  @Test func `is confirmed by data where there are no tickets`() throws {
    let pair = try setup(tickets: 0).pair()
    pair.run()
    let before = pair.client.connection.isConfirmed
    #expect(!before)
    #expect(confirmations(pair.client) == [])
    #expect(pair.send([1], from: .server))
    let after = pair.client.connection.isConfirmed
    #expect(after)
    #expect(confirmations(pair.client) == [.applicationData])
    #expect(pair.client.received == [1])
  }

  @Test func `is not confirmed by a KeyUpdate`() throws {
    let pair = try setup(tickets: 0).pair()
    pair.run()
    pair.server.updateKeys(requestingPeer: false)
    pair.run()
    let isConfirmed = pair.client.connection.isConfirmed
    #expect(!isConfirmed)
  }

  @Test func `knows at once when a server confirms, and a server and both sides of TLS 1.2 always do`() throws {
    for versions in [[ProtocolVersion.tls13], [.tls12]] {
      var setup = try setup(tickets: 0)
      setup.use(versions)
      let pair = try setup.pair()
      pair.run()
      let (client, server) = (pair.client.connection.isConfirmed, pair.server.connection.isConfirmed)
      #expect(client == (versions == [.tls12]))
      #expect(server)
    }
  }

  @Test func `is confirmed when it resumes, too`() throws {
    let meeting = try Meeting()
    #expect(try meeting.meet().isFull)
    let pair = try meeting.pair()
    pair.run()
    #expect(Encounter(pair).isResumed)
    #expect(confirmations(pair.client) == [.newSessionTicket])
  }

  @Test func `without a certificate is refused late, and told that the certificate is missing`() throws {
    var setup = try setup()
    setup.client.identities = .these([])
    let pair = try halfway(setup)
    #expect(pair.client.isComplete)
    pair.run()
    #expect(pair.server.error == .clientCertificateRequired)
    let failure = try #require(pair.client.failure)
    #expect(failure.error == .alertReceived(.certificateRequired))
    #expect(failure.step == .awaitingConfirmation)
    #expect(failure.diagnosis.fault == .client)
    #expect(failure.diagnosis.explanation.contains("requires a client certificate"))
    #expect(failure.diagnosis.explanation.contains("no certificate configured"))
    #expect(failure.diagnosis.rule == "RFC 9846 §6.2 (certificate_required)")
    #expect(confirmations(pair.client) == [])
  }

  @Test func `with a certificate that the server distrusts is refused late, and told so`() throws {
    var setup = try setup()
    setup.client.identities = .these([try DevelopmentPKI(name: "Other").issue(.client("stranger"))])
    setup.server.announcesAuthorities = false
    let pair = try setup.pair()
    pair.run()
    let failure = try #require(pair.client.failure)
    #expect(failure.error == .alertReceived(.unknownCA))
    #expect(failure.step == .awaitingConfirmation)
    #expect(failure.diagnosis.explanation.contains("refused this client's certificate"))
    #expect(failure.diagnosis.certificate?.subject == "CN=stranger")
  }

  @Test func `with an expired certificate is refused late, and told so`() throws {
    var setup = try setup()
    var request = LeafRequest.client("late")
    (request.notBefore, request.notAfter) = (-7200, -3600)
    setup.client.identities = .these([try TestIdentities.shared.pki.issue(request)])
    let pair = try setup.pair()
    pair.run()
    let failure = try #require(pair.client.failure)
    #expect(failure.error == .alertReceived(.certificateExpired))
    #expect(failure.step == .awaitingConfirmation)
    #expect(failure.diagnosis.fault == .client)
    #expect(failure.diagnosis.explanation.contains("expired"))
  }

  @Test func `whose signature the server finds bad is told late that key and certificate may not belong together`()
    throws
  {
    var setup = try setup()
    setup.client.identities = .these([try TestIdentities.shared.client().withoutKey])
    let pair = try setup.pair()
    pair.client.answers.signature = { _ in [1, 2, 3] }
    pair.run()
    let failure = try #require(pair.client.failure)
    #expect(failure.error == .alertReceived(.decryptError))
    #expect(failure.step == .awaitingConfirmation)
    #expect(failure.diagnosis.explanation.contains("private key may not belong to the certificate"))
  }

  @Test func `that wrote before it was refused gets the same failure`() throws {
    var setup = try setup()
    setup.client.identities = .these([])
    let pair = try halfway(setup)
    let flight = pair.client.takeOwed()
    let data = try #require(pair.client.seal([1, 2, 3]))
    pair.deliver(flight + data, from: .client)
    pair.run()
    #expect(pair.server.received == [])
    #expect(pair.client.failure?.step == .awaitingConfirmation)
    #expect(pair.client.error == .alertReceived(.certificateRequired))
  }
}
