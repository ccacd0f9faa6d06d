import HandfastCore
import HandfastWire

/// What a peer's alert may mean, in the light of what this side knows. Never certain: an alert is only a name.
extension Diagnostician {
  func alertReceived(_ alert: AlertDescription) -> Diagnosis {
    switch alert {
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
    case .unexpectedMessage: complaint(alert, "a message from this \(me) came where it did not expect one")
    case .recordOverflow: complaint(alert, "a record from this \(me) was too long for it")
    case .decodeError: complaint(alert, "it could not read a message from this \(me)")
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
        of: nil, "The \(them) ended the connection with the alert \(alert), \(moment).",
        rule: "RFC 5246 §7.2 (alerts)", remedy: "Look into the \(them)'s log for its reason.", .possible)
    }
  }

  /// "after this side's ClientHello".
  private var moment: String {
    knowledge.lastSent.map { "after this \(me)'s \($0)" } ?? "before this \(me) had said anything"
  }

  private var handshakeFailure: Diagnosis {
    if side == .client, let missing = missingClientCertificate {
      return noCertificate(.handshakeFailure, missing, .likely)
    }
    if side == .client, knowledge.lastReceived == nil {
      return because(
        of: nil,
        "The server found nothing in this client's ClientHello to agree on (handshake_failure): no common cipher suite, group or "
          + "signature algorithm, no fitting certificate, or no extended_master_secret.",
        rule: "RFC 5246 §7.2.2 (handshake_failure)",
        remedy:
          "Compare cipherSuites, groups and signatureSchemes of both sides, and the kinds of the server's certificates.",
        .likely)
    }
    let what =
      side == .client
      ? "something in this client's \(lastSentName) did not fit, its certificate perhaps"
      : "this server's choice (\(knowledge.cipherSuite?.description ?? "suite")) or its \(lastSentName) was not acceptable, or the "
        + "client requires extended_master_secret or secure renegotiation"
    return because(
      of: nil, "The \(them) gave up the handshake \(moment) (handshake_failure): \(what).",
      rule: "RFC 5246 §7.2.2 (handshake_failure)",
      remedy: "Look into the \(them)'s log; compare the configurations of both sides.", .possible)
  }

  private var lastSentName: String { knowledge.lastSent?.description ?? "messages" }

  private var protocolVersion: Diagnosis {
    because(
      of: peer, "The \(them) speaks no version that this \(me) has enabled (protocol_version).",
      rule: "RFC 5246 §7.2.2 (protocol_version)",
      remedy: "Enable TLS 1.3 or 1.2 in the configuration of the \(them); or look at this side's versions.", .likely
    )
  }

  private var insufficientSecurity: Diagnosis {
    because(
      of: nil, "The \(them) wants stronger cryptography than this \(me) offers (insufficient_security).",
      rule: "RFC 5246 §7.2.2 (insufficient_security)",
      remedy: "Enable stronger cipher suites here (AES-256-GCM), or lower what the \(them) demands.", .likely)
  }

  private var noApplicationProtocol: Diagnosis {
    because(
      of: nil, "The \(them) speaks none of the application protocols that this \(me) offers (no_application_protocol).",
      rule: "RFC 7301 §3.2 (ALPN)", remedy: "Let the application protocols of both sides have one name in common.",
      .likely)
  }

  private var unrecognizedName: Diagnosis {
    let name = knowledge.reference.map { "\($0)" } ?? "the name that was asked for"
    return because(
      of: nil, "The \(them) does not serve \(name) (unrecognized_name).", rule: "RFC 6066 §3 (server_name)",
      remedy: "Connect by a name that the server knows, or give the server a certificate for \(name).", .likely)
  }

  private var decryptError: Diagnosis {
    // Whose fault cannot be told from here: a message that somebody in the middle changes ends the same way.
    because(
      of: nil,
      "The \(them) found a signature or the Finished of this \(me) invalid (decrypt_error): the private key may not belong to the "
        + "certificate, or a message was changed on the way.",
      rule: "RFC 5246 §7.2.2 (decrypt_error)",
      remedy:
        "Check that this \(me)'s key belongs to its certificate (a key in an HSM above all); then compare both sides' traces "
        + "for a message whose digest differs.",
      .possible, certificate: ownCertificate)
  }

  private var peersBadRecordMAC: Diagnosis {
    because(
      of: nil,
      "The \(them) could not decrypt a record of this \(me) (bad_record_mac): it was changed on the way, or the two sides have "
        + "different keys.",
      rule: "RFC 5246 §7.2.2 (bad_record_mac)",
      remedy: "Compare both sides' traces for a message whose digest differs; look for what damages data on the way.",
      .likely)
  }

  private var peersInappropriateFallback: Diagnosis {
    because(
      of: side, "The server speaks a higher version than this client has fallen back to (inappropriate_fallback).",
      rule: "RFC 7507 §3 (TLS_FALLBACK_SCSV)",
      remedy: "Do not retry with a lower version; find out why the first attempt failed.", .likely)
  }

  private var noRenegotiation: Diagnosis {
    because(
      of: side, "The \(them) refuses to renegotiate (no_renegotiation).", rule: "RFC 5246 §7.2.2 (no_renegotiation)",
      remedy: "Open a new connection instead of renegotiating.", .likely)
  }

  private var peersInternalError: Diagnosis {
    because(
      of: peer, "The \(them) failed for a reason of its own (internal_error), \(moment).",
      rule: "RFC 5246 §7.2.2 (internal_error)",
      remedy: "Look into the \(them)'s log: its key or certificate may not be usable.", .likely)
  }

  private var userCanceled: Diagnosis {
    because(
      of: nil, "The \(them) gave up the handshake (user_canceled): a person or a time limit ended it, \(moment).",
      rule: "RFC 5246 §7.2.2 (user_canceled)",
      remedy: "Try again; if this \(me) was slow to answer, find out what it waited for.", .likely)
  }

  private var closedEarly: Diagnosis {
    because(
      of: nil, "The \(them) closed the connection properly, but before the handshake was complete, \(moment).",
      rule: "RFC 5246 §7.2.1 (close_notify)", remedy: "Look into the \(them)'s log for why it left.", .possible)
  }

  /// The peer says that this side's messages are wrong.
  private func complaint(_ alert: AlertDescription, _ what: String) -> Diagnosis {
    because(
      of: nil,
      "The \(them) complained that \(what) (\(alert)), \(moment): one of the two implementations is at fault, or the message was "
        + "changed on the way.",
      rule: "RFC 5246 §7.2.2 (\(alert))",
      remedy:
        "Compare both sides' traces; if no digest differs, look into the \(them)'s log and report the fault with both traces.",
      .possible)
  }
}
