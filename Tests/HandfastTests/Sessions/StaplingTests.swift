import Handfast
import HandfastCore
import HandfastTestKit
import HandfastTrust
import HandfastWire
import Synchronization
import Testing

/// Judges as another trust does, and remembers what it was asked.
private final class Witness: PeerTrust {
  private let trust: any PeerTrust
  private let pauses: Bool
  private let seen = Mutex<[PeerVerification]>([])

  init(_ trust: any PeerTrust, pauses: Bool = false) {
    self.trust = trust
    self.pauses = pauses
  }

  var statuses: [[UInt8]?] { seen.withLock { $0.map(\.certificateStatus) } }
  var authorities: [[UInt8]] { trust.authorities }
  func judgeInline(_ request: PeerVerification) -> Verdict? {
    seen.withLock { $0.append(request) }
    return pauses ? nil : trust.judgeInline(request)
  }
}

@Suite("A stapled OCSP response") struct StaplingTests {
  private let response: [UInt8] = [0x30, 3, 10, 1, 0]
  private static let versions: [ProtocolVersion] = [.tls12, .tls13]

  /// Both sides have a response; the client's trust and the server's are witnesses.
  private func parties(
    _ version: ProtocolVersion, pauses: Bool = false
  ) throws -> (setup: Setup, client: Witness, server: Witness) {
    let identities = try TestIdentities.shared
    var setup = try Setup(clientKey: .ecdsa(.secp256r1), .required)
    let client = Witness(setup.client.trust, pauses: pauses)
    let server = Witness(identities.trust)
    var (own, theirs) = (try identities.client(), try identities.server())
    own.certificateStatus = response + [1]
    theirs.certificateStatus = response
    setup.client = ClientConfiguration(trust: client)
    setup.client.identities = .these([own])
    setup.client.requestsCertificateStatus = true
    setup.server = ServerConfiguration(identity: theirs, clientAuthentication: .required(server))
    setup.server.requestsCertificateStatus = true
    setup.use([version])
    setup.client.sessionStore = nil
    return (setup, client, server)
  }

  @Test(arguments: versions) func `of the server's reaches whoever judges it`(version: ProtocolVersion) throws {
    let (setup, client, _) = try parties(version)
    let pair = try setup.pair()
    pair.run()
    #expect(Encounter(pair).isComplete)
    #expect(client.statuses == [response])
  }

  @Test func `of the client's reaches the server in TLS 1.3`() throws {
    for asks in [true, false] {
      var (setup, _, server) = try parties(.tls13)
      setup.server.requestsCertificateStatus = asks
      let pair = try setup.pair()
      pair.run()
      #expect(Encounter(pair).isComplete)
      #expect(server.statuses == [asks ? response + [1] : nil])
    }
  }

  @Test(arguments: versions) func `is not sent to a client that has not asked`(version: ProtocolVersion) throws {
    var (setup, client, _) = try parties(version)
    setup.client.requestsCertificateStatus = false
    let pair = try setup.pair()
    pair.run()
    #expect(Encounter(pair).isComplete)
    #expect(client.statuses == [nil])
    #expect(!pair.server.outcome.sent.contains(.certificateStatus))
  }

  @Test(arguments: versions) func `is missed by nobody where the server has none`(version: ProtocolVersion) throws {
    for status in [nil, []] as [[UInt8]?] {
      var (setup, client, server) = try parties(version)
      var identity = try TestIdentities.shared.server()
      identity.certificateStatus = status
      setup.server = ServerConfiguration(identity: identity, clientAuthentication: .required(server))
      setup.use([version])
      let pair = try setup.pair()
      pair.run()
      #expect(Encounter(pair).isComplete)
      #expect(client.statuses == [nil])
      #expect(!pair.server.outcome.sent.contains(.certificateStatus))
    }
  }

  @Test func `stands after the Certificate in TLS 1.2`() throws {
    let pair = try parties(.tls12).setup.pair()
    pair.run()
    #expect(pair.server.outcome.sent.prefix(4) == [.serverHello, .certificate, .certificateStatus, .serverKeyExchange])
  }

  @Test func `may be left out in TLS 1.2 although it was announced`() throws {
    for pauses in [false, true] {
      let (setup, client, _) = try parties(.tls12, pauses: pauses)
      let trust = try TestIdentities.shared.trust
      let pair = try setup.pair()
      pair.client.answers.verdict = { trust.judgeInline($0) }
      pair.tamper = { $0.replaceMessages { $0.type == .certificateStatus ? [] : [$0] } }
      pair.run()
      // The client goes on until its own Finished, which the server finds to be over other messages.
      #expect(client.statuses == [nil])
      let sent = pair.client.outcome.sent
      #expect(sent.contains(.clientKeyExchange) && sent.contains(.finished))
      #expect(pair.client.error == .alertReceived(.decryptError))
    }
  }

  @Test(arguments: versions) func `waits with the certificate for a verdict from elsewhere`(version: ProtocolVersion)
    throws
  {
    let (setup, client, _) = try parties(version, pauses: true)
    let trust = try TestIdentities.shared.trust
    let pair = try setup.pair()
    pair.client.answers.verdict = { trust.judgeInline($0) }
    pair.run()
    #expect(Encounter(pair).isComplete)
    #expect(client.statuses == [response])
  }

  @Test func `that nobody has announced is refused in TLS 1.2`() throws {
    var (setup, _, _) = try parties(.tls12)
    setup.client.requestsCertificateStatus = false
    let pair = try setup.pair()
    let status = CertificateStatus(response: response)
    pair.tamper = { flight in
      guard flight.sender == .server else { return }
      flight.replaceMessages { message in
        guard message.type == .certificate else { return [message] }
        return [message, WireMessage(.certificateStatus, status.encoded() ?? [])]
      }
    }
    pair.run()
    #expect(pair.client.error == .unexpectedMessage(got: .certificateStatus, wanted: [.serverKeyExchange]))
  }

  @Test func `that cannot be read is refused`() throws {
    let pair = try parties(.tls12).setup.pair()
    pair.tamper = { flight in
      flight.replaceMessages { $0.type == .certificateStatus ? [WireMessage(.certificateStatus, [1, 0, 0, 0])] : [$0] }
    }
    pair.run()
    #expect(
      pair.client.error == .malformed(.certificateStatus, .badLength(field: "OCSPResponse", length: 0)))
    #expect(pair.client.outcome.alertsSent == [.decodeError])
  }

  @Test func `is of no use to a resumed session, and not sent`() throws {
    for way in Way.allCases {
      var meeting = try Meeting(way)
      var identity = try TestIdentities.shared.server()
      identity.certificateStatus = response
      meeting.replaceServer(identities: .these([identity]))
      meeting.setup.client.requestsCertificateStatus = true
      #expect(try meeting.meet().isFull)
      let second = try meeting.meet()
      #expect(second.isResumed)
      #expect(!second.server.sent.contains(.certificateStatus))
    }
  }

  @Test func `and signature_algorithms_cert are asked for in both sides' messages`() throws {
    var (setup, _, _) = try parties(.tls13)
    setup.client.certificateSignatureSchemes = [.ecdsaSecp384r1SHA384, .ecdsaSecp256r1SHA256]
    setup.server.certificateSignatureSchemes = [.ed25519, .ecdsaSecp256r1SHA256]
    let pair = try setup.pair()
    pair.run()
    #expect(Encounter(pair).isComplete)
    let hello = try #require(sent(ClientHello.self, by: pair.client)).extensions
    #expect(try hello?.decode(SignatureAlgorithmsCert.self)?.schemes == [.ecdsaSecp384r1SHA384, .ecdsaSecp256r1SHA256])
    let request = try #require(sent(CertificateRequest13.self, by: pair.server)).extensions
    #expect(try request.decode(SignatureAlgorithmsCert.self)?.schemes == [.ed25519, .ecdsaSecp256r1SHA256])
    #expect(request.contains(.statusRequest))
  }

  private func sent<M: HandshakeBody>(_ type: M.Type, by endpoint: Endpoint) -> M? {
    endpoint.outcome.events.lazy.compactMap { event -> M? in
      guard case .sent(let fact) = event, fact.type == M.type else { return nil }
      return try? M(decoding: fact.bytes.span.extracting(droppingFirst: 4), "body")
    }.first
  }
}
