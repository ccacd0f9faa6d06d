import HandfastWire

/// The owner judges the server of a resumed session anew.
package struct AwaitingResumedVerdict13: ~Copyable {
  let context: ClientContext13
  let keys: HandshakeKeys13
  let request: PeerVerification
  var transcript: Transcript

  consuming func resume(_ verdict: Verdict, _ out: inout HandshakeOutput) throws(TLSError) -> Role {
    let server = try settleResumed(verdict, on: request, &out)
    return .client13(
      .awaitingFinished(
        AwaitingServerFinished13(
          context: context, keys: keys, request: nil, server: server, serverScheme: nil, transcript: transcript)))
  }
}
