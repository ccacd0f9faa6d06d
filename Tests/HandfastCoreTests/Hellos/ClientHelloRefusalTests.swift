import Handfast
import HandfastCore
import HandfastTestKit
import HandfastWire
import Testing

/// A ClientHello that a server must not go along with.
private struct BadHello: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let error: TLSError
  let alert: AlertDescription
  let change: @Sendable (inout ClientHello) -> Void

  init(
    _ name: String, _ error: TLSError, _ alert: AlertDescription,
    _ change: @escaping @Sendable (inout ClientHello) -> Void
  ) {
    testDescription = name
    self.error = error
    self.alert = alert
    self.change = change
  }
}

extension ClientHello {
  /// Takes one extension away.
  fileprivate mutating func remove(_ type: ExtensionType) {
    let kept = (extensions ?? ExtensionBlock()).entries.filter { $0.type != type }
    var block = ExtensionBlock()
    for entry in kept { block.set(entry.type, entry.data) }
    extensions = block
  }

  fileprivate mutating func set<E: ExtensionBody>(_ body: E) { extensions?.set(body) }
}

@Suite("A server's answer to a ClientHello") struct ClientHelloRefusalTests {
  private static let refused: [BadHello] = [
    BadHello("TLS 1.1 only", .versionNotSupported(offered: .tls11), .protocolVersion) { $0.version = .tls11 },
    BadHello("TLS 1.0 only", .versionNotSupported(offered: .tls10), .protocolVersion) { $0.version = .tls10 },
    BadHello("SSL 3.0 only", .versionNotSupported(offered: .ssl30), .protocolVersion) { $0.version = .ssl30 },
    BadHello("TLS 1.3 only", .versionNotSupported(offered: .tls13), .protocolVersion) {
      $0.set(SupportedVersions(versions: [.tls13]))
    },
    BadHello("TLS 1.3 and 1.1", .versionNotSupported(offered: .tls13), .protocolVersion) {
      $0.set(SupportedVersions(versions: [.tls13, .tls11, ProtocolVersion(rawValue: 0x6a6a)]))
    },
    BadHello("a fallback to TLS 1.1", .inappropriateFallback(offered: .tls11), .inappropriateFallback) {
      $0.version = .tls11
      $0.cipherSuites.append(.fallbackSCSV)
    },
    BadHello("no null compression", .nullCompressionMissing, .illegalParameter) {
      $0.compressionMethods = [CompressionMethod(rawValue: 1)]
    },
    BadHello("no uncompressed points", .uncompressedPointsMissing, .illegalParameter) {
      $0.set(ECPointFormats(formats: [ECPointFormat(rawValue: 1)]))
    },
    BadHello("no extended master secret", .extendedMasterSecretMissing, .handshakeFailure) {
      $0.remove(.extendedMasterSecret)
    },
    BadHello("no secure renegotiation", .secureRenegotiationMissing, .handshakeFailure) {
      $0.remove(.renegotiationInfo)
    },
    BadHello("renegotiation_info with content", .renegotiationInfoNotEmpty, .handshakeFailure) {
      $0.set(RenegotiationInfo(renegotiatedConnection: [1]))
    },
    BadHello(
      "a max_fragment_length that RFC 6066 does not have",
      .wrongMaxFragmentLength(asked: nil, got: MaxFragmentLength(rawValue: 5)), .illegalParameter
    ) { $0.set(MaxFragmentLengthExtension(length: MaxFragmentLength(rawValue: 5))) },
    BadHello("no suite in common", .noCommonCipherSuite(offered: [CipherSuite(rawValue: 0x1301)]), .handshakeFailure) {
      $0.cipherSuites = [CipherSuite(rawValue: 0x1301)]
    },
    BadHello("only signals for suites", .noCommonCipherSuite(offered: [.emptyRenegotiationInfoSCSV]), .handshakeFailure)
    {
      $0.cipherSuites = [.emptyRenegotiationInfoSCSV]
    },
    BadHello("only suites for keys that the server has not", .noFittingIdentity, .handshakeFailure) {
      $0.cipherSuites = [.ecdheRSAWithAES128GCMSHA256]
    },
    BadHello("no group in common", .noCommonGroup(offered: [NamedGroup(rawValue: 0x001e)]), .handshakeFailure) {
      $0.set(SupportedGroups(groups: [NamedGroup(rawValue: 0x001e)]))
    },
    BadHello("no signature_algorithms", .noCommonSignatureScheme(offered: []), .handshakeFailure) {
      $0.remove(.signatureAlgorithms)
    },
    BadHello(
      "only signatures with SHA-1", .noCommonSignatureScheme(offered: [SignatureScheme(rawValue: 0x0203)]),
      .handshakeFailure
    ) { $0.set(SignatureAlgorithms(schemes: [SignatureScheme(rawValue: 0x0203)])) },
    BadHello(
      "no application protocol in common", .noCommonApplicationProtocol(offered: ["smtp"]), .noApplicationProtocol
    ) { $0.set(ApplicationProtocols(names: [Array("smtp".utf8)])) },
    BadHello(
      "a name that is no host name",
      .malformedExtension(.serverName, in: .clientHello, .badLength(field: "HostName", length: 3)), .decodeError
    ) { $0.set(ServerName(hostName: Array("a b".utf8))) },
  ]

  private func setup() throws -> Setup {
    var setup = try Setup()
    setup.server.applicationProtocols = ["h2"]
    return setup
  }

  @Test("is the right alert, and nothing else", arguments: refused)
  private func refusals(bad: BadHello) throws {
    let session = try ServerTrial(try setup())
    bad.change(&session.client.hello)
    session.sendHello()
    #expect(session.error == bad.error)
    #expect(session.client.peer.rest() == [.alert(Alert(level: .fatal, description: bad.alert))])
    #expect(session.endpoint.outcome.sent.isEmpty)
  }

  private static let accepted: [BadHello] = [
    BadHello("unknown suites, groups, signatures and extensions", .truncated, .closeNotify) {
      $0.cipherSuites.insert(CipherSuite(rawValue: 0xfefe), at: 0)
      $0.set(SupportedGroups(groups: [NamedGroup(rawValue: 0x4242), .secp256r1]))
      $0.set(SignatureAlgorithms(schemes: [SignatureScheme(rawValue: 0x4242), .ecdsaSecp256r1SHA256]))
      $0.extensions?.set(ExtensionType(rawValue: 0x4242), [1, 2, 3])
    },
    BadHello("GREASE everywhere", .truncated, .closeNotify) {
      $0.cipherSuites.insert(CipherSuite(rawValue: 0x0a0a), at: 0)
      $0.set(SupportedGroups(groups: [NamedGroup(rawValue: 0xfafa), .secp256r1]))
      $0.set(SupportedVersions(versions: [ProtocolVersion(rawValue: 0x3a3a), .tls13, .tls12]))
      $0.extensions?.set(ExtensionType(rawValue: 0x1a1a), [])
    },
    BadHello("a version of the future", .truncated, .closeNotify) { $0.version = ProtocolVersion(rawValue: 0x03ff) },
    BadHello("TLS 1.3 as well as 1.2", .truncated, .closeNotify) {
      $0.set(SupportedVersions(versions: [.tls13, .tls12]))
    },
    BadHello("the renegotiation signal among the suites", .truncated, .closeNotify) {
      $0.remove(.renegotiationInfo)
      $0.cipherSuites.append(.emptyRenegotiationInfoSCSV)
    },
    BadHello("a fallback signal at the highest version", .truncated, .closeNotify) {
      $0.cipherSuites.append(.fallbackSCSV)
    },
    BadHello("an IP address in server_name, as if there were none", .truncated, .closeNotify) {
      $0.set(ServerName(hostName: Array("127.0.0.1".utf8)))
    },
    BadHello("a session id", .truncated, .closeNotify) { $0.sessionID = [UInt8](repeating: 1, count: 32) },
    BadHello("compression methods beside null", .truncated, .closeNotify) {
      $0.compressionMethods = [CompressionMethod(rawValue: 1), .null]
    },
    BadHello("no ec_point_formats", .truncated, .closeNotify) { $0.remove(.ecPointFormats) },
    BadHello("no supported_groups", .truncated, .closeNotify) { $0.remove(.supportedGroups) },
    BadHello("no server_name", .truncated, .closeNotify) { $0.remove(.serverName) },
    BadHello("a name that the server does not know", .truncated, .closeNotify) {
      $0.set(ServerName(hostName: Array("other.example".utf8)))
    },
  ]

  @Test("tolerates what it need not understand", arguments: accepted)
  private func tolerance(hello: BadHello) throws {
    let session = try ServerTrial(try setup())
    hello.change(&session.client.hello)
    #expect(try session.handshake())
    #expect(session.error == nil)
  }

  @Test("answers only extensions that were sent")
  func answers() throws {
    let session = try ServerTrial(try setup())
    session.client.hello.remove(.serverName)
    session.client.hello.remove(.ecPointFormats)
    session.client.hello.extensions?.set(ApplicationProtocols(names: [Array("h2".utf8)]))
    #expect(session.sendHello())
    let types = try #require(session.client.serverHello?.extensions?.types)
    #expect(Set(types) == [.extendedMasterSecret, .renegotiationInfo, .applicationLayerProtocolNegotiation])
  }

  @Test("without extensions at all is a handshake, where this side is content with the old ways")
  func noExtensions() throws {
    var setup = try Setup(serverKey: .rsa(bits: 2048))
    setup.server.extendedMasterSecret = .preferred
    setup.server.secureRenegotiation = .preferred
    setup.server.rsaKeyTransport = .allowedAgainstRFC10015
    setup.server.cipherSuites = [.rsaWithAES128GCMSHA256]
    let session = try ServerTrial(setup)
    session.client.hello.cipherSuites = [.rsaWithAES128GCMSHA256]
    session.client.hello.extensions = nil
    let key = try TestIdentities.shared.publicKey(of: try TestIdentities.shared.server(.rsa(bits: 2048)))
    #expect(try session.handshake(serverKey: key))
    #expect(session.client.serverHello?.extensions == nil)
    #expect(session.endpoint.outcome.negotiated?.usesExtendedMasterSecret == false)
    #expect(session.endpoint.outcome.negotiated?.usesSecureRenegotiation == false)
  }

  @Test("takes the client that lacks what is only preferred")
  func preferred() throws {
    var setup = try setup()
    setup.server.extendedMasterSecret = .preferred
    setup.server.secureRenegotiation = .preferred
    let session = try ServerTrial(setup)
    session.client.hello.remove(.extendedMasterSecret)
    session.client.hello.remove(.renegotiationInfo)
    #expect(try session.handshake())
    let negotiated = try #require(session.endpoint.outcome.negotiated)
    #expect(!negotiated.usesExtendedMasterSecret)
    #expect(!negotiated.usesSecureRenegotiation)
    do throws(TLSFailure) {
      _ = try session.endpoint.exported(label: "EXPORTER-test", context: nil, byteCount: 16)
      Issue.record("exported without extended master secret")
    } catch { #expect(error.error == .extendedMasterSecretMissing) }
  }
}
