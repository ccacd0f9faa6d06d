import HandfastWire

/// The server has chosen; its certificate comes next. RFC 5246 §7.4.2.
package struct AwaitingServerCertificate: ~Copyable {
  let settings: ClientSettings
  let reference: ServerReference
  let negotiated: Negotiated12
  var transcript: Transcript

  consuming func receive(
    _ frame: borrowing HandshakeFrame, _ out: inout HandshakeOutput
  ) throws(TLSError) -> Role {
    let chain = try frame.decode(Certificate12.self).chain

    guard !chain.isEmpty else { throw .certificateMissing(.server) }
    let limit = settings.configuration.limits.chainLength
    guard chain.count <= limit else { throw .chainTooLong(count: chain.count, limit: limit) }

    transcript.append(frame.raw)
    let request = PeerVerification(
      peer: .server, chain: chain, reference: reference,
      isForKeyEncipherment: negotiated.suite.keyExchange == .rsa)
    let next = AwaitingServerVerdict(
      settings: settings, request: request, negotiated: negotiated, transcript: transcript)
    guard let verdict = settings.configuration.trust.judgeInline(request) else {
      return .client12(.awaitingServerVerdict(next))
    }
    return try next.resume(verdict, &out)
  }
}
