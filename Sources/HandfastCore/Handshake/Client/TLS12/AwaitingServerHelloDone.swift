import HandfastWire

/// The server has asked for a certificate and has one more word to say. RFC 5246 §7.4.5.
package struct AwaitingServerHelloDone: ~Copyable {
  let flight: ServerFlight12
  let request: ClientIdentityRequest
  var transcript: Transcript

  consuming func receive(
    _ frame: borrowing HandshakeFrame, _ out: inout HandshakeOutput
  ) throws(TLSError) -> Role {
    _ = try frame.decode(ServerHelloDone.self)
    transcript.append(frame.raw)
    let next = AwaitingClientIdentity(flight: flight, request: request, transcript: transcript)
    switch flight.settings.configuration.identities {
    case .asked: return .client12(.awaitingClientIdentity(next))
    case .these(let identities):
      let (identity, candidates) = chooseClientIdentity(among: identities, for: request)
      out.knowledge.ownCandidates = candidates
      out.trace(
        .chose(
          Choice(
            .clientIdentity, chosen: identity?.label,
            rule: "the first certificate of a type, signature and authority that the server accepts",
            candidates: candidates)))
      return try next.resume(identity, &out)
    }
  }
}
