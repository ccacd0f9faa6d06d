import HandfastWire

extension AwaitingServerHello {
  /// TLS 1.3: with the server's key share both sides have the handshake's keys. RFC 9846 §4.2.3.
  consuming func acceptServerHello13(
    _ hello: ServerHello, _ extensions: ExtensionBlock, _ frame: borrowing HandshakeFrame,
    _ out: inout HandshakeOutput
  ) throws(TLSError) -> Role {
    let suite = try checkChoices13(hello)
    try extensions.check(
      in: .serverHello, allowed: [.supportedVersions, .keyShare, .preSharedKey], offered: offer.offers)
    guard let share = try extensions.decoded(ServerKeyShare.self, in: .serverHello)?.entry else {
      throw .missingExtension(.keyShare, in: .serverHello)
    }
    if let group = retry?.group, share.group != group { throw .changedAfterRetry("the group") }
    guard let own = offer.keys.first(where: { $0.group == share.group }) else { throw .unofferedGroup(share.group) }

    let session = try resumedSession(extensions, suite, &out)

    out.version = .tls13
    out.knowledge.cipherSuite = hello.cipherSuite
    traceChoices(suite, share.group, &out)
    let shared = try sharedSecret(own.key, with: share.keyExchange, in: share.group)
    out.trace(
      .derivedSecret(
        DerivationFact(
          name: .sharedSecret, byteCount: shared.count, function: "\(share.group)",
          inputs: [
            NamedInput("own private key for the public value of", own.key.publicValue.count),
            NamedInput("the peer's public value of", share.keyExchange.count),
          ])))
    transcript.start(suite.hash, settings.provider)
    transcript.forgetMessages()
    transcript.append(frame.raw)

    let schedule = settings.schedule(suite, clientRandom: offer.random)
    let first = (session == nil ? nil : offer.early) ?? EarlySecret13(psk: nil, schedule)
    first.tell(&out)
    let secret = first.handshake(sharedSecret: shared, group: share.group, schedule, &out)
    let traffic = secret.traffic(transcriptHash: transcript.digest(), &out)
    out.changeReceivingKeys(to: try traffic.server.protection(), for: .handshake)
    out.sendDummyChangeCipherSpec()
    // Early data goes on under its own keys until the server has said whether it takes it.
    if offer.session?.offersEarlyData != true {
      try out.installSendingKeys(traffic.client.protection(), for: .handshake)
    }
    let hellos = NegotiatedHellos13(
      settings: settings, offer: offer, suite: suite, group: share.group, session: session?.session)
    return .client13(
      .awaitingEncryptedExtensions(
        AwaitingEncryptedExtensions(
          hellos: hellos, keys: HandshakeKeys13(secret: secret, traffic: traffic), transcript: transcript)))
  }

  /// The session, if the server resumes it (RFC 9846 §4.3.11).
  private borrowing func resumedSession(
    _ extensions: ExtensionBlock, _ suite: CipherSuite13, _ out: inout HandshakeOutput
  ) throws(TLSError) -> OfferedSession? {
    guard let selected = try extensions.decoded(SelectedPSK.self, in: .serverHello) else {
      if let session = offer.session {
        out.trace(.resumption(session.fact(.declined(.declinedByServer), at: settings.clock.now())))
      }
      return nil
    }
    guard selected.index == 0, let session = offer.session, session.session.version == .tls13 else {
      throw .unofferedPreSharedKey(index: Int(selected.index))
    }
    guard CipherSuite13(session.session.cipherSuite)?.hash == suite.hash else {
      throw .resumedWithOtherSuite(suite.suite)
    }
    out.trace(.resumption(session.fact(.resumed, at: settings.clock.now())))
    return session
  }

  /// What a ServerHello and a HelloRetryRequest have in common.
  borrowing func checkChoices13(_ hello: ServerHello) throws(TLSError) -> CipherSuite13 {
    //= https://www.rfc-editor.org/rfc/rfc9846#section-4.2.3
    //# A client which receives a legacy_session_id_echo field that does not match what it sent in the ClientHello MUST abort
    //# the handshake with an "illegal_parameter" alert.
    guard hello.sessionID == offer.hello.sessionID else { throw .sessionIDNotEchoed }
    guard settings.suites13.contains(hello.cipherSuite), let suite = CipherSuite13(hello.cipherSuite) else {
      throw .unofferedCipherSuite(hello.cipherSuite)
    }
    //= https://www.rfc-editor.org/rfc/rfc9846#section-4.2.4
    //# Upon receiving the ServerHello, clients MUST check that the cipher suite supplied in the ServerHello is the same as that
    //# in the HelloRetryRequest and otherwise abort the handshake with an "illegal_parameter" alert.
    if let asked = retry?.suite, asked != suite { throw .changedAfterRetry("the cipher suite") }
    // The grammar itself says zero: anything else cannot be parsed.
    guard hello.compressionMethod == .null else {
      throw .malformed(
        .serverHello,
        .badValue(field: "legacy_compression_method", value: UInt32(hello.compressionMethod.rawValue)))
    }
    return suite
  }

  private borrowing func traceChoices(_ suite: CipherSuite13, _ group: NamedGroup, _ out: inout HandshakeOutput) {
    guard out.isTracing else { return }
    out.trace(
      .chose(
        Choice(
          .version, chosen: "TLS 1.3", rule: "what the server chose among those offered",
          candidates: settings.versions.map { .init($0.description, $0 == .tls13 ? nil : .notChosenByPeer) })))
    let groups = offer.keys.map(\.group)
    out.trace(
      .chose(
        Choice(
          .group, chosen: group.description, rule: "what the server chose among the key shares sent",
          candidates: groups.map { .init($0.description, $0 == group ? nil : .notChosenByPeer) })))
  }
}

extension ClientSettings {
  func schedule(_ suite: CipherSuite13, clientRandom: [UInt8]) -> ScheduleContext {
    ScheduleContext(
      suite: suite, provider: provider, clientRandom: clientRandom, sink: configuration.secretSink,
      recordsPerKey: configuration.limits.recordsPerKey)
  }
}
