import HandfastWire

/// TLS 1.3 is chosen: suite and group come next, and another ClientHello if there is no share of any common group.
/// RFC 9846 §4.2.2 to §4.2.4.
func negotiate13(
  _ settings: ServerSettings, _ offer: ClientOffer13, retry: ServerRetry?, _ frame: borrowing HandshakeFrame,
  _ transcript: consuming Transcript, _ out: inout HandshakeOutput
) throws(TLSError) -> Role {
  let suite = try chooseSuite13(offer, settings, &out)
  if let retry, retry.suite != suite { throw .changedAfterRetry("the cipher suites") }
  var transcript = transcript
  guard let group = chooseGroup13(offer, settings, &out) else {
    let groups = settings.groupPreference(offered: offer.groups).order
    guard let group = groups.first(where: offer.groups.contains) else {
      throw .noCommonGroup(offered: offer.groups)
    }
    guard retry == nil else { throw .changedAfterRetry("the key share: the one that was asked for is missing") }
    transcript.append(frame.raw)
    return try requestRetry(settings, offer, suite, group, transcript, &out)
  }
  let applicationProtocol = try settings.chooseProtocol(offered: offer.applicationProtocols)
  if let applicationProtocol {
    out.trace(
      .chose(
        Choice(
          .applicationProtocol, chosen: String(decoding: applicationProtocol, as: UTF8.self),
          rule: "the first in the server's order that the client offers")))
  }
  transcript.start(suite.hash, settings.provider)
  transcript.forgetMessages()
  let selected = try selectPSK(offer, suite, settings, frame, &transcript, &out)
  transcript.append(frame.raw)
  if let selected {
    let early =
      offer.offersEarlyData
      ? admitEarlyData(
        offer, selected, suite, applicationProtocol: applicationProtocol, isRetry: retry != nil, settings) : nil
    return try resume13(
      ServerContext13(
        settings: settings, offer: offer, suite: suite, group: group,
        applicationProtocol: applicationProtocol.map { String(decoding: $0, as: UTF8.self) }, identity: nil,
        scheme: nil,
        selected: selected, scope: selected.session.scope, earlyDataLimit: try? early?.get()),
      early, transcript, &out)
  }
  if offer.offersEarlyData { out.trace(.earlyData(EarlyDataFact(outcome: .rejected(.notResumed), limit: 0))) }

  let next = AwaitingServerIdentity13(
    settings: settings, offer: offer, suite: suite, group: group, applicationProtocol: applicationProtocol,
    request: ServerIdentityRequest(
      serverName: offer.serverName,
      applicationProtocols: (offer.applicationProtocols ?? []).map { String(decoding: $0, as: UTF8.self) },
      cipherSuites: offer.hello.cipherSuites, groups: offer.groups, signatureSchemes: offer.signatureSchemes,
      certificateTypes: offer.serverCertificateTypes ?? [.x509]),
    transcript: transcript)
  switch settings.configuration.identities {
  case .asked: return .serverNegotiating(.awaitingServerIdentity13(next))
  case .these(let identities): return try next.choose(among: identities, &out)
  }
}

/// The session takes the place of the certificates: their owners proved themselves when it was made.
private func resume13(
  _ context: ServerContext13, _ early: Result<UInt32, EarlyDataRefusal>?, _ transcript: consuming Transcript,
  _ out: inout HandshakeOutput
) throws(TLSError) -> Role {
  switch early {
  case .success(let limit): out.trace(.earlyData(EarlyDataFact(outcome: .accepted, limit: limit)))
  case .failure(let reason): out.trace(.earlyData(EarlyDataFact(outcome: .rejected(reason), limit: 0)))
  case nil: break
  }
  var transcript = transcript
  let flight = try sendServerHello13(context, &transcript, &out)
  return try sendServerFinished13(context, flight, transcript, &out)
}

/// The first suite of TLS 1.3 in the server's order, as it is for this client, that the client offers.
private func chooseSuite13(
  _ offer: ClientOffer13, _ settings: ServerSettings, _ out: inout HandshakeOutput
) throws(TLSError) -> CipherSuite13 {
  let offered = offer.hello.cipherSuites
  let preference = ServerPreference(settings.suites13, settings, offered: offered)
  let chosen = preference.order.first(where: offered.contains)
  if out.isTracing {
    var candidates = preference.order.map { suite in
      Choice.Candidate(
        suite.description, suite == chosen ? nil : offered.contains(suite) ? .lessPreferred : .notOfferedByPeer)
    }
    for suite in offered where !settings.suites13.contains(suite) && !suite.isGREASE {
      let isSignal = suite == .emptyRenegotiationInfoSCSV || suite == .fallbackSCSV
      let reason: RuledOut =
        isSignal ? .signalNotSuite : CipherSuite13(suite) == nil ? .notInThisVersion(.tls13) : .notEnabledHere
      candidates.append(.init(suite.description, reason))
    }
    out.trace(
      .chose(
        Choice(
          .cipherSuite, chosen: chosen?.description,
          rule: "the first of TLS 1.3 in the server's order that the client offers\(preference.departure)",
          candidates: candidates)))
  }
  guard let chosen, let suite = CipherSuite13(chosen) else { throw .noCommonCipherSuite(offered: offered) }
  return suite
}

/// The server's first group of which the client has sent a share; nil: there is none.
private func chooseGroup13(
  _ offer: ClientOffer13, _ settings: ServerSettings, _ out: inout HandshakeOutput
) -> NamedGroup? {
  let shared = offer.shares.map(\.group)
  let preference = settings.groupPreference(offered: offer.groups)
  let chosen = preference.order.first(where: shared.contains)
  if out.isTracing {
    let candidates = preference.order.map { group in
      Choice.Candidate(
        group.description,
        group == chosen
          ? nil
          : !offer.groups.contains(group) ? .notOfferedByPeer : shared.contains(group) ? .lessPreferred : .noKeyShare)
    }
    out.trace(
      .chose(
        Choice(
          .group, chosen: chosen?.description,
          rule: "the first in the server's order of which the client has sent a key share\(preference.departure)",
          candidates: candidates)))
  }
  return chosen
}

/// What a HelloRetryRequest has fixed, and what the second ClientHello must repeat.
package struct ServerRetry: Sendable {
  let suite: CipherSuite13
  let group: NamedGroup
  let cookie: [UInt8]?
  let first: ClientHello
}

/// RFC 9846 §4.2.4.
private func requestRetry(
  _ settings: ServerSettings, _ offer: ClientOffer13, _ suite: CipherSuite13, _ group: NamedGroup,
  _ transcript: consuming Transcript, _ out: inout HandshakeOutput
) throws(TLSError) -> Role {
  out.version = .tls13
  var transcript = transcript
  let cookie = settings.configuration.sendsRetryCookie ? settings.provider.randomBytes(32) : nil
  var extensions = ExtensionBlock()
  extensions.set(SelectedVersion(version: .tls13))
  extensions.set(RetryKeyShare(group: group))
  if let cookie { extensions.set(Cookie(cookie: cookie)) }
  out.trace(
    .retryRequested(
      RetryFact(
        group: group, hasCookie: cookie != nil,
        reason: "the client supports \(group) but has sent no key share of any group that this side supports")))
  transcript.replaceWithMessageHash(suite.hash, settings.provider)
  try out.send(
    ServerHello(
      version: .tls12, random: ServerHello.retryRandom, sessionID: offer.hello.sessionID, cipherSuite: suite.suite,
      extensions: extensions), &transcript)
  if !offer.hello.sessionID.isEmpty { out.sendDummyChangeCipherSpec() }
  // Early data is lost with the first ClientHello; its records are still on their way.
  if offer.offersEarlyData {
    out.trace(.earlyData(EarlyDataFact(outcome: .rejected(.retried), limit: 0)))
    out.skipEarlyData(settings.skippableEarlyData)
  }
  return .serverNegotiating(
    .awaitingSecondClientHello(
      AwaitingSecondClientHello(
        settings: settings, retry: ServerRetry(suite: suite, group: group, cookie: cookie, first: offer.hello),
        transcript: transcript)))
}

extension ServerSettings {
  /// How much early data that is not taken is read past. A client may send what an earlier ticket of this server allowed.
  var skippableEarlyData: Int {
    guard case .accepted(let limit, _) = configuration.earlyData else { return configuration.limits.skippedEarlyData }
    return max(configuration.limits.skippedEarlyData, Int(limit))
  }
}
