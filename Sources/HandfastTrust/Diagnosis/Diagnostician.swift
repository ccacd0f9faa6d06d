package import HandfastCore
import HandfastWire

extension Diagnosis {
  /// What `side` can say about `error`, which it met at `step` knowing what it knew.
  package init(of error: TLSError, on side: Side, at step: HandshakeStep, knowing knowledge: HandshakeKnowledge) {
    let diagnostician = Diagnostician(side: side, step: step, knowledge: knowledge, now: SystemClock.now())
    self = diagnostician.diagnosis(of: error)
    guard knowledge.version == .tls13 else { return }
    rule = rule.map(TLS13Sections.rule)
    for index in others.indices { others[index].rule = others[index].rule.map(TLS13Sections.rule) }
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
    case .noCommonCertificateType(let owner, let offered): noCommonCertificateType(of: owner, offered)
    case .unofferedCertificateType(let owner, let type): unofferedCertificateType(of: owner, type)
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

  /// - Parameters:
  ///   - place: Where the remedy is applied; by default on the side at fault.
  ///   - basis: What makes it that certain; by default what is so for most.
  func because(
    _ cause: FailureCause, of fault: Side?, _ explanation: String, rule: String? = nil, remedy: String,
    on place: Side? = nil, command: String? = nil, _ certainty: Diagnosis.Certainty = .certain, basis: String? = nil,
    certificate: CertificateReference? = nil
  ) -> Diagnosis {
    var diagnosis = Diagnosis(
      cause, fault: fault, certainty, basis: basis ?? usualBasis(certainty), explanation: explanation,
      remedy: Remedy(side: place ?? fault, text: remedy, command: command))
    diagnosis.rule = rule
    diagnosis.certificate = certificate
    return diagnosis
  }

  private func usualBasis(_ certainty: Diagnosis.Certainty) -> String {
    switch certainty {
    case .certain: "This \(me) found it itself, in what it has or received."
    case .likely, .possible: "Seen from this \(me); what the \(them) or the network did is not visible here."
    }
  }

  /// The peer's software breaks the protocol, or something between the two changes what it sends.
  func protocolBroken(
    _ explanation: String, rule: String, _ cause: FailureCause = .protocolViolation
  ) -> Diagnosis {
    because(
      cause, of: peer, explanation, rule: rule,
      remedy:
        "Update the \(them)'s TLS software, or report this fault to its makers; if it behaves elsewhere, look for a "
        + "middlebox or proxy between the two that changes records.",
      command: Self.merge)
  }

  /// The program on this side uses the library wrongly.
  func misuse(_ explanation: String, remedy: String) -> Diagnosis {
    because(.misuse, of: side, explanation, remedy: remedy)
  }

  /// Shows what was changed on the way.
  static let merge = "handfast merge CLIENT.jsonl SERVER.jsonl"
  /// Shows what a server offers and asks for, and what of it fits.
  static let check = "handfast check HOST:PORT"

  /// The peer's own certificate.
  func peerCertificate(_ position: Int? = 0, _ subject: String? = nil) -> CertificateReference {
    let known = position.flatMap { knowledge.peerChain.indices.contains($0) ? knowledge.peerChain[$0] : nil }
    return CertificateReference(
      owner: peer, position: position, subject: subject ?? known?.subject, fingerprint: known?.fingerprint)
  }

  var ownCertificate: CertificateReference? { knowledge.ownIdentity.map { ownCertificate(of: $0, at: 0) } }

  func ownCertificate(of identity: Identity, at position: Int) -> CertificateReference {
    let known = identity.certificates.indices.contains(position) ? identity.certificates[position] : nil
    return CertificateReference(
      owner: side, position: position, subject: known?.subject, fingerprint: known?.fingerprint)
  }

  /// "TLS_RSA_..., and 12 more".
  func list(_ items: [some CustomStringConvertible], limit: Int = 6) -> String {
    guard !items.isEmpty else { return "none" }
    let shown = items.prefix(limit).map { "\($0)".safeForDisplay }.joined(separator: ", ")
    return items.count > limit ? "\(shown) and \(items.count - limit) more" : shown
  }
}

extension Diagnosis {
  /// What is compared, by the RFCs' name for it where it is no certificate.
  func comparing(_ parameter: String? = nil, expected: String?, found: String?) -> Diagnosis {
    var copy = self
    copy.parameter = parameter ?? self.parameter
    copy.expected = expected
    copy.found = found
    return copy
  }

  /// No more than possible.
  var weakened: Diagnosis {
    var copy = self
    copy.certainty = .possible
    return copy
  }

  /// The first of several, with the rest beside it: the most certain first, else as they come. Each cause once.
  static func ranked(_ all: [Diagnosis]) -> Diagnosis? {
    var seen: Set<FailureCause> = []
    let order: [Certainty] = [.certain, .likely, .possible]
    let sorted = order.flatMap { certainty in all.filter { $0.certainty == certainty } }
      .filter { seen.insert($0.cause).inserted }
    guard var first = sorted.first else { return nil }
    first.others = Array(sorted.dropFirst())
    return first
  }
}
