import HandfastWire

/// The client was asked to authenticate. RFC 5246 §7.4.6.
package struct AwaitingClientCertificate: ~Copyable {
  let context: ServerContext12
  let ephemeral: (any EphemeralKey)?
  var transcript: Transcript

  consuming func receive(
    _ frame: borrowing HandshakeFrame, _ out: inout HandshakeOutput
  ) throws(TLSError) -> Role {
    let type = context.negotiated.clientCertificateType
    let chain = try decodeCertificate12(frame, type)

    guard chain.count <= context.settings.configuration.limits.chainLength else {
      throw .chainTooLong(count: chain.count, limit: context.settings.configuration.limits.chainLength)
    }
    switch context.settings.configuration.clientAuthentication {
    case .required(let trust), .optional(let trust):
      transcript.append(frame.raw)
      if chain.isEmpty { return try proceedWithoutCertificate(&out) }
      var request = PeerVerification(peer: .client, chain: chain, reference: nil)
      request.certificateType = type
      let next = AwaitingClientVerdict(
        context: context, ephemeral: ephemeral, request: request, transcript: transcript)
      guard let verdict = trust.judgeInline(request, isTraced: out.isTracing) else {
        return .server12(.awaitingClientVerdict(next))
      }
      return try next.resume(verdict, &out)
    case .none: throw .unexpectedMessage(got: frame.type, wanted: [.clientKeyExchange])
    }
  }

  private consuming func proceedWithoutCertificate(_ out: inout HandshakeOutput) throws(TLSError) -> Role {
    if case .required = context.settings.configuration.clientAuthentication { throw .certificateMissing(.client) }
    out.trace(.ignored("the client sent no certificate; client authentication is optional here"))
    transcript.forgetMessages()
    return .server12(
      .awaitingClientKeyExchange(
        AwaitingClientKeyExchange(context: context, ephemeral: ephemeral, client: nil, transcript: transcript)))
  }
}
