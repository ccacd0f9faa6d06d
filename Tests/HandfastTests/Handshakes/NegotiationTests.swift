import Handfast
import HandfastTestKit
import Testing

@Suite("What the hellos settle") struct NegotiationTests {
  private func run(_ setup: Setup) throws -> (client: Outcome, server: Outcome) {
    let pair = try setup.pair()
    pair.run()
    return (pair.client.outcome, pair.server.outcome)
  }

  @Test(
    "the server's first application protocol that the client offers is taken",
    arguments: [
      (["h2", "http/1.1"], ["http/1.1", "h2"], "http/1.1"), (["a"], ["b", "a"], "a"), ([], ["a"], nil),
      (["a"], [], nil), ([], [], nil),
    ] as [([String], [String], String?)])
  func applicationProtocols(offered: [String], supported: [String], chosen: String?) throws {
    var setup = try Setup()
    setup.client.applicationProtocols = offered
    setup.server.applicationProtocols = supported
    let (client, server) = try run(setup)
    #expect(client.error == nil)
    #expect(client.negotiated?.applicationProtocol == chosen)
    #expect(server.negotiated?.applicationProtocol == chosen)
  }

  @Test("two sides that share no application protocol part with no_application_protocol")
  func noCommonProtocol() throws {
    var setup = try Setup()
    setup.client.applicationProtocols = ["a", "b"]
    setup.server.applicationProtocols = ["c"]
    let (client, server) = try run(setup)
    #expect(server.error == .noCommonApplicationProtocol(offered: ["a", "b"]))
    #expect(client.error == .alertReceived(.noApplicationProtocol))
  }

  @Test(
    "the server presents the identity that the client asks for by name",
    arguments: [
      ("a.example", "a.example"), ("b.example", "b.example"), ("x.wild.example", "*.wild.example"),
      ("A.EXAMPLE", "a.example"),
    ])
  func serverName(name: String, expected: String) throws {
    let pki = try TestIdentities.shared.pki
    let identities = try ["a.example", "b.example", "*.wild.example"].map { try pki.issue(.server($0)) }
    var setup = try Setup(.these(identities))
    setup.name = name
    let (client, server) = try run(setup)
    #expect(client.error == nil)
    #expect(server.ownIdentity?.certificates.first?.names == ["DNS:\(expected)"])
    #expect(client.peer?.presented.first?.names == ["DNS:\(expected)"])
    #expect(server.negotiated?.serverName == name.lowercased())
  }

  @Test("the server presents the kind of certificate that the client's suites want")
  func identityBySuite() throws {
    let shared = try TestIdentities.shared
    let identities = [try shared.server(.ecdsa(.secp384r1)), try shared.server(.rsa(bits: 2048))]
    for (suite, kind) in [
      (CipherSuite.ecdheRSAWithAES128GCMSHA256, KeyKind.rsa(bits: 2048)),
      (.ecdheECDSAWithAES128GCMSHA256, .ecdsa(.secp384r1)),
    ] {
      var setup = try Setup(.these(identities))
      setup.client.cipherSuites = [suite]
      let (client, server) = try run(setup)
      #expect(client.error == nil)
      #expect(server.ownIdentity?.keyKind == kind)
    }
  }

  @Test("the server presents the kind of certificate whose signatures the client verifies")
  func identityByScheme() throws {
    let shared = try TestIdentities.shared
    var setup = try Setup(.these([try shared.server(.ecdsa(.secp256r1)), try shared.server(.ed25519)]))
    setup.client.signatureSchemes = [.ed25519]
    let (client, server) = try run(setup)
    #expect(client.error == nil)
    #expect(server.ownIdentity?.keyKind == .ed25519)
    #expect(client.negotiated?.serverSignatureScheme == .ed25519)
  }

  @Test("the server's order of suites and groups decides")
  func serverOrder() throws {
    var setup = try Setup()
    setup.client.cipherSuites = [.ecdheECDSAWithAES128GCMSHA256, .ecdheECDSAWithChaCha20Poly1305SHA256]
    setup.server.cipherSuites = setup.client.cipherSuites.reversed()
    setup.client.groups = [.x25519, .secp256r1, .secp384r1]
    setup.server.groups = [.secp384r1, .x25519, .secp256r1]
    let (client, _) = try run(setup)
    #expect(client.negotiated?.cipherSuite == .ecdheECDSAWithChaCha20Poly1305SHA256)
    #expect(client.negotiated?.group == .secp384r1)
  }

  @Test("two sides without a common suite, group or signature part with handshake_failure")
  func nothingInCommon() throws {
    var suites = try Setup()
    suites.client.cipherSuites = [.ecdheECDSAWithAES128GCMSHA256]
    suites.client.sendsGREASE = false
    suites.server.cipherSuites = [.ecdheECDSAWithAES256GCMSHA384]
    #expect(try run(suites).server.error == .noCommonCipherSuite(offered: [.ecdheECDSAWithAES128GCMSHA256]))

    var groups = try Setup(serverKey: .ed25519)
    groups.client.groups = [.secp256r1]
    groups.client.sendsGREASE = false
    groups.server.groups = [.x25519]
    #expect(try run(groups).server.error == .noCommonGroup(offered: [.secp256r1]))

    var keys = try Setup(serverKey: .rsa(bits: 2048))
    keys.client.cipherSuites = [.ecdheECDSAWithAES128GCMSHA256]
    #expect(try run(keys).server.error == .noFittingIdentity)

    var schemes = try Setup(serverKey: .ed25519)
    schemes.client.signatureSchemes = [.rsaPKCS1SHA256]
    let outcome = try run(schemes)
    #expect(outcome.server.error == .noFittingIdentity)
    #expect(outcome.server.alertSent == .handshakeFailure)
    #expect(outcome.client.error == .alertReceived(.handshakeFailure))
  }

  @Test("an ECDSA certificate on a curve that the client does not support is not presented (RFC 8422 §5.1)")
  func curveOfCertificate() throws {
    var setup = try Setup(serverKey: .ecdsa(.secp384r1))
    setup.client.groups = [.x25519, .secp256r1]
    #expect(try run(setup).server.error == .noFittingIdentity)
  }

  @Test("an ECDSA certificate on a curve that the client does not support is refused (RFC 8422 §4)")
  func curveOfServer() throws {
    var setup = try Setup()
    setup.client.groups = [.x25519, .secp256r1]
    for kind in [KeyKind.ecdsa(.secp384r1), .ecdsa(.secp256r1), .ed25519] {
      let suite = CipherSuite.ecdheECDSAWithAES128GCMSHA256
      let trial = try ClientTrial(setup, serverKey: kind, suite: suite)
      let isComplete = try trial.handshake()
      #expect(isComplete == (kind != .ecdsa(.secp384r1)))
      #expect(trial.error == (isComplete ? nil : .unofferedGroup(.secp384r1)))
    }
  }

  @Test(
    "small records are used both ways when the client asks for them",
    arguments: [MaxFragmentLength.bytes512, .bytes1024, .bytes2048, .bytes4096])
  func maxFragmentLength(length: MaxFragmentLength) throws {
    var setup = try Setup(clientKey: .ecdsa(.secp256r1), .required)
    setup.client.maxFragmentLength = length
    let pair = try setup.pair()
    pair.run()
    pair.send([UInt8](repeating: 1, count: 10_000), from: .client)
    pair.send([UInt8](repeating: 2, count: 10_000), from: .server)
    let (client, server) = (pair.client.outcome, pair.server.outcome)
    #expect(client.error == nil && server.error == nil)
    #expect(client.negotiated?.maxFragmentLength == length)
    #expect(server.negotiated?.maxFragmentLength == length)
    #expect(server.received.count == 10_000 && client.received.count == 10_000)
    let most = try #require(length.byteCount)
    // The client's own hello came before anything was agreed.
    for flight in pair.flights where !(flight.sender == .client && flight.index == 0) {
      for record in flight.records { #expect(record.fragment.count <= most + 24) }
    }
  }

  @Test("without GREASE the client sends none; with it, among suites, groups and extensions", arguments: [true, false])
  func grease(isSent: Bool) throws {
    var setup = try Setup()
    setup.client.sendsGREASE = isSent
    let pair = try setup.pair()
    pair.run()
    let record = try #require(pair.flights.first?.records.first)
    let message = try #require(WireMessage.parse(record.fragment).messages.first)
    let hello = try ClientHello(decoding: message.body.span, "ClientHello")
    let extensions = try #require(hello.extensions)
    #expect(hello.cipherSuites.contains(where: \.isGREASE) == isSent)
    #expect(extensions.types.contains(where: \.isGREASE) == isSent)
    #expect(try extensions.decode(SupportedGroups.self)?.groups.contains(where: \.isGREASE) == isSent)
    let error = pair.client.outcome.error
    #expect(error == nil)
  }

  @Test("RSA key transport is refused unless this side opted in")
  func rsaKeyTransportForbidden() throws {
    var client = try Setup(serverKey: .rsa(bits: 2048))
    client.client.cipherSuites = [.rsaWithAES128GCMSHA256]
    #expect(throws: ConfigurationError.rsaKeyTransportNotAllowed(.rsaWithAES128GCMSHA256)) { _ = try client.pair() }

    var server = try Setup(serverKey: .rsa(bits: 2048))
    server.client.rsaKeyTransport = .allowedAgainstRFC10015
    server.client.cipherSuites = [.rsaWithAES128GCMSHA256]
    let outcome = try run(server)
    guard case .noCommonCipherSuite = outcome.server.error else {
      Issue.record("\(String(describing: outcome.server.error))")
      return
    }
  }
}
