import Handfast
import HandfastTestKit
import Testing

/// One combination of what a handshake can agree on.
struct Combination: Sendable, CustomTestStringConvertible {
  let suite: CipherSuite
  let group: NamedGroup
  let serverKey: KeyKind

  var testDescription: String { "\(suite), \(group), \(serverKey)" }

  /// Every forward-secret suite with every group and every kind of key that fits it.
  static let all: [Combination] = [CipherSuite].recommended.tls12.flatMap { suite in
    [NamedGroup].recommended.classical.flatMap { group in
      TestIdentities.kinds.filter { $0.authentication == CipherSuiteParameters(suite)?.authentication }
        .map { Combination(suite: suite, group: group, serverKey: $0) }
    }
  }

  func setup(clientKey: KeyKind? = nil, _ authentication: Setup.Authentication = .none) throws -> Setup {
    var setup = try Setup(serverKey: serverKey, clientKey: clientKey, authentication)
    setup.client.cipherSuites = [suite]
    setup.server.groups = [group]
    return setup
  }
}

@Suite("A full handshake") struct FullHandshakeTests {
  @Test("settles every suite with every group and every kind of certificate", arguments: Combination.all)
  func everyCombination(combination: Combination) throws {
    let pair = try combination.setup(clientKey: .ecdsa(.secp256r1), .required).pair()
    pair.run()
    let (client, server) = (pair.client.outcome, pair.server.outcome)
    #expect(client.error == nil)
    #expect(server.error == nil)
    let negotiated = try #require(client.negotiated)
    #expect(negotiated == server.negotiated)
    #expect(negotiated.version == .tls12)
    #expect(negotiated.cipherSuite == combination.suite)
    #expect(negotiated.group == combination.group)
    #expect(negotiated.serverSignatureScheme == combination.serverKey.signatureSchemes.first)
    #expect(negotiated.clientSignatureScheme == .ecdsaSecp256r1SHA256)
    #expect(negotiated.serverName == "localhost")
    #expect(negotiated.usesExtendedMasterSecret)
    #expect(negotiated.usesSecureRenegotiation)
    #expect(negotiated.applicationProtocol == nil)
    #expect(negotiated.maxFragmentLength == nil)
    try expectData(pair)
  }

  @Test("authenticates clients with every kind of certificate", arguments: TestIdentities.kinds, TestIdentities.kinds)
  func everyClientKey(serverKey: KeyKind, clientKey: KeyKind) throws {
    let identities = try TestIdentities.shared
    let pair = try Setup(serverKey: serverKey, clientKey: clientKey, .required).pair()
    pair.run()
    let (client, server) = (pair.client.outcome, pair.server.outcome)
    #expect(client.error == nil)
    #expect(server.error == nil)
    #expect(client.negotiated?.clientSignatureScheme == clientKey.signatureSchemes.first)
    #expect(client.negotiated == server.negotiated)
    #expect(client.peer?.presented.first == (try identities.server(serverKey).certificates.first))
    #expect(server.peer?.presented.first == (try identities.client(clientKey).certificates.first))
    #expect(client.ownIdentity?.chain == (try identities.client(clientKey).chain))
    #expect(server.ownIdentity?.chain == (try identities.server(serverKey).chain))
    try expectData(pair)
  }

  @Test(
    "lets a client in without a certificate unless one is required", arguments: Setup.Authentication.allCases,
    [KeyKind?.none, .ed25519])
  func authentication(authentication: Setup.Authentication, clientKey: KeyKind?) throws {
    let pair = try Setup(clientKey: clientKey, authentication).pair()
    pair.run()
    let (client, server) = (pair.client.outcome, pair.server.outcome)
    if authentication == .required, clientKey == nil {
      #expect(server.error == .certificateMissing(.client))
      #expect(server.alertSent == .handshakeFailure)
      #expect(client.error == .alertReceived(.handshakeFailure))
      #expect(!server.isComplete && !client.isComplete)
      return
    }
    #expect(client.error == nil)
    #expect(server.error == nil)
    let isAuthenticated = authentication != .none && clientKey != nil
    #expect((server.peer != nil) == isAuthenticated)
    #expect((client.ownIdentity != nil) == isAuthenticated)
    #expect((server.negotiated?.clientSignatureScheme != nil) == isAuthenticated)
    #expect(client.sent.contains(.certificateVerify) == isAuthenticated)
    #expect(client.sent.contains(.certificate) == (authentication != .none))
    try expectData(pair)
  }

  @Test("goes over an IP address without a server_name")
  func address() throws {
    let identity = try TestIdentities.shared.pki.issue(.server("127.0.0.1"))
    var setup = try Setup(.these([identity]))
    setup.name = "127.0.0.1"
    let pair = try setup.pair()
    pair.run()
    let (client, server) = (pair.client.outcome, pair.server.outcome)
    #expect(client.error == nil)
    #expect(server.error == nil)
    #expect(client.negotiated?.serverName == nil)
    #expect(server.negotiated?.serverName == nil)
  }

  @Test("uses RSA key transport when both sides opted in", arguments: [CipherSuite].rsaKeyTransport, [true, false])
  func rsaKeyTransport(suite: CipherSuite, isExtended: Bool) throws {
    var setup = try Setup(serverKey: .rsa(bits: 2048), clientKey: .ed25519, .required)
    setup.client.rsaKeyTransport = .allowedAgainstRFC10015
    setup.server.rsaKeyTransport = .allowedAgainstRFC10015
    setup.client.cipherSuites = [suite]
    setup.server.cipherSuites = [suite]
    let pair = try setup.pair()
    pair.run()
    let (client, server) = (pair.client.outcome, pair.server.outcome)
    #expect(client.error == nil)
    #expect(server.error == nil)
    #expect(client.negotiated == server.negotiated)
    #expect(client.negotiated?.cipherSuite == suite)
    #expect(client.negotiated?.group == nil)
    #expect(client.negotiated?.serverSignatureScheme == nil)
    #expect(client.negotiated?.clientSignatureScheme == .ed25519)
    #expect(!server.sent.contains(.serverKeyExchange))
    try expectData(pair)
  }

  private func expectData(_ pair: InMemoryPair) throws {
    pair.send(Array("ping".utf8), from: .client)
    pair.send(Array("pong".utf8), from: .server)
    pair.close()
    let (client, server) = (pair.client.outcome, pair.server.outcome)
    #expect(server.received == Array("ping".utf8))
    #expect(client.received == Array("pong".utf8))
    #expect(client.error == nil)
    #expect(server.error == nil)
    #expect(client.peerHasClosed && server.peerHasClosed)
    #expect(client.step == .closed && server.step == .closed)
  }
}
