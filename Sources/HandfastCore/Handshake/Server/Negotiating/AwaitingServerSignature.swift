import HandfastWire

/// The server's key signs the ephemeral key, here or in a device; then the rest of the flight goes out. RFC 5246 §7.4.3.
package struct AwaitingServerSignature: ~Copyable {
  let context: ServerContext12
  let ephemeral: any EphemeralKey
  let params: ServerECDHParams
  let request: SignatureRequest
  var transcript: Transcript

  consuming func resume(_ signature: [UInt8], _ out: inout HandshakeOutput) throws(TLSError) -> Role {
    guard !signature.isEmpty else { throw .signingFailed(request.scheme) }
    out.trace(
      .signed(
        SignatureFact(
          message: .serverKeyExchange, signer: .server, scheme: request.scheme, key: context.identity.keyKind,
          content: partsOfSignedContent(request.message))))
    let exchange = ServerKeyExchange(params: params, algorithm: request.scheme, signature: signature)
    try out.send(exchange, &transcript)
    return try sendServerHelloDone(context, ephemeral: ephemeral, transcript, &out)
  }
}

/// CertificateRequest, if clients are asked, and ServerHelloDone. RFC 5246 §7.4.4, §7.4.5.
func sendServerHelloDone(
  _ context: ServerContext12, ephemeral: (any EphemeralKey)?, _ transcript: consuming Transcript,
  _ out: inout HandshakeOutput
) throws(TLSError) -> Role {
  var transcript = transcript
  let request = context.settings.certificateRequest
  if let request {
    try out.send(request, &transcript)
    out.knowledge.certificateRequest = ClientIdentityRequest(
      certificateTypes: request.certificateTypes, signatureSchemes: request.signatureAlgorithms,
      authorities: request.authorities, certificateType: context.negotiated.clientCertificateType)
  }
  try out.send(ServerHelloDone(), &transcript)
  if request != nil {
    return .server12(
      .awaitingClientCertificate(
        AwaitingClientCertificate(context: context, ephemeral: ephemeral, transcript: transcript)))
  }
  return .server12(
    .awaitingClientKeyExchange(
      AwaitingClientKeyExchange(context: context, ephemeral: ephemeral, client: nil, transcript: transcript)))
}
