import HandfastCore
import HandfastWire

/// What can go wrong in TLS 1.3 only.
extension Diagnostician {
  var recordWithoutContentType: Diagnosis {
    protocolBroken(
      "The \(them) sent an encrypted record that holds nothing but padding.", rule: "RFC 9846 §5.4 (record padding)")
  }

  func unprotectedRecord(_ type: ContentType) -> Diagnosis {
    protocolBroken(
      "The \(them) sent a record of type \(type) in clear, where its keys are in use already.",
      rule: "RFC 9846 §5 (records under keys)")
  }

  var tooMuchEarlyData: Diagnosis {
    protocolBroken(
      "The client sent more early data than its ticket allows.", rule: "RFC 9846 §4.3.10 (max_early_data_size)")
  }

  func missingExtension(_ type: ExtensionType, _ message: HandshakeType) -> Diagnosis {
    protocolBroken(
      "The \(them)'s \(message) lacks the extension \(type), which TLS 1.3 requires there.",
      rule: "RFC 9846 §9.2 (mandatory extensions)")
  }

  func misplacedExtension(_ type: ExtensionType, _ message: HandshakeType) -> Diagnosis {
    protocolBroken(
      "The \(them)'s \(message) carries the extension \(type), which has no place in it.",
      rule: "RFC 9846 §4.3 (extensions and their messages)")
  }

  func badSelectedVersion(_ version: ProtocolVersion) -> Diagnosis {
    protocolBroken(
      "The server's supported_versions names \(version), which this client did not offer or which the rest of the "
        + "ServerHello contradicts.", rule: "RFC 9846 §4.3.1 (supported_versions)")
  }

  var sessionIDNotEchoed: Diagnosis {
    because(
      .messagesChanged, of: nil, "The ServerHello does not repeat the session id of the ClientHello.",
      rule: "RFC 9846 §4.2.3 (legacy_session_id_echo)",
      remedy:
        "Compare the ClientHello in both sides' traces: if it differs, look for a middlebox; else update the server.",
      .likely)
  }

  var secondRetryRequest: Diagnosis {
    protocolBroken("The server asked for a third ClientHello.", rule: "RFC 9846 §4.2.4 (one HelloRetryRequest)")
  }

  var needlessRetryRequest: Diagnosis {
    protocolBroken(
      "The server's HelloRetryRequest asks for nothing, or for a key share that was sent already.",
      rule: "RFC 9846 §4.2.4 (HelloRetryRequest)")
  }

  func changedAfterRetry(_ what: String) -> Diagnosis {
    protocolBroken(
      "After the HelloRetryRequest the \(them) changed what it must not change: \(what).",
      rule: side == .client ? "RFC 9846 §4.2.4 (HelloRetryRequest)" : "RFC 9846 §4.2.2 (second ClientHello)")
  }

  func recordSizeLimitTooSmall(_ limit: Int) -> Diagnosis {
    protocolBroken(
      "The \(them) takes records of \(limit) bytes only; 64 is the least allowed.",
      rule: "RFC 8449 §4 (record_size_limit)")
  }

  var preSharedKeyNotLast: Diagnosis {
    protocolBroken(
      "The client's pre_shared_key is not the last extension of its ClientHello.",
      rule: "RFC 9846 §4.3.11 (pre_shared_key)")
  }

  var badBinder: Diagnosis {
    because(
      .sessionRefused, of: nil,
      "The client does not hold the key of the session that it wants to resume, or its ClientHello was changed on the way.",
      rule: "RFC 9846 §4.3.11.2 (PSK binder)",
      remedy: "Compare the ClientHello in both sides' traces; if it is the same, have the client forget its sessions.",
      .likely)
  }

  func unofferedPreSharedKey(_ index: Int) -> Diagnosis {
    protocolBroken(
      "The server resumes session number \(index + 1), which this client did not offer.",
      rule: "RFC 9846 §4.3.11 (selected_identity)", .sessionRefused)
  }

  func resumedWithOtherSuite(_ suite: CipherSuite) -> Diagnosis {
    protocolBroken(
      "The server resumes a session with \(suite), which does not fit the session.",
      rule: knowledge.version == .tls13
        ? "RFC 9846 §4.3.11 (hash of the PSK)" : "RFC 5246 §7.4.1.3 (session resumption)", .sessionRefused)
  }

  func resumedWithOtherParameters(_ what: String) -> Diagnosis {
    protocolBroken(
      "The server resumes a session otherwise than it was made: \(what).",
      rule: "RFC 7627 §5.3 (extended_master_secret in resumption)", .sessionRefused)
  }

  var clientCertificateRequired: Diagnosis {
    noClientCertificate(rule: "RFC 9846 §4.5.1.4 (certificate_required)")
  }

  var wrongCertificateContext: Diagnosis {
    protocolBroken(
      "The \(them)'s certificate_request_context is not empty during the handshake.",
      rule: "RFC 9846 §4.4.2, §4.5.1 (certificate_request_context)")
  }

  func badKeyUpdateRequest(_ value: UInt8) -> Diagnosis {
    protocolBroken(
      "The \(them)'s KeyUpdate has the value \(value), which is neither 0 nor 1.", rule: "RFC 9846 §4.7.3 (KeyUpdate)")
  }

  var earlyDataNotPossible: Diagnosis {
    misuse(
      "Early data was to be sent, but there is no session that allows it, its amount is used up, or the handshake has gone on.",
      remedy: "Ask earlyDataCapacity first, and send the data after the handshake where it says 0.")
  }
}
