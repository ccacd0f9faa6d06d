import HandfastWire

extension AwaitingServerHello {
  consuming func acceptServerHello12(
    _ hello: ServerHello, _ extensions: ExtensionBlock, _ frame: borrowing HandshakeFrame,
    _ out: inout HandshakeOutput
  ) throws(TLSError) -> Role {
    let configuration = settings.configuration
    guard retry == nil else { throw .changedAfterRetry("the version") }
    guard hello.version == .tls12, settings.versions.contains(.tls12) else { throw .unofferedVersion(hello.version) }
    // RFC 9846 §4.2.3: a server that marks its random "I was asked for less" while it was not has seen another ClientHello than
    // ours.
    let isDowngraded =
      hello.random.ends(with: DowngradeSentinel.tls11)
      || settings.versions.contains(.tls13) && hello.random.ends(with: DowngradeSentinel.tls12)
    guard !isDowngraded else { throw .downgradeDetected }
    guard settings.suites12.contains(hello.cipherSuite), let suite = CipherSuiteParameters(hello.cipherSuite) else {
      throw .unofferedCipherSuite(hello.cipherSuite)
    }
    guard hello.compressionMethod == .null else { throw .unofferedCompression(hello.compressionMethod) }
    let answers = try ServerAnswers(extensions, to: offer, settings)

    if let length = answers.maxFragmentLength?.byteCount { out.settledFragmentLimit = length }
    out.version = .tls12
    out.knowledge.cipherSuite = hello.cipherSuite
    if settings.versions.contains(.tls13) {
      out.trace(
        .chose(
          Choice(
            .version, chosen: "TLS 1.2", rule: "what the server chose among those offered",
            candidates: [.init("TLS 1.3", .notChosenByPeer), .init("TLS 1.2", nil)])))
    }
    out.trace(
      .chose(
        Choice(
          .extendedMasterSecret, chosen: answers.usesExtendedMasterSecret ? "yes" : "no",
          rule: configuration.extendedMasterSecret == .required
            ? "required here (RFC 7627)" : "used when the server can (RFC 7627)")))
    transcript.append(frame.raw)
    transcript.start(suite.hash, settings.provider)
    let negotiated = Negotiated12(
      suite: suite, randoms: HelloRandoms(client: offer.random, server: hello.random),
      usesExtendedMasterSecret: answers.usesExtendedMasterSecret,
      usesSecureRenegotiation: answers.usesSecureRenegotiation, applicationProtocol: answers.applicationProtocol,
      serverName: offer.serverName, maxFragmentLength: answers.maxFragmentLength)
    return .client12(
      .awaitingServerCertificate(
        AwaitingServerCertificate(
          settings: settings, reference: offer.reference, negotiated: negotiated, transcript: transcript)))
  }
}

extension [UInt8] {
  fileprivate func ends(with tail: [UInt8]) -> Bool { suffix(tail.count).elementsEqual(tail) }
}

/// The extensions of a ServerHello, each held against what was offered.
private struct ServerAnswers {
  let usesExtendedMasterSecret: Bool
  let usesSecureRenegotiation: Bool
  let applicationProtocol: String?
  let maxFragmentLength: MaxFragmentLength?

  init(_ extensions: ExtensionBlock, to offer: Offer, _ settings: ClientSettings) throws(TLSError) {
    //= https://www.rfc-editor.org/rfc/rfc5246#section-7.4.1.4
    //# If a client receives an extension type in ServerHello that it did not request in the associated ClientHello, it
    //# MUST abort the handshake with an unsupported_extension fatal alert.
    for type in extensions.types where !offer.extensions.contains(type) || type.isGREASE {
      throw .unofferedExtension(type)
    }
    _ = try extensions.decoded(ServerNameAcknowledgement.self, in: .serverHello)
    usesExtendedMasterSecret = try extensions.decoded(ExtendedMasterSecret.self, in: .serverHello) != nil
    guard usesExtendedMasterSecret || settings.configuration.extendedMasterSecret != .required else {
      throw .extendedMasterSecretMissing
    }
    let renegotiation = try extensions.decoded(RenegotiationInfo.self, in: .serverHello)
    //= https://www.rfc-editor.org/rfc/rfc5746#section-3.4
    //# The client MUST then verify that the length of the "renegotiated_connection" field is zero, and if it is not,
    //# MUST abort the handshake (by sending a fatal handshake_failure alert).
    if let renegotiation, !renegotiation.renegotiatedConnection.isEmpty { throw .renegotiationInfoNotEmpty }
    usesSecureRenegotiation = renegotiation != nil
    guard usesSecureRenegotiation || settings.configuration.secureRenegotiation != .required else {
      throw .secureRenegotiationMissing
    }
    if let formats = try extensions.decoded(ECPointFormats.self, in: .serverHello) {
      guard formats.formats.contains(.uncompressed) else { throw .uncompressedPointsMissing }
    }
    applicationProtocol = try Self.applicationProtocol(extensions, settings)
    maxFragmentLength = try extensions.decoded(MaxFragmentLengthExtension.self, in: .serverHello)?.length
    //= https://www.rfc-editor.org/rfc/rfc6066#section-4
    //# if a client receives a maximum fragment length negotiation response that differs from the length it requested,
    //# it MUST also abort the handshake with an "illegal_parameter" alert.
    let asked = settings.configuration.maxFragmentLength
    if let got = maxFragmentLength, got != asked { throw .wrongMaxFragmentLength(asked: asked, got: got) }
  }

  private static func applicationProtocol(
    _ extensions: ExtensionBlock, _ settings: ClientSettings
  ) throws(TLSError) -> String? {
    guard let answer = try extensions.decoded(ApplicationProtocols.self, in: .serverHello) else { return nil }
    //= https://www.rfc-editor.org/rfc/rfc7301#section-3.1
    //# the "ProtocolNameList" MUST contain exactly one "ProtocolName"
    guard answer.names.count == 1 else {
      throw .malformedExtension(
        .applicationLayerProtocolNegotiation, in: .serverHello,
        .badLength(field: "protocol_name_list", length: answer.names.count))
    }
    let name = String(decoding: answer.names[0], as: UTF8.self)
    guard settings.applicationProtocols.contains(answer.names[0]) else { throw .unofferedApplicationProtocol(name) }
    return name
  }
}
