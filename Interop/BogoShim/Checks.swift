import Foundation
import Handfast

extension Exchange {
  /// Whether early data was offered and rejected, as the test wants it.
  func checkEarlyData() throws -> Bool {
    guard isResumption else { return false }
    let isAccepted = endpoint.tls.negotiated?.isEarlyDataAccepted ?? false
    if options.expected.isEarlyDataAccepted, !isAccepted { throw Unexpected("early data was not accepted") }
    if options.expected.isEarlyDataRejected, isAccepted { throw Unexpected("early data was accepted") }
    return !options.isServer && options.expected.isEarlyDataRejected
  }

  /// Everything that the flags say about a complete handshake.
  func check(wasRejected: Bool) throws {
    guard let negotiated = endpoint.tls.negotiated else { throw Unexpected("nothing was negotiated") }
    let expected = options.expected
    try require(expected.version, negotiated.version, "version")
    try require(expected.cipherSuite, negotiated.cipherSuite, "cipher suite")
    try require(expected.group, negotiated.group, "group")
    if !negotiated.isResumed {
      try require(
        expected.peerScheme, options.isServer ? negotiated.clientSignatureScheme : negotiated.serverSignatureScheme,
        "signature scheme of the peer")
    }
    let wanted = options.isServer ? serverProtocol : expected.applicationProtocol
    guard wanted == negotiated.applicationProtocol else {
      throw Unexpected("the protocol is \(negotiated.applicationProtocol ?? "none"), expected \(wanted ?? "none")")
    }
    try require(expected.serverName, negotiated.serverName, "server name")
    if expected.hasNoServerName, let name = negotiated.serverName { throw Unexpected("the server name is \(name)") }
    if expected.hasExtendedMasterSecret, !negotiated.usesExtendedMasterSecret { throw Unexpected("no EMS") }
    try require(expected.hasSecureRenegotiation, negotiated.usesSecureRenegotiation, "secure renegotiation")
    guard negotiated.isResumed == (isResumption && !expected.isSessionMissed) else {
      throw Unexpected("the session was \(negotiated.isResumed ? "" : "not ")resumed")
    }
    if let status = expected.status, !negotiated.isResumed {
      try require(status, trust.question?.certificateStatus, "OCSP")
    }
    if !negotiated.isResumed { try require(expected.timestamps, trust.question?.certificateTimestamps, "SCTs") }
    let isRetried = endpoint.events.contains {
      if case .retryRequested = $0 { true } else { false }
    }
    try require(expected.isRetried, isRetried, "HelloRetryRequest")
    if let reason = earlyDataReason { try require(expected.earlyDataReason, reason, "reason about early data") }
    if isResumption, let skew = expected.ticketAgeSkew { try require(skew, ticketAgeSkew, "ticket age skew") }
    try checkCertificates(expected)
  }

  /// In seconds.
  private var ticketAgeSkew: Int? {
    endpoint.events.lazy.compactMap { event in
      if case .resumption(let fact) = event { fact.ageSkew.map { Int($0 / 1000) } } else { nil }
    }.first
  }

  /// What came and went from the ClientHello to the last alert.
  func checkMessages() throws {
    let lines = endpoint.events.compactMap { event -> String? in
      switch event {
      case .sent(let fact): "write hs \(fact.type.rawValue)"
      case .received(let fact): "read hs \(fact.type.rawValue)"
      case .sentChangeCipherSpec: "write ccs"
      case .receivedChangeCipherSpec: "read ccs"
      case .sentAlert(let fact): "write alert \(fact.level.rawValue) \(fact.description.rawValue)"
      case .receivedAlert(let fact): "read alert \(fact.level.rawValue) \(fact.description.rawValue)"
      default: nil
      }
    }
    try require(options.expected.messages, lines.map { $0 + "\n" }.joined(), "messages")
  }

  /// BoringSSL's name for what became of early data, as our events tell it; nil: they say nothing of it.
  private var earlyDataReason: String? {
    let outcomes = endpoint.events.compactMap { event -> EarlyDataFact.Outcome? in
      if case .earlyData(let fact) = event { fact.outcome } else { nil }
    }
    let isOff = options.isServer && !options.hasEarlyData
    let isLost = options.isServer && endpoint.tls.negotiated?.isResumed == false
    switch outcomes.last {
    case .accepted: return "accept"
    case .rejected where isOff: return "disabled"
    case .rejected(.retried) where isLost: return "session_not_resumed"
    case .rejected(.otherApplicationProtocol): return "alpn_mismatch"
    case .rejected(.ageDiffers): return "ticket_age_skew"
    case .rejected(.retried): return "hello_retry_request"
    case .rejected(.ticketAllowsNone): return "unsupported_for_session"
    case .rejected(.declinedByServer): return "peer_declined"
    case .rejected(.notResumed): return "session_not_resumed"
    default: return nil
    }
  }

  private var serverProtocol: String? { options.declinesProtocols ? nil : options.selectedProtocol }

  private func checkCertificates(_ expected: Expectations) throws {
    let peer = endpoint.tls.peer
    if expected.hasNoPeerCertificate {
      guard peer == nil else { throw Unexpected("the peer has a certificate") }
    } else if !options.isServer || options.requiresClientCertificate {
      guard peer != nil else { throw Unexpected("the peer has no certificate") }
    }
    if let file = expected.peerChainFile {
      let chain = try Identity(certificateChainPEM: try text(of: file)).certificates.map(\.fingerprint)
      try require(chain, peer?.presented.map(\.fingerprint), "chain of the peer")
    }
    let isRaw = peer?.presented.first?.isRawPublicKey ?? false
    if let type = expected.peerCertificateType {
      try require(type, isRaw ? .rawPublicKey : .x509, "type of the peer's certificate")
    }
    if let hash = expected.peerKeyHash { try require(hash, peer?.presented.first?.fingerprint, "raw public key") }
    if let number = expected.credentialNumber {
      let used = endpoint.tls.ownIdentity
      let found = try options.allCredentials.first { try isSame(try options.identity($0.credential), used) }
      try require(number, found?.number ?? -1, "credential")
    }
  }

  private func isSame(_ identity: Identity, _ used: Identity?) throws -> Bool {
    identity.chain == used?.chain && identity.certificateStatus == used?.certificateStatus
      && identity.signatureSchemes == used?.signatureSchemes
      && identity.certificateTimestamps == used?.certificateTimestamps
  }

  /// What is left of the connection for later ones.
  func checkSessions() throws {
    let expected = options.expected
    if options.isServer {
      guard !isResumption, let isCached = expected.isSessionCached else { return }
      try require(isCached, common.serverSessions.takeCount() > 0, "cached session")
      return
    }
    guard let negotiated = endpoint.tls.negotiated else { return }
    let received = common.clientSessions.received
    let expectsOne =
      negotiated.version == .tls13
      ? !expected.hasNoSession && !options.shutsDown
      : !expected.hasNoSession && (!negotiated.isResumed || expected.renewsTicket)
    try require(expected.isResumableAcrossNames, received.last?.isResumableAcrossNames, "resumable across names")
    guard expectsOne == !received.isEmpty else {
      throw Unexpected("new sessions: \(received.count), expected \(expectsOne ? "some" : "none")")
    }
  }

  private func require<Value: Equatable>(_ expected: Value?, _ value: Value?, _ name: String) throws {
    guard let expected, expected != value else { return }
    throw Unexpected("\(name): \(value.map { "\($0)" } ?? "none"), expected \(expected)")
  }
}
