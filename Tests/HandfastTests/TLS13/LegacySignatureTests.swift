import Handfast
import HandfastCore
import HandfastTestKit
import HandfastWire
import Testing

/// RFC 9963: PKCS#1 v1.5 of clients whose keys cannot do PSS, in TLS 1.3 and nowhere else.
@Suite("PKCS#1 signatures of TLS 1.3 clients") struct LegacySignatureTests {
  private func setup(
    _ version: ProtocolVersion = .tls13, client: [SignatureScheme]? = .rsaPKCS1Legacy,
    server: [SignatureScheme] = .recommended + .rsaPKCS1Legacy
  ) throws -> Setup {
    var identity = try TestIdentities.shared.client(.rsa(bits: 2048))
    identity.signatureSchemes = client
    var setup = try Setup(serverKey: .rsa(bits: 2048), .required)
    setup.client.identities = .these([identity])
    setup.client.identityUse = .required
    setup.server.signatureSchemes = server
    setup.use([version])
    return setup
  }

  private func met(_ setup: Setup) throws -> Encounter {
    let pair = try setup.pair()
    pair.run()
    return Encounter(pair)
  }

  @Test(arguments: [SignatureScheme].rsaPKCS1Legacy) func `are used where both sides ask for them`(
    scheme: SignatureScheme
  ) throws {
    let met = try met(setup(client: [scheme]))
    #expect(met.isComplete)
    #expect(met.server.negotiated?.clientSignatureScheme == scheme)
    #expect(met.server.negotiated?.serverSignatureScheme == .rsaPSSRSAESHA256)
    #expect(
      met.client.events.contains { if case .chose(let choice) = $0 { choice.chosen == "\(scheme)" } else { false } })
  }

  @Test func `are made by a key elsewhere as well`() throws {
    var setup = try setup()
    let identity = try TestIdentities.shared.client(.rsa(bits: 2048))
    let key = try #require(identity.key)
    var elsewhere = Identity(
      chain: identity.chain, certificates: identity.certificates, keyKind: identity.keyKind,
      issuerNames: identity.issuerNames, dnsNames: identity.dnsNames, key: nil)
    elsewhere.signatureSchemes = [.rsaPKCS1SHA256Legacy]
    setup.client.identities = .these([elsewhere])
    let pair = try setup.pair()
    pair.client.answers.signature = { (try? key.sign($0.message, scheme: $0.scheme)) ?? [] }
    pair.run()
    #expect(Encounter(pair).isComplete)
    #expect(pair.server.outcome.negotiated?.clientSignatureScheme == .rsaPKCS1SHA256Legacy)
  }

  @Test func `are not used by a client that has not asked for them`() throws {
    let met = try met(setup(client: nil))
    #expect(met.isComplete)
    #expect(met.server.negotiated?.clientSignatureScheme == .rsaPSSRSAESHA256)
  }

  @Test func `are not used where the server has not asked for them`() throws {
    #expect(try met(setup(server: .recommended)).client.error == .noAcceptableIdentity(.noCommonSignatureScheme))
  }

  @Test func `are refused by a server that has not asked for them`() throws {
    var setup = try setup(server: .recommended)
    setup.client.identities = .these([])
    let trial = try ServerTrial13(setup, clientIdentity: try TestIdentities.shared.client(.rsa(bits: 2048)))
    #expect(try trial.sendHello())
    trial.client.sendCertificate()
    try trial.client.sendCertificateVerify(scheme: .rsaPKCS1SHA256Legacy)
    trial.exchange()
    #expect(trial.error == .unofferedSignatureScheme(.rsaPKCS1SHA256Legacy))
    #expect(trial.alert() == .illegalParameter)
  }

  @Test func `are refused from servers`() throws {
    let trial = try ClientTrial13(try Setup(), serverKey: .rsa(bits: 2048))
    trial.receiveHello()
    try trial.server.sendHello()
    trial.server.sendExtensions()
    trial.server.sendCertificate()
    try trial.server.sendCertificateVerify(scheme: .rsaPKCS1SHA256Legacy)
    trial.exchange()
    #expect(trial.error == .unofferedSignatureScheme(.rsaPKCS1SHA256Legacy))
    #expect(trial.alert() == .illegalParameter)
  }

  @Test func `cannot be accepted from servers by configuration either`() throws {
    var setup = try Setup()
    setup.client.signatureSchemes += [.rsaPKCS1SHA384Legacy]
    #expect(throws: ConfigurationError.signatureSchemeOfClientsOnly(.rsaPKCS1SHA384Legacy)) { try setup.makeClient() }
  }

  @Test func `are not made by servers`() throws {
    var identity = try TestIdentities.shared.server(.rsa(bits: 2048))
    identity.signatureSchemes = .rsaPKCS1Legacy
    var setup = try Setup(.these([identity]))
    setup.use([.tls13])
    guard case .noCommonSignatureScheme = try met(setup).server.error else {
      Issue.record("a server that can make no signature goes on")
      return
    }
  }

  @Test func `are neither asked for nor made in TLS 1.2`() throws {
    var setup = try setup(.tls12)
    setup.client.identityUse = .preferred
    let met = try met(setup)
    #expect(met.server.error == .certificateMissing(.client))
    let requests = met.server.events.compactMap { event -> [UInt8]? in
      if case .sent(let fact) = event, fact.type == .certificateRequest { fact.bytes } else { nil }
    }
    let request = try CertificateRequest12(decoding: Array(try #require(requests.first).dropFirst(4)).span, "body")
    #expect(request.signatureAlgorithms == .recommended)
  }

  @Test func `are not enough for a server that speaks TLS 1.2`() throws {
    let setup = try setup(.tls12, server: .rsaPKCS1Legacy)
    #expect(throws: ConfigurationError.noSignatureSchemes) { try setup.makeServer() }
    #expect(try met(self.setup(.tls13, server: .rsaPKCS1Legacy)).isComplete)
  }
}
