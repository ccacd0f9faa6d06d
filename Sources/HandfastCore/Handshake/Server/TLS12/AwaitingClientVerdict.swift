import HandfastWire

/// The owner judges the client's chain; what the client sent after it waits.
package struct AwaitingClientVerdict: ~Copyable {
  let context: ServerContext12
  let ephemeral: (any EphemeralKey)?
  let request: PeerVerification
  var transcript: Transcript

  consuming func resume(_ verdict: Verdict, _ out: inout HandshakeOutput) throws(TLSError) -> Role {
    let client = try settle(verdict, on: request, &out)
    return .server12(
      .awaitingClientKeyExchange(
        AwaitingClientKeyExchange(context: context, ephemeral: ephemeral, client: client, transcript: transcript)))
  }
}
