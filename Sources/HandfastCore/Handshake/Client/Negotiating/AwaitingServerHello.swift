import HandfastWire

/// The client has offered; the server chooses. RFC 5246 §7.4.1.3.
package struct AwaitingServerHello: ~Copyable {
  let settings: ClientSettings
  let offer: Offer
  var transcript: Transcript

  consuming func receive(
    _ frame: borrowing HandshakeFrame, _ out: inout HandshakeOutput
  ) throws(TLSError) -> Role {
    let hello = try frame.decode(ServerHello.self)
    let configuration = settings.configuration

    guard hello.version == .tls12 else { throw .unofferedVersion(hello.version) }
    // RFC 9846 §4.2.3: a server that marks its random "I was asked for 1.1 or less" while it chooses 1.2 has seen another
    // ClientHello than ours.
    guard !hello.random.ends(with: DowngradeSentinel.tls11) else { throw .downgradeDetected }
    guard settings.suites.contains(hello.cipherSuite), let suite = CipherSuiteParameters(hello.cipherSuite) else {
      throw .unofferedCipherSuite(hello.cipherSuite)
    }
    guard hello.compressionMethod == .null else { throw .unofferedCompression(hello.compressionMethod) }
    let answers = try ServerAnswers(hello.extensions ?? ExtensionBlock(), to: offer, settings)

    if let length = answers.maxFragmentLength?.byteCount { out.settledFragmentLimit = length }
    out.isVersionSettled = true
    out.knowledge.cipherSuite = hello.cipherSuite
    out.trace(
      .chose(
        Choice(
          .extendedMasterSecret, chosen: answers.usesExtendedMasterSecret ? "yes" : "no",
          rule: configuration.extendedMasterSecret == .required
            ? "required here (RFC 7627)" : "used when the server can (RFC 7627)")))
    transcript.append(frame.raw)
    transcript.start(suite.hash, settings.provider)
    var serverName: String?
    if case .dnsName(let name) = offer.reference { serverName = name }
    let negotiated = Negotiated12(
      suite: suite, randoms: HelloRandoms(client: offer.random, server: hello.random),
      usesExtendedMasterSecret: answers.usesExtendedMasterSecret,
      usesSecureRenegotiation: answers.usesSecureRenegotiation, applicationProtocol: answers.applicationProtocol,
      serverName: serverName, maxFragmentLength: answers.maxFragmentLength)
    return .client12(
      .awaitingServerCertificate(
        AwaitingServerCertificate(
          settings: settings, reference: offer.reference, negotiated: negotiated, transcript: transcript)))
  }
}

/// What a server that could have done better puts at the end of its random (RFC 9846 §4.2.3).
package enum DowngradeSentinel {
  package static let tls12: [UInt8] = [0x44, 0x4f, 0x57, 0x4e, 0x47, 0x52, 0x44, 0x01]
  package static let tls11: [UInt8] = [0x44, 0x4f, 0x57, 0x4e, 0x47, 0x52, 0x44, 0x00]
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

extension ExtensionBlock {
  /// The extension of that kind, nil if it was not sent, or an error that names it.
  func decoded<E: ExtensionBody>(_ kind: E.Type, in message: HandshakeType) throws(TLSError) -> E? {
    do throws(DecodeError) { return try decode(kind) } catch { throw .malformedExtension(E.type, in: message, error) }
  }
}
