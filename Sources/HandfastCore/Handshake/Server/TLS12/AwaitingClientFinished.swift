import HandfastWire

/// The client's proof that it has seen the same handshake; the server answers with its own. RFC 5246 §7.4.9.
package struct AwaitingClientFinished: ~Copyable {
  let established: Established
  let sendingKeys: RecordProtection
  var transcript: Transcript

  consuming func receive(
    _ frame: borrowing HandshakeFrame, _ out: inout HandshakeOutput
  ) throws(TLSError) -> Role {
    let established = established
    let sendingKeys = sendingKeys
    var transcript = transcript
    try receiveFinished(frame, from: .client, established.master, &transcript, &out)
    try out.changeSendingKeys(to: sendingKeys)
    try sendFinished(from: .server, established.master, &transcript, &out)
    out.trace(.handshakeCompleted(established.parameters))
    return .established(established)
  }
}
