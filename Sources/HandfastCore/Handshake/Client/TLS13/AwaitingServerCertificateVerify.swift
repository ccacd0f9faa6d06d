import HandfastWire

/// The proof that the server holds the key of its certificate. RFC 9846 §4.5.2.
package struct AwaitingServerCertificateVerify: ~Copyable {
  let context: ClientContext13
  let keys: HandshakeKeys13
  let request: CertificateRequest?
  let server: JudgedPeer
  var transcript: Transcript

  consuming func receive(
    _ frame: borrowing HandshakeFrame, _ out: inout HandshakeOutput
  ) throws(TLSError) -> Role {
    let proof = try frame.decode(CertificateVerify.self)

    try verify13(
      proof, by: server, from: .server, transcriptHash: transcript.digest(),
      offered: context.settings.configuration.signatureSchemes, &out)
    transcript.append(frame.raw)
    return .client13(
      .awaitingFinished(
        AwaitingServerFinished13(
          context: context, keys: keys, request: request, server: server.peer, serverScheme: proof.algorithm,
          transcript: transcript)))
  }
}

/// Checks a CertificateVerify of TLS 1.3 and says so.
func verify13(
  _ proof: CertificateVerify, by peer: JudgedPeer, from signer: Side, transcriptHash: [UInt8],
  offered: [SignatureScheme], _ out: inout HandshakeOutput
) throws(TLSError) {
  let content = signedContent13(by: signer, transcriptHash: transcriptHash)
  try verify(
    proof.signature, proof.algorithm, by: peer, over: content, offered: offered, in: .certificateVerify,
    version: .tls13, signer: signer)
  out.trace(
    .verifiedSignature(
      SignatureFact(
        message: .certificateVerify, signer: signer, scheme: proof.algorithm, key: peer.key.kind,
        content: partsOfSignedContent13(content, by: signer))))
}
