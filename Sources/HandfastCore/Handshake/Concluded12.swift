import HandfastWire

/// A TLS 1.2 handshake of which only ChangeCipherSpec and Finished are left.
package struct Concluded12: ~Copyable {
  let side: Side
  let parameters: NegotiatedParameters
  let master: MasterSecret12
  let peer: TrustedPeer?
  let identity: Identity?

  consuming func established() -> Established {
    Established(
      side: side, parameters: parameters, peer: peer, identity: identity, secrets: .tls12(master), isConfirmed: true)
  }
}
