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
    let settings = context.settings
    let message = try decodeCertificate(frame, settings)

    guard message.context.isEmpty else { throw .wrongCertificateContext }
    guard !message.entries.isEmpty else { throw .certificateMissing(.server) }
    let limit = settings.configuration.limits.chainLength
    guard message.entries.count <= limit else { throw .chainTooLong(count: message.entries.count, limit: limit) }
    try message.check(context.certificateTypes.server)
    let status = try message.stapledStatus(offered: context.offer.offers)

    transcript.append(frame.raw)
    var verification = PeerVerification(
      peer: .server, chain: message.entries.map(\.certificate), reference: context.offer.reference,
      certificateStatus: status, asksForStatus: settings.configuration.requestsCertificateStatus)
    verification.certificateType = context.certificateTypes.server
    verification.certificateTimestamps =
      try message.entries.first?.extensions.decoded(SignedCertificateTimestamps.self, in: .certificate)?.timestamps
      ?? []
    let next = AwaitingServerVerdict13(
      context: context, keys: keys, certificateRequest: request, request: verification, transcript: transcript)
    guard let verdict = settings.configuration.trust.judgeInline(verification, isTraced: out.isTracing) else {
      return .client13(.awaitingServerVerdict(next))
    }
    return try next.resume(verdict, &out)
  }
}

extension Certificate13 {
  // RFC 9846 §4.5.1: a raw public key stands alone in its list.
  func check(_ type: CertificateType) throws(TLSError) {
    guard type != .rawPublicKey || entries.count <= 1 else { throw .chainTooLong(count: entries.count, limit: 1) }
  }

  /// The OCSP response beside the leaf. Whatever was not asked for has no place there (RFC 9846 §4.5.1).
  func stapledStatus(offered: (ExtensionType) -> Bool) throws(TLSError) -> [UInt8]? {
    for entry in entries {
      try entry.extensions.check(
        in: .certificate, allowed: [.statusRequest, .signedCertificateTimestamp], offered: offered)
    }
    return try entries.first?.extensions.decoded(StapledResponse.self, in: .certificate)?.response
  }
}
