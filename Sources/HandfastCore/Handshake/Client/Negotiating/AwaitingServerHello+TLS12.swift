import HandfastWire

extension AwaitingServerHello {
  consuming func acceptServerHello12(
    _ hello: ServerHello, _ extensions: ExtensionBlock, _ frame: borrowing HandshakeFrame,
    _ out: inout HandshakeOutput
  ) throws(TLSError) -> Role {
    guard retry == nil else { throw .changedAfterRetry("the version") }
    //= https://www.rfc-editor.org/rfc/rfc9846#appendix-D.3
    //# A client that attempts to send 0-RTT data MUST fail a connection if it receives a ServerHello with TLS 1.2 or older.
    if offer.session?.offersEarlyData == true {
      out.removeSendingKeys()
      throw .resumedWithOtherParameters("early data was sent under TLS 1.3, and the server chose TLS 1.2")
    }
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
    let resumed = try resumedSession12(hello, answers, &out)

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
          rule: settings.configuration.extendedMasterSecret == .required
            ? "required here (RFC 7627)" : "used when the server can (RFC 7627)")))
    transcript.start(suite.hash, settings.provider)
    // Whoever resumes signs nothing.
    if resumed != nil { transcript.forgetMessages() }
    transcript.append(frame.raw)
    var negotiated = Negotiated12(
      suite: suite, randoms: HelloRandoms(client: offer.random, server: hello.random),
      usesExtendedMasterSecret: answers.usesExtendedMasterSecret,
      usesSecureRenegotiation: answers.usesSecureRenegotiation, applicationProtocol: answers.applicationProtocol,
      serverName: offer.serverName, maxFragmentLength: answers.maxFragmentLength,
      session: offer.sessions.map {
        ClientSession12(
          sessions: $0, sessionID: hello.sessionID, resumed: resumed, expectsTicket: answers.expectsTicket)
      })
    if let resumed {
      guard let verification = settings.verification(of: resumed, for: offer.reference) else {
        return try resume12(resumed, by: TrustedPeer(resumed.peer), negotiated, transcript, settings, &out)
      }
      let next = AwaitingResumedVerdict(
        settings: settings, session: resumed, negotiated: negotiated, request: verification, transcript: transcript)
      guard let verdict = settings.configuration.trust.judgeInline(verification, isTraced: out.isTracing) else {
        return .client12(.awaitingResumedVerdict(next))
      }
      return try next.resume(verdict, &out)
    }
    try settings.check(answers.certificateTypes)
    negotiated.serverCertificateType = answers.certificateTypes.server
    negotiated.clientCertificateType = answers.certificateTypes.client
    return .client12(
      .awaitingServerCertificate(
        AwaitingServerCertificate(
          settings: settings, reference: offer.reference, negotiated: negotiated,
          acknowledgesStatus: answers.acknowledgesStatus, timestamps: answers.timestamps, transcript: transcript)))
  }
}

extension AwaitingServerHello {
  /// The session, if the server resumes it: it then repeats the session id of the ClientHello (RFC 5246 §7.4.1.3).
  private borrowing func resumedSession12(
    _ hello: ServerHello, _ answers: ServerAnswers, _ out: inout HandshakeOutput
  ) throws(TLSError) -> ClientSession? {
    guard !hello.sessionID.isEmpty, hello.sessionID == offer.hello.sessionID else {
      if let session = offer.session {
        out.trace(.resumption(session.fact(.declined(.declinedByServer), at: settings.clock.now())))
      }
      return nil
    }
    guard let offered = offer.session, offered.session.version == .tls12 else {
      throw .resumedWithOtherParameters("the client offered none of TLS 1.2")
    }
    //= https://www.rfc-editor.org/rfc/rfc5246#section-7.4.1.3
    //# For resumed sessions, this field is the value from the state of the session being resumed.
    guard offered.session.cipherSuite == hello.cipherSuite else { throw .resumedWithOtherSuite(hello.cipherSuite) }
    //= https://www.rfc-editor.org/rfc/rfc7627#section-5.3
    //# If the original session did not use the "extended_master_secret" extension but the new ServerHello contains the
    //# extension, the client MUST abort the handshake. If the original session used the extension but the new ServerHello does
    //# not contain the extension, the client MUST abort the handshake.
    guard offered.session.usesExtendedMasterSecret == answers.usesExtendedMasterSecret else {
      throw .resumedWithOtherParameters("extended_master_secret differs")
    }
    out.trace(.resumption(offered.fact(.resumed, at: settings.clock.now())))
    return offered.session
  }
}

/// The abbreviated handshake: the server's Finished comes first (RFC 5246 §7.3, figure 2).
func resume12(
  _ session: ClientSession, by server: TrustedPeer, _ negotiated: Negotiated12, _ transcript: consuming Transcript,
  _ settings: ClientSettings, _ out: inout HandshakeOutput
) throws(TLSError) -> Role {
  let master = MasterSecret12(
    resuming: session.secret, suite: negotiated.suite, randoms: negotiated.randoms, provider: settings.provider,
    sink: settings.configuration.secretSink, &out)
  let keys = try master.connectionKeys(
    recordsPerKey: settings.configuration.limits.recordsPerKey, sink: settings.configuration.secretSink, &out)
  let concluded = Concluded12(
    side: .client,
    parameters: negotiated.parameters(
      group: session.group, server: nil, client: nil, isResumed: true),
    master: master, peer: server, identity: nil)
  var transcript = transcript
  transcript.forgetMessages()
  return .client12(
    .awaitingServerChangeCipherSpec(
      AwaitingServerChangeCipherSpec(
        concluded: concluded, receivingKeys: keys.server, sendingKeys: keys.client, session: negotiated.session,
        transcript: transcript)))
}

extension [UInt8] {
  fileprivate func ends(with tail: [UInt8]) -> Bool { suffix(tail.count).elementsEqual(tail) }
}

/// The extensions of a ServerHello, each held against what was offered.
struct ServerAnswers {
  let usesExtendedMasterSecret: Bool
  let usesSecureRenegotiation: Bool
  let applicationProtocol: String?
  let maxFragmentLength: MaxFragmentLength?
  let expectsTicket: Bool
  /// The server may send an OCSP response (RFC 6066 §8).
  let acknowledgesStatus: Bool

  let timestamps: [[UInt8]]
  let certificateTypes: AgreedCertificateTypes

  /// What a client of both versions offers for TLS 1.3 only.
  private static let onlyTLS13: Set<ExtensionType> = [
    .compressCertificate, .keyShare, .preSharedKey, .pskKeyExchangeModes, .earlyData, .supportedVersions,
    .signatureAlgorithmsCert, .cookie,
  ]

  init(_ extensions: ExtensionBlock, to offer: Offer, _ settings: ClientSettings) throws(TLSError) {
    //= https://www.rfc-editor.org/rfc/rfc5246#section-7.4.1.4
    //# If a client receives an extension type in ServerHello that it did not request in the associated ClientHello, it
    //# MUST abort the handshake with an unsupported_extension fatal alert.
    if let type = extensions.firstType(where: { !offer.offers($0) || $0.isGREASE }) { throw .unofferedExtension(type) }
    if let type = extensions.firstType(where: Self.onlyTLS13.contains) {
      throw .misplacedExtension(type, in: .serverHello)
    }
    _ = try extensions.decoded(ServerNameAcknowledgement.self, in: .serverHello)
    expectsTicket = try extensions.decoded(SessionTicketExtension.self, in: .serverHello) != nil
    acknowledgesStatus = try extensions.decoded(StatusRequestAcknowledgement.self, in: .serverHello) != nil
    timestamps = try extensions.decoded(SignedCertificateTimestamps.self, in: .serverHello)?.timestamps ?? []
    certificateTypes = try AgreedCertificateTypes(extensions, in: .serverHello)
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
    applicationProtocol = try extensions.applicationProtocol(in: .serverHello, settings)
    maxFragmentLength = try extensions.decoded(MaxFragmentLengthExtension.self, in: .serverHello)?.length
    //= https://www.rfc-editor.org/rfc/rfc6066#section-4
    //# if a client receives a maximum fragment length negotiation response that differs from the length it requested,
    //# it MUST also abort the handshake with an "illegal_parameter" alert.
    let asked = settings.configuration.maxFragmentLength
    if let got = maxFragmentLength, got != asked { throw .wrongMaxFragmentLength(asked: asked, got: got) }
  }
}
