import HandfastWire

/// The client's proof that it has seen the same handshake; in a full one the server answers with its own. RFC 5246 §7.4.9.
package struct AwaitingClientFinished: ~Copyable {
  let concluded: Concluded12
  let sendingKeys: RecordProtection?
  let session: NewSession12?
  var transcript: Transcript

  consuming func receive(
    _ frame: borrowing HandshakeFrame, _ out: inout HandshakeOutput
  ) throws(TLSError) -> Role {
    var sendingKeys = sendingKeys
    var transcript = transcript
    try receiveFinished(frame, from: .client, concluded.master, &transcript, &out)
    if let keys = sendingKeys.take() {
      try session?.issue(concluded, &transcript, &out)
      try out.changeSendingKeys(to: keys)
      try sendFinished(from: .server, concluded.master, &transcript, &out)
    }
    out.complete(concluded.outcome.parameters)
    return .established(concluded.established())
  }
}
