import HandfastWire

/// The client's certificate is trusted; the proof that it holds the key comes next. RFC 5246 §7.4.8.
package struct AwaitingCertificateVerify: ~Copyable {
  let context: ServerContext12
  let master: MasterSecret12
  let client: JudgedPeer
  var transcript: Transcript

  consuming func receive(
    _ frame: borrowing HandshakeFrame, _ out: inout HandshakeOutput
  ) throws(TLSError) -> Role {
    let proof = try frame.decode(CertificateVerify.self)
    let content = transcript.wholeMessages

    //= https://www.rfc-editor.org/rfc/rfc5246#section-7.4.8
    //# The hash and signature algorithms used in the signature MUST be one of those present in the
    //# supported_signature_algorithms field of the CertificateRequest message.
    try verify(
      proof.signature, proof.algorithm, by: client, over: content,
      offered: context.settings.configuration.signatureSchemes, in: .certificateVerify)
    out.trace(
      .verifiedSignature(
        SignatureFact(
          message: .certificateVerify, signer: .client, scheme: proof.algorithm, key: client.key.kind,
          content: [NamedInput("\(transcript.messageCount) handshake messages", content.count)])))

    transcript.append(frame.raw)
    transcript.forgetMessages()
    return try awaitChangeCipherSpec(context, master, client: client, scheme: proof.algorithm, transcript, &out)
  }
}
