import HandfastWire

extension AwaitingServerHello {
  /// A HelloRetryRequest: the same ClientHello once more, with the key share or the cookie that the server wants.
  /// RFC 9846 §4.2.2, §4.2.4.
  consuming func answerRetry(
    _ request: ServerHello, _ extensions: ExtensionBlock, _ frame: borrowing HandshakeFrame,
    _ out: inout HandshakeOutput
  ) throws(TLSError) -> Role {
    //= https://www.rfc-editor.org/rfc/rfc9846#section-4.2.4
    //# If a client receives a second HelloRetryRequest in the same connection (i.e., where the ClientHello was itself in
    //# response to a HelloRetryRequest), it MUST abort the handshake with an "unexpected_message" alert.
    guard retry == nil else { throw .secondRetryRequest }
    let suite = try checkChoices13(request)
    // The cookie is the one extension that the server may send unasked.
    try extensions.check(
      in: .serverHello, allowed: [.supportedVersions, .keyShare, .cookie],
      offered: { $0 == .cookie || offer.offers($0) })
    let group = try extensions.decoded(RetryKeyShare.self, in: .serverHello)?.group
    let cookie = try extensions.decoded(Cookie.self, in: .serverHello)
    //= https://www.rfc-editor.org/rfc/rfc9846#section-4.2.4
    //# Clients MUST abort the handshake with an "illegal_parameter" alert if the HelloRetryRequest would not result in any
    //# change in the ClientHello.
    guard group != nil || cookie != nil else { throw .needlessRetryRequest }
    var keys = offer.keys
    if let group {
      guard settings.configuration.groups.contains(group) else { throw .unofferedGroup(group) }
      guard !keys.contains(where: { $0.group == group }) else { throw .needlessRetryRequest }
      keys = [KeyShareKey(group: group, key: try ephemeralKey(in: group, settings.provider))]
    }

    out.version = .tls13
    out.trace(
      .retryRequested(
        RetryFact(
          group: group, hasCookie: cookie != nil,
          reason: group.map { "the server wants a key share of \($0)" } ?? "the server wants its cookie back")))
    transcript.replaceWithMessageHash(suite.hash, settings.provider)
    transcript.append(frame.raw)

    var hello = offer.hello
    var second = hello.extensions ?? ExtensionBlock()
    if group != nil { second.set(ClientKeyShares(entries: keys.map(\.entry))) }
    if let cookie { second.set(cookie) }
    second.remove(.preSharedKey)
    if offer.session?.offersEarlyData == true {
      second.remove(.earlyData)
      out.endEarlyData(because: .retried)
      out.removeSendingKeys()
    }
    hello.extensions = second
    // A session of another hash cannot be resumed any more, and is offered no more (RFC 9846 §4.2.2).
    let session = offer.session.flatMap { offered in
      CipherSuite13(offered.session.cipherSuite)?.hash == suite.hash
        ? OfferedSession(session: offered.session, offersEarlyData: false) : nil
    }
    out.sendDummyChangeCipherSpec()
    let (sent, early) = try sendClientHello(hello, offering: session, settings, &transcript, &out)
    return .clientNegotiating(
      AwaitingServerHello(
        settings: settings,
        offer: Offer(
          reference: offer.reference, hello: sent, keys: keys, sessions: offer.sessions, session: session, early: early),
        retry: ClientRetry(suite: suite, group: group), transcript: transcript))
  }
}
