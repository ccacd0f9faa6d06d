import HandfastCore
import HandfastWire
import Testing

/// The alert owed for each cause, as the RFCs have it.
@Suite("The alert for each error") struct AlertTests {
  private static let rejection = CertificateRejection(reason: .expired, position: 0, subject: nil, detail: "")
  private static let table: [(TLSError, AlertDescription?)] = [
    (.unknownContentType(.handshake), .unexpectedMessage), (.recordVersion(.tls11), .protocolVersion),
    (.notTLS(looksLike: "SSH"), .unexpectedMessage), (.notTLS(looksLike: TLSError.sslv2Hello), .protocolVersion),
    (.recordTooLong(length: 1, limit: 0), .recordOverflow), (.recordTooShort(length: 1), .badRecordMAC),
    (.badRecordMAC(sequenceNumber: 0), .badRecordMAC), (.recordsWithoutProgress(limit: 1), .unexpectedMessage),
    (.emptyHandshakeRecord, .unexpectedMessage), (.keyLimitReached(records: 1), .closeNotify),
    (.malformedAlert(.truncated(field: "level")), .decodeError), (.malformedChangeCipherSpec, .decodeError),
    (.interleavedRecord(.alert), .unexpectedMessage), (.unexpectedApplicationData, .unexpectedMessage),
    (.unexpectedChangeCipherSpec, .unexpectedMessage),
    (.unexpectedMessage(got: .finished, wanted: []), .unexpectedMessage),
    (.messageTooLong(.finished, length: 2, limit: 1), .illegalParameter),
    (.malformed(.finished, .truncated(field: "x")), .decodeError),
    (.malformedExtension(.serverName, in: .clientHello, .truncated(field: "x")), .decodeError),
    (.messageAcrossKeyChange, .unexpectedMessage), (.versionNotSupported(offered: .tls10), .protocolVersion),
    (.inappropriateFallback(offered: .tls11), .inappropriateFallback),
    (.noCommonCipherSuite(offered: []), .handshakeFailure), (.noFittingIdentity, .handshakeFailure),
    (.noCommonGroup(offered: []), .handshakeFailure), (.noCommonSignatureScheme(offered: []), .handshakeFailure),
    (.noCommonApplicationProtocol(offered: []), .noApplicationProtocol), (.nullCompressionMissing, .illegalParameter),
    (.noCommonCertificateType(of: .server, offered: []), .unsupportedCertificate),
    (.unofferedCertificateType(of: .client, .x509), .unsupportedCertificate),
    (.malformedExtension(.serverCertificateType, in: .clientHello, .badValue(field: "x", value: 0)), .illegalParameter),
    (.malformedExtension(.clientCertificateType, in: .clientHello, .badLength(field: "x", length: 0)), .decodeError),
    (.uncompressedPointsMissing, .illegalParameter), (.unofferedVersion(.tls11), .protocolVersion),
    (.unofferedCipherSuite(.fallbackSCSV), .illegalParameter), (.unofferedCompression(.null), .illegalParameter),
    (.unofferedExtension(.serverName), .unsupportedExtension), (.unofferedApplicationProtocol("x"), .illegalParameter),
    (.unofferedGroup(.x25519), .illegalParameter), (.unofferedSignatureScheme(.ed25519), .illegalParameter),
    (.wrongMaxFragmentLength(asked: nil, got: .bytes512), .illegalParameter), (.downgradeDetected, .illegalParameter),
    (.extendedMasterSecretMissing, .handshakeFailure), (.secureRenegotiationMissing, .handshakeFailure),
    (.renegotiationInfoNotEmpty, .handshakeFailure), (.serverNameUnknown("x"), .unrecognizedName),
    (.certificateMissing(.client), .handshakeFailure), (.certificateMissing(.server), .decodeError),
    (.chainTooLong(count: 2, limit: 1), .badCertificate), (.certificateRejected(rejection), .certificateExpired),
    (.keyDoesNotFitSuite(key: .ed25519, suite: .ecdheRSAWithAES128GCMSHA256), .illegalParameter),
    (.signatureSchemeDoesNotFitKey(.ed25519, key: .rsa(bits: 2048)), .illegalParameter),
    (.badSignature(in: .certificateVerify, .ed25519), .decryptError), (.invalidKeyShare(.x25519), .illegalParameter),
    (.badFinished(expectedCount: 12, gotCount: 12), .decryptError), (.alertReceived(.internalError), nil),
    (.truncated, nil), (.handshakeTimedOut(seconds: 1), .userCanceled), (.alreadyEnded, nil),
    (.handshakeNotComplete, nil), (.signingFailed(.ed25519), .internalError), (.unexpectedAnswer, .internalError),
    (.identityDoesNotFit(reason: ""), .internalError), (.encodingTooLong(.certificate), .internalError),
    (.cryptoFailed(""), .internalError), (.invalidExporterInput(""), nil),
  ]

  @Test("is the one that the RFCs name", arguments: table)
  func alert(error: TLSError, alert: AlertDescription?) { #expect(error.alert == alert) }

  @Test("for a refused certificate tells the peer the kind of reason, and no more")
  func rejections() {
    let expected: [CertificateRejection.Reason: AlertDescription] = [
      .unparsable: .badCertificate, .unsupportedKey: .unsupportedCertificate, .weakKey: .unsupportedCertificate,
      .weakSignature: .unsupportedCertificate, .expired: .certificateExpired, .notYetValid: .certificateExpired,
      .unknownIssuer: .unknownCA, .selfSigned: .unknownCA, .badSignature: .badCertificate,
      .issuerNotCA: .badCertificate, .pathLengthExceeded: .badCertificate, .nameConstraint: .badCertificate,
      .unknownCriticalExtension: .unsupportedCertificate, .keyUsage: .unsupportedCertificate,
      .extendedKeyUsage: .unsupportedCertificate, .wrongName: .badCertificate, .noNames: .badCertificate,
      .tooComplex: .badCertificate, .refusedByApplication: .accessDenied,
      .revoked: .certificateRevoked, .revocationUnknown: .certificateUnknown, .revocationStale: .certificateUnknown,
      .badStatusResponse: .badCertificateStatusResponse, .keyNotPinned: .certificateUnknown,
    ]
    for reason in CertificateRejection.Reason.allCases where expected[reason] != nil {
      #expect(reason.alert == expected[reason], "\(reason)")
    }
    #expect(expected.count <= CertificateRejection.Reason.allCases.count)
  }
}
