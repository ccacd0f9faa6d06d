import HandfastWire

/// The client has proved what it had to; it changes its keys next. RFC 5246 §7.1.
package struct AwaitingClientChangeCipherSpec: ~Copyable {
  let concluded: Concluded12
  let receivingKeys: RecordProtection
  /// Nil when a session is resumed: the server has spoken already.
  let sendingKeys: RecordProtection?
  /// Nil when a session is resumed.
  let session: NewSession12?
  let transcript: Transcript

  consuming func receiveChangeCipherSpec(_ out: inout HandshakeOutput) -> Role {
    out.changeReceivingKeys(to: receivingKeys)
    return .server12(
      .awaitingClientFinished(
        AwaitingClientFinished(
          concluded: concluded, sendingKeys: sendingKeys, session: session, transcript: transcript)))
  }
}
