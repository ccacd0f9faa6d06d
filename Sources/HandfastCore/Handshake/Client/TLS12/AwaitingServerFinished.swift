import HandfastWire

/// The server's proof that it has seen the same handshake; when a session is resumed, the client answers with its own.
/// RFC 5246 §7.4.9, §7.3.
package struct AwaitingServerFinished: ~Copyable {
  let concluded: Concluded12
  let sendingKeys: RecordProtection?
  let session: ClientSession12?
  var transcript: Transcript

  consuming func receive(
    _ frame: borrowing HandshakeFrame, _ out: inout HandshakeOutput
  ) throws(TLSError) -> Role {
    var sendingKeys = sendingKeys
    var transcript = transcript
    try receiveFinished(frame, from: .server, concluded.master, &transcript, &out)
    if let keys = sendingKeys.take() {
      try out.changeSendingKeys(to: keys)
      try sendFinished(from: .client, concluded.master, &transcript, &out)
    }
    session?.keep(concluded, &out)
    out.complete(concluded.outcome.parameters)
    return .established(concluded.established())
  }
}
