import HandfastWire

/// The proof that the client holds the key of its certificate. RFC 9846 §4.5.2.
package struct AwaitingClientCertificateVerify13: ~Copyable {
  let conclusion: ServerConclusion13
  let client: JudgedPeer
  var transcript: Transcript

  consuming func receive(
    _ frame: borrowing HandshakeFrame, _ out: inout HandshakeOutput
  ) throws(TLSError) -> Role {
    let proof = try frame.decode(CertificateVerify.self)

    try verify13(
      proof, by: client, from: .client, transcriptHash: transcript.digest(),
      offered: conclusion.context.settings.configuration.signatureSchemes, &out)
    transcript.append(frame.raw)
    return .server13(
      .awaitingFinished(
        AwaitingClientFinished13(
          conclusion: conclusion, client: client.peer, scheme: proof.algorithm, transcript: transcript)))
  }
}
