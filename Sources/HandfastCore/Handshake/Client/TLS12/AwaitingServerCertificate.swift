import HandfastWire

/// The server has chosen; its certificate comes next. RFC 5246 §7.4.2.
package struct AwaitingServerCertificate: ~Copyable {
  let settings: ClientSettings
  let reference: ServerReference
  let negotiated: Negotiated12
  /// The server has said that an OCSP response may follow.
  let acknowledgesStatus: Bool
  let timestamps: [[UInt8]]
  var transcript: Transcript

  consuming func receive(
    _ frame: borrowing HandshakeFrame, _ out: inout HandshakeOutput
  ) throws(TLSError) -> Role {
    let chain = try decodeCertificate12(frame, negotiated.serverCertificateType)

    guard !chain.isEmpty else { throw .certificateMissing(.server) }
    let limit = settings.configuration.limits.chainLength
    guard chain.count <= limit else { throw .chainTooLong(count: chain.count, limit: limit) }

    transcript.append(frame.raw)
    let next = AwaitingCertificateStatus(
      settings: settings, reference: reference, negotiated: negotiated, chain: chain, timestamps: timestamps,
      transcript: transcript)
    return acknowledgesStatus ? .client12(.awaitingCertificateStatus(next)) : try next.judge(status: nil, &out)
  }
}
