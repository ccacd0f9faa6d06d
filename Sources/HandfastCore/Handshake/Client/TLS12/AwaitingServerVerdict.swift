import HandfastWire

/// The owner judges the server's chain; what the server sent after it waits.
package struct AwaitingServerVerdict: ~Copyable {
  let settings: ClientSettings
  let request: PeerVerification
  let negotiated: Negotiated12
  var transcript: Transcript

  consuming func resume(_ verdict: Verdict, _ out: inout HandshakeOutput) throws(TLSError) -> Role {
    let server = try settle(verdict, on: request, &out)

    //= https://www.rfc-editor.org/rfc/rfc5246#section-7.4.2
    //# The end entity certificate's public key (and associated restrictions) MUST be compatible with the selected key
    //# exchange algorithm.
    guard server.key.kind.authentication == negotiated.suite.authentication else {
      throw .keyDoesNotFitSuite(key: server.key.kind, suite: negotiated.suite.suite)
    }
    switch negotiated.suite.keyExchange {
    case .ecdhe:
      return .client12(
        .awaitingServerKeyExchange(
          AwaitingServerKeyExchange(
            settings: settings, negotiated: negotiated, server: server, transcript: transcript)))
    case .rsa:
      let flight = ServerFlight12(
        settings: settings, negotiated: negotiated, server: server, params: nil, scheme: nil)
      return .client12(
        .awaitingCertificateRequestOrServerHelloDone(
          AwaitingCertificateRequestOrServerHelloDone(flight: flight, transcript: transcript)))
    }
  }
}

/// What the server's flight has given the client: everything it needs for its own.
package struct ServerFlight12: Sendable {
  let settings: ClientSettings
  let negotiated: Negotiated12
  let server: JudgedPeer
  /// Nil with RSA key transport.
  let params: ServerECDHParams?
  let scheme: SignatureScheme?
}
