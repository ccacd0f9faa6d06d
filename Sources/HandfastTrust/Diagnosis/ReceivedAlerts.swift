import HandfastCore
import HandfastWire

/// What a peer's alert may mean, in the light of what this side knows. Never certain: an alert is only a name.
extension Diagnostician {
  func alertReceived(_ alert: AlertDescription) -> Diagnosis {
    switch alert {
    case .unsupportedCertificate where isAboutClientHello && knowledge.ownIdentity == nil: certificateTypeRefused
    case .badCertificate, .unsupportedCertificate, .certificateRevoked, .certificateExpired, .certificateUnknown,
      .unknownCA, .accessDenied, .certificateRequired:
      certificateRefused(alert)
    case .handshakeFailure: handshakeFailure
    case .protocolVersion: protocolVersion
    case .insufficientSecurity: insufficientSecurity
    case .noApplicationProtocol: noApplicationProtocol
    case .unrecognizedName: unrecognizedName
    case .decryptError: decryptError
    case .badRecordMAC: peersBadRecordMAC
    case .unexpectedMessage where isAboutClientHello:
      // Java's answer to a TLS 1.3 ClientHello in which it finds no group.
      complaintAboutOffers(alert, "it did not expect this client's ClientHello")
    case .unexpectedMessage: complaint(alert, "a message from this \(me) came where it did not expect one")
    case .recordOverflow: complaint(alert, "a record from this \(me) was too long for it")
    case .decodeError: complaint(alert, "it could not read a message from this \(me)")
    case .illegalParameter where isAboutClientHello:
      complaintAboutOffers(alert, "a value in this client's ClientHello was not allowed there")
    case .illegalParameter: complaint(alert, "a value in a message from this \(me) was not allowed there")
    case .unsupportedExtension: complaint(alert, "this \(me) sent an extension that it had not offered")
    case .missingExtension: complaint(alert, "it misses an extension from this \(me), such as one of TLS 1.3")
    case .inappropriateFallback: peersInappropriateFallback
    case .noRenegotiation: noRenegotiation
    case .internalError: peersInternalError
    case .userCanceled: userCanceled
    case .closeNotify: closedEarly
    default:
      because(
        .refusedWithoutReason, of: nil, "The \(them) ended the connection with the alert \(alert), \(moment).",
        rule: "RFC 5246 §7.2 (alerts)", remedy: "Look into the \(them)'s log for its reason.", on: peer, .possible,
        basis: onlyAnAlert(alert))
    }
  }

  /// Whether the ClientHello is all that the server has answered.
  private var isAboutClientHello: Bool { side == .client && knowledge.lastReceived == nil }

  /// Whether the server's Certificate is the next that has to come, in TLS 1.3.
  private var isCertificateDue: Bool {
    switch step {
    case .awaitingCertificateOrCertificateRequest: true
    case .awaitingServerCertificate: knowledge.version == .tls13
    default: false
    }
  }

  private func complaintAboutOffers(_ alert: AlertDescription, _ what: String) -> Diagnosis {
    let complaint = complaint(alert, what)
    return Diagnosis.ranked([complaint] + narrowOffers(alert).map { $0.weakened }) ?? complaint
  }

  /// "after this side's ClientHello".
  private var moment: String {
    knowledge.lastSent.map { "after this \(me)'s \($0)" } ?? "before this \(me) had said anything"
  }

  private var handshakeFailure: Diagnosis {
    if side == .client, let missing = missingClientCertificate {
      return noCertificate(.handshakeFailure, missing, .likely)
    }
    if isAboutClientHello { return nothingShared(.handshakeFailure) }
    if isCertificateDue { return certificateDue }
    var found: [Diagnosis] = []
    if let identity = knowledge.ownIdentity, knowledge.lastSent != .clientHello {
      // Java and old GnuTLS have one alert for everything, OpenSSL this one for a key that may not sign.
      let what =
        "The \(them) gave up the handshake \(moment) (handshake_failure), perhaps because of this \(me)'s certificate"
      found = suspicions(about: identity, what, basis: onlyAnAlert(.handshakeFailure))
      // A server is not told whom the client trusts.
      if side == .server { found.removeAll { $0.fault == nil } }
    }
    return Diagnosis.ranked(found + [unexplainedFailure, changedOnTheWay(.handshakeFailure)]) ?? unexplainedFailure
  }

  /// A TLS 1.3 server that gives up after its EncryptedExtensions, where its certificate is due.
  private var certificateDue: Diagnosis {
    let schemes = knowledge.offered.map { list($0.signatureSchemes) }
    let unfit = because(
      .serverCertificateUnfit, of: nil,
      "The server gave up where its certificate was due (handshake_failure): it may have none at all, or none with a key that makes "
        + "a signature which this client offers to verify\(schemes.map { " (\($0))" } ?? "").",
      rule: "RFC 9846 §4.3.2.2 (certificate selection)",
      remedy: "Give the server a certificate and key, of a kind that this client verifies; look into the server's log.",
      on: .server, command: Self.check, .possible, basis: onlyAnAlert(.handshakeFailure)
    ).comparing("signature_algorithms", expected: schemes, found: nil)
    return Diagnosis.ranked([unfit, unexplainedFailure]) ?? unfit
  }

  /// What of the own chain may be behind an alert that speaks of no certificate.
  func suspicions(about identity: Identity, _ what: String, basis: String) -> [Diagnosis] {
    let review = OwnChainReview(
      identity: identity, side: side, request: knowledge.certificateRequest, reference: knowledge.reference,
      hasClientHello: knowledge.clientHello != nil, now: now)
    return review.suspicions.map { suspicion in
      because(
        suspicion.kind.cause, of: suspicion.kind.isPeersChoice || suspicion.isVague ? nil : side,
        "\(what): \(suspicion.explanation).", rule: suspicion.rule, remedy: suspicion.remedy,
        command: "handfast pki show CHAIN.pem", .possible, basis: basis,
        certificate: ownCertificate(of: identity, at: suspicion.position)
      ).comparing(suspicion.field, expected: suspicion.expected, found: suspicion.found)
    }
  }

  private var unexplainedFailure: Diagnosis {
    let what =
      side == .client
      ? "something in this client's \(lastSentName) did not fit, its certificate perhaps"
      : "this server's choice (\(knowledge.cipherSuite?.description ?? "suite")) or its \(lastSentName) was not acceptable, or the "
        + "client requires extended_master_secret or secure renegotiation"
    return because(
      .refusedWithoutReason, of: nil,
      "The \(them) gave up the handshake \(moment) (handshake_failure): \(what).",
      rule: "RFC 5246 §7.2.2 (handshake_failure)",
      remedy: "Look into the \(them)'s log; compare the configurations of both sides.", on: peer,
      command: side == .client ? Self.check : nil, .possible, basis: onlyAnAlert(.handshakeFailure))
  }

  /// The server read the ClientHello, and that was it. Whatever this client offers little of is looked at first.
  func nothingShared(_ alert: AlertDescription) -> Diagnosis {
    let basis = onlyAnAlert(alert)
    let all = because(
      .nothingShared, of: nil,
      "The server found nothing in this client's ClientHello to agree on (\(alert)): no common cipher suite, group or "
        + "signature algorithm, no fitting certificate, or no extended_master_secret.",
      rule: "RFC 5246 §7.2.2 (handshake_failure)",
      remedy:
        "Compare cipherSuites, groups and signatureSchemes of both sides, and the kinds of the server's certificates.",
      command: Self.check, .likely, basis: basis)
    let narrow = narrowOffers(alert)
    return Diagnosis.ranked(narrow + [all]) ?? all
  }

  private func narrowOffers(_ alert: AlertDescription) -> [Diagnosis] {
    guard let offered = knowledge.offered else { return [] }
    return Offers(offered).narrow.map { narrow in
      because(
        narrow.cause, of: nil,
        "The server found nothing to agree on (\(alert)), and this client offers few \(narrow.what): \(narrow.list).",
        rule: narrow.rule, remedy: "Offer more \(narrow.what) on this client, or enable one of these on the server.",
        command: Self.check, .likely, basis: onlyAnAlert(alert)
      ).comparing(narrow.parameter, expected: narrow.list, found: nil)
    }
  }

  private var lastSentName: String { knowledge.lastSent?.description ?? "messages" }

  private var protocolVersion: Diagnosis {
    let own = knowledge.offered.map { " (\(list($0.versions)))" } ?? ""
    return because(
      .versionNotShared, of: nil,
      "The \(them) speaks no version that this \(me) has enabled\(own), says its alert (protocol_version).",
      rule: "RFC 5246 §7.2.2 (protocol_version)",
      remedy: "Enable TLS 1.3 or 1.2 in the configuration of the \(them); or look at this side's versions.", on: peer,
      command: side == .client ? Self.check : nil, .likely, basis: onlyAnAlert(.protocolVersion)
    ).comparing(
      "supported_versions",
      expected: side == .client
        ? knowledge.offered.map { list($0.versions) } : knowledge.enabled.map { list($0.versions) },
      found: nil)
  }

  private var insufficientSecurity: Diagnosis {
    let whole = because(
      .securityInsufficient, of: nil,
      "The \(them) wants stronger cryptography than this \(me) offers (insufficient_security).",
      rule: "RFC 5246 §7.2.2 (insufficient_security)",
      remedy: "Enable stronger cipher suites here (AES-256-GCM), or lower what the \(them) demands.", .likely,
      basis: onlyAnAlert(.insufficientSecurity))
    guard side == .client, knowledge.lastReceived == nil else { return whole }
    let shared = nothingShared(.insufficientSecurity)
    return Diagnosis.ranked([shared] + shared.others.map { $0 } + [whole]) ?? whole
  }

  private var noApplicationProtocol: Diagnosis {
    let own = knowledge.offered.map { " (\(list($0.applicationProtocols)))" } ?? ""
    return because(
      .applicationProtocolNotShared, of: nil,
      "The \(them) speaks none of the application protocols that this \(me) offers\(own) (no_application_protocol).",
      rule: "RFC 7301 §3.2 (ALPN)", remedy: "Let the application protocols of both sides have one name in common.",
      .likely, basis: "The alert no_application_protocol has no other meaning."
    ).comparing(
      "application_layer_protocol_negotiation", expected: knowledge.offered.map { list($0.applicationProtocols) },
      found: nil)
  }

  private var unrecognizedName: Diagnosis {
    let name = knowledge.reference.map { "\($0)" } ?? "the name that was asked for"
    return because(
      .serverNameUnknown, of: nil, "The \(them) does not serve \(name) (unrecognized_name).",
      rule: "RFC 6066 §3 (server_name)",
      remedy: "Connect by a name that the server knows, or give the server a certificate for \(name).", .likely,
      basis: "The alert unrecognized_name has no other meaning."
    ).comparing("server_name", expected: nil, found: knowledge.reference.map { "\($0)" })
  }

  private var decryptError: Diagnosis {
    // Whose fault cannot be told from here: a message that somebody in the middle changes ends the same way.
    let basis = onlyAnAlert(.decryptError)
    let changed = changedOnTheWay(.decryptError)
    guard let identity = knowledge.ownIdentity else { return changed }
    let key = because(
      .keyMismatch, of: nil,
      "The \(them) found a signature or the Finished of this \(me) invalid (decrypt_error): the private key may not belong to the "
        + "certificate, or a message was changed on the way.",
      rule: "RFC 5246 §7.2.2 (decrypt_error)",
      remedy:
        "Check that this \(me)'s key belongs to its certificate (a key in an HSM above all); then compare both sides' traces "
        + "for a message whose digest differs.",
      on: side, command: "handfast pki show CHAIN.pem KEY.pem", .possible, basis: basis, certificate: ownCertificate)
    let damaged = suspicions(
      about: identity, "The \(them) found a signature invalid (decrypt_error)", basis: basis)
    return Diagnosis.ranked(damaged.filter { $0.cause == .chainSignatureInvalid } + [key, changed]) ?? key
  }

  private func changedOnTheWay(_ alert: AlertDescription) -> Diagnosis {
    because(
      .messagesChanged, of: nil,
      "A message may have been changed on the way, so that the \(them) found it wrong (\(alert)).",
      rule: "RFC 5246 §7.2.2 (\(alert))", remedy: "Compare both sides' traces for a message whose digest differs.",
      command: Self.merge, .possible, basis: onlyAnAlert(alert))
  }

  private var peersBadRecordMAC: Diagnosis {
    because(
      .recordDamaged, of: nil,
      "The \(them) could not decrypt a record of this \(me) (bad_record_mac): it was changed on the way, or the two sides have "
        + "different keys.",
      rule: "RFC 5246 §7.2.2 (bad_record_mac)",
      remedy: "Compare both sides' traces for a message whose digest differs; look for what damages data on the way.",
      command: Self.merge, .likely, basis: onlyAnAlert(.badRecordMAC))
  }

  private var peersInappropriateFallback: Diagnosis {
    because(
      .fallbackDetected, of: side,
      "The server speaks a higher version than this client has fallen back to (inappropriate_fallback).",
      rule: "RFC 7507 §3 (TLS_FALLBACK_SCSV)",
      remedy: "Do not retry with a lower version; find out why the first attempt failed.", .likely,
      basis: "The alert inappropriate_fallback has no other meaning.")
  }

  private var noRenegotiation: Diagnosis {
    because(
      .renegotiationRefused, of: side, "The \(them) refuses to renegotiate (no_renegotiation).",
      rule: "RFC 5246 §7.2.2 (no_renegotiation)", remedy: "Open a new connection instead of renegotiating.", .likely,
      basis: "The alert no_renegotiation has no other meaning.")
  }

  private var peersInternalError: Diagnosis {
    because(
      .peerInternalError, of: nil,
      "The \(them) failed, for a reason of its own as far as it says (internal_error), \(moment).",
      rule: "RFC 5246 §7.2.2 (internal_error)",
      remedy: "Look into the \(them)'s log: its key or certificate may not be usable, or a rule of its own not be met.",
      on: peer, .possible,
      basis: onlyAnAlert(.internalError))
  }

  private var userCanceled: Diagnosis {
    because(
      .peerCanceled, of: nil,
      "The \(them) gave up the handshake (user_canceled): a person or a time limit ended it, \(moment).",
      rule: "RFC 5246 §7.2.2 (user_canceled)",
      remedy: "Try again; if this \(me) was slow to answer, find out what it waited for.", .likely,
      basis: onlyAnAlert(.userCanceled))
  }

  private var closedEarly: Diagnosis {
    because(
      .peerClosed, of: nil,
      "The \(them) closed the connection properly, but before the handshake was complete, \(moment).",
      rule: "RFC 5246 §7.2.1 (close_notify)",
      remedy: side == .client
        ? "Look into the server's log for why it left."
        : "Nothing, if it was a scan, a health check or handfast check; else look into the client's log for why it left.",
      on: peer, .possible, basis: onlyAnAlert(.closeNotify))
  }

  /// The peer says that this side's messages are wrong.
  private func complaint(_ alert: AlertDescription, _ what: String) -> Diagnosis {
    let complaint = because(
      alert == .decodeError ? .messageMalformed : .protocolViolation, of: nil,
      "The \(them) complained that \(what) (\(alert)), \(moment): one of the two implementations is at fault, or the message was "
        + "changed on the way.",
      rule: "RFC 5246 §7.2.2 (\(alert))",
      remedy:
        "Compare both sides' traces; if no digest differs, look into the \(them)'s log and report the fault with both traces.",
      command: Self.merge, .possible, basis: onlyAnAlert(alert))
    guard let identity = knowledge.ownIdentity else { return complaint }
    let others = suspicions(
      about: identity, "The \(them) may mean this \(me)'s certificate by \(alert)", basis: onlyAnAlert(alert))
    return Diagnosis.ranked(others.filter { $0.fault != nil } + [complaint]) ?? complaint
  }
}

/// What a ClientHello offers, looked at for what it offers little of.
private struct Offers {
  struct Narrow {
    let cause: FailureCause
    let what: String
    let parameter: String
    let list: String
    let rule: String
  }

  let narrow: [Narrow]

  init(_ offered: Capabilities) {
    var narrow: [Narrow] = []
    func add(
      _ cause: FailureCause, _ what: String, _ parameter: String, _ items: [some CustomStringConvertible],
      below limit: Int, _ rule: String
    ) {
      guard (1..<limit).contains(items.count) else { return }
      let list = items.map { "\($0)" }.joined(separator: ", ")
      narrow.append(Narrow(cause: cause, what: what, parameter: parameter, list: list, rule: rule))
    }
    add(
      .cipherSuiteNotShared, "cipher suites", "cipher_suites", offered.cipherSuites, below: 3,
      "RFC 5246 §7.4.1.3 (handshake_failure)")
    add(
      .groupNotShared, "groups", "supported_groups", offered.groups, below: 2, "RFC 8422 §5.1 (supported_groups)")
    add(
      .signatureSchemeNotShared, "signature algorithms", "signature_algorithms", offered.signatureSchemes, below: 3,
      "RFC 5246 §7.4.1.4.1 (signature_algorithms)")
    self.narrow = narrow
  }
}
