import HandfastWire

/// The owner judges the server's chain; what the server sent after it waits.
package struct AwaitingServerVerdict13: ~Copyable {
  let context: ClientContext13
  let keys: HandshakeKeys13
  let certificateRequest: CertificateRequest?
  let request: PeerVerification
  var transcript: Transcript

  consuming func resume(_ verdict: Verdict, _ out: inout HandshakeOutput) throws(TLSError) -> Role {
    let server = try settle(verdict, on: request, keepsEvidence: context.settings.keepsEvidence, &out)
    return .client13(
      .awaitingCertificateVerify(
        AwaitingServerCertificateVerify(
          context: context, keys: keys, request: certificateRequest, server: server, transcript: transcript)))
  }
}
