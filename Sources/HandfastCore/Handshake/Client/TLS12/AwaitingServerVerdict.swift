import HandfastWire

/// The owner judges the server's chain; what the server sent after it waits.
package struct AwaitingServerVerdict: ~Copyable {
  let settings: ClientSettings
  let request: PeerVerification
  let negotiated: Negotiated12
  /// A message that has come already; nil: none.
  let next: [UInt8]?
  var transcript: Transcript

  consuming func resume(_ verdict: Verdict, _ out: inout HandshakeOutput) throws(TLSError) -> Role {
    guard let next else { return .client12(try proceed(verdict, &out)) }
    let frame = HandshakeFrame(type: HandshakeType(rawValue: next.first ?? 0), raw: next.span)
    return try proceed(verdict, &out).receive(frame, &out)
  }

  private consuming func proceed(_ verdict: Verdict, _ out: inout HandshakeOutput) throws(TLSError) -> Client12 {
    let server = try settle(verdict, on: request, keepsEvidence: settings.keepsEvidence, &out)

    //= https://www.rfc-editor.org/rfc/rfc5246#section-7.4.2
    //# The end entity certificate's public key (and associated restrictions) MUST be compatible with the selected key
    //# exchange algorithm.
    guard server.key.kind.authentication == negotiated.suite.authentication else {
      throw .keyDoesNotFitSuite(key: server.key.kind, suite: negotiated.suite.suite)
    }
    //= https://www.rfc-editor.org/rfc/rfc8422#section-4
    //# when a client uses these extensions, servers MUST NOT negotiate the use of an ECC cipher suite unless they can complete
    //# the handshake while respecting the choice of curves specified by the client.
    if case .ecdsa(let curve) = server.key.kind, !settings.groups12.contains(curve) { throw .unofferedGroup(curve) }
    switch negotiated.suite.keyExchange {
    case .ecdhe:
      return .awaitingServerKeyExchange(
        AwaitingServerKeyExchange(settings: settings, negotiated: negotiated, server: server, transcript: transcript))
    case .rsa:
      let flight = ServerFlight12(
        settings: settings, negotiated: negotiated, server: server, params: nil, scheme: nil)
      return .awaitingCertificateRequestOrServerHelloDone(
        AwaitingCertificateRequestOrServerHelloDone(flight: flight, transcript: transcript))
    }
  }
}

/// What the server's flight has given the client: everything it needs for its own. A class, because each of its states has it.
package final class ServerFlight12: Sendable {
  let settings: ClientSettings
  let negotiated: Negotiated12
  let server: JudgedPeer
  /// Nil with RSA key transport.
  let params: ServerECDHParams?
  let scheme: SignatureScheme?

  init(
    settings: ClientSettings, negotiated: Negotiated12, server: JudgedPeer, params: ServerECDHParams?,
    scheme: SignatureScheme?
  ) {
    self.settings = settings
    self.negotiated = negotiated
    self.server = server
    self.params = params
    self.scheme = scheme
  }
}
