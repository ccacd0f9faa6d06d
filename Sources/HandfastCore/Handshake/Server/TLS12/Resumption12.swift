import HandfastWire

/// How a new TLS 1.2 session will be found again.
package struct SessionIssue12: Sendable {
  /// Empty: not by an id.
  let sessionID: [UInt8]
  let issuesTicket: Bool
  /// What it is bound to, as it was before the client was judged; nil: there will be no session.
  let scope: [UInt8]?
  /// Milliseconds since 1970.
  let lineageStartedAt: UInt64
}

/// A session that is being made.
package struct NewSession12: Sendable {
  let settings: ServerSettings
  let issue: SessionIssue12

  /// Gives the client its ticket, or remembers the session by its id. Only now: the client has proved that it is there.
  func issue(
    _ concluded: Concluded12, _ transcript: inout Transcript, _ out: inout HandshakeOutput
  ) throws(TLSError) {
    guard let scope = issue.scope, issue.issuesTicket || !issue.sessionID.isEmpty else { return }
    let (parameters, peer) = (concluded.outcome.parameters, concluded.outcome.peer)
    let identity = concluded.outcome.identity
    let now = settings.clock.now()
    let session = ServerSession(
      version: .tls12, cipherSuite: parameters.cipherSuite, secret: concluded.master.secret, scope: scope,
      serverName: parameters.serverName, applicationProtocol: parameters.applicationProtocol.map { Array($0.utf8) },
      lineageStartedAt: issue.lineageStartedAt, issuedAt: now, expiresAt: settings.sessionEnd(at: now),
      usesExtendedMasterSecret: parameters.usesExtendedMasterSecret,
      ownCertificatesEndAt: identity?.certificatesEndAt ?? .max, group: parameters.group,
      ownCertificateType: identity?.certificateType ?? .x509,
      peer: peer.map {
        RememberedPeer(
          presented: $0.presented, path: $0.path, signatureScheme: parameters.clientSignatureScheme)
      })
    guard issue.issuesTicket else {
      guard let cache = settings.configuration.sessionCache else { return }
      cache.put(session, for: issue.sessionID)
      out.keptSession = .server(cache, sessionID: issue.sessionID)
      return
    }
    try sendTicket12(session, settings, at: now, &transcript, &out)
  }
}

/// RFC 5077 §3.3: having announced a ticket the server must send one; an empty one says that there is none after all.
private func sendTicket12(
  _ session: ServerSession, _ settings: ServerSettings, at now: UInt64, _ transcript: inout Transcript,
  _ out: inout HandshakeOutput
) throws(TLSError) {
  let ticket = settings.ticketSealer?.seal(session, at: now) ?? []
  let lifetime = UInt32(clamping: session.expiresAt.subtractingSaturated(now) / 1000)
  try out.send(NewSessionTicket12(lifetimeHint: lifetime, ticket: ticket), &transcript)
  out.traceTicket(ticket, lifetime: lifetime, maxEarlyData: 0, isIssued: true)
}

/// The same session under today's key. Its lineage goes on, and with it the end that no renewal moves.
private func renewTicket(
  of session: ServerSession, _ settings: ServerSettings, _ transcript: inout Transcript, _ out: inout HandshakeOutput
) throws(TLSError) {
  let now = settings.clock.now()
  let renewed = ServerSession(
    version: .tls12, cipherSuite: session.cipherSuite, secret: session.secret, scope: session.scope,
    serverName: session.serverName, applicationProtocol: session.applicationProtocol,
    lineageStartedAt: session.lineageStartedAt, issuedAt: now, expiresAt: settings.sessionEnd(at: now),
    usesExtendedMasterSecret: session.usesExtendedMasterSecret, ownCertificatesEndAt: session.ownCertificatesEndAt,
    group: session.group, ownCertificateType: session.ownCertificateType, peer: session.peer)
  try sendTicket12(renewed, settings, at: now, &transcript, &out)
}

/// The session the client wants to resume, if it may be. RFC 5077 §3.4, RFC 5246 §7.4.1.2.
func findSession12(
  _ hello: ClientHello, _ extensions: ExtensionBlock, _ offer: ClientOffer, _ agreed: ServerAgreements,
  _ settings: ServerSettings, _ out: inout HandshakeOutput
) throws(TLSError) -> ResumedSession? {
  let ticket = try extensions.decoded(SessionTicketExtension.self, in: .clientHello)?.ticket ?? []
  let now = settings.clock.now()
  let resumed: ResumedSession
  do throws(ResumptionRefusal) {
    resumed = try candidate(ticket, hello, settings, at: now)
    try check(resumed.session, offer, agreed, settings)
  } catch {
    //= https://www.rfc-editor.org/rfc/rfc7627#section-5.3
    //# If the original session used the "extended_master_secret" extension but the new ClientHello does not contain it, the
    //# server MUST abort the abbreviated handshake.
    if case .extendedMasterSecretDiffers = error, !agreed.usesExtendedMasterSecret {
      throw .extendedMasterSecretMissing
    }
    out.trace(.resumption(ResumptionFact(outcome: .declined(error), mechanism: nil, peer: nil, age: nil)))
    return nil
  }
  out.trace(.resumption(resumed.fact(.resumed, at: now)))
  return resumed
}

private func candidate(
  _ ticket: [UInt8], _ hello: ClientHello, _ settings: ServerSettings, at now: UInt64
) throws(ResumptionRefusal) -> ResumedSession {
  if !ticket.isEmpty {
    return ResumedSession(
      session: try settings.open(ticket, at: now), mechanism: .ticket,
      renewsTicket: settings.ticketSealer?.isOutdated(ticket, at: now) ?? false)
  }
  guard !hello.sessionID.isEmpty else { throw .notOffered }
  guard let cache = settings.configuration.sessionCache else { throw .notEnabledHere }
  guard let session = cache.find(hello.sessionID, at: now) else { throw .unknownSessionID }
  return ResumedSession(session: session, mechanism: .sessionID)
}

private func check(
  _ session: ServerSession, _ offer: ClientOffer, _ agreed: ServerAgreements, _ settings: ServerSettings
) throws(ResumptionRefusal) {
  guard session.version == .tls12 else { throw .otherVersion(session.version) }
  //= https://www.rfc-editor.org/rfc/rfc5246#section-7.4.1.2
  //# If the session_id field is not empty (implying a session resumption request), this vector MUST include at least the
  //# cipher_suite from that session.
  guard settings.suites12.contains(session.cipherSuite), offer.cipherSuites.contains(session.cipherSuite) else {
    throw .otherCipherSuite(session.cipherSuite)
  }
  guard session.usesExtendedMasterSecret == agreed.usesExtendedMasterSecret else { throw .extendedMasterSecretDiffers }
  try settings.checkScope(of: session, serverName: offer.serverName)
}

/// The abbreviated handshake: the server's Finished goes out at once (RFC 5246 §7.3, figure 2).
func resume12(
  _ resumed: ResumedSession, _ hello: ClientHello, _ offer: ClientOffer, _ agreed: ServerAgreements,
  _ settings: ServerSettings, _ transcript: consuming Transcript, _ out: inout HandshakeOutput
) throws(TLSError) -> Role {
  let session = resumed.session
  guard let suite = CipherSuiteParameters(session.cipherSuite) else { throw .unofferedCipherSuite(session.cipherSuite) }
  out.version = .tls12
  out.knowledge.cipherSuite = session.cipherSuite
  if resumed.mechanism == .sessionID, let cache = settings.configuration.sessionCache {
    out.keptSession = .server(cache, sessionID: hello.sessionID)
  }
  out.knowledge.serverName = offer.serverName
  if let length = agreed.maxFragmentLength?.byteCount { out.settledFragmentLimit = length }

  // RFC 5077 §3.4: the client knows by its own session id, repeated, that its ticket was taken.
  var extensions = agreed.answers(
    hasGroup: true, issuesTicket: resumed.renewsTicket, sendsStatus: false, isResumed: true)
  extensions.answer(serverTypes: offer.serverCertificateTypes, with: session.ownCertificateType)
  let answer = ServerHello(
    version: .tls12, random: settings.serverRandom12(), sessionID: hello.sessionID, cipherSuite: session.cipherSuite,
    extensions: extensions.orNothing)
  var transcript = transcript
  transcript.start(suite.hash, settings.provider)
  transcript.forgetMessages()
  try out.send(answer, &transcript)
  if let length = agreed.maxFragmentLength?.byteCount { out.writer.fragmentLimit = length }

  let negotiated = Negotiated12(
    suite: suite, randoms: HelloRandoms(client: offer.random, server: answer.random),
    usesExtendedMasterSecret: agreed.usesExtendedMasterSecret, usesSecureRenegotiation: agreed.usesSecureRenegotiation,
    applicationProtocol: agreed.applicationProtocol.map { String(decoding: $0, as: UTF8.self) },
    serverName: offer.serverName, maxFragmentLength: agreed.maxFragmentLength)
  let master = MasterSecret12(
    resuming: session.secret, suite: suite, randoms: negotiated.randoms, provider: settings.provider,
    sink: settings.configuration.secretSink, &out)
  let keys = try master.connectionKeys(
    recordsPerKey: settings.configuration.limits.recordsPerKey, sink: settings.configuration.secretSink, &out)
  if resumed.renewsTicket { try renewTicket(of: session, settings, &transcript, &out) }
  try out.changeSendingKeys(to: keys.server)
  try sendFinished(from: .server, master, &transcript, &out)
  let concluded = Concluded12(
    side: .server,
    parameters: negotiated.parameters(
      group: session.group, server: nil, client: nil, isResumed: true),
    master: master, peer: session.peer.map { TrustedPeer($0) }, identity: nil)
  return .server12(
    .awaitingClientChangeCipherSpec(
      AwaitingClientChangeCipherSpec(
        concluded: concluded, receivingKeys: keys.client, sendingKeys: nil, session: nil, transcript: transcript)))
}
