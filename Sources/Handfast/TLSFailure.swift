import HandfastWire

/// A connection that failed: where, why, and what to do about it.
public struct TLSFailure: Error, Sendable {
  /// The side that speaks.
  public let side: Side
  /// What that side was waiting for, or doing, when it stopped.
  public let step: HandshakeStep
  public let error: TLSError
  /// The alert the peer is told, if any. It never says more than its name.
  public let alertSent: AlertDescription?
  public let diagnosis: Diagnosis
  /// The handshake message that this side sent last, if it sent any.
  package let lastSent: HandshakeType?
  /// Whether this side has shown a certificate.
  package let hasIdentity: Bool

  package init(
    side: Side, step: HandshakeStep, error: TLSError, alertSent: AlertDescription?, knowledge: HandshakeKnowledge
  ) {
    self.side = side
    self.step = step
    self.error = error
    self.alertSent = alertSent
    lastSent = knowledge.lastSent
    hasIdentity = knowledge.ownIdentity != nil
    diagnosis = Diagnosis(of: error, on: side, at: step, knowing: knowledge)
  }
}
