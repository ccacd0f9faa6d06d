import Handfast
import HandfastCore
import HandfastTestKit
import HandfastWire
import Testing

/// What a TLS 1.3 client must refuse of its server, each once, by a raw server that has all the right keys.
@Suite("What a TLS 1.3 client refuses") struct ServerFlightRefusalTests {
  struct Fault: CustomTestStringConvertible, Sendable {
    let name: String
    let error: TLSError
    let alert: AlertDescription
    var asks = false
    var serverKey = KeyKind.ecdsa(.secp256r1)
    let play: @Sendable (RawServer13) throws -> Void
    var testDescription: String { name }

    init(
      _ name: String, _ error: TLSError, _ alert: AlertDescription, asks: Bool = false,
      serverKey: KeyKind = .ecdsa(.secp256r1), _ play: @escaping @Sendable (RawServer13) throws -> Void
    ) {
      self.name = name
      self.error = error
      self.alert = alert
      self.asks = asks
      self.serverKey = serverKey
      self.play = play
    }
  }

  private static func hello(_ bend: @escaping @Sendable (inout ServerHello) -> Void)
    -> @Sendable (RawServer13) throws -> Void
  {
    { server in
      var hello = try server.hello()
      bend(&hello)
      try server.sendHello(hello)
    }
  }

  private static func extensions(_ set: @escaping @Sendable (inout ExtensionBlock) -> Void)
    -> @Sendable (RawServer13) throws -> Void
  {
    { server in
      try server.sendHello()
      set(&server.extensions)
      server.sendExtensions()
    }
  }

  /// Up to and without the server's Certificate.
  private static func authentication(_ play: @escaping @Sendable (RawServer13) throws -> Void)
    -> @Sendable (RawServer13) throws -> Void
  {
    { server in
      try server.sendHello()
      server.sendExtensions()
      try play(server)
    }
  }

  private static let badShare = KeyShareEntry(group: .secp521r1, keyExchange: [4] + [UInt8](repeating: 1, count: 132))

  static let hellos: [Fault] = [
    Fault("another session id", .sessionIDNotEchoed, .illegalParameter, hello { $0.sessionID = [1] }),
    Fault(
      "a suite that was not offered", .unofferedCipherSuite(CipherSuite(rawValue: 0x1304)), .illegalParameter,
      hello { $0.cipherSuite = CipherSuite(rawValue: 0x1304) }),
    Fault(
      "compression", .malformed(.serverHello, .badValue(field: "legacy_compression_method", value: 1)), .decodeError,
      hello { $0.compressionMethod = CompressionMethod(rawValue: 1) }),
    Fault(
      "an extension that belongs elsewhere", .misplacedExtension(.serverName, in: .serverHello), .illegalParameter,
      hello { $0.extensions?.set(ServerNameAcknowledgement()) }),
    Fault(
      "an extension that was not offered", .unofferedExtension(.cookie), .unsupportedExtension,
      hello { $0.extensions?.set(Cookie(cookie: [1])) }),
    Fault(
      "a session that was not offered", .unofferedExtension(.preSharedKey), .unsupportedExtension,
      hello { $0.extensions?.set(SelectedPSK(index: 0)) }),
    Fault(
      "no key share", .missingExtension(.keyShare, in: .serverHello), .missingExtension,
      hello { $0.extensions?.remove(.keyShare) }),
    Fault(
      "a share of a group without one of the client's", .unofferedGroup(.secp521r1), .illegalParameter,
      hello { $0.extensions?.set(ServerKeyShare(entry: badShare)) }),
    Fault(
      "an older version in supported_versions", .badSelectedVersion(.tls12), .illegalParameter,
      hello { $0.extensions?.set(SelectedVersion(version: .tls12)) }),
    Fault(
      "no supported_versions", .unofferedVersion(.tls12), .protocolVersion,
      hello { $0.extensions?.remove(.supportedVersions) }),
  ]

  static let retries: [Fault] = [
    Fault("a retry that changes nothing", .needlessRetryRequest, .illegalParameter) { server in
      server.sendRetry(server.retry(group: nil))
    },
    Fault("a retry for a share that is there", .needlessRetryRequest, .illegalParameter) { server in
      server.sendRetry(server.retry(group: .x25519))
    },
    Fault("a retry for a group of nobody's", .unofferedGroup(NamedGroup(rawValue: 0x001e)), .illegalParameter) {
      server in
      server.sendRetry(server.retry(group: NamedGroup(rawValue: 0x001e)))
    },
    Fault(
      "a retry with an extension that was not offered", .unofferedExtension(.preSharedKey), .unsupportedExtension
    ) { server in
      var retry = server.retry(group: .secp384r1)
      retry.extensions?.set(.preSharedKey, [0, 0])
      server.sendRetry(retry)
    },
  ]

  static let extensionFaults: [Fault] = [
    Fault(
      "key_share in EncryptedExtensions", .misplacedExtension(.keyShare, in: .encryptedExtensions), .illegalParameter,
      extensions { $0.set(RetryKeyShare(group: .x25519)) }),
    Fault(
      "an EncryptedExtensions nobody asked for", .unofferedExtension(.cookie), .unsupportedExtension,
      extensions { $0.set(Cookie(cookie: [1])) }),
    Fault(
      "an application protocol nobody offered", .unofferedExtension(.applicationLayerProtocolNegotiation),
      .unsupportedExtension, extensions { $0.set(ApplicationProtocols(names: [[0x68]])) }),
  ]

  static let authentications: [Fault] = [
    Fault(
      "a certificate request with a context", .wrongCertificateContext, .illegalParameter,
      authentication {
        $0.peer.send(CertificateRequest13(context: [1], extensions: RawServer13.anyCertificate.extensions))
      }),
    Fault(
      "a certificate request without signature_algorithms",
      .missingExtension(.signatureAlgorithms, in: .certificateRequest), .missingExtension,
      authentication { $0.peer.send(CertificateRequest13(context: [], extensions: ExtensionBlock())) }),
    Fault(
      "a certificate request with an extension of a hello's", .misplacedExtension(.keyShare, in: .certificateRequest),
      .illegalParameter,
      authentication { server in
        var extensions = RawServer13.anyCertificate.extensions
        extensions.set(RetryKeyShare(group: .x25519))
        server.peer.send(CertificateRequest13(context: [], extensions: extensions))
      }),
    Fault(
      "a certificate with a context", .wrongCertificateContext, .illegalParameter,
      authentication { server in
        var message = server.identity.certificate13
        message.context = [1]
        server.sendCertificate(message)
      }),
    Fault(
      "no certificate", .certificateMissing(.server), .decodeError,
      authentication { $0.sendCertificate(Certificate13(context: [], entries: [])) }),
    Fault(
      "a stapled response nobody asked for", .unofferedExtension(.statusRequest), .unsupportedExtension,
      authentication { server in
        var message = server.identity.certificate13
        message.entries[0].extensions.set(StapledResponse(response: [1]))
        server.sendCertificate(message)
      }),
    Fault(
      "a PKCS#1 signature", .signatureSchemeDoesNotFitKey(.rsaPKCS1SHA256, key: .rsa(bits: 2048)), .illegalParameter,
      serverKey: .rsa(bits: 2048),
      authentication { server in
        server.sendCertificate()
        try server.sendCertificateVerify(scheme: .rsaPKCS1SHA256)
      }),
    Fault(
      "a hash of another curve", .signatureSchemeDoesNotFitKey(.ecdsaSecp384r1SHA384, key: .ecdsa(.secp256r1)),
      .illegalParameter,
      authentication { server in
        server.sendCertificate()
        try server.sendCertificateVerify(scheme: .ecdsaSecp384r1SHA384)
      }),
    Fault(
      "a signature over something else", .badSignature(in: .certificateVerify, .ecdsaSecp256r1SHA256), .decryptError,
      authentication { server in
        server.sendCertificate()
        let transcript = server.peer.transcript
        server.peer.transcript = []
        let proof = try server.peer.proof13(server.identity)
        server.peer.transcript = transcript
        server.peer.send(proof)
      }),
    Fault(
      "a wrong Finished", .badFinished(expectedCount: 32, gotCount: 32), .decryptError,
      authentication { server in
        server.sendCertificate()
        try server.sendCertificateVerify()
        server.peer.send(Finished(verifyData: [UInt8](repeating: 0, count: 32)))
      }),
  ]

  static let records: [Fault] = [
    Fault(
      "a handshake record in clear", .unprotectedRecord(.handshake), .unexpectedMessage,
      authentication { $0.peer.sendClear(.handshake, [8, 0, 0, 2, 0, 0]) }),
    Fault(
      "a record of nothing but padding", .recordWithoutContentType, .unexpectedMessage,
      authentication { $0.peer.sendInner(nil, [], padding: 3) }),
    Fault(
      "a protected ChangeCipherSpec", .unexpectedChangeCipherSpec, .unexpectedMessage,
      authentication { $0.peer.sendInner(.changeCipherSpec, [1]) }),
    Fault(
      "a ChangeCipherSpec of another value", .unexpectedChangeCipherSpec, .unexpectedMessage,
      authentication { $0.peer.sendClear(.changeCipherSpec, [2]) }),
    Fault(
      "an alert without content", .emptyHandshakeRecord, .unexpectedMessage,
      authentication { $0.peer.sendInner(.alert, []) }),
    Fault(
      "application data before the Finished", .unexpectedApplicationData, .unexpectedMessage,
      authentication { $0.peer.sendInner(.applicationData, [1]) }),
    Fault(
      "a message within another", .interleavedRecord(.alert), .unexpectedMessage,
      authentication { server in
        server.peer.sendInner(.handshake, [11, 0])
        server.peer.sendAlert(.warning, .closeNotify)
      }),
    Fault("bytes of the next message under the old keys", .messageAcrossKeyChange, .unexpectedMessage) { server in
      let bytes = WireMessage(.serverHello, try server.hello().encoded() ?? []).bytes
      server.peer.sendClear(.handshake, bytes + [8])
    },
  ]

  @Test(
    "is refused with the right alert",
    arguments: hellos + retries + extensionFaults + authentications + records)
  func isRefused(fault: Fault) throws {
    let trial = try ClientTrial13(
      try Setup(clientKey: fault.asks ? .ed25519 : nil), serverKey: fault.serverKey, asks: fault.asks)
    #expect(trial.receiveHello())
    try fault.play(trial.server)
    trial.exchange()
    #expect(trial.error == fault.error)
    #expect(trial.endpoint.failure?.alertSent == fault.alert)
    #expect(!trial.endpoint.isComplete)
  }

  @Test("a second HelloRetryRequest, and a ServerHello that contradicts the first") func afterRetry() throws {
    func trial() throws -> ClientTrial13 {
      let trial = try ClientTrial13(try Setup())
      #expect(trial.receiveHello())
      trial.server.sendRetry(trial.server.retry(group: .secp384r1, cookie: [7, 7]))
      trial.exchange()
      #expect(trial.server.readHello())
      #expect(try trial.server.clientExtensions.decode(Cookie.self)?.cookie == [7, 7])
      #expect(try trial.server.clientExtensions.decode(ClientKeyShares.self)?.entries.map(\.group) == [.secp384r1])
      return trial
    }
    let again = try trial()
    again.server.sendRetry(again.server.retry(group: .secp256r1))
    again.exchange()
    #expect(again.error == .secondRetryRequest)

    let other = try trial()
    var hello = try other.server.hello()
    hello.cipherSuite = .aes256GCMSHA384
    try other.server.sendHello(hello)
    other.exchange()
    #expect(other.error == .changedAfterRetry("the cipher suite"))

    let right = try trial()
    try right.server.sendFlight()
    right.exchange()
    #expect(right.server.readFlight() && right.endpoint.isComplete)
  }

  @Test("a KeyUpdate of a value that means nothing, an alert of any level, a CertificateRequest after the handshake")
  func afterHandshake() throws {
    let values = try ClientTrial13(try Setup())
    #expect(try values.handshake())
    values.server.peer.send(KeyUpdate(request: KeyUpdateRequest(rawValue: 2)))
    values.exchange()
    #expect(values.error == .badKeyUpdateRequest(2))
    #expect(values.endpoint.failure?.alertSent == .illegalParameter)

    let alerts = try ClientTrial13(try Setup())
    #expect(try alerts.handshake())
    alerts.server.peer.sendAlert(.warning, .handshakeFailure)
    alerts.exchange()
    #expect(alerts.error == .alertReceived(.handshakeFailure))

    let cancelled = try ClientTrial13(try Setup())
    #expect(try cancelled.handshake())
    cancelled.server.peer.sendAlert(.fatal, .userCanceled)
    cancelled.exchange()
    #expect(cancelled.error == nil)

    let asked = try ClientTrial13(try Setup())
    #expect(try asked.handshake())
    asked.server.peer.send(RawServer13.anyCertificate)
    asked.exchange()
    #expect(asked.error == .unexpectedMessage(got: .certificateRequest, wanted: []))
  }

  @Test(
    "a downgrade that the server's random gives away", arguments: [DowngradeSentinel.tls12, DowngradeSentinel.tls11])
  func downgrade(sentinel: [UInt8]) throws {
    let trial = try ClientTrial13(try Setup(), versions: [.tls13, .tls12])
    #expect(trial.receiveHello())
    var extensions = ExtensionBlock()
    extensions.set(ExtendedMasterSecret())
    extensions.set(RenegotiationInfo())
    trial.server.peer.send(
      ServerHello(
        version: .tls12, random: [UInt8](repeating: 3, count: 24) + sentinel, sessionID: [],
        cipherSuite: .ecdheECDSAWithAES128GCMSHA256, extensions: extensions))
    trial.exchange()
    #expect(trial.error == .downgradeDetected)
    #expect(trial.endpoint.failure?.alertSent == .illegalParameter)
  }
}
