import Handfast
import HandfastCore
import HandfastTestKit
import HandfastTrust
import HandfastWire
import Testing

/// RFC 7250: keys in the place of certificates, for either side and for both.
@Suite("Raw public keys") struct RawPublicKeyTests {
  private static let versions: [ProtocolVersion] = [.tls12, .tls13]

  private static func identity(_ kind: KeyKind = .ecdsa(.secp256r1)) throws -> Identity {
    let pki = try TestIdentities.shared.pki
    return try .rawPublicKey(privateKeyPEM: pki.issueWithPEM(.client("nobody", keyKind: kind)).privateKeyPEM)
  }

  private static func pins(_ identities: Identity..., otherwise: Trust? = nil) throws -> PinnedKeys {
    try PinnedKeys(subjectPublicKeyInfos: identities.map { $0.chain[0] }, otherwise: otherwise)
  }

  /// Both sides have a key and pin the other's, unless told otherwise.
  private static func setup(
    _ version: ProtocolVersion, server: [Identity], client: [Identity], serverTrust: any PeerTrust,
    clientTrust: any PeerTrust
  ) throws -> Setup {
    var setup = try Setup()
    setup.client = ClientConfiguration(trust: clientTrust)
    setup.client.identities = .these(client)
    setup.client.sessionStore = nil
    setup.server = ServerConfiguration(identities: .these(server), clientAuthentication: .required(serverTrust))
    setup.server.sessionTickets = .off
    setup.server.sessionCache = nil
    setup.use([version])
    return setup
  }

  private static func met(_ setup: Setup) throws -> Encounter {
    let pair = try setup.pair()
    pair.run()
    return Encounter(pair)
  }

  @Test(arguments: versions, TestIdentities.kinds)
  func `authenticate both sides, and no certificate is sent`(version: ProtocolVersion, kind: KeyKind) throws {
    let (server, client) = (try Self.identity(kind), try Self.identity(kind))
    let setup = try Self.setup(
      version, server: [server], client: [client], serverTrust: try Self.pins(client),
      clientTrust: try Self.pins(server))
    let met = try Self.met(setup)
    #expect(met.isComplete)
    #expect(met.client.peer?.presented.map(\.fingerprint) == server.certificates.map(\.fingerprint))
    #expect(met.server.peer?.presented.map(\.fingerprint) == client.certificates.map(\.fingerprint))
    #expect(met.server.peer?.presented.first?.subject.hasPrefix("raw public key SHA-256 ") == true)
  }

  @Test(arguments: versions) func `are not needed where clients need not authenticate`(version: ProtocolVersion) throws
  {
    let (server, client) = (try Self.identity(), try Self.identity())
    var setup = try Self.setup(
      version, server: [server], client: [], serverTrust: try Self.pins(client), clientTrust: try Self.pins(server))
    setup.server = ServerConfiguration(
      identities: .these([server]), clientAuthentication: .optional(try Self.pins(client)))
    setup.use([version])
    let without = try Self.met(setup)
    #expect(without.isComplete && without.server.peer == nil)
    setup.client.identities = .these([client])
    #expect(try Self.met(setup).server.peer?.presented.map(\.fingerprint) == client.certificates.map(\.fingerprint))
    // What is shown is judged all the same.
    setup.client.identities = .these([try TestIdentities.shared.client()])
    #expect(try Self.met(setup).isComplete == false)
  }

  @Test(arguments: versions)
  func `a client that lists its types and shares none is refused, even where it need not authenticate`(
    version: ProtocolVersion
  ) throws {
    let shared = try TestIdentities.shared
    var setup = try Self.setup(
      version, server: [try shared.server()], client: [try Self.identity()], serverTrust: shared.trust,
      clientTrust: shared.trust)
    setup.server = ServerConfiguration(
      identities: .these([try shared.server()]), clientAuthentication: .optional(shared.trust))
    setup.use([version])
    let pair = try setup.pair()
    pair.run()
    guard case .noCommonCertificateType(of: .client, offered: [.rawPublicKey])? = pair.server.failure?.error else {
      Issue.record("\(String(describing: pair.server.failure))")
      return
    }
  }

  @Test(arguments: versions) func `one side has a key, and the other a certificate`(version: ProtocolVersion) throws {
    let shared = try TestIdentities.shared
    let key = try Self.identity()
    for keyIsServers in [true, false] {
      let server = keyIsServers ? key : try shared.server()
      let client = keyIsServers ? try shared.client() : key
      let pins = try Self.pins(key)
      let setup = try Self.setup(
        version, server: [server], client: [client], serverTrust: keyIsServers ? shared.trust : pins,
        clientTrust: keyIsServers ? pins : shared.trust)
      #expect(try Self.met(setup).isComplete)
    }
  }

  @Test(arguments: versions) func `a side with both shows what the other accepts`(version: ProtocolVersion) throws {
    let shared = try TestIdentities.shared
    let (key, certificate) = (try Self.identity(), try shared.server())
    let client = try shared.client()
    for (trust, expected) in [(try Self.pins(key) as any PeerTrust, key), (shared.trust, certificate)] {
      let setup = try Self.setup(
        version, server: [certificate, key], client: [client], serverTrust: shared.trust, clientTrust: trust)
      let met = try Self.met(setup)
      #expect(met.isComplete)
      #expect(met.server.ownIdentity?.chain == expected.chain)
    }
  }

  @Test(arguments: versions)
  func `who pins keys and trusts roots as well takes either`(version: ProtocolVersion) throws {
    let shared = try TestIdentities.shared
    let key = try Self.identity()
    let both = try Self.pins(key, otherwise: shared.trust)
    for client in [key, try shared.client()] {
      let setup = try Self.setup(
        version, server: [try shared.server()], client: [client], serverTrust: both, clientTrust: shared.trust)
      let met = try Self.met(setup)
      #expect(met.isComplete)
      #expect(met.server.peer?.presented.first?.fingerprint == client.certificates.first?.fingerprint)
    }
  }

  @Test(arguments: versions) func `a key that is not pinned is refused, and named`(version: ProtocolVersion) throws {
    let (server, client) = (try Self.identity(), try Self.identity())
    let other = try Self.identity()
    let setup = try Self.setup(
      version, server: [server], client: [client], serverTrust: try Self.pins(other),
      clientTrust: try Self.pins(server))
    let met = try Self.met(setup)
    guard case .certificateRejected(let rejection) = met.server.error else {
      Issue.record("\(String(describing: met.server.error))")
      return
    }
    #expect(rejection.reason == .keyNotPinned)
    #expect(met.client.error == .alertReceived(.certificateUnknown))
    #expect(met.server.failure?.diagnosis.cause == .keyNotPinned)
    #expect(met.client.failure?.diagnosis.cause == .keyNotPinned)
  }

  @Test(arguments: versions) func `a side without a common type says so`(version: ProtocolVersion) throws {
    let shared = try TestIdentities.shared
    let key = try Self.identity()
    // The client wants a key, and the server has a certificate only.
    let server = try Self.met(
      Self.setup(
        version, server: [try shared.server()], client: [try shared.client()], serverTrust: shared.trust,
        clientTrust: try Self.pins(key)))
    #expect(server.server.error == .noCommonCertificateType(of: .server, offered: [.rawPublicKey]))
    #expect(server.client.error == .alertReceived(.unsupportedCertificate))
    #expect(server.client.failure?.diagnosis.cause == .certificateTypeNotShared)
    // The server wants a key, and the client has a certificate only.
    let client = try Self.met(
      Self.setup(
        version, server: [try shared.server()], client: [try shared.client()], serverTrust: try Self.pins(key),
        clientTrust: shared.trust))
    #expect(client.server.error == .noCommonCertificateType(of: .client, offered: [.x509]))
    #expect(client.server.failure?.diagnosis.cause == .certificateTypeNotShared)
  }

  @Test func `a TLS 1.3 client refuses what it has not offered, and a second certificate beside a key`() throws {
    let shared = try TestIdentities.shared
    let key = try Self.identity()
    func error(
      _ trust: any PeerTrust, client: [CertificateType]? = nil, _ answer: (inout ExtensionBlock) -> Void,
      _ certificate: Certificate13? = nil
    ) throws -> TLSError? {
      var setup = try Setup()
      setup.client = ClientConfiguration(trust: trust)
      setup.client.sessionStore = nil
      setup.client.certificateTypes = client
      let trial = try ClientTrial13(setup, identity: key)
      answer(&trial.server.extensions)
      #expect(trial.receiveHello())
      if let certificate {
        try trial.server.sendHello()
        trial.server.peer.send(EncryptedExtensions(extensions: trial.server.extensions))
        trial.server.sendCertificate(certificate)
      } else {
        try trial.server.sendFlight()
      }
      trial.exchange()
      return trial.error
    }
    let pins = try Self.pins(key)
    #expect(try error(pins) { _ in } == .unofferedCertificateType(of: .server, .x509))
    #expect(
      try error(pins) { $0.set(ServerCertificateTypeChoice(certificateType: .x509)) }
        == .unofferedCertificateType(of: .server, .x509))
    #expect(
      try error(shared.trust) { $0.set(ServerCertificateTypeChoice(certificateType: .rawPublicKey)) }
        == .unofferedExtension(.serverCertificateType))
    #expect(
      try error(pins, client: [.rawPublicKey]) {
        $0.set(ServerCertificateTypeChoice(certificateType: .rawPublicKey))
        $0.set(ClientCertificateTypeChoice(certificateType: .x509))
      } == .unofferedCertificateType(of: .client, .x509))
    let entry = CertificateEntry(certificate: key.chain[0], extensions: ExtensionBlock())
    #expect(
      try error(
        pins, { $0.set(ServerCertificateTypeChoice(certificateType: .rawPublicKey)) },
        Certificate13(context: [], entries: [entry, entry])) == .chainTooLong(count: 2, limit: 1))
  }

  @Test func `a TLS 1.2 client refuses what it has not offered`() throws {
    let key = try Self.identity()
    func error(_ answer: (inout ExtensionBlock) -> Void) throws -> TLSError? {
      var setup = try Setup()
      setup.client = ClientConfiguration(trust: try Self.pins(key))
      setup.client.sessionStore = nil
      let trial = try ClientTrial(setup)
      answer(&trial.server.extensions)
      trial.receiveHello()
      trial.server.sendHello()
      trial.exchange()
      return trial.endpoint.error
    }
    #expect(try error { _ in } == .unofferedCertificateType(of: .server, .x509))
    #expect(
      try error { $0.set(ClientCertificateTypeChoice(certificateType: .rawPublicKey)) }
        == .unofferedExtension(.clientCertificateType))
    #expect(try error { $0.set(ServerCertificateTypeChoice(certificateType: .rawPublicKey)) } == nil)
  }

  @Test(arguments: versions, [false, true])
  func `a resumed session knows the key it began with`(version: ProtocolVersion, judgesAgain: Bool) throws {
    let (server, client) = (try Self.identity(), try Self.identity())
    var setup = try Self.setup(
      version, server: [server], client: [client], serverTrust: try Self.pins(client),
      clientTrust: try Self.pins(server))
    setup.client.sessionStore = InMemoryClientSessions()
    setup.client.judgesResumedServers = judgesAgain
    setup.server.sessionTickets = .automatic()
    let (tlsClient, tlsServer) = (try setup.makeClient(), try setup.makeServer())
    for round in 0..<2 {
      let pair = InMemoryPair(
        client: tlsClient.connect(to: try ServerReference("localhost"), tracing: true),
        server: tlsServer.accept(tracing: true))
      pair.run()
      let met = Encounter(pair)
      #expect(met.isComplete)
      #expect(met.server.negotiated?.isResumed == (round == 1))
      #expect(met.server.peer?.presented.first?.fingerprint == client.certificates.first?.fingerprint)
      #expect(met.client.peer?.presented.first?.fingerprint == server.certificates.first?.fingerprint)
    }
  }

  @Test func `a ticket holds a key's description once`() throws {
    let key = try Self.identity()
    let request = PeerVerification(peer: .client, chain: key.chain, reference: nil)
    guard case .trusted(let peer) = try Verdict.trusted(TrustedPeer(acceptingRawPublicKey: request.chain[0])) else {
      return
    }
    #expect(peer.presented[0].hasSource(of: peer.path[0]))
    var pinned = request
    pinned.certificateType = .rawPublicKey
    guard case .trusted(let judged) = try Self.pins(key).judgeInline(pinned) else {
      Issue.record("not trusted")
      return
    }
    #expect(judged.presented[0].hasSource(of: judged.path[0]))
  }

  @Test(arguments: versions) func `a chosen identity of another type is not sent`(version: ProtocolVersion) throws {
    let shared = try TestIdentities.shared
    let key = try Self.identity()
    var setup = try Self.setup(
      version, server: [try shared.server()], client: [], serverTrust: try Self.pins(key), clientTrust: shared.trust)
    setup.client.identities = .asked
    setup.client.certificateTypes = [.rawPublicKey]
    let pair = try setup.pair()
    pair.client.answers.clientIdentity = { _ in try? TestIdentities.shared.client() }
    pair.run()
    guard case .identityDoesNotFit = pair.client.outcome.error else {
      Issue.record("\(String(describing: pair.client.outcome.error))")
      return
    }
  }
}
