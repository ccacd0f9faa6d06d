import HandfastWire

/// The server may ask for the client's certificate, or be done. RFC 5246 §7.4.4, §7.4.5.
package struct AwaitingCertificateRequestOrServerHelloDone: ~Copyable {
  let flight: ServerFlight12
  var transcript: Transcript

  consuming func receive(
    _ frame: borrowing HandshakeFrame, _ out: inout HandshakeOutput
  ) throws(TLSError) -> Role {
    switch frame.type {
    case .certificateRequest:
      let message = try frame.decode(CertificateRequest12.self)
      let request = ClientIdentityRequest(
        certificateTypes: message.certificateTypes, signatureSchemes: message.signatureAlgorithms,
        authorities: message.authorities, certificateType: flight.negotiated.clientCertificateType)
      out.knowledge.certificateRequest = request
      transcript.append(frame.raw)
      return .client12(
        .awaitingServerHelloDone(
          AwaitingServerHelloDone(flight: flight, request: request, transcript: transcript)))
    case .serverHelloDone:
      _ = try frame.decode(ServerHelloDone.self)
      transcript.append(frame.raw)
      transcript.forgetMessages()
      return try sendClientKeyExchange(flight, identity: nil, &transcript, &out).finish(transcript, &out)
    default:
      throw .unexpectedMessage(got: frame.type, wanted: [.certificateRequest, .serverHelloDone])
    }
  }
}
