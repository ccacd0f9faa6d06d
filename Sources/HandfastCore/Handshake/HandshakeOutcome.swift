import HandfastWire

/// What a handshake comes to. A class, because states have it before and after the end.
package final class HandshakeOutcome: Sendable {
  let side: Side
  let parameters: NegotiatedParameters
  let peer: TrustedPeer?
  let identity: Identity?

  init(side: Side, parameters: NegotiatedParameters, peer: TrustedPeer?, identity: Identity?) {
    self.side = side
    self.parameters = parameters
    self.peer = peer
    self.identity = identity
  }
}
