import HandfastWire

/// Who the server is. RFC 9846 §4.5.1.
package struct AwaitingServerCertificate13: ~Copyable {
  let context: ClientContext13
  let keys: HandshakeKeys13
  /// Nil: the client is not asked for its certificate.
  let request: CertificateRequest?
  var transcript: Transcript

  consuming func receive(
    _ frame: borrowing HandshakeFrame, _ out: inout HandshakeOutput
  ) throws(TLSError) -> Role {
    let message = try frame.decode(Certificate13.self)
    let settings = context.settings

    guard message.context.isEmpty else { throw .wrongCertificateContext }
    guard !message.entries.isEmpty else { throw .certificateMissing(.server) }
    let limit = settings.configuration.limits.chainLength
    guard message.entries.count <= limit else { throw .chainTooLong(count: message.entries.count, limit: limit) }
    let status = try message.stapledStatus(offered: context.offer.extensions)

    transcript.append(frame.raw)
    let verification = PeerVerification(
      peer: .server, chain: message.entries.map(\.certificate), reference: context.offer.reference,
      certificateStatus: status, asksForStatus: settings.configuration.requestsCertificateStatus)
    let next = AwaitingServerVerdict13(
      context: context, keys: keys, certificateRequest: request, request: verification, transcript: transcript)
    guard let verdict = settings.configuration.trust.judgeInline(verification) else {
      return .client13(.awaitingServerVerdict(next))
    }
    return try next.resume(verdict, &out)
  }
}

extension Certificate13 {
  /// The OCSP response beside the leaf. Whatever was not asked for has no place there (RFC 9846 §4.5.1).
  func stapledStatus(offered: [ExtensionType]) throws(TLSError) -> [UInt8]? {
    for entry in entries {
      try entry.extensions.check(in: .certificate, allowed: [.statusRequest], offered: offered)
    }
    return try entries.first?.extensions.decoded(StapledResponse.self, in: .certificate)?.response
  }
}
