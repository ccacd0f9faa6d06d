import HandfastWire

/// The server's proof that it has seen the same handshake. RFC 5246 §7.4.9.
package struct AwaitingServerFinished: ~Copyable {
  let established: Established
  var transcript: Transcript

  consuming func receive(
    _ frame: borrowing HandshakeFrame, _ out: inout HandshakeOutput
  ) throws(TLSError) -> Role {
    try receiveFinished(frame, from: .server, established.master, &transcript, &out)
    out.trace(.handshakeCompleted(established.parameters))
    return .established(established)
  }
}
