import HandfastWire

/// The owner chooses who the server is for this client; then ServerHello and Certificate go out. RFC 5246 §7.4.1.3, §7.4.2.
package struct AwaitingServerIdentity: ~Copyable {
  let settings: ServerSettings
  let offer: ClientOffer
  let agreed: ServerAgreements
  let request: ServerIdentityRequest
  var transcript: Transcript

  consuming func resume(_ identity: Identity?, _ out: inout HandshakeOutput) throws(TLSError) -> Role {
    guard let identity else { throw .serverNameUnknown(offer.serverName ?? "") }
    guard !identity.chain.isEmpty else { throw .identityDoesNotFit(reason: "its chain is empty") }
    return try choose(among: [identity], &out)
  }

  consuming func choose(
    among identities: [Identity], _ out: inout HandshakeOutput
  ) throws(TLSError) -> Role {
    let choice = try chooseSuite(offer, among: identities, settings, &out)
    let clientType = try settings.chooseClientCertificateType(offered: offer.clientCertificateTypes, &out)
    out.knowledge.ownIdentity = choice.identity
    out.knowledge.cipherSuite = choice.suite.suite
    out.knowledge.serverName = offer.serverName
    if let length = agreed.maxFragmentLength?.byteCount { out.settledFragmentLimit = length }
    out.version = .tls12

    // A session is called by its ticket, or else by an id.
    let issuesTicket = agreed.supportsTickets && settings.ticketSealer != nil
    let scope = settings.sessionScope
    let isCached = !issuesTicket && scope != nil && settings.configuration.sessionCache != nil
    let sessionID = isCached ? settings.provider.randomBytes(32) : []
    let status = agreed.wantsStatus ? choice.identity.stapledStatus : nil
    var extensions = agreed.answers(
      hasGroup: choice.group != nil, issuesTicket: issuesTicket, sendsStatus: status != nil,
      timestamps: choice.identity.certificateTimestamps)
    extensions.answer(serverTypes: offer.serverCertificateTypes, with: choice.identity.certificateType)
    extensions.answer(clientTypes: offer.clientCertificateTypes, with: clientType)
    let hello = ServerHello(
      version: .tls12, random: settings.serverRandom12(), sessionID: sessionID, cipherSuite: choice.suite.suite,
      extensions: extensions.orNothing)
    var transcript = transcript
    transcript.start(choice.suite.hash, settings.provider)
    if settings.certificateRequest == nil { transcript.forgetMessages() }
    try out.send(hello, &transcript)
    if let length = agreed.maxFragmentLength?.byteCount { out.writer.fragmentLimit = length }
    try sendCertificate12(choice.identity, &transcript, &out)
    if let status { try out.send(CertificateStatus(response: status), &transcript) }

    var negotiated = Negotiated12(
      suite: choice.suite, randoms: HelloRandoms(client: offer.random, server: hello.random),
      usesExtendedMasterSecret: agreed.usesExtendedMasterSecret,
      usesSecureRenegotiation: agreed.usesSecureRenegotiation,
      applicationProtocol: agreed.applicationProtocol.map { String(decoding: $0, as: UTF8.self) },
      serverName: offer.serverName, maxFragmentLength: agreed.maxFragmentLength)
    if let clientType { negotiated.clientCertificateType = clientType }
    let flight = ServerContext12(
      settings: settings, negotiated: negotiated, clientVersion: offer.version, identity: choice.identity,
      group: choice.group, scheme: choice.scheme,
      session: SessionIssue12(
        sessionID: sessionID, issuesTicket: issuesTicket, scope: scope, lineageStartedAt: settings.clock.now()))
    guard let group = choice.group, let scheme = choice.scheme else {
      return try sendServerHelloDone(flight, ephemeral: nil, transcript, &out)
    }
    return try sendKeyExchange(flight, group, scheme, transcript, &out)
  }
}

extension ServerAgreements {
  /// Only what the client has asked for (RFC 5246 §7.4.1.4).
  func answers(
    hasGroup: Bool, issuesTicket: Bool, sendsStatus: Bool, timestamps: [[UInt8]] = [],
    isResumed: Bool = false
  ) -> ExtensionBlock {
    var extensions = ExtensionBlock(capacity: 8, dataByteCount: 32)
    //= https://www.rfc-editor.org/rfc/rfc6066#section-3
    //# When resuming a session, the server MUST NOT include a server_name extension in the server hello.
    if answersServerName, !isResumed { extensions.set(ServerNameAcknowledgement()) }
    if usesSecureRenegotiation { extensions.set(RenegotiationInfo()) }
    if usesExtendedMasterSecret { extensions.set(ExtendedMasterSecret()) }
    if answersPointFormats, hasGroup { extensions.set(ECPointFormats.uncompressedOnly) }
    if issuesTicket { extensions.set(SessionTicketExtension()) }
    if sendsStatus { extensions.set(StatusRequestAcknowledgement()) }
    if wantsTimestamps, !timestamps.isEmpty { extensions.set(SignedCertificateTimestamps(timestamps: timestamps)) }
    if let name = applicationProtocol { extensions.set(ApplicationProtocols(names: [name])) }
    if let length = maxFragmentLength { extensions.set(MaxFragmentLengthExtension(length: length)) }
    return extensions
  }
}

extension ServerSettings {
  //= https://www.rfc-editor.org/rfc/rfc9846#section-4.2.3
  //# TLS 1.3 servers which negotiate TLS 1.2 or below in response to a ClientHello MUST set the last 8 bytes of their Random
  //# value specially in their ServerHello.
  func serverRandom12() -> [UInt8] {
    let random = provider.randomBytes(32)
    return versions.contains(.tls13) ? random.dropLast(8) + DowngradeSentinel.tls12 : random
  }
}

/// What the server has settled, for the rest of its handshake. A class, because each of its states has it.
package final class ServerContext12: Sendable {
  let settings: ServerSettings
  let negotiated: Negotiated12
  let clientVersion: ProtocolVersion
  let identity: Identity
  /// Nil with RSA key transport.
  let group: NamedGroup?
  let scheme: SignatureScheme?
  let session: SessionIssue12

  init(
    settings: ServerSettings, negotiated: Negotiated12, clientVersion: ProtocolVersion, identity: Identity,
    group: NamedGroup?, scheme: SignatureScheme?, session: SessionIssue12
  ) {
    self.settings = settings
    self.negotiated = negotiated
    self.clientVersion = clientVersion
    self.identity = identity
    self.group = group
    self.scheme = scheme
    self.session = session
  }
}

/// Makes the ephemeral key and has it signed, here or in a device. RFC 8422 §5.4.
private func sendKeyExchange(
  _ context: ServerContext12, _ group: NamedGroup, _ scheme: SignatureScheme, _ transcript: consuming Transcript,
  _ out: inout HandshakeOutput
) throws(TLSError) -> Role {
  let ephemeral: any EphemeralKey
  do throws(CryptoError) { ephemeral = try context.settings.provider.ephemeralKey(in: group) } catch {
    throw .cryptoFailed("\(error)")
  }
  let params = ServerECDHParams(group: group, point: ephemeral.publicValue)
  let content = signedContent(context.negotiated.randoms, params)
  let request = SignatureRequest(
    message: content, scheme: scheme, certificate: context.identity.chain.first ?? [])
  let next = AwaitingServerSignature(
    context: context, ephemeral: ephemeral, params: params, request: request, transcript: transcript)
  guard let key = context.identity.key else { return .serverNegotiating(.awaitingServerSignature(next)) }
  return try next.resume(try sign(request, with: key), &out)
}
