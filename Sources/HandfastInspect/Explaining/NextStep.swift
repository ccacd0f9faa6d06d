import HandfastCore
import HandfastTrust

/// What to look at next, and where.
package struct NextStep: Hashable, Sendable {
  /// Seen from the program that printed the line.
  package enum Place: String, Hashable, Sendable {
    case here
    case peer
    case both
  }
  package let place: Place
  package let text: String
  package let command: String?
}

extension Explanation {
  /// In the order in which they are worth the trouble.
  package var next: [NextStep] {
    let causes = candidates.prefix(3).map(\.cause)
    switch speaker {
    case .judged: return causes.prefix(2).map { looking(at: $0, .peer) } + fix(.peer)
    case .own: return causes.prefix(2).map { looking(at: $0, .here) } + fix(.here)
    case .refused: return [othersLog] + causes.prefix(2).map { looking(at: $0, .here) } + ownCheck
    case .ended, .unclear: return [othersLog] + causes.prefix(2).map { looking(at: $0, .both) } + ownCheck
    }
  }

  private var othersLog: NextStep {
    let what = speaker == .refused ? "it judged, and only it has the reason" : "it may have refused without saying so"
    return NextStep(
      place: .peer, text: "Look into its log at this moment: \(what). Have the line explained that stands there.",
      command: "handfast explain -")
  }

  /// - Parameter place: Whose certificate or configuration it is about.
  private func looking(at cause: FailureCause, _ place: NextStep.Place) -> NextStep {
    // A client need not have the server's files to see its chain: the server sends it.
    let isServersChain =
      place == .peer && side == .client && cause.command?.hasPrefix("handfast pki show CHAIN") == true
    return NextStep(
      place: place == .peer && cause.concernsBothSides ? .both : place, text: "\(cause.rawValue): \(cause.check)",
      command: isServersChain ? "handfast check HOST:PORT --ca ROOT.pem" : cause.command)
  }

  private func fix(_ place: NextStep.Place) -> [NextStep] {
    guard let first = candidates.first, first.certainty != .possible else { return [] }
    return [
      NextStep(
        place: first.cause.concernsBothSides ? .both : place, text: "To mend it: \(first.cause.fix)", command: nil)
    ]
  }

  /// A client can ask the server what it wants, and have its own chain judged by it.
  private var ownCheck: [NextStep] {
    guard side != .server else { return [] }
    let command = "handfast check HOST:PORT --ca ROOT.pem --cert CHAIN.pem --key KEY.pem"
    guard !candidates.prefix(2).contains(where: { $0.cause.command == command }) else { return [] }
    return [
      NextStep(
        place: .here, text: "From a client's side: ask the server what it wants, and try this certificate on it.",
        command: command)
    ]
  }
}

extension FailureCause {
  /// Whether it may as well be the judge that has to change: what it trusts, what it asks for, its clock.
  var concernsBothSides: Bool {
    switch self {
    case .issuerUnknown, .issuerNamesake, .certificateSelfSigned, .clockWrong, .nameMismatch, .versionNotShared,
      .cipherSuiteNotShared, .groupNotShared, .signatureSchemeNotShared, .applicationProtocolNotShared, .nothingShared,
      .keyNotPinned, .certificateTypeNotShared,
      .messagesChanged, .recordDamaged, .revocationUnknown, .revocationStale:
      true
    case .certificateUnreadable, .keyUnsupported, .keyWeak, .signatureWeak, .signatureUnsupported, .certificateExpired,
      .certificateNotYetValid, .intermediateMissing, .chainSignatureInvalid, .issuerNotAuthority, .pathLengthExceeded,
      .nameConstraintViolated, .criticalExtensionUnknown, .keyUsageWrong, .purposeWrong, .nameMissing,
      .chainTooComplex, .chainTooLong, .certificateRevoked, .certificateRefused, .accessDenied,
      .clientCertificateMissing, .clientCertificateUnfit, .serverCertificateMissing, .serverCertificateUnfit,
      .keyMismatch, .keyExchangeUnfit, .keyShareInvalid, .signingFailed, .serverNameUnknown, .fallbackDetected,
      .downgradeDetected,
      .extendedMasterSecretMissing, .secureRenegotiationMissing, .securityInsufficient, .choiceNotOffered, .notTLS,
      .peerClosed, .peerSilent, .peerCanceled, .dataTruncated, .protocolViolation, .messageMalformed, .limitExceeded,
      .renegotiationRefused, .sessionRefused, .keyLimitReached, .peerInternalError, .refusedWithoutReason,
      .identityUnusable, .cryptographyFailed, .misuse, .statusResponseBad:
      false
    }
  }
}
