import HandfastWire

/// The owner judges the client's chain; what the client sent after it waits.
package struct AwaitingClientVerdict13: ~Copyable {
  let conclusion: ServerConclusion13
  let request: PeerVerification
  var transcript: Transcript

  consuming func resume(_ verdict: Verdict, _ out: inout HandshakeOutput) throws(TLSError) -> Role {
    let client = try settle(verdict, on: request, &out)
    return .server13(
      .awaitingCertificateVerify(
        AwaitingClientCertificateVerify13(conclusion: conclusion, client: client, transcript: transcript)))
  }
}
