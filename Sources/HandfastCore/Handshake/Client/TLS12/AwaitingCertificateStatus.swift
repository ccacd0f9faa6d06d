import HandfastWire

/// The server may pass on what its issuer says about its certificate, and leave it out although it has acknowledged the request.
/// RFC 6066 §8.
package struct AwaitingCertificateStatus: ~Copyable {
  let settings: ClientSettings
  let reference: ServerReference
  let negotiated: Negotiated12
  let chain: [[UInt8]]
  let timestamps: [[UInt8]]
  var transcript: Transcript

  consuming func receive(
    _ frame: borrowing HandshakeFrame, _ out: inout HandshakeOutput
  ) throws(TLSError) -> Role {
    guard frame.type == .certificateStatus else {
      return try judge(status: nil, followedBy: [UInt8](copying: frame.raw), &out)
    }
    let status = try frame.decode(CertificateStatus.self).response
    transcript.append(frame.raw)
    return try judge(status: status, &out)
  }

  /// `next`: the message that came in the place of a status, and waits for the verdict.
  consuming func judge(
    status: [UInt8]?, followedBy next: [UInt8]? = nil, _ out: inout HandshakeOutput
  ) throws(TLSError) -> Role {
    var request = PeerVerification(
      peer: .server, chain: chain, reference: reference,
      isForKeyEncipherment: negotiated.suite.keyExchange == .rsa, certificateStatus: status,
      asksForStatus: settings.configuration.requestsCertificateStatus)
    request.certificateType = negotiated.serverCertificateType
    request.certificateTimestamps = timestamps
    let awaiting = AwaitingServerVerdict(
      settings: settings, request: request, negotiated: negotiated, next: next, transcript: transcript)
    guard let verdict = settings.configuration.trust.judgeInline(request, isTraced: out.isTracing) else {
      return .client12(.awaitingServerVerdict(awaiting))
    }
    return try awaiting.resume(verdict, &out)
  }
}
