public import Handfast

/// Receives a connection's events, in order, each before the bytes that it describes go to the socket: a recorder shared by
/// two sides sees "sent" before "received". Called where the connection does its work, so it must return quickly.
public typealias Tracing = @Sendable (Side, TLSEvent) -> Void

/// Answers what a connection asks: see `Need`. What it does not answer is answered in the safest way.
///
/// A question is cancelled when the handshake's time is up; an answer that ignores cancellation delays the error, not the
/// alert.
public protocol ConnectionDelegate: Sendable {
  /// Judges the peer's chain. The default refuses it.
  func verdict(on request: PeerVerification) async -> Verdict
  /// Signs with a key that is not in this process. The default fails the handshake, as does throwing.
  func signature(for request: SignatureRequest) async throws -> [UInt8]
  /// Chooses the server's identity; nil, the default, refuses the client.
  func serverIdentity(for request: ServerIdentityRequest) async -> Identity?
  /// Chooses the client's identity; nil, the default, presents none.
  func clientIdentity(for request: ClientIdentityRequest) async -> Identity?
}

extension ConnectionDelegate {
  public func verdict(on request: PeerVerification) async -> Verdict { .refusedUnasked }
  public func signature(for request: SignatureRequest) async throws -> [UInt8] { [] }
  public func serverIdentity(for request: ServerIdentityRequest) async -> Identity? { nil }
  public func clientIdentity(for request: ClientIdentityRequest) async -> Identity? { nil }
}

extension Verdict {
  /// Where nobody judges, nobody is trusted.
  static var refusedUnasked: Verdict {
    let rejection = CertificateRejection(
      reason: .refusedByApplication, position: nil, subject: nil, detail: "nothing here judges the peer's certificates")
    return .rejected(RejectedPeer(rejection: rejection, presented: [], checks: []))
  }
}
