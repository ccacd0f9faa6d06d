import HandfastWire

/// The server's certificate is trusted; its signed ephemeral key comes next. RFC 8422 §5.4.
package struct AwaitingServerKeyExchange: ~Copyable {
  let settings: ClientSettings
  let negotiated: Negotiated12
  let server: JudgedPeer
  var transcript: Transcript

  consuming func receive(
    _ frame: borrowing HandshakeFrame, _ out: inout HandshakeOutput
  ) throws(TLSError) -> Role {
    let exchange = try frame.decode(ServerKeyExchange.self)

    guard settings.groups12.contains(exchange.params.group) else {
      throw .unofferedGroup(exchange.params.group)
    }
    let content = signedContent(negotiated.randoms, exchange.params)
    try verify(
      exchange.signature, exchange.algorithm, by: server, over: content,
      offered: settings.configuration.signatureSchemes, in: .serverKeyExchange)
    out.trace(
      .verifiedSignature(
        SignatureFact(
          message: .serverKeyExchange, signer: .server, scheme: exchange.algorithm, key: server.key.kind,
          content: partsOfSignedContent(content))))

    transcript.append(frame.raw)
    let flight = ServerFlight12(
      settings: settings, negotiated: negotiated, server: server, params: exchange.params,
      scheme: exchange.algorithm)
    return .client12(
      .awaitingCertificateRequestOrServerHelloDone(
        AwaitingCertificateRequestOrServerHelloDone(flight: flight, transcript: transcript)))
  }
}
