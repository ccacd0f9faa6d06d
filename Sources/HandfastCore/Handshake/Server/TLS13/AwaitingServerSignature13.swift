import HandfastWire

/// The server's key signs the handshake so far, here or in a device. RFC 9846 §4.5.2.
package struct AwaitingServerSignature13: ~Copyable {
  let context: ServerContext13
  let flight: ServerFlight13
  let request: SignatureRequest
  var transcript: Transcript

  consuming func resume(_ signature: [UInt8], _ out: inout HandshakeOutput) throws(TLSError) -> Role {
    guard !signature.isEmpty else { throw .signingFailed(request.scheme) }
    if let kind = context.identity?.keyKind {
      out.trace(
        .signed(
          SignatureFact(
            message: .certificateVerify, signer: .server, scheme: request.scheme, key: kind,
            content: partsOfSignedContent13(request.message, by: .server))))
    }
    try out.send(CertificateVerify(algorithm: request.scheme, signature: signature), &transcript)
    return try sendServerFinished13(context, flight, transcript, &out)
  }
}
