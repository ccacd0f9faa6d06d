import HandfastWire

/// A connection was accepted; the client speaks first. RFC 5246 §7.4.1.2.
package struct AwaitingClientHello: ~Copyable {
  let settings: ServerSettings

  package init(settings: ServerSettings) { self.settings = settings }

  consuming func receive(
    _ frame: borrowing HandshakeFrame, _ out: inout HandshakeOutput
  ) throws(TLSError) -> Role {
    let hello = try frame.decode(ClientHello.self)
    let extensions = hello.extensions ?? ExtensionBlock()
    out.knowledge.enabled = settings.capabilities
    out.knowledge.clientHello = hello
    out.knowledge.peerClock = hello.random.clock

    let version = try chooseVersion(hello, extensions, &out)
    if version == .tls13 {
      return try negotiate13(settings, try ClientOffer13(hello), retry: nil, frame, Transcript(), &out)
    }
    guard hello.compressionMethods.contains(.null) else { throw .nullCompressionMissing }
    let (offer, agreed) = try readOffer(hello, extensions)
    traceAgreements(hello, extensions, agreed, &out)

    var transcript = Transcript()
    transcript.append(frame.raw)
    if let resumed = try findSession12(hello, extensions, offer, agreed, settings, &out) {
      return try resume12(resumed, hello, offer, agreed, settings, transcript, &out)
    }
    let next = AwaitingServerIdentity(
      settings: settings, offer: offer, agreed: agreed,
      request: ServerIdentityRequest(
        serverName: offer.serverName,
        applicationProtocols: offer.applicationProtocols.map { String(decoding: $0, as: UTF8.self) },
        cipherSuites: offer.cipherSuites, groups: offer.groups ?? [], signatureSchemes: offer.signatureSchemes,
        certificateTypes: offer.serverCertificateTypes ?? [.x509]),
      transcript: transcript)
    switch settings.configuration.identities {
    case .asked: return .serverNegotiating(.awaitingServerIdentity(next))
    case .these(let identities): return try next.choose(among: identities, &out)
    }
  }

  /// The highest version that both sides have. RFC 9846 §4.3.1, RFC 5246 §E.1.
  private func chooseVersion(
    _ hello: ClientHello, _ extensions: ExtensionBlock, _ out: inout HandshakeOutput
  ) throws(TLSError) -> ProtocolVersion {
    let listed = try extensions.decoded(SupportedVersions.self, in: .clientHello)?.versions
    var highest: ProtocolVersion { (listed ?? []).filter { !$0.isGREASE }.max() ?? hello.version }
    // A client that lists its versions means the list; client_version is then frozen at 1.2. Without a list it can be no more
    // than 1.2, whatever client_version says.
    func isOffered(_ version: ProtocolVersion) -> Bool {
      listed?.contains(version) ?? (version >= .tls10 && version <= min(hello.version, .tls12))
    }
    let chosen = settings.versions.first(where: isOffered)
    //= https://www.rfc-editor.org/rfc/rfc7507#section-3
    //# If TLS_FALLBACK_SCSV appears in ClientHello.cipher_suites and the highest protocol version supported by the
    //# server is higher than the version indicated in ClientHello.client_version, the server MUST respond with a fatal
    //# inappropriate_fallback alert
    let best = settings.versions.first ?? .tls12
    if hello.cipherSuites.contains(.fallbackSCSV), min(highest, .tls13) < best {
      throw .inappropriateFallback(offered: highest)
    }
    guard let chosen else { throw .versionNotSupported(offered: highest) }
    out.trace(
      .chose(
        Choice(
          .version, chosen: chosen.description, rule: "the highest that both sides support",
          candidates: settings.versions.map {
            .init($0.description, $0 == chosen ? nil : isOffered($0) ? .lessPreferred : .notOfferedByPeer)
          })))
    return chosen
  }

  private func readOffer(
    _ hello: ClientHello, _ extensions: ExtensionBlock
  ) throws(TLSError) -> (ClientOffer, ServerAgreements) {
    let usesExtendedMasterSecret = try extensions.decoded(ExtendedMasterSecret.self, in: .clientHello) != nil
    guard usesExtendedMasterSecret || settings.configuration.extendedMasterSecret != .required else {
      throw .extendedMasterSecretMissing
    }
    let renegotiation = try extensions.decoded(RenegotiationInfo.self, in: .clientHello)
    //= https://www.rfc-editor.org/rfc/rfc5746#section-3.6
    //# The server MUST then verify that the length of the "renegotiated_connection" field is zero, and if it is not, MUST
    //# abort the handshake.
    if let renegotiation, !renegotiation.renegotiatedConnection.isEmpty { throw .renegotiationInfoNotEmpty }
    let usesSecureRenegotiation = renegotiation != nil || hello.cipherSuites.contains(.emptyRenegotiationInfoSCSV)
    guard usesSecureRenegotiation || settings.configuration.secureRenegotiation != .required else {
      throw .secureRenegotiationMissing
    }
    //= https://www.rfc-editor.org/rfc/rfc8422#section-5.1.2
    //# RFC 4492 specified that if this extension is missing, it means that only the uncompressed point format is supported
    if let formats = try extensions.decoded(ECPointFormats.self, in: .clientHello) {
      guard formats.formats.contains(.uncompressed) else { throw .uncompressedPointsMissing }
    }
    _ = try extensions.decoded(CompressCertificate.self, in: .clientHello)
    let maxFragmentLength = try extensions.decoded(MaxFragmentLengthExtension.self, in: .clientHello)?.length
    //= https://www.rfc-editor.org/rfc/rfc6066#section-4
    //# If a server receives a maximum fragment length negotiation request for a value other than the allowed values, it
    //# MUST abort the handshake with an "illegal_parameter" alert.
    if let maxFragmentLength, maxFragmentLength.byteCount == nil {
      throw .wrongMaxFragmentLength(asked: nil, got: maxFragmentLength)
    }
    let protocols = try extensions.decoded(ApplicationProtocols.self, in: .clientHello)?.names
    let name = try extensions.offeredServerName()
    let offer = ClientOffer(
      version: hello.version, random: hello.random, cipherSuites: hello.cipherSuites,
      groups: try extensions.decoded(SupportedGroups.self, in: .clientHello)?.groups,
      signatureSchemes: try extensions.decoded(SignatureAlgorithms.self, in: .clientHello)?.schemes ?? [],
      serverName: name, applicationProtocols: protocols ?? [],
      authorities: try extensions.decoded(CertificateAuthorities.self, in: .clientHello)?.names ?? [],
      serverCertificateTypes: try extensions.decoded(ServerCertificateTypes.self, in: .clientHello)?.types,
      clientCertificateTypes: try extensions.decoded(ClientCertificateTypes.self, in: .clientHello)?.types)
    return (
      offer,
      ServerAgreements(
        usesExtendedMasterSecret: usesExtendedMasterSecret, usesSecureRenegotiation: usesSecureRenegotiation,
        applicationProtocol: try settings.chooseProtocol(offered: protocols), maxFragmentLength: maxFragmentLength,
        answersServerName: name != nil && settings.configuration.acknowledgesServerName,
        answersPointFormats: extensions.contains(.ecPointFormats),
        supportsTickets: extensions.contains(.sessionTicket),
        wantsStatus: try extensions.decoded(StatusRequest.self, in: .clientHello)?.statusType == .ocsp,
        wantsTimestamps: try extensions.decoded(TimestampsRequest.self, in: .clientHello) != nil)
    )
  }

  private func traceAgreements(
    _ hello: ClientHello, _ extensions: ExtensionBlock, _ agreed: ServerAgreements, _ out: inout HandshakeOutput
  ) {
    guard out.isTracing else { return }
    out.trace(.chose(Choice(.compression, chosen: "null", rule: "records are never compressed (CRIME, RFC 7457 §2.6)")))
    out.trace(
      .chose(
        Choice(
          .extendedMasterSecret, chosen: agreed.usesExtendedMasterSecret ? "yes" : "no",
          rule: settings.configuration.extendedMasterSecret == .required
            ? "required here (RFC 7627)" : "used when the client can (RFC 7627)")))
    if let name = agreed.applicationProtocol {
      out.trace(
        .chose(
          Choice(
            .applicationProtocol, chosen: String(decoding: name, as: UTF8.self),
            rule: "the first in the server's order that the client offers")))
    }
    if let length = agreed.maxFragmentLength {
      out.trace(.chose(Choice(.maxFragmentLength, chosen: length.description, rule: "what the client asks for")))
    }
    if extensions.contains(.serverName), (try? extensions.offeredServerName()) == .some(nil) {
      out.trace(.ignored("server_name: it holds an IP address, which RFC 6066 does not allow there"))
    }
    let known: Set<ExtensionType> = [
      .serverName, .maxFragmentLength, .supportedGroups, .ecPointFormats, .signatureAlgorithms,
      .applicationLayerProtocolNegotiation, .extendedMasterSecret, .supportedVersions, .renegotiationInfo,
      .statusRequest, .signedCertificateTimestamp, .sessionTicket, .clientCertificateType, .serverCertificateType,
    ]
    let unknown = extensions.types.filter { !known.contains($0) }
    if !unknown.isEmpty {
      out.trace(.ignored("extensions not used here: " + unknown.map(\.description).joined(separator: ", ")))
    }
  }
}

/// What the client's extensions and the server's configuration have settled before any suite is chosen.
package struct ServerAgreements: Sendable {
  let usesExtendedMasterSecret: Bool
  let usesSecureRenegotiation: Bool
  let applicationProtocol: [UInt8]?
  let maxFragmentLength: MaxFragmentLength?
  let answersServerName: Bool
  let answersPointFormats: Bool
  /// The client understands tickets (RFC 5077 §3.2).
  let supportsTickets: Bool
  /// The client takes an OCSP response (RFC 6066 §8).
  let wantsStatus: Bool
  /// The client takes promises of certificate logs (RFC 6962 §3.3.1).
  let wantsTimestamps: Bool
}
