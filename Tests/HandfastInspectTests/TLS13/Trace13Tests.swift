import Handfast
import HandfastCore
import HandfastInspect
import TestTurns
import Testing

@Suite(.inTurn) struct Trace13Tests {
  @Test(arguments: Story13.allCases)
  func `a trace of TLS 1.3 is read back the same`(_ story: Story13) throws {
    let entries = try story.record()
    #expect(try TraceFile.entries(in: try TraceFile.text(entries)) == entries)
  }

  static let resumptionRefusals: [ResumptionRefusal] = [
    .noSession, .notEnabledHere, .notOffered, .declinedByServer, .unknownSessionID, .ticketMalformed,
    .ticketKeyUnknown, .ticketKeyExpired, .ticketForged, .expired, .certificatesExpired, .otherVersion(.tls12),
    .otherCipherSuite(CipherSuite(rawValue: 0x1301)), .otherServerName(session: "a.test", offered: nil),
    .otherServerName(session: nil, offered: "b.test"), .otherScope,
    .clientCertificateMissing, .extendedMasterSecretDiffers, .noForwardSecrecy,
  ]
  static let earlyDataRefusals: [EarlyDataRefusal] = [
    .notEnabledHere, .notResumed, .notFirstSession, .retried, .ticketAllowsNone, .otherApplicationProtocol,
    .otherCipherSuite, .otherServerName, .ageDiffers, .replayed, .tooSoonAfterStart, .replayGuardFull,
    .declinedByServer,
  ]
  static let reasons: [RuledOut] = [
    .certificateTypeNotAgreed(.rawPublicKey), .notChosenByPeer, .notInThisVersion(.tls13), .noKeyShare,
    .filterNotMatched(oid: [6, 3, 0x55, 0x1d, 0x25]),
  ]
  static let ticket = TicketFact(
    lifetime: .max, byteCount: 700, digest: [UInt8](repeating: 7, count: 32), maxEarlyData: 1024)

  static let events: [TLSEvent] =
    [
      .retryRequested(RetryFact(group: .secp256r1, hasCookie: true, reason: "no share")),
      .retryRequested(RetryFact(group: nil, hasCookie: false, reason: "its cookie")),
      .resumption(ResumptionFact(outcome: .offered, mechanism: .sessionID, peer: "CN=alice", age: 12)),
      .resumption(ResumptionFact(outcome: .resumed, mechanism: .preSharedKey, peer: nil, age: nil)),
      .resumption(ResumptionFact(outcome: .resumed, mechanism: .preSharedKey, peer: nil, age: 9, ageSkew: -5_000)),
      .earlyData(EarlyDataFact(outcome: .offered, limit: 7)),
      .earlyData(EarlyDataFact(outcome: .accepted, limit: .max)),
      .issuedTicket(ticket), .receivedTicket(ticket), .confirmed(by: .newSessionTicket),
      .confirmed(by: .applicationData),
      .chose(Choice(.recordSizeLimit, chosen: "1024", rule: "r", candidates: reasons.map { .init("c", $0) })),
      .changedKeys(
        KeyChangeFact(
          direction: .receiving, suite: CipherSuite(rawValue: 0x1301), aead: "AES-128-GCM", stage: .earlyData)),
      .changedKeys(
        KeyChangeFact(
          direction: .sending, suite: CipherSuite(rawValue: 0x1301), aead: "AES-128-GCM", stage: .application,
          generation: 3)),
      .derivedSecret(
        DerivationFact(
          name: .resumptionPSK, byteCount: 32, function: "HKDF-Expand-Label with SHA-256", label: "resumption",
          inputs: [NamedInput("resumption secret", 32)], transcriptHash: [1, 2, 3])),
      .handshakeCompleted(
        NegotiatedParameters(
          version: .tls13, cipherSuite: CipherSuite(rawValue: 0x1301), group: .x25519, serverSignatureScheme: nil,
          clientSignatureScheme: nil, applicationProtocol: nil, serverName: nil, usesExtendedMasterSecret: true,
          usesSecureRenegotiation: true, maxFragmentLength: nil, isResumed: true, isEarlyDataAccepted: true)),
    ]
    + resumptionRefusals.map {
      .resumption(ResumptionFact(outcome: .declined($0), mechanism: .ticket, peer: nil, age: 0))
    }
    + earlyDataRefusals.map { .earlyData(EarlyDataFact(outcome: .rejected($0), limit: 0)) }

  @Test(arguments: events)
  func `an event survives the file`(_ event: TLSEvent) throws {
    let entries = [TraceEntry(side: .client, connection: 1, time: 1_795_475_234_987_654_321, order: 0, event: event)]
    #expect(try TraceFile.entries(in: try TraceFile.text(entries)) == entries)
  }

  static let errors: [TLSError] = [
    .recordWithoutContentType, .unprotectedRecord(.handshake), .tooMuchEarlyData,
    .missingExtension(.keyShare, in: .clientHello), .misplacedExtension(.cookie, in: .serverHello),
    .badSelectedVersion(.tls11), .sessionIDNotEchoed, .secondRetryRequest, .needlessRetryRequest,
    .changedAfterRetry("the group"), .recordSizeLimitTooSmall(63), .preSharedKeyNotLast, .badBinder,
    .unofferedPreSharedKey(index: 3), .resumedWithOtherSuite(CipherSuite(rawValue: 0x1302)),
    .resumedWithOtherParameters("extended_master_secret"), .clientCertificateRequired, .wrongCertificateContext,
    .badKeyUpdateRequest(2), .earlyDataNotPossible,
  ]

  @Test(arguments: errors, HandshakeStep.allCases)
  func `an error survives the file at every step`(_ error: TLSError, _ step: HandshakeStep) throws {
    let fact = FailureFact(step: step, error: error, alert: .certificateRequired)
    let entries = [TraceEntry(side: .server, time: 1_795_475_234_987_654_321, order: 0, event: .failed(fact))]
    #expect(try TraceFile.entries(in: try TraceFile.text(entries)) == entries)
  }

  @Test func `a trace from before TLS 1.3 is still read`() throws {
    let line =
      #"{"connection":1,"event":"changedKeys","keys":{"aead":"AES-128-GCM","direction":"sending","suite":"TLS_AES_128_GCM_SHA256"},"order":0,"side":"client","time":"2026-11-23T23:07:14.000000000Z"}"#
    let entry = try #require(try TraceFile.entries(in: TraceFile.header + "\n" + line).first)
    guard case .changedKeys(let fact) = entry.event else {
      Issue.record("\(entry)")
      return
    }
    #expect(fact.stage == nil && fact.generation == 0)
  }
}
