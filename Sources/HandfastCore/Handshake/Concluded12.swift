import HandfastWire

/// A TLS 1.2 handshake of which only ChangeCipherSpec and Finished are left.
package struct Concluded12: Sendable {
  let outcome: HandshakeOutcome
  let master: MasterSecret12

  init(
    side: Side, parameters: NegotiatedParameters, master: MasterSecret12, peer: TrustedPeer?, identity: Identity?
  ) {
    outcome = HandshakeOutcome(side: side, parameters: parameters, peer: peer, identity: identity)
    self.master = master
  }

  func established() -> Established { Established(outcome, secrets: .tls12(master), isConfirmed: true) }
}
