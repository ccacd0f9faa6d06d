public import HandfastWire

/// What one side knows of a handshake when it fails: the ground on which a bare alert from the peer is explained.
public struct HandshakeKnowledge: Sendable {
  /// What the client wants to reach; on the server as far as server_name says.
  public package(set) var reference: ServerReference?
  /// The identity this side presented.
  public package(set) var ownIdentity: Identity?
  /// What the server asked its client for; nil when it did not ask, or has not yet.
  public package(set) var certificateRequest: ClientIdentityRequest?
  /// The identities considered on this side, and what ruled each out.
  public package(set) var ownCandidates: [Choice.Candidate] = []
  /// The peer's chain as far as it has been judged, leaf first.
  public package(set) var peerChain: [CertificateDescription] = []
  public package(set) var lastSent: HandshakeType?
  public package(set) var lastReceived: HandshakeType?
  public package(set) var cipherSuite: CipherSuite?
  /// Nil until the hellos have settled it.
  public package(set) var version: ProtocolVersion?

  package init() {}
}
