import HandfastWire

/// The handshake is over, and both sides have proved that they saw the same one.
package struct Established: ~Copyable {
  package let side: Side
  package let parameters: NegotiatedParameters
  package let master: MasterSecret12
  package let peer: TrustedPeer?
  package let identity: Identity?

  /// Renegotiation is refused, as a warning that lets the connection go on (RFC 5246 §7.2.2): it has no use left that does not
  /// come with an attack.
  consuming func receive(
    _ frame: borrowing HandshakeFrame, _ out: inout HandshakeOutput
  ) throws(TLSError) -> Established {
    switch (side, frame.type) {
    case (.client, .helloRequest): _ = try frame.decode(HelloRequest.self)
    case (.server, .clientHello): _ = try frame.decode(ClientHello.self)
    default: throw .unexpectedMessage(got: frame.type, wanted: [])
    }
    out.trace(.ignored("a request to renegotiate"))
    try out.idleness.spend()
    try out.sendAlert(.warning, .noRenegotiation)
    return self
  }
}
