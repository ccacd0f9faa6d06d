import HandfastWire

/// The handshake is over, and both sides have proved that they saw the same one.
package struct Established: ~Copyable {
  package let side: Side
  package let parameters: NegotiatedParameters
  package let master: MasterSecret12
  package let peer: TrustedPeer?
  package let identity: Identity?

  /// RFC 5705 §4.
  package func exportKeyingMaterial(
    label: String, context: [UInt8]?, byteCount: Int
  ) throws(TLSError) -> [UInt8] {
    // RFC 7627 §5.4: without it the master secret is not bound to the handshake.
    guard parameters.usesExtendedMasterSecret else { throw .extendedMasterSecretMissing }
    let reserved = ["client finished", "server finished", "master secret", "extended master secret", "key expansion"]
    guard !reserved.contains(label) else { throw .invalidExporterInput("'\(label)' is a label of TLS itself") }
    guard context?.count ?? 0 <= 0xffff else { throw .invalidExporterInput("the context is over 65,535 bytes") }
    guard (1...(1 << 16)).contains(byteCount) else {
      throw .invalidExporterInput("the length must be 1 to 65,536 bytes")
    }
    return master.export(label: label, context: context, byteCount: byteCount)
  }

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
