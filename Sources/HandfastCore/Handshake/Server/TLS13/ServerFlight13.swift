import HandfastWire

/// ServerHello, and everything after it under the handshake's keys: EncryptedExtensions, and CertificateRequest if clients are
/// asked. RFC 9846 §4.2.3, §4.4.
func sendServerHello13(
  _ context: ServerContext13, _ transcript: inout Transcript, _ out: inout HandshakeOutput
) throws(TLSError) -> ServerFlight13 {
  let (settings, offer) = (context.settings, context.offer)
  out.knowledge.cipherSuite = context.suite.suite
  out.knowledge.serverName = offer.serverName
  out.version = .tls13

  guard let share = offer.shares.first(where: { $0.group == context.group }) else {
    throw .noCommonGroup(offered: offer.groups)
  }
  let clientHelloHash = transcript.digest()
  let response = try respond(to: share, settings.provider)
  var extensions = ExtensionBlock()
  extensions.set(SelectedVersion(version: .tls13))
  extensions.set(ServerKeyShare(entry: KeyShareEntry(group: context.group, keyExchange: response.publicValue)))
  if let index = context.selected?.index { extensions.set(SelectedPSK(index: UInt16(index))) }
  let hello = ServerHello(
    version: .tls12, random: settings.provider.randomBytes(32), sessionID: offer.hello.sessionID,
    cipherSuite: context.suite.suite, extensions: extensions)
  try out.send(hello, &transcript)
  out.trace(
    .derivedSecret(
      DerivationFact(
        name: .sharedSecret, byteCount: response.secret.count, function: "\(context.group)",
        inputs: [
          NamedInput("own private key for the public value of", response.publicValue.count),
          NamedInput("the peer's public value of", share.keyExchange.count),
        ])))

  let schedule = settings.schedule(context.suite, clientRandom: offer.hello.random)
  let first = context.selected?.early ?? EarlySecret13(psk: nil, schedule)
  first.tell(&out)
  let early =
    context.earlyDataLimit == nil ? nil : try first.earlyTraffic(transcriptHash: clientHelloHash, &out).protection()
  let secret = first.handshake(sharedSecret: response.secret, group: context.group, schedule, &out)
  let traffic = secret.traffic(transcriptHash: transcript.digest(), &out)
  if !offer.hello.sessionID.isEmpty { out.sendDummyChangeCipherSpec() }
  try out.installSendingKeys(traffic.server.protection(), for: .handshake)
  if offer.offersEarlyData, context.earlyDataLimit == nil { out.skipEarlyData(settings.skippableEarlyData) }

  try out.send(EncryptedExtensions(extensions: answers(context)), &transcript)
  if let length = context.maxFragmentLength?.byteCount {
    out.trace(
      .chose(Choice(.maxFragmentLength, chosen: "\(length)", rule: "what the client asks for")))
    out.writer.fragmentLimit = length
    out.settledReceivingLimit = length
  }
  try out.settleRecordSizeLimit(own: settings.configuration.recordSizeLimit, peer: offer.recordSizeLimit)
  return ServerFlight13(keys: HandshakeKeys13(secret: secret, traffic: traffic), earlyKeys: early)
}

/// What the server's ServerHello has given it.
package struct ServerFlight13: ~Copyable {
  let keys: HandshakeKeys13
  /// For early data that is taken.
  let earlyKeys: RecordProtection?
}

private func respond(
  to share: KeyShareEntry, _ provider: any CryptoProvider
) throws(TLSError) -> KeyExchangeResponse {
  do throws(CryptoError) { return try provider.respond(to: share.keyExchange.span, in: share.group) } catch {
    throw error == .invalidPublicValue ? .invalidKeyShare(share.group) : .cryptoFailed("\(error)")
  }
}

/// Only what the client has asked for (RFC 9846 §4.3).
private func answers(_ context: ServerContext13) -> ExtensionBlock {
  let (settings, offer) = (context.settings, context.offer)
  var extensions = ExtensionBlock()
  //= https://www.rfc-editor.org/rfc/rfc6066#section-3
  //# When resuming a session, the server MUST NOT include a server_name extension in the server hello.
  if offer.serverName != nil, context.selected == nil, settings.configuration.acknowledgesServerName {
    extensions.set(ServerNameAcknowledgement())
  }
  if let type = context.identity?.certificateType ?? context.selected?.session.ownCertificateType {
    extensions.answer(serverTypes: offer.serverCertificateTypes, with: type)
  }
  extensions.answer(clientTypes: offer.clientCertificateTypes, with: context.clientCertificateType)
  if let name = context.applicationProtocol { extensions.set(ApplicationProtocols(names: [Array(name.utf8)])) }
  if context.earlyDataLimit != nil { extensions.set(EarlyDataIndication()) }
  if let length = context.maxFragmentLength { extensions.set(MaxFragmentLengthExtension(length: length)) }
  if offer.recordSizeLimit != nil, let limit = settings.configuration.recordSizeLimit {
    extensions.set(RecordSizeLimit(limit: UInt16(limit)))
  }
  return extensions
}

/// CertificateRequest, Certificate, and the proof of the key, made here or in a device. RFC 9846 §4.4.2, §4.5.
func sendCertificate13(
  _ context: ServerContext13, _ flight: consuming ServerFlight13, _ transcript: consuming Transcript,
  _ out: inout HandshakeOutput
) throws(TLSError) -> Role {
  var transcript = transcript
  if let request = context.settings.certificateRequest13 {
    try out.send(request, &transcript)
    if let classic = context.settings.certificateRequest {
      out.knowledge.certificateRequest = ClientIdentityRequest(
        certificateTypes: classic.certificateTypes, signatureSchemes: context.settings.configuration.signatureSchemes,
        authorities: classic.authorities, filters: context.settings.configuration.oidFilters,
        certificateType: context.clientCertificateType ?? .x509)
    }
  }
  guard let identity = context.identity, let scheme = context.scheme else {
    return try sendServerFinished13(context, flight, transcript, &out)
  }
  let certificate = Certificate13(
    identity, withStatus: context.offer.wantsStatus, timestamps: context.offer.wantsTimestamps)
  try sendCertificate(certificate, to: context.offer, context.settings, &transcript, &out)
  let content = signedContent13(by: .server, transcriptHash: transcript.digest())
  let request = SignatureRequest(message: content, scheme: scheme, certificate: identity.chain.first ?? [])
  let next = AwaitingServerSignature13(
    context: context, flight: flight, request: request, transcript: transcript)
  guard let key = identity.key else { return .serverNegotiating(.awaitingServerSignature13(next)) }
  return try next.resume(try sign(request, with: key), &out)
}

/// The server's Finished. From here on it could send application data, and does not before it knows its client.
/// RFC 9846 §4.5.3.
func sendServerFinished13(
  _ context: ServerContext13, _ flight: consuming ServerFlight13, _ transcript: consuming Transcript,
  _ out: inout HandshakeOutput
) throws(TLSError) -> Role {
  var transcript = transcript
  let keys = flight.keys
  var early = flight.earlyKeys
  try sendFinished13(keys.server, &transcript, &out)
  let client = keys.client
  let main = keys.secret.main(&out)
  let hash = transcript.digest()
  let application = main.traffic(transcriptHash: hash, &out)
  let exporter = main.exporter(transcriptHash: hash, &out)
  try out.installSendingKeys(application.server.protection(), for: .application)
  let conclusion = ServerConclusion13(
    context: context, handshake: client, main: main, application: application, exporter: exporter)
  if let keys = early.take() {
    out.changeReceivingKeys(to: keys, for: .earlyData)
    out.earlyDataLeft = context.earlyDataLimit.map(Int.init)
    return .server13(
      .awaitingEndOfEarlyData(AwaitingEndOfEarlyData(conclusion: conclusion, transcript: transcript)))
  }
  out.changeReceivingKeys(to: try conclusion.handshake.protection(), for: .handshake)
  guard context.settings.certificateRequest13 != nil, context.identity != nil else {
    return .server13(
      .awaitingFinished(
        AwaitingClientFinished13(conclusion: conclusion, client: nil, scheme: nil, transcript: transcript)))
  }
  return .server13(
    .awaitingClientCertificate(AwaitingClientCertificate13(conclusion: conclusion, transcript: transcript)))
}

/// What the server needs to conclude the handshake once the client has proved what it had to.
package struct ServerConclusion13: ~Copyable {
  let context: ServerContext13
  let handshake: TrafficSecret13
  let main: MainSecret13
  let application: TrafficPair13
  let exporter: ExporterSecret13
}
