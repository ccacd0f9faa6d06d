import HandfastWire

/// The client's key signs the handshake so far, here or in a device. RFC 5246 §7.4.8.
package struct AwaitingClientSignature: ~Copyable {
  let exchange: ClientKeyExchanged
  let identity: Identity
  let request: SignatureRequest
  var transcript: Transcript

  consuming func resume(_ signature: [UInt8], _ out: inout HandshakeOutput) throws(TLSError) -> Role {
    guard !signature.isEmpty else { throw .signingFailed(request.scheme) }
    out.trace(
      .signed(
        SignatureFact(
          message: .certificateVerify, signer: .client, scheme: request.scheme, key: identity.keyKind,
          content: [
            NamedInput("\(transcript.messageCount) handshake messages", request.message.count)
          ])))
    try out.send(CertificateVerify(algorithm: request.scheme, signature: signature), &transcript)
    transcript.forgetMessages()
    return try exchange.finish(transcript, clientScheme: request.scheme, &out)
  }
}
