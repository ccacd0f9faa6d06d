import HandfastWire

/// The client's proof that it has seen the same handshake; the server answers with its own. RFC 5246 §7.4.9.
package struct AwaitingClientFinished: ~Copyable {
  let concluded: Concluded12
  let sendingKeys: RecordProtection
  var transcript: Transcript

  consuming func receive(
    _ frame: borrowing HandshakeFrame, _ out: inout HandshakeOutput
  ) throws(TLSError) -> Role {
    let concluded = concluded
    let sendingKeys = sendingKeys
    var transcript = transcript
    try receiveFinished(frame, from: .client, concluded.master, &transcript, &out)
    try out.changeSendingKeys(to: sendingKeys)
    try sendFinished(from: .server, concluded.master, &transcript, &out)
    out.trace(.handshakeCompleted(concluded.parameters))
    return .established(concluded.established())
  }
}
