import HandfastWire

/// The client's proof that it has seen the same handshake. RFC 9846 §4.5.3.
package struct AwaitingClientFinished13: ~Copyable {
  let conclusion: ServerConclusion13
  /// Nil when the client did not authenticate.
  let client: TrustedPeer?
  let scheme: SignatureScheme?
  var transcript: Transcript

  consuming func receive(
    _ frame: borrowing HandshakeFrame, _ out: inout HandshakeOutput
  ) throws(TLSError) -> Role {
    let (client, scheme) = (client, scheme)
    let conclusion = conclusion
    var transcript = transcript
    try receiveFinished13(frame, conclusion.handshake, &transcript, &out)

    let context = conclusion.context
    let remembered = context.selected?.session.peer
    let parameters = context.parameters(client: scheme)
    out.changeReceivingKeys(to: try conclusion.application.client.protection(), for: .application)
    let resumption = conclusion.main.resumption(transcriptHash: transcript.digest(), &out)
    out.complete(parameters)
    try sendTickets13(
      context, resumption,
      peer: remembered
        ?? client.map { RememberedPeer(presented: $0.presented, path: $0.path, signatureScheme: scheme) },
      &out)
    return .established(
      Established(
        HandshakeOutcome(
          side: .server, parameters: parameters, peer: client ?? remembered.map { TrustedPeer($0) },
          identity: context.identity),
        secrets: .tls13(
          Secrets13(
            sending: conclusion.application.server, receiving: conclusion.application.client,
            exporter: conclusion.exporter, resumption: resumption)),
        isConfirmed: true))
  }
}
