import Handfast

/// What is written for an error: the name that BoringSSL has for it, which the runner looks for, and our own words.
func errorLines(_ error: any Error) -> [String] {
  switch error {
  case let failure as TLSFailure: [":\(boringName(failure.error)):", "\(failure.error) at \(failure.step)"]
  case is Endpoint.IdentityRefused: [":CERT_CB_ERROR:", ":OCSP_CB_ERROR:", ":CONNECTION_REJECTED:"]
  default: ["\(error)"]
  }
}

/// BoringSSL's name for the reason. Where ours says less than BoringSSL's, `bogo.json` maps several names of theirs to one of ours.
private func boringName(_ error: TLSError) -> String {
  switch error {
  case .alertReceived(let alert): alertName(alert)
  case .certificateRejected(let rejection): rejectionName(rejection)
  case .malformed(let message, let error): malformedName(message, error)
  case .malformedExtension(let type, let message, let error): malformedName(type, message, error)
  default: recordName(error) ?? helloName(error) ?? laterName(error) ?? "UNNAMED"
  }
}

private func recordName(_ error: TLSError) -> String? {
  switch error {
  case .unknownContentType, .unexpectedApplicationData, .unexpectedChangeCipherSpec, .emptyHandshakeRecord:
    "UNEXPECTED_RECORD"
  case .recordVersion: "WRONG_VERSION_NUMBER"
  case .notTLS(let looksLike): looksLike.hasPrefix("an HTTP") ? "HTTP_REQUEST" : "WRONG_VERSION_NUMBER"
  case .recordTooLong(_, let limit): limit > 1 << 14 ? "ENCRYPTED_LENGTH_TOO_LONG" : "DATA_LENGTH_TOO_LONG"
  case .recordTooShort, .badRecordMAC: "DECRYPTION_FAILED_OR_BAD_RECORD_MAC"
  case .recordsWithoutProgress: "NO_PROGRESS"
  case .malformedAlert(.badValue): "UNKNOWN_ALERT_TYPE"
  case .malformedAlert: "BAD_ALERT"
  case .malformedChangeCipherSpec: "BAD_CHANGE_CIPHER_SPEC"
  case .interleavedRecord: "UNEXPECTED_RECORD"
  case .messageAcrossKeyChange: "EXCESS_HANDSHAKE_DATA"
  case .recordWithoutContentType: "DECRYPTION_FAILED_OR_BAD_RECORD_MAC"
  case .unprotectedRecord: "INVALID_OUTER_RECORD_TYPE"
  case .messageBeforeAnswer: "EXCESS_HANDSHAKE_DATA"
  case .tooMuchEarlyData: "TOO_MUCH_READ_EARLY_DATA"
  default: nil
  }
}

private func helloName(_ error: TLSError) -> String? {
  switch error {
  case .versionNotSupported, .unofferedVersion: "UNSUPPORTED_PROTOCOL"
  case .badSelectedVersion: "UNSUPPORTED_PROTOCOL"
  case .inappropriateFallback: "INAPPROPRIATE_FALLBACK"
  case .noCommonCipherSuite, .noFittingIdentity: "NO_SHARED_CIPHER"
  case .noAcceptableIdentity(let reason): identityName(reason)
  case .noCommonGroup: "NO_SHARED_GROUP"
  case .noCommonSignatureScheme: "NO_COMMON_SIGNATURE_ALGORITHMS"
  case .noCommonCertificateType, .unofferedCertificateType: "UNSUPPORTED_CERTIFICATE"
  case .noCommonApplicationProtocol: "NO_APPLICATION_PROTOCOL"
  case .nullCompressionMissing: "INVALID_COMPRESSION_LIST"
  case .uncompressedPointsMissing: "ERROR_PARSING_EXTENSION"
  case .unofferedCipherSuite: "WRONG_CIPHER_RETURNED"
  case .unofferedCompression: "UNSUPPORTED_COMPRESSION_ALGORITHM"
  case .unofferedExtension, .misplacedExtension: "UNEXPECTED_EXTENSION"
  case .missingExtension(.keyShare, _): "MISSING_KEY_SHARE"
  case .missingExtension: "MISSING_EXTENSION"
  case .unofferedApplicationProtocol: "INVALID_ALPN_PROTOCOL"
  case .unofferedGroup: "WRONG_CURVE"
  case .unofferedSignatureScheme, .signatureSchemeDoesNotFitKey: "WRONG_SIGNATURE_TYPE"
  case .wrongMaxFragmentLength: "ERROR_PARSING_EXTENSION"
  case .downgradeDetected: "TLS13_DOWNGRADE"
  case .extendedMasterSecretMissing: "RESUMED_EMS_SESSION_WITHOUT_EMS_EXTENSION"
  case .secureRenegotiationMissing: "UNSAFE_LEGACY_RENEGOTIATION_DISABLED"
  case .renegotiationInfoNotEmpty: "RENEGOTIATION_MISMATCH"
  case .serverNameUnknown: "CERT_CB_ERROR"
  case .sessionIDNotEchoed: "SERVER_ECHOED_INVALID_SESSION_ID"
  case .secondRetryRequest: "UNEXPECTED_MESSAGE"
  case .needlessRetryRequest: "EMPTY_HELLO_RETRY_REQUEST"
  case .changedAfterRetry: "CHANGED_AFTER_RETRY"
  default: nil
  }
}

private func identityName(_ reason: RuledOut?) -> String {
  switch reason {
  case .issuerNotAmongAuthorities: "NO_MATCHING_ISSUER"
  case .certificateTypeNotAccepted, .certificateTypeNotAgreed: "UNKNOWN_CERTIFICATE_TYPE"
  default: "NO_COMMON_SIGNATURE_ALGORITHMS"
  }
}

private func laterName(_ error: TLSError) -> String? {
  switch error {
  case .unexpectedMessage: "UNEXPECTED_MESSAGE"
  case .messageTooLong(.certificate, _, _): "CERTIFICATE_TOO_LARGE"
  case .messageTooLong: "EXCESSIVE_MESSAGE_SIZE"
  case .preSharedKeyNotLast: "PRE_SHARED_KEY_MUST_BE_LAST"
  case .binderCountMismatch: "PSK_IDENTITY_BINDER_COUNT_MISMATCH"
  case .badBinder, .badFinished: "DIGEST_CHECK_FAILED"
  case .unofferedPreSharedKey: "PSK_IDENTITY_NOT_FOUND"
  case .resumedWithOtherSuite: "OLD_SESSION_CIPHER_NOT_RETURNED"
  case .resumedWithOtherParameters: "RESUMED_WITH_OTHER_PARAMETERS"
  case .certificateMissing(.server): "DECODE_ERROR"
  case .certificateMissing, .clientCertificateRequired: "PEER_DID_NOT_RETURN_A_CERTIFICATE"
  case .wrongCertificateContext: "DECODE_ERROR"
  case .chainTooLong: "EXCESSIVE_MESSAGE_SIZE"
  case .keyDoesNotFitSuite: "WRONG_CERTIFICATE_TYPE"
  case .unofferedCertificateCompression: "UNKNOWN_CERT_COMPRESSION_ALG"
  case .certificateNotDecompressed: "CERT_DECOMPRESSION_FAILED"
  case .badSignature: "BAD_SIGNATURE"
  case .invalidKeyShare: "BAD_ECPOINT"
  case .badKeyUpdateRequest: "INVALID_KEY_UPDATE"
  case .handshakeNotComplete: "HANDSHAKE_NOT_COMPLETE"
  case .identityDoesNotFit: "NO_COMMON_SIGNATURE_ALGORITHMS"
  default: nil
  }
}

private func rejectionName(_ rejection: CertificateRejection) -> String {
  if rejection.reason == .keyUsage { return "KEY_USAGE_BIT_INCORRECT" }
  return switch rejection.detail {
  case ShimTrust.unusableChain: "CANNOT_PARSE_LEAF_CERT"
  case ShimTrust.unusableKey: "DECODE_ERROR"
  case ShimTrust.statusRefused: "OCSP_CB_ERROR"
  default: "CERTIFICATE_VERIFY_FAILED"
  }
}

private func malformedName(_ message: HandshakeType, _ error: DecodeError) -> String {
  switch (message, error) {
  case (_, .duplicateExtension): "DUPLICATE_EXTENSION"
  case (.clientHello, _): "CLIENTHELLO_PARSE_FAILED"
  case (.finished, _): "DIGEST_CHECK_FAILED"
  default: "DECODE_ERROR"
  }
}

private func malformedName(_ type: ExtensionType, _ message: HandshakeType, _ error: DecodeError) -> String {
  switch (type, message) {
  case (_, .certificate), (_, .certificateRequest), (_, .newSessionTicket): "DECODE_ERROR"
  case (_, .clientHello), (_, .serverHello), (_, .encryptedExtensions): "PARSE_TLSEXT"
  default: "ERROR_PARSING_EXTENSION"
  }
}

private func alertName(_ alert: AlertDescription) -> String {
  let name = (alert.name ?? "unknown").uppercased()
  // Those that SSL 3 had already keep its name.
  let sslv3: Set<AlertDescription> = [
    .closeNotify, .unexpectedMessage, .badRecordMAC, .handshakeFailure, .badCertificate, .unsupportedCertificate,
    .certificateRevoked, .certificateExpired, .certificateUnknown, .illegalParameter, AlertDescription(rawValue: 30),
  ]
  if alert.name == nil { return "UNKNOWN_ALERT_TYPE" }
  return (sslv3.contains(alert) ? "SSLV3_ALERT_" : "TLSV1_ALERT_") + name
}
