package import Handfast
package import HandfastCore
package import HandfastWire

/// What became of one side: copyable, so that expectations can hold it.
package struct Outcome {
  package let isComplete: Bool
  package let step: HandshakeStep
  package let failure: TLSFailure?
  package let negotiated: NegotiatedParameters?
  package let peer: TrustedPeer?
  package let ownIdentity: Identity?
  package let received: [UInt8]
  package let events: [TLSEvent]
  package let peerHasClosed: Bool
  package let hasOpenQuestion: Bool
  package let owedByteCount: Int

  package var error: TLSError? { failure?.error }
  package var alertSent: AlertDescription? { failure?.alertSent }
  /// The handshake messages of this side's events.
  package var sent: [HandshakeType] {
    events.compactMap { if case .sent(let fact) = $0 { fact.type } else { nil } }
  }
  package var alertsSent: [AlertDescription] {
    events.compactMap { if case .sentAlert(let fact) = $0 { fact.description } else { nil } }
  }
  package var alertsReceived: [AlertDescription] {
    events.compactMap { if case .receivedAlert(let fact) = $0 { fact.description } else { nil } }
  }
}

extension Endpoint {
  package var outcome: Outcome {
    Outcome(
      isComplete: connection.isHandshakeComplete, step: connection.step, failure: failure,
      negotiated: connection.negotiated, peer: connection.peer, ownIdentity: connection.ownIdentity,
      received: received, events: events, peerHasClosed: peerHasClosed, hasOpenQuestion: openQuestion != nil,
      owedByteCount: connection.owedByteCount)
  }

  package func exported(
    label: String, context: [UInt8]?, byteCount: Int
  ) throws(TLSFailure) -> [UInt8] {
    try connection.exportKeyingMaterial(label: label, context: context, byteCount: byteCount)
  }
}
