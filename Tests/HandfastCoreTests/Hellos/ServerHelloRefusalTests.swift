import Handfast
import HandfastCore
import HandfastTestKit
import HandfastWire
import Testing

/// A ServerHello that a client must not go along with.
private struct BadHello: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let error: TLSError
  let alert: AlertDescription
  let change: @Sendable (inout ServerHello) -> Void

  init(
    _ name: String, _ error: TLSError, _ alert: AlertDescription,
    _ change: @escaping @Sendable (inout ServerHello) -> Void
  ) {
    testDescription = name
    self.error = error
    self.alert = alert
    self.change = change
  }
}

extension ServerHello {
  fileprivate mutating func remove(_ type: ExtensionType) {
    let kept = (extensions ?? ExtensionBlock()).entries.filter { $0.type != type }
    var block = ExtensionBlock()
    for entry in kept { block.set(entry.type, entry.data) }
    extensions = block
  }

  fileprivate mutating func set<E: ExtensionBody>(_ body: E) { extensions?.set(body) }
}

@Suite("A client's answer to a ServerHello") struct ServerHelloRefusalTests {
  private static let protocolNames = ExtensionType.applicationLayerProtocolNegotiation
  private static let refused: [BadHello] = [
    BadHello("TLS 1.1", .unofferedVersion(.tls11), .protocolVersion) { $0.version = .tls11 },
    BadHello("TLS 1.0", .unofferedVersion(.tls10), .protocolVersion) { $0.version = .tls10 },
    BadHello("TLS 1.3 in the version field", .unofferedVersion(.tls13), .protocolVersion) { $0.version = .tls13 },
    BadHello("the mark of a downgrade to TLS 1.1", .downgradeDetected, .illegalParameter) {
      $0.random.replaceSubrange(24..., with: DowngradeSentinel.tls11)
    },
    BadHello(
      "a suite that was not offered", .unofferedCipherSuite(.ecdheRSAWithAES128GCMSHA256), .illegalParameter
    ) { $0.cipherSuite = .ecdheRSAWithAES128GCMSHA256 },
    BadHello("RSA key transport without the opt-in", .unofferedCipherSuite(.rsaWithAES128GCMSHA256), .illegalParameter)
    {
      $0.cipherSuite = .rsaWithAES128GCMSHA256
    },
    BadHello(
      "a suite that nobody knows", .unofferedCipherSuite(CipherSuite(rawValue: 0x4242)), .illegalParameter
    ) { $0.cipherSuite = CipherSuite(rawValue: 0x4242) },
    BadHello("compression", .unofferedCompression(CompressionMethod(rawValue: 1)), .illegalParameter) {
      $0.compressionMethod = CompressionMethod(rawValue: 1)
    },
    BadHello("no extensions at all", .extendedMasterSecretMissing, .handshakeFailure) { $0.extensions = nil },
    BadHello("no extended master secret", .extendedMasterSecretMissing, .handshakeFailure) {
      $0.remove(.extendedMasterSecret)
    },
    BadHello("no secure renegotiation", .secureRenegotiationMissing, .handshakeFailure) {
      $0.remove(.renegotiationInfo)
    },
    BadHello("renegotiation_info with content", .renegotiationInfoNotEmpty, .handshakeFailure) {
      $0.set(RenegotiationInfo(renegotiatedConnection: [1]))
    },
    BadHello("points in another form only", .uncompressedPointsMissing, .illegalParameter) {
      $0.set(ECPointFormats(formats: [ECPointFormat(rawValue: 1)]))
    },
    BadHello(
      "an extension that was not asked for", .unofferedExtension(.maxFragmentLength), .unsupportedExtension
    ) { $0.set(MaxFragmentLengthExtension(length: .bytes512)) },
    BadHello(
      "an extension that nobody knows", .unofferedExtension(ExtensionType(rawValue: 0x4242)), .unsupportedExtension
    ) { $0.extensions?.set(ExtensionType(rawValue: 0x4242), []) },
    BadHello(
      "an application protocol that was not offered", .unofferedApplicationProtocol("smtp"), .illegalParameter
    ) { $0.set(ApplicationProtocols(names: [Array("smtp".utf8)])) },
    BadHello(
      "two application protocols",
      .malformedExtension(protocolNames, in: .serverHello, .badLength(field: "protocol_name_list", length: 2)),
      .decodeError
    ) { $0.set(ApplicationProtocols(names: [Array("h2".utf8), Array("h2".utf8)])) },
    BadHello(
      "a server_name with content",
      .malformedExtension(.serverName, in: .serverHello, .trailingBytes(field: "extension_data", count: 1)),
      .decodeError
    ) { $0.extensions?.set(.serverName, [0]) },
    BadHello(
      "an extended_master_secret with content",
      .malformedExtension(.extendedMasterSecret, in: .serverHello, .trailingBytes(field: "extension_data", count: 2)),
      .decodeError
    ) { $0.extensions?.set(.extendedMasterSecret, [0, 0]) },
  ]

  private func setup() throws -> Setup {
    var setup = try Setup()
    setup.client.cipherSuites = [.ecdheECDSAWithAES128GCMSHA256]
    setup.client.applicationProtocols = ["h2"]
    return setup
  }

  @Test("is the right alert, and nothing else", arguments: refused)
  private func refusals(bad: BadHello) throws {
    let session = try ClientTrial(try setup())
    session.receiveHello()
    var hello = session.server.hello()
    bad.change(&hello)
    session.server.sendHello(hello)
    session.exchange()
    #expect(session.error == bad.error)
    #expect(session.server.peer.rest() == [.alert(Alert(level: .fatal, description: bad.alert))])
    #expect(session.endpoint.outcome.sent == [.clientHello])
  }

  @Test("GREASE that comes back is refused, although it was sent")
  func returnedGREASE() throws {
    let session = try ClientTrial(try setup())
    session.receiveHello()
    let offered = try #require(session.server.clientHello)
    let suite = try #require(offered.cipherSuites.first { $0.isGREASE })
    let type = try #require(offered.extensions?.types.first { $0.isGREASE })
    var hello = session.server.hello()
    hello.cipherSuite = suite
    session.server.sendHello(hello)
    session.exchange()
    #expect(session.error == .unofferedCipherSuite(suite))

    let other = try ClientTrial(try setup())
    other.receiveHello()
    let otherType = try #require(other.server.clientHello?.extensions?.types.first { $0.isGREASE })
    other.server.extensions.set(otherType, [])
    other.server.sendHello()
    other.exchange()
    #expect(other.error == .unofferedExtension(otherType))
    #expect(type.isGREASE)
  }

  private static let accepted: [BadHello] = [
    BadHello("a session id of the server's own", .truncated, .closeNotify) { $0.sessionID = [1, 2, 3, 4] },
    BadHello("the mark of a server that could do TLS 1.3", .truncated, .closeNotify) {
      $0.random.replaceSubrange(24..., with: DowngradeSentinel.tls12)
    },
    BadHello("no application protocol chosen", .truncated, .closeNotify) { $0.remove(protocolNames) },
    BadHello("an application protocol chosen", .truncated, .closeNotify) {
      $0.set(ApplicationProtocols(names: [Array("h2".utf8)]))
    },
    BadHello("the name and the point formats acknowledged", .truncated, .closeNotify) {
      $0.set(ServerNameAcknowledgement())
      $0.set(ECPointFormats(formats: [.uncompressed, ECPointFormat(rawValue: 1)]))
    },
  ]

  @Test("goes on with all that is allowed", arguments: accepted)
  private func tolerance(good: BadHello) throws {
    let session = try ClientTrial(try setup())
    session.receiveHello()
    var hello = session.server.hello()
    good.change(&hello)
    session.server.sendHello(hello)
    session.server.sendCertificate()
    try session.server.sendKeyExchange()
    session.server.peer.send(ServerHelloDone())
    session.exchange()
    #expect(try session.server.readFlight())
    session.server.sendFinished()
    session.exchange()
    #expect(session.error == nil)
    #expect(session.endpoint.isComplete)
  }

  @Test("a max_fragment_length other than the one asked for is refused")
  func wrongFragmentLength() throws {
    var setup = try setup()
    setup.client.maxFragmentLength = .bytes1024
    let session = try ClientTrial(setup)
    session.receiveHello()
    session.server.extensions.set(MaxFragmentLengthExtension(length: .bytes512))
    session.server.sendHello()
    session.exchange()
    #expect(session.error == .wrongMaxFragmentLength(asked: .bytes1024, got: .bytes512))
    #expect(session.alert() == .illegalParameter)
  }

  @Test("a server that lacks what is only preferred is taken")
  func preferred() throws {
    var setup = try setup()
    setup.client.extendedMasterSecret = .preferred
    setup.client.secureRenegotiation = .preferred
    let session = try ClientTrial(setup)
    session.server.extensions = ExtensionBlock()
    #expect(try session.handshake())
    let negotiated = try #require(session.endpoint.outcome.negotiated)
    #expect(!negotiated.usesExtendedMasterSecret)
    #expect(!negotiated.usesSecureRenegotiation)
  }
}
