import HandfastWire

/// The server's proof that it has seen the same handshake; the client answers with its own. RFC 9846 §4.5.3.
package struct AwaitingServerFinished13: ~Copyable {
  let context: ClientContext13
  let keys: HandshakeKeys13
  let request: CertificateRequest?
  let server: TrustedPeer
  let serverScheme: SignatureScheme?
  var transcript: Transcript

  consuming func receive(
    _ frame: borrowing HandshakeFrame, _ out: inout HandshakeOutput
  ) throws(TLSError) -> Role {
    try receiveFinished13(frame, keys.server, &transcript, &out)

    let hash = transcript.digest()
    let clientKeys = keys.client
    let main = keys.secret.main(&out)
    let application = main.traffic(transcriptHash: hash, &out)
    let exporter = main.exporter(transcriptHash: hash, &out)
    out.changeReceivingKeys(to: try application.server.protection(), for: .application)
    if context.isEarlyDataAccepted {
      // RFC 9846 §4.6: the early data ends here, under its own keys.
      out.earlyDataLeft = nil
      try out.send(EndOfEarlyData(), &transcript)
      try out.installSendingKeys(clientKeys.protection(), for: .handshake)
    }
    let flight = ClientFlight13(
      context: context, handshake: clientKeys, main: main, application: application, exporter: exporter,
      server: server, serverScheme: serverScheme)
    guard let request else { return try flight.finish(transcript, identity: nil, scheme: nil, &out) }

    let next = AwaitingClientIdentity13(flight: flight, request: request, transcript: transcript)
    switch context.settings.configuration.identities {
    case .asked: return .client13(.awaitingClientIdentity(next))
    case .these(let identities):
      let (identity, candidates) = chooseClientIdentity(among: identities, for: request.accepted, in: .tls13)
      out.knowledge.ownCandidates = candidates
      out.trace(
        .chose(
          Choice(
            .clientIdentity, chosen: identity?.label,
            rule: "the first certificate with a signature, authority and extensions that the server accepts",
            candidates: candidates)))
      return try next.resume(identity, &out)
    }
  }
}

/// What the client's own flight is made from.
package struct ClientFlight13: ~Copyable {
  let context: ClientContext13
  let handshake: TrafficSecret13
  let main: MainSecret13
  let application: TrafficPair13
  let exporter: ExporterSecret13
  let server: TrustedPeer
  let serverScheme: SignatureScheme?

  /// Finished; from here on the client sends under the application's keys. RFC 9846 §4.5.3.
  consuming func finish(
    _ transcript: consuming Transcript, identity: Identity?, scheme: SignatureScheme?, _ out: inout HandshakeOutput
  ) throws(TLSError) -> Role {
    var transcript = transcript
    try sendFinished13(handshake, &transcript, &out)
    let (context, server) = (context, server)
    let parameters = context.parameters(server: serverScheme, client: scheme)
    let resumption = main.resumption(transcriptHash: transcript.digest(), &out)
    try out.installSendingKeys(application.client.protection(), for: .application)
    out.complete(parameters)
    return .established(
      Established(
        HandshakeOutcome(side: .client, parameters: parameters, peer: server, identity: identity),
        secrets: .tls13(
          Secrets13(
            sending: application.client, receiving: application.server, exporter: exporter, resumption: resumption)),
        isConfirmed: false,
        tickets: ReceivedTickets(
          context, server: server, serverScheme: parameters.serverSignatureScheme, identity: identity)))
  }
}
