package import HandfastWire

extension FailureCause {
  /// What an implementation tells its peer when it finds this.
  package struct Telling: Hashable, Sendable {
    /// "OpenSSL", "Go".
    package let implementation: String
    /// More than one where it depends on side or version; none where it closes without a word.
    package let alerts: [AlertDescription]
    package let note: String?
  }

  /// Which alerts various implementations send for it: what the refused side gets to see. Measured with OpenSSL 3.0, Go 1.27,
  /// Java 17, GnuTLS 3.7 and Node 20, or read in their sources; rustls by its documentation. Empty where it was not looked at.
  package var tellings: [Telling] {
    switch self {
    case .issuerUnknown, .intermediateMissing, .issuerNamesake, .certificateSelfSigned:
      Self.tellings(
        .unknownCA, openSSL: [.unknownCA], go: [.badCertificate, .unknownCA], java: [.certificateUnknown],
        gnuTLS: [.badCertificate, .accessDenied], rustls: [.unknownCA])
    case .certificateExpired, .certificateNotYetValid, .clockWrong:
      Self.tellings(
        .certificateExpired, openSSL: [.certificateExpired], go: [.badCertificate, .certificateExpired],
        java: [.certificateUnknown, .certificateExpired], gnuTLS: [.badCertificate, .accessDenied],
        rustls: [.certificateExpired])
    case .purposeWrong:
      Self.tellings(
        .unsupportedCertificate, openSSL: [.unsupportedCertificate], go: [.badCertificate], java: [.certificateUnknown],
        gnuTLS: [.badCertificate, .accessDenied], rustls: [.unsupportedCertificate])
    case .nameMismatch:
      Self.tellings(
        .badCertificate, openSSL: [.badCertificate], go: [.badCertificate], java: [.certificateUnknown],
        gnuTLS: [.badCertificate], rustls: [.badCertificate])
    case .nameMissing, .issuerNotAuthority, .pathLengthExceeded, .nameConstraintViolated:
      [
        Telling("Handfast", [.badCertificate]), Telling("Go", [.badCertificate]),
        Telling("Java", [.certificateUnknown]),
      ]
    case .keyWeak, .signatureWeak:
      [
        Telling("Handfast", [.unsupportedCertificate]), Telling("OpenSSL", [.badCertificate]),
        Telling("Go", [.badCertificate]), Telling("Java", [.certificateUnknown, .unsupportedCertificate]),
      ]
    case .certificateRevoked:
      [
        Telling("OpenSSL", [.certificateRevoked]), Telling("Java", [.certificateRevoked, .certificateUnknown]),
        Telling("rustls", [.certificateRevoked]),
      ]
    case .revocationUnknown, .revocationStale:
      [Telling("Handfast", [.certificateUnknown]), Telling("OpenSSL", [.certificateExpired, .unknownCA])]
    case .statusResponseBad:
      [Telling("Handfast", [.badCertificateStatusResponse]), Telling("OpenSSL", [.badCertificateStatusResponse])]
    case .accessDenied:
      [
        Telling("Handfast", [.accessDenied]),
        Telling("others", [.badCertificate, .certificateUnknown], "or an HTTP status 403 after the handshake"),
      ]
    case .clientCertificateMissing, .clientCertificateUnfit:
      [
        Telling("Handfast", [.certificateRequired, .handshakeFailure], Self.byVersion),
        Telling("OpenSSL", [.certificateRequired, .handshakeFailure], Self.byVersion),
        Telling("Go", [.certificateRequired, .handshakeFailure], Self.byVersion),
        Telling("Java", [.badCertificate]),
        Telling("GnuTLS", [.certificateRequired, .decodeError], Self.byVersion),
        Telling("rustls", [.certificateRequired]),
        Telling("nginx", [], "completes the handshake and answers HTTP 400: No required SSL certificate was sent"),
      ]
    case .keyMismatch, .messagesChanged:
      [
        Telling("Handfast", [.decryptError]), Telling("OpenSSL", [.decryptError]), Telling("Go", [.decryptError]),
        Telling("rustls", [.decryptError]),
      ]
    case .versionNotShared:
      [
        Telling("Handfast", [.protocolVersion]), Telling("OpenSSL", [.protocolVersion]),
        Telling("Go", [.protocolVersion]), Telling("Java", [.protocolVersion, .handshakeFailure]),
        Telling("rustls", [.protocolVersion]),
      ]
    case .cipherSuiteNotShared, .groupNotShared, .signatureSchemeNotShared, .serverCertificateUnfit, .nothingShared:
      [
        Telling("Handfast", [.handshakeFailure]),
        Telling("OpenSSL", [.handshakeFailure, .internalError], "internal_error where no signature algorithm fits"),
        Telling("Go", [.handshakeFailure]), Telling("Java", [.handshakeFailure]),
        Telling("rustls", [.handshakeFailure]),
      ]
    case .applicationProtocolNotShared:
      [Telling("all that use ALPN", [.noApplicationProtocol], "some go on without a protocol instead")]
    case .serverNameUnknown:
      [
        Telling("Handfast", [.unrecognizedName]), Telling("Java", [.unrecognizedName]),
        Telling("OpenSSL, nginx, Go", [], "answer with the default certificate, and the client finds another name"),
      ]
    case .notTLS:
      [
        Telling("OpenSSL", [.protocolVersion, .unexpectedMessage], "or it closes"),
        Telling("nginx", [], "answers HTTP 400: The plain HTTP request was sent to HTTPS port"),
      ]
    case .certificateUnreadable, .keyUnsupported, .signatureUnsupported, .chainSignatureInvalid,
      .criticalExtensionUnknown,
      .keyUsageWrong, .chainTooComplex, .keyNotPinned, .certificateTypeNotShared, .chainTooLong, .certificateRefused,
      .serverCertificateMissing,
      .keyExchangeUnfit,
      .keyShareInvalid, .recordDamaged, .signingFailed, .fallbackDetected, .downgradeDetected,
      .extendedMasterSecretMissing, .secureRenegotiationMissing, .securityInsufficient, .choiceNotOffered, .peerClosed,
      .peerSilent, .peerCanceled, .dataTruncated, .protocolViolation, .messageMalformed, .limitExceeded,
      .renegotiationRefused, .sessionRefused, .keyLimitReached, .peerInternalError, .refusedWithoutReason,
      .identityUnusable, .cryptographyFailed, .misuse:
      []
    }
  }

  private static let byVersion = "the second in TLS 1.2"

  private static func tellings(
    _ own: AlertDescription, openSSL: [AlertDescription], go: [AlertDescription], java: [AlertDescription],
    gnuTLS: [AlertDescription], rustls: [AlertDescription]
  ) -> [Telling] {
    [
      Telling("Handfast", [own]), Telling("OpenSSL", openSSL),
      Telling("Go", go, go.count > 1 ? "a client the first, a server the second" : nil), Telling("Java", java),
      Telling("GnuTLS", gnuTLS, gnuTLS.count > 1 ? "its client the first, its server the second" : nil),
      Telling("rustls", rustls), Telling("Node", [], "closes after the handshake, without an alert"),
    ]
  }
}

extension FailureCause.Telling {
  fileprivate init(_ implementation: String, _ alerts: [AlertDescription], _ note: String? = nil) {
    self.init(implementation: implementation, alerts: alerts, note: note)
  }
}
