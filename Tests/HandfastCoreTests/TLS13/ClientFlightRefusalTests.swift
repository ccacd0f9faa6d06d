import Handfast
import HandfastCore
import HandfastTestKit
import HandfastWire
import Testing

/// What a TLS 1.3 server must refuse of its client, each once, by a raw client that has all the right keys.
@Suite("What a TLS 1.3 server refuses") struct ClientFlightRefusalTests {
  struct Fault: CustomTestStringConvertible, Sendable {
    let name: String
    let error: TLSError
    let alert: AlertDescription
    let bend: @Sendable (RawClient13) throws -> Void
    var testDescription: String { name }

    init(
      _ name: String, _ error: TLSError, _ alert: AlertDescription,
      _ bend: @escaping @Sendable (RawClient13) throws -> Void
    ) {
      self.name = name
      self.error = error
      self.alert = alert
      self.bend = bend
    }
  }

  static let hellos: [Fault] = [
    Fault("no supported_groups", .missingExtension(.supportedGroups, in: .clientHello), .missingExtension) {
      $0.hello.extensions?.remove(.supportedGroups)
    },
    Fault("no key_share", .missingExtension(.keyShare, in: .clientHello), .missingExtension) {
      $0.hello.extensions?.remove(.keyShare)
    },
    Fault("no signature_algorithms", .missingExtension(.signatureAlgorithms, in: .clientHello), .missingExtension) {
      $0.hello.extensions?.remove(.signatureAlgorithms)
    },
    Fault("a share of a group that is not supported", .unofferedGroup(.x25519), .illegalParameter) {
      $0.hello.extensions?.set(SupportedGroups(groups: [.secp256r1]))
    },
    Fault("compression beside none", .nullCompressionMissing, .illegalParameter) {
      $0.hello.compressionMethods = [.null, CompressionMethod(rawValue: 1)]
    },
    Fault("pre_shared_key before the end", .preSharedKeyNotLast, .illegalParameter) {
      $0.hello.extensions?.set(
        OfferedPSKs(
          identities: [PSKIdentity(identity: [1], obfuscatedTicketAge: 0)],
          binders: [[UInt8](repeating: 0, count: 32)]))
      $0.hello.extensions?.set(PostHandshakeAuth())
    },
    Fault(
      "a session without the ways to use it", .missingExtension(.pskKeyExchangeModes, in: .clientHello),
      .missingExtension
    ) {
      $0.hello.extensions?.remove(.pskKeyExchangeModes)
      $0.hello.extensions?.set(
        OfferedPSKs(
          identities: [PSKIdentity(identity: [1], obfuscatedTicketAge: 0)],
          binders: [[UInt8](repeating: 0, count: 32)]))
    },
    Fault("no suite of TLS 1.3", .noCommonCipherSuite(offered: [.ecdheECDSAWithAES128GCMSHA256]), .handshakeFailure) {
      $0.hello.cipherSuites = [.ecdheECDSAWithAES128GCMSHA256]
    },
    Fault("no common group", .noCommonGroup(offered: [NamedGroup(rawValue: 0x001e)]), .handshakeFailure) {
      $0.hello.extensions?.set(SupportedGroups(groups: [NamedGroup(rawValue: 0x001e)]))
      $0.hello.extensions?.set(ClientKeyShares(entries: []))
    },
    Fault("a share that is no point", .invalidKeyShare(.x25519), .illegalParameter) {
      $0.hello.extensions?.set(ClientKeyShares(entries: [KeyShareEntry(group: .x25519, keyExchange: [1, 2, 3])]))
    },
  ]

  @Test("is refused with the right alert", arguments: hellos) func hello(fault: Fault) throws {
    let trial = try ServerTrial13(try Setup())
    try fault.bend(trial.client)
    trial.client.sendHello()
    trial.exchange()
    #expect(trial.error == fault.error)
    #expect(trial.endpoint.failure?.alertSent == fault.alert)
  }

  static let secondHellos: [Fault] = [
    Fault("the version", .changedAfterRetry("legacy_version"), .illegalParameter) { $0.hello.version = .tls11 },
    Fault("the random", .changedAfterRetry("the random"), .illegalParameter) { $0.hello.random[0] ^= 1 },
    Fault("the session id", .changedAfterRetry("legacy_session_id"), .illegalParameter) { $0.hello.sessionID[0] ^= 1 },
    Fault("the suites", .changedAfterRetry("the cipher suites"), .illegalParameter) {
      $0.hello.cipherSuites.removeLast()
    },
    Fault("an extension", .changedAfterRetry("server_name"), .illegalParameter) {
      $0.hello.extensions?.set(ServerName(hostName: Array("other.example".utf8)))
    },
    Fault("an extension that is gone", .changedAfterRetry("server_name"), .illegalParameter) {
      $0.hello.extensions?.remove(.serverName)
    },
    Fault("the cookie", .changedAfterRetry("the cookie"), .illegalParameter) {
      $0.hello.extensions?.set(Cookie(cookie: [1]))
    },
    Fault(
      "another share", .changedAfterRetry("the key shares: exactly one, of secp384r1, was asked for"), .illegalParameter
    ) { try $0.share([.x25519]) },
    Fault(
      "early data", .changedAfterRetry("early_data, which is not allowed any more"), .illegalParameter
    ) { $0.hello.extensions?.set(EarlyDataIndication()) },
  ]

  @Test("a second ClientHello that differs from the first", arguments: secondHellos) func secondHello(fault: Fault)
    throws
  {
    var setup = try Setup()
    setup.server.groups = [.secp384r1]
    setup.server.sendsRetryCookie = true
    let trial = try ServerTrial13(setup, groups: [.x25519, .secp384r1])
    trial.client.sendHello()
    trial.exchange()
    #expect(try trial.client.readRetry())
    try fault.bend(trial.client)
    trial.client.sendHello()
    trial.exchange()
    #expect(trial.error == fault.error)
    #expect(trial.endpoint.failure?.alertSent == fault.alert)
  }

  private func trial(_ authentication: Setup.Authentication, _ identity: KeyKind?) throws -> ServerTrial13 {
    let trial = try ServerTrial13(
      try Setup(authentication), clientIdentity: try identity.map { try TestIdentities.shared.client($0) })
    #expect(try trial.sendHello())
    return trial
  }

  @Test("a client without a certificate where one is required") func certificateRequired() throws {
    let trial = try trial(.required, nil)
    trial.client.sendCertificate()
    trial.exchange()
    #expect(trial.error == .clientCertificateRequired)
    #expect(trial.endpoint.failure?.alertSent == .certificateRequired)
  }

  @Test("a certificate with a context, a PKCS#1 proof, a wrong proof and a wrong Finished") func proofs() throws {
    let context = try trial(.required, .ed25519)
    var message = try TestIdentities.shared.client(.ed25519).certificate13
    message.context = [1]
    context.client.sendCertificate(message)
    context.exchange()
    #expect(context.error == .wrongCertificateContext)

    let classic = try trial(.required, .rsa(bits: 2048))
    classic.client.sendCertificate()
    try classic.client.sendCertificateVerify(scheme: .rsaPKCS1SHA256)
    classic.exchange()
    #expect(classic.error == .signatureSchemeDoesNotFitKey(.rsaPKCS1SHA256, key: .rsa(bits: 2048)))

    let wrong = try trial(.required, .ed25519)
    wrong.client.sendCertificate()
    wrong.client.peer.send(CertificateVerify(algorithm: .ed25519, signature: [UInt8](repeating: 1, count: 64)))
    wrong.exchange()
    #expect(wrong.error == .badSignature(in: .certificateVerify, .ed25519))
    #expect(wrong.endpoint.failure?.alertSent == .decryptError)

    let finished = try trial(.none, nil)
    finished.client.peer.send(Finished(verifyData: [UInt8](repeating: 0, count: 32)))
    finished.exchange()
    #expect(finished.error == .badFinished(expectedCount: 32, gotCount: 32))
    #expect(finished.endpoint.failure?.alertSent == .decryptError)
  }

  @Test("a client that skips its proof is not let in") func skippedProof() throws {
    let trial = try trial(.required, .ed25519)
    trial.client.sendCertificate()
    trial.client.sendFinished()
    trial.exchange()
    #expect(trial.error == .unexpectedMessage(got: .finished, wanted: [.certificateVerify]))
    #expect(!trial.endpoint.isComplete)
  }

  @Test("an alert in clear is heard as long as the client may have no keys, and not later") func clearAlert() throws {
    let early = try trial(.required, .ed25519)
    early.client.peer.sendClear(.alert, [AlertLevel.fatal.rawValue, AlertDescription.badCertificate.rawValue])
    early.exchange()
    #expect(early.error == .alertReceived(.badCertificate))

    let late = try trial(.required, .ed25519)
    late.client.sendCertificate()
    late.client.peer.sendClear(.alert, [AlertLevel.fatal.rawValue, AlertDescription.badCertificate.rawValue])
    late.exchange()
    #expect(late.error == .unprotectedRecord(.alert))
  }

  @Test("a binder of another key") func badBinder() throws {
    var setup = try Setup()
    setup.server.sessionTickets = .automatic()
    setup.use([.tls13])
    let server = try TLSServer(setup.server)
    func trial() throws -> (RawClient13, Endpoint) {
      (try RawClient13(provider: setup.clientProvider), Endpoint(server.accept(tracing: true)))
    }
    let (first, endpoint) = try trial()
    first.sendHello()
    exchange(first.peer, endpoint)
    #expect(try first.readServerHello() && first.readServerFlight())
    try first.sendFlight()
    exchange(first.peer, endpoint)
    let session = try #require(first.readTicket())

    let (second, other) = try trial()
    second.session = session
    second.bend = { binder in [binder[0] ^ 1] + binder.dropFirst() }
    second.sendHello()
    exchange(second.peer, other)
    #expect(other.error == .badBinder)
    #expect(other.failure?.alertSent == .decryptError)
  }
}
