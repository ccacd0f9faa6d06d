package import HandfastCore
import HandfastWire

extension Diagnosis {
  /// What `side` can say about `error`, which it met at `step` knowing what it knew.
  package init(of error: TLSError, on side: Side, at step: HandshakeStep, knowing knowledge: HandshakeKnowledge) {
    let diagnostician = Diagnostician(side: side, step: step, knowledge: knowledge, now: SystemClock.now())
    self = diagnostician.diagnosis(of: error)
    if knowledge.version == .tls13 { rule = rule.map(TLS13Sections.rule) }
  }
}

/// One side's look at one failure. This file is the index; each theme has a file of its own.
struct Diagnostician {
  let side: Side
  let step: HandshakeStep
  let knowledge: HandshakeKnowledge
  /// Unix seconds.
  let now: Int64

  var peer: Side { side.peer }
  /// "server".
  var me: String { side.rawValue }
  /// "client".
  var them: String { peer.rawValue }

  func diagnosis(of error: TLSError) -> Diagnosis {
    switch error {
    // Records.
    case .unknownContentType(let type): unknownContentType(type)
    case .recordVersion(let version): recordVersion(version)
    case .notTLS(let looksLike): notTLS(looksLike)
    case .recordTooLong(let length, let limit): recordTooLong(length, limit)
    case .recordTooShort(let length): recordTooShort(length)
    case .badRecordMAC(let number): badRecordMAC(number)
    case .recordsWithoutProgress(let limit): recordsWithoutProgress(limit)
    case .emptyHandshakeRecord: emptyHandshakeRecord
    case .keyLimitReached(let records): keyLimitReached(records)
    case .malformedAlert(let problem): malformedAlert(problem)
    case .malformedChangeCipherSpec: malformedChangeCipherSpec
    case .interleavedRecord(let type): interleavedRecord(type)
    case .unexpectedApplicationData: unexpectedApplicationData
    case .unexpectedChangeCipherSpec: unexpectedChangeCipherSpec
    // Handshake messages.
    case .unexpectedMessage(let got, let wanted): unexpectedMessage(got, wanted)
    case .messageTooLong(let type, let length, let limit): messageTooLong(type, length, limit)
    case .malformed(let type, let problem): malformed(type, problem)
    case .malformedExtension(let type, let message, let problem): malformedExtension(type, message, problem)
    case .messageAcrossKeyChange: messageAcrossKeyChange
    case .messageBeforeAnswer: messageBeforeAnswer
    // What the hellos say.
    case .versionNotSupported(let offered): versionNotSupported(offered)
    case .inappropriateFallback(let offered): inappropriateFallback(offered)
    case .noCommonCipherSuite(let offered): noCommonCipherSuite(offered)
    case .noFittingIdentity: noFittingIdentity
    case .noAcceptableIdentity(let reason): noAcceptableIdentity(reason)
    case .noCommonGroup(let offered): noCommonGroup(offered)
    case .noCommonSignatureScheme(let offered): noCommonSignatureScheme(offered)
    case .noCommonApplicationProtocol(let offered): noCommonApplicationProtocol(offered)
    case .nullCompressionMissing: nullCompressionMissing
    case .uncompressedPointsMissing: uncompressedPointsMissing
    case .unofferedVersion(let version): unofferedVersion(version)
    case .unofferedCipherSuite(let suite): unoffered("cipher suite \(suite)", "RFC 5246 §7.4.1.3")
    case .unofferedCompression(let method): unoffered("compression method \(method)", "RFC 5246 §7.4.1.3")
    case .unofferedExtension(let type): unoffered("extension \(type)", "RFC 5246 §7.4.1.4")
    case .unofferedApplicationProtocol(let name):
      unoffered("application protocol '\(name.safeForDisplay)'", "RFC 7301 §3.2")
    case .unofferedGroup(let group): unoffered("group \(group)", "RFC 8422 §5.4")
    case .unofferedSignatureScheme(let scheme): unofferedSignatureScheme(scheme)
    case .wrongMaxFragmentLength(let asked, let got): wrongMaxFragmentLength(asked, got)
    case .downgradeDetected: downgradeDetected
    case .extendedMasterSecretMissing: extendedMasterSecretMissing
    case .secureRenegotiationMissing: secureRenegotiationMissing
    case .renegotiationInfoNotEmpty: renegotiationInfoNotEmpty
    case .serverNameUnknown(let name): serverNameUnknown(name)
    // TLS 1.3 and resumption.
    case .recordWithoutContentType: recordWithoutContentType
    case .unprotectedRecord(let type): unprotectedRecord(type)
    case .tooMuchEarlyData: tooMuchEarlyData
    case .missingExtension(let type, let message): missingExtension(type, message)
    case .misplacedExtension(let type, let message): misplacedExtension(type, message)
    case .badSelectedVersion(let version): badSelectedVersion(version)
    case .sessionIDNotEchoed: sessionIDNotEchoed
    case .secondRetryRequest: secondRetryRequest
    case .needlessRetryRequest: needlessRetryRequest
    case .changedAfterRetry(let what): changedAfterRetry(what)
    case .recordSizeLimitTooSmall(let limit): recordSizeLimitTooSmall(limit)
    case .preSharedKeyNotLast: preSharedKeyNotLast
    case .badBinder: badBinder
    case .binderCountMismatch(let keys, let binders): binderCountMismatch(keys, binders)
    case .unofferedPreSharedKey(let index): unofferedPreSharedKey(index)
    case .resumedWithOtherSuite(let suite): resumedWithOtherSuite(suite)
    case .resumedWithOtherParameters(let what): resumedWithOtherParameters(what)
    case .clientCertificateRequired: clientCertificateRequired
    case .wrongCertificateContext: wrongCertificateContext
    case .badKeyUpdateRequest(let value): badKeyUpdateRequest(value)
    case .earlyDataNotPossible: earlyDataNotPossible
    // Certificates and proofs.
    case .certificateMissing(let owner): certificateMissing(owner)
    case .chainTooLong(let count, let limit): chainTooLong(count, limit)
    case .certificateRejected(let rejection): rejected(rejection)
    case .keyDoesNotFitSuite(let key, let suite): keyDoesNotFitSuite(key, suite)
    case .signatureSchemeDoesNotFitKey(let scheme, let key): signatureSchemeDoesNotFitKey(scheme, key)
    case .badSignature(let message, let scheme): badSignature(message, scheme)
    case .invalidKeyShare(let group): invalidKeyShare(group)
    case .unofferedCertificateCompression(let algorithm):
      unoffered("certificate compression \(algorithm)", "RFC 8879 §4")
    case .certificateNotDecompressed(let algorithm): certificateNotDecompressed(algorithm)
    case .badFinished(let expected, let got): badFinished(expected, got)
    // Alerts and endings.
    case .alertReceived(let alert): alertReceived(alert)
    case .truncated: truncated
    case .handshakeTimedOut(let seconds): handshakeTimedOut(seconds)
    case .abortedByApplication(let alert): abortedByApplication(alert)
    case .alreadyEnded: alreadyEnded
    case .handshakeNotComplete: handshakeNotComplete
    // This side.
    case .signingFailed(let scheme): signingFailed(scheme)
    case .unexpectedAnswer: unexpectedAnswer
    case .identityDoesNotFit(let reason): identityDoesNotFit(reason)
    case .encodingTooLong(let type): encodingTooLong(type)
    case .cryptoFailed(let what): cryptoFailed(what)
    case .invalidExporterInput(let what): invalidExporterInput(what)
    }
  }

  // MARK: Kinds of diagnosis

  func because(
    of fault: Side?, _ explanation: String, rule: String? = nil, remedy: String,
    _ certainty: Diagnosis.Certainty = .certain, certificate: CertificateReference? = nil
  ) -> Diagnosis {
    Diagnosis(
      fault: fault, certainty: certainty, explanation: explanation, rule: rule, certificate: certificate, remedy: remedy
    )
  }

  /// The peer's software breaks the protocol, or something between the two changes what it sends.
  func protocolBroken(_ explanation: String, rule: String) -> Diagnosis {
    because(
      of: peer, explanation, rule: rule,
      remedy:
        "Update the \(them)'s TLS software, or report this fault to its makers; if it behaves elsewhere, look for a "
        + "middlebox or proxy between the two that changes records.")
  }

  /// The program on this side uses the library wrongly.
  func misuse(_ explanation: String, remedy: String) -> Diagnosis { because(of: side, explanation, remedy: remedy) }

  /// The peer's own certificate.
  func peerCertificate(_ position: Int? = 0, _ subject: String? = nil) -> CertificateReference {
    let known = position.flatMap { knowledge.peerChain.indices.contains($0) ? knowledge.peerChain[$0].subject : nil }
    return CertificateReference(owner: peer, position: position, subject: subject ?? known)
  }

  /// "TLS_RSA_..., and 12 more".
  func list(_ items: [some CustomStringConvertible], limit: Int = 6) -> String {
    guard !items.isEmpty else { return "none" }
    let shown = items.prefix(limit).map { "\($0)".safeForDisplay }.joined(separator: ", ")
    return items.count > limit ? "\(shown) and \(items.count - limit) more" : shown
  }
}
