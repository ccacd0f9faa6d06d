import HandfastWire

/// The client's key signs the handshake so far, here or in a device. RFC 9846 §4.5.2.
package struct AwaitingClientSignature13: ~Copyable {
  let flight: ClientFlight13
  let identity: Identity
  let request: SignatureRequest
  var transcript: Transcript

  consuming func resume(_ signature: [UInt8], _ out: inout HandshakeOutput) throws(TLSError) -> Role {
    guard !signature.isEmpty else { throw .signingFailed(request.scheme) }
    out.trace(
      .signed(
        SignatureFact(
          message: .certificateVerify, signer: .client, scheme: request.scheme, key: identity.keyKind,
          content: partsOfSignedContent13(request.message, by: .client))))
    try out.send(CertificateVerify(algorithm: request.scheme, signature: signature), &transcript)
    return try flight.finish(transcript, identity: identity, scheme: request.scheme, &out)
  }
}
