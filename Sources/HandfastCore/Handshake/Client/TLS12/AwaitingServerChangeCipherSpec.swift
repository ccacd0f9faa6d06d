import HandfastWire

/// The client has said all; the server changes its keys next. RFC 5246 §7.1.
package struct AwaitingServerChangeCipherSpec: ~Copyable {
  let concluded: Concluded12
  let receivingKeys: RecordProtection
  let transcript: Transcript

  consuming func receiveChangeCipherSpec(_ out: inout HandshakeOutput) -> Role {
    out.changeReceivingKeys(to: receivingKeys)
    return .client12(.awaitingServerFinished(AwaitingServerFinished(concluded: concluded, transcript: transcript)))
  }
}
