import HandfastWire

/// The client has proved what it had to; it changes its keys next. RFC 5246 §7.1.
package struct AwaitingClientChangeCipherSpec: ~Copyable {
  let concluded: Concluded12
  let receivingKeys: RecordProtection
  let sendingKeys: RecordProtection
  let transcript: Transcript

  consuming func receiveChangeCipherSpec(_ out: inout HandshakeOutput) -> Role {
    out.changeReceivingKeys(to: receivingKeys)
    return .server12(
      .awaitingClientFinished(
        AwaitingClientFinished(concluded: concluded, sendingKeys: sendingKeys, transcript: transcript)))
  }
}
