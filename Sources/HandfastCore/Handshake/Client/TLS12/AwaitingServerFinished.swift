import HandfastWire

/// The server's proof that it has seen the same handshake. RFC 5246 §7.4.9.
package struct AwaitingServerFinished: ~Copyable {
  let concluded: Concluded12
  var transcript: Transcript

  consuming func receive(
    _ frame: borrowing HandshakeFrame, _ out: inout HandshakeOutput
  ) throws(TLSError) -> Role {
    try receiveFinished(frame, from: .server, concluded.master, &transcript, &out)
    out.trace(.handshakeCompleted(concluded.parameters))
    return .established(concluded.established())
  }
}
