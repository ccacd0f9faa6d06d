package import HandfastWire

extension TLSError {
  /// The fatal alert owed to the peer, computed here and nowhere else; nil when nothing is to be sent.
  package var alert: AlertDescription? {
    switch self {
    case .unknownContentType, .emptyHandshakeRecord, .interleavedRecord, .unexpectedApplicationData,
      .unexpectedChangeCipherSpec, .unexpectedMessage, .messageAcrossKeyChange, .messageBeforeAnswer,
      .recordsWithoutProgress,
      .recordWithoutContentType, .unprotectedRecord, .tooMuchEarlyData, .secondRetryRequest:
      .unexpectedMessage
    case .recordVersion, .versionNotSupported, .unofferedVersion: .protocolVersion
    case .notTLS(let looksLike): looksLike == TLSError.sslv2Hello ? .protocolVersion : .unexpectedMessage
    case .recordTooLong: .recordOverflow
    case .recordTooShort, .badRecordMAC: .badRecordMAC
    // RFC 9846 §6.2: what is well-formed in itself, but says what it must not.
    case .malformed(_, .duplicateExtension(let type)): type.name == nil ? .decodeError : .illegalParameter
    case .malformedAlert(.badValue): .illegalParameter
    // draft-ietf-tls-tlsflags §2: flags that could have been said in fewer bytes.
    case .malformedExtension(.tlsFlags, in: _, .badValue): .illegalParameter
    // A list of nothing but the default is well-formed, and must not be sent (RFC 7250 §4.1).
    case .malformedExtension(.clientCertificateType, in: _, .badValue),
      .malformedExtension(.serverCertificateType, in: _, .badValue):
      .illegalParameter
    case .malformedAlert, .malformedChangeCipherSpec, .malformed, .malformedExtension: .decodeError
    case .messageTooLong, .nullCompressionMissing, .uncompressedPointsMissing, .unofferedCipherSuite,
      .unofferedCompression, .unofferedApplicationProtocol, .unofferedGroup, .unofferedSignatureScheme,
      .wrongMaxFragmentLength, .downgradeDetected, .signatureSchemeDoesNotFitKey,
      .invalidKeyShare, .keyDoesNotFitSuite, .misplacedExtension, .sessionIDNotEchoed, .needlessRetryRequest,
      .badSelectedVersion,
      .changedAfterRetry, .recordSizeLimitTooSmall, .preSharedKeyNotLast, .unofferedPreSharedKey, .binderCountMismatch,
      .unofferedCertificateCompression,
      .resumedWithOtherSuite, .resumedWithOtherParameters, .wrongCertificateContext, .badKeyUpdateRequest:
      .illegalParameter
    case .unofferedExtension: .unsupportedExtension
    case .missingExtension: .missingExtension
    case .clientCertificateRequired: .certificateRequired
    case .inappropriateFallback: .inappropriateFallback
    case .noCommonCipherSuite, .noFittingIdentity, .noAcceptableIdentity, .noCommonGroup, .noCommonSignatureScheme,
      .extendedMasterSecretMissing, .secureRenegotiationMissing, .renegotiationInfoNotEmpty:
      .handshakeFailure
    case .noCommonApplicationProtocol: .noApplicationProtocol
    // RFC 7250 §4.2 wants this alert of a server without a type in common; a client has no better one.
    case .noCommonCertificateType, .unofferedCertificateType: .unsupportedCertificate
    case .serverNameUnknown: .unrecognizedName
    //= https://www.rfc-editor.org/rfc/rfc5246#section-7.4.6
    //# If the client does not send any certificates, the server MAY at its discretion either continue the handshake
    //# without client authentication, or respond with a fatal handshake_failure alert.
    case .certificateMissing(let side): side == .client ? .handshakeFailure : .decodeError
    case .chainTooLong, .certificateNotDecompressed: .badCertificate
    case .certificateRejected(let rejection): rejection.alert ?? rejection.reason.alert
    case .badSignature, .badFinished, .badBinder: .decryptError
    case .keyLimitReached: .closeNotify
    case .handshakeTimedOut: .userCanceled
    case .abortedByApplication(let alert): alert
    case .signingFailed, .unexpectedAnswer, .identityDoesNotFit, .encodingTooLong, .cryptoFailed: .internalError
    case .alertReceived, .truncated, .alreadyEnded, .handshakeNotComplete, .invalidExporterInput,
      .earlyDataNotPossible:
      nil
    }
  }

  package static let sslv2Hello = "an SSLv2 ClientHello"
  /// What a balancer with send-proxy puts before the client's bytes.
  package static let proxyHeader = "a PROXY header"
  package static let mySQLGreeting = "a MySQL server's greeting"
}

extension CertificateRejection.Reason {
  package var alert: AlertDescription {
    switch self {
    case .unparsable, .badSignature, .wrongName, .noNames, .issuerNotCA, .pathLengthExceeded, .nameConstraint,
      .tooComplex:
      .badCertificate
    case .unsupportedKey, .weakKey, .weakSignature, .unsupportedSignature, .unknownCriticalExtension, .keyUsage,
      .extendedKeyUsage:
      .unsupportedCertificate
    case .expired, .notYetValid: .certificateExpired
    case .unknownIssuer, .selfSigned: .unknownCA
    case .revoked: .certificateRevoked
    case .revocationUnknown, .revocationStale, .keyNotPinned: .certificateUnknown
    case .badStatusResponse: .badCertificateStatusResponse
    case .refusedByApplication: .accessDenied
    }
  }
}

extension TLSError {
  //= https://www.rfc-editor.org/rfc/rfc5246#section-7.2.2
  //# Servers and clients MUST forget any session-identifiers, keys, and secrets associated with a failed connection.
  /// Whether the session goes with the connection.
  var endsSession: Bool {
    switch self {
    case .alertReceived(.closeNotify), .alertReceived(.userCanceled), .handshakeTimedOut, .keyLimitReached: false
    case .alertReceived: true
    default: alert != nil
    }
  }
}
