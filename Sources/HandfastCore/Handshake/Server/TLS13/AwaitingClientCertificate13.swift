import HandfastWire

/// The client was asked to authenticate. RFC 9846 §4.5.1.
package struct AwaitingClientCertificate13: ~Copyable {
  let conclusion: ServerConclusion13
  var transcript: Transcript

  consuming func receive(
    _ frame: borrowing HandshakeFrame, _ out: inout HandshakeOutput
  ) throws(TLSError) -> Role {
    let message = try frame.decode(Certificate13.self)
    let settings = conclusion.context.settings

    guard message.context.isEmpty else { throw .wrongCertificateContext }
    let limit = settings.configuration.limits.chainLength
    guard message.entries.count <= limit else { throw .chainTooLong(count: message.entries.count, limit: limit) }
    let type = conclusion.context.clientCertificateType ?? .x509
    try message.check(type)
    let status = try message.stapledStatus { settings.certificateRequest13?.extensions.contains($0) ?? false }
    transcript.append(frame.raw)
    switch settings.configuration.clientAuthentication {
    case .none: throw .unexpectedMessage(got: frame.type, wanted: [.finished])
    //= https://www.rfc-editor.org/rfc/rfc9846#section-4.5.1.4
    //# If the client does not send any certificates (i.e., it sends an empty Certificate message), the server MAY at its
    //# discretion either continue the handshake without client authentication, or abort the handshake with a
    //# "certificate_required" alert.
    case .required where message.entries.isEmpty: throw .clientCertificateRequired
    case .optional where message.entries.isEmpty:
      out.trace(.ignored("the client sent no certificate; client authentication is optional here"))
      return .server13(
        .awaitingFinished(
          AwaitingClientFinished13(conclusion: conclusion, client: nil, scheme: nil, transcript: transcript)))
    case .required(let trust), .optional(let trust):
      var request = PeerVerification(
        peer: .client, chain: message.entries.map(\.certificate), reference: nil, certificateStatus: status,
        asksForStatus: settings.configuration.requestsCertificateStatus)
      request.certificateType = type
      let next = AwaitingClientVerdict13(conclusion: conclusion, request: request, transcript: transcript)
      guard let verdict = trust.judgeInline(request, isTraced: out.isTracing) else {
        return .server13(.awaitingClientVerdict(next))
      }
      return try next.resume(verdict, &out)
    }
  }
}
