import HandfastCore
import HandfastWire

/// One or more of every `TLSError`.
enum EveryError {
  static let all: [TLSError] =
    records + tls13 + messages + hellos + proofs + endings
    + CertificateRejection.Reason.allCases.flatMap { reason in
      [0, 1, nil].map { position in
        .certificateRejected(
          CertificateRejection(reason: reason, position: position, subject: "CN=a", detail: "It is as it is."))
      }
    }
    + AlertDescription.names.keys.sorted().map { .alertReceived(AlertDescription(rawValue: $0)) }
    + [.alertReceived(AlertDescription(rawValue: 200))]

  private static let problem = DecodeError.truncated(field: "random")

  private static let records: [TLSError] = [
    .unknownContentType(ContentType(rawValue: 99)), .recordVersion(.ssl30), .notTLS(looksLike: "an HTTP request"),
    .recordTooLong(length: 20_000, limit: 18_432), .recordTooShort(length: 3), .badRecordMAC(sequenceNumber: 0),
    .badRecordMAC(sequenceNumber: 7), .recordsWithoutProgress(limit: 32), .emptyHandshakeRecord,
    .keyLimitReached(records: 1 << 24), .malformedAlert(problem), .malformedChangeCipherSpec,
    .interleavedRecord(.alert), .unexpectedApplicationData, .unexpectedChangeCipherSpec,
  ]
  private static let messages: [TLSError] = [
    .unexpectedMessage(got: .finished, wanted: [.serverHello]), .unexpectedMessage(got: .finished, wanted: []),
    .messageTooLong(.certificate, length: 70_000, limit: 65_536),
    .messageTooLong(.finished, length: 70_000, limit: 65_536),
    .malformed(.clientHello, problem), .malformedExtension(.serverName, in: .clientHello, problem),
    .messageAcrossKeyChange, .messageBeforeAnswer,
  ]
  private static let hellos: [TLSError] = [
    .versionNotSupported(offered: .tls10), .inappropriateFallback(offered: .tls11),
    .noCommonCipherSuite(offered: Array(repeating: .emptyRenegotiationInfoSCSV, count: 9)),
    .noCommonCipherSuite(offered: []), .noFittingIdentity, .noCommonGroup(offered: [.x25519]),
    .noCommonSignatureScheme(offered: [.ed25519]), .noCommonApplicationProtocol(offered: ["h2"]),
    .nullCompressionMissing, .uncompressedPointsMissing, .unofferedVersion(.tls13),
    .unofferedCipherSuite(.rsaWithAES128GCMSHA256), .unofferedCompression(.init(rawValue: 1)),
    .unofferedExtension(.serverName), .unofferedApplicationProtocol("h3"), .unofferedGroup(.secp384r1),
    .unofferedSignatureScheme(.ed25519), .wrongMaxFragmentLength(asked: nil, got: .bytes512),
    .wrongMaxFragmentLength(asked: .bytes1024, got: .bytes512), .downgradeDetected, .extendedMasterSecretMissing,
    .secureRenegotiationMissing, .renegotiationInfoNotEmpty, .serverNameUnknown("b.example"), .serverNameUnknown(""),
  ]
  private static let proofs: [TLSError] = [
    .noAcceptableIdentity(nil), .noAcceptableIdentity(.noCommonSignatureScheme),
    .noCommonCertificateType(of: .server, offered: [.rawPublicKey]),
    .noCommonCertificateType(of: .client, offered: [.x509]), .unofferedCertificateType(of: .server, .x509),
    .unofferedCertificateType(of: .client, .rawPublicKey),
    .unofferedCertificateCompression(.zlib), .certificateNotDecompressed(.zlib),
    .certificateMissing(.client), .certificateMissing(.server), .chainTooLong(count: 11, limit: 10),
    .keyDoesNotFitSuite(key: .ed25519, suite: .ecdheRSAWithAES128GCMSHA256),
    .signatureSchemeDoesNotFitKey(.ed25519, key: .rsa(bits: 2048)), .badSignature(in: .certificateVerify, .ed25519),
    .badSignature(in: .serverKeyExchange, .ed25519), .invalidKeyShare(.x25519),
    .badFinished(expectedCount: 12, gotCount: 12),
    .badFinished(expectedCount: 12, gotCount: 0),
  ]
  private static let endings: [TLSError] = [
    .truncated, .handshakeTimedOut(seconds: 30), .abortedByApplication(.accessDenied), .alreadyEnded,
    .handshakeNotComplete, .signingFailed(.ed25519), .unexpectedAnswer,
    .identityDoesNotFit(reason: "no common signature"), .encodingTooLong(.certificate),
    .cryptoFailed("the key cannot decrypt"), .invalidExporterInput("the context is over 65,535 bytes"),
  ]

  private static let tls13: [TLSError] = [
    .recordWithoutContentType, .unprotectedRecord(.handshake), .tooMuchEarlyData,
    .missingExtension(.keyShare, in: .clientHello), .misplacedExtension(.cookie, in: .encryptedExtensions),
    .badSelectedVersion(.tls12), .sessionIDNotEchoed, .secondRetryRequest, .needlessRetryRequest,
    .changedAfterRetry("the random"), .recordSizeLimitTooSmall(63), .preSharedKeyNotLast, .badBinder,
    .unofferedPreSharedKey(index: 1), .binderCountMismatch(keys: 1, binders: 2),
    .resumedWithOtherSuite(.aes256GCMSHA384), .resumedWithOtherParameters("extended_master_secret differs"),
    .clientCertificateRequired, .wrongCertificateContext, .badKeyUpdateRequest(2), .earlyDataNotPossible,
  ]

  /// The case's name. The compiler stops here at a new case: give it a sample above.
  static func name(_ error: TLSError) -> String {
    switch error {
    case .unknownContentType, .recordVersion, .notTLS, .recordTooLong, .recordTooShort, .badRecordMAC,
      .recordsWithoutProgress, .emptyHandshakeRecord, .keyLimitReached, .malformedAlert, .malformedChangeCipherSpec,
      .interleavedRecord, .unexpectedApplicationData, .unexpectedChangeCipherSpec, .unexpectedMessage, .messageTooLong,
      .malformed, .malformedExtension, .messageAcrossKeyChange, .versionNotSupported, .inappropriateFallback,
      .noCommonCipherSuite, .noFittingIdentity, .noCommonGroup, .noCommonSignatureScheme, .noCommonApplicationProtocol,
      .nullCompressionMissing, .uncompressedPointsMissing, .unofferedVersion, .unofferedCipherSuite,
      .unofferedCompression, .unofferedExtension, .unofferedApplicationProtocol, .unofferedGroup,
      .unofferedSignatureScheme, .wrongMaxFragmentLength, .downgradeDetected, .extendedMasterSecretMissing,
      .secureRenegotiationMissing, .renegotiationInfoNotEmpty, .serverNameUnknown, .certificateMissing, .chainTooLong,
      .certificateRejected, .keyDoesNotFitSuite, .signatureSchemeDoesNotFitKey, .badSignature, .invalidKeyShare,
      .badFinished, .alertReceived, .truncated, .handshakeTimedOut, .alreadyEnded, .handshakeNotComplete,
      .signingFailed,
      .unexpectedAnswer, .identityDoesNotFit, .encodingTooLong, .cryptoFailed, .invalidExporterInput,
      .recordWithoutContentType, .unprotectedRecord, .tooMuchEarlyData, .missingExtension, .misplacedExtension,
      .badSelectedVersion, .sessionIDNotEchoed, .secondRetryRequest, .needlessRetryRequest, .changedAfterRetry,
      .recordSizeLimitTooSmall, .preSharedKeyNotLast, .badBinder, .unofferedPreSharedKey, .resumedWithOtherSuite,
      .resumedWithOtherParameters, .clientCertificateRequired, .wrongCertificateContext, .badKeyUpdateRequest,
      .earlyDataNotPossible, .messageBeforeAnswer, .noAcceptableIdentity, .unofferedCertificateCompression,
      .certificateNotDecompressed, .abortedByApplication, .binderCountMismatch, .noCommonCertificateType,
      .unofferedCertificateType:
      "\(error)".split(separator: "(").first.map(String.init) ?? ""
    }
  }
  /// How many cases the switch above names.
  static let caseCount = 88
}
