public import HandfastWire

/// Why a connection stopped. A case for about each MUST, carrying what was expected and what came. The alert owed to the peer
/// follows from the case, in `Alert.swift`; the reason itself never leaves this side.
@nonexhaustive public enum TLSError: Error, Hashable, Sendable {
  // Records.
  case unknownContentType(ContentType)
  case recordVersion(ProtocolVersion)
  /// The first bytes are no TLS record; what they look like instead ("an HTTP request", "an SSLv2 ClientHello", ...).
  case notTLS(looksLike: String)
  case recordTooLong(length: Int, limit: Int)
  /// A record under encryption that is too short to hold a nonce and a tag.
  case recordTooShort(length: Int)
  case badRecordMAC(sequenceNumber: UInt64)
  case recordsWithoutProgress(limit: Int)
  /// A record of handshake messages without content; in TLS 1.3 an alert without content as well.
  case emptyHandshakeRecord
  /// The keys' record limit is reached; TLS 1.2 cannot change keys within a connection.
  case keyLimitReached(records: UInt64)
  case malformedAlert(DecodeError)
  case malformedChangeCipherSpec
  /// ChangeCipherSpec, or any other record, in the middle of a handshake message.
  case interleavedRecord(ContentType)
  case unexpectedApplicationData
  case unexpectedChangeCipherSpec
  /// A TLS 1.3 record that holds nothing but padding.
  case recordWithoutContentType
  /// A record in clear where the keys are in use already.
  case unprotectedRecord(ContentType)
  /// More early data than was allowed.
  case tooMuchEarlyData

  // Handshake messages.
  case unexpectedMessage(got: HandshakeType, wanted: [HandshakeType])
  case messageTooLong(HandshakeType, length: Int, limit: Int)
  case malformed(HandshakeType, DecodeError)
  case malformedExtension(ExtensionType, in: HandshakeType, DecodeError)
  /// Bytes of the next message under the old keys (RFC 5246 §7.1).
  case messageAcrossKeyChange
  /// Bytes of a further message behind one that this side had to answer first.
  case messageBeforeAnswer
  /// An extension that TLS 1.3 requires in this message.
  case missingExtension(ExtensionType, in: HandshakeType)
  /// A known extension in a message where it has no place (RFC 9846 §4.3).
  case misplacedExtension(ExtensionType, in: HandshakeType)

  // What the hellos say.
  case versionNotSupported(offered: ProtocolVersion)
  case inappropriateFallback(offered: ProtocolVersion)
  case noCommonCipherSuite(offered: [CipherSuite])
  /// Suites in common, but no identity of the server fits any of them.
  case noFittingIdentity
  /// A client that is to authenticate has no identity that the server accepts: why the first of them was ruled out, if there is
  /// any.
  case noAcceptableIdentity(RuledOut?)
  case noCommonGroup(offered: [NamedGroup])
  case noCommonSignatureScheme(offered: [SignatureScheme])
  case noCommonApplicationProtocol(offered: [String])
  /// No type of certificates in common for this side of the connection (RFC 7250 §4.2).
  case noCommonCertificateType(of: Side, offered: [CertificateType])
  case nullCompressionMissing
  case uncompressedPointsMissing
  case unofferedVersion(ProtocolVersion)
  /// supported_versions in a ServerHello names what was not offered, or contradicts the rest of it.
  case badSelectedVersion(ProtocolVersion)
  case unofferedCipherSuite(CipherSuite)
  case unofferedCompression(CompressionMethod)
  case unofferedExtension(ExtensionType)
  case unofferedApplicationProtocol(String)
  case unofferedGroup(NamedGroup)
  case unofferedSignatureScheme(SignatureScheme)
  /// The server has chosen, or by saying nothing means, certificates of a type that the client has not offered for this side.
  case unofferedCertificateType(of: Side, CertificateType)
  case wrongMaxFragmentLength(asked: MaxFragmentLength?, got: MaxFragmentLength)
  case downgradeDetected
  case extendedMasterSecretMissing
  case secureRenegotiationMissing
  case renegotiationInfoNotEmpty
  case serverNameUnknown(String)
  /// TLS 1.3: legacy_session_id_echo is not what the client sent.
  case sessionIDNotEchoed
  case secondRetryRequest
  /// A HelloRetryRequest that would change nothing, or asks for a share that was sent already.
  case needlessRetryRequest
  /// What the second ClientHello, or the ServerHello after a HelloRetryRequest, must not change.
  case changedAfterRetry(String)
  case recordSizeLimitTooSmall(Int)

  // Resumption.
  case preSharedKeyNotLast
  /// The client does not hold the key it offers, or its ClientHello was changed.
  case badBinder
  /// Not one binder for each pre-shared key.
  case binderCountMismatch(keys: Int, binders: Int)
  case unofferedPreSharedKey(index: Int)
  /// The suite's hash is not the session's.
  case resumedWithOtherSuite(CipherSuite)
  /// The server resumes a session with other properties than it had (RFC 7627 §5.3, RFC 5246 §7.4.1.3).
  case resumedWithOtherParameters(String)

  // Certificates and proofs.
  case certificateMissing(Side)
  /// The same of a client in TLS 1.3, which has an alert of its own for it.
  case clientCertificateRequired
  /// certificate_request_context is not what the handshake wants (RFC 9846 §4.5.1).
  case wrongCertificateContext
  case chainTooLong(count: Int, limit: Int)
  case certificateRejected(CertificateRejection)
  /// The suite wants one kind of key, the certificate holds another.
  case keyDoesNotFitSuite(key: KeyKind, suite: CipherSuite)
  case signatureSchemeDoesNotFitKey(SignatureScheme, key: KeyKind)
  case badSignature(in: HandshakeType, SignatureScheme)
  case invalidKeyShare(NamedGroup)
  case unofferedCertificateCompression(CertificateCompressionAlgorithm)
  case certificateNotDecompressed(CertificateCompressionAlgorithm)
  case badFinished(expectedCount: Int, gotCount: Int)

  // After the handshake.
  case badKeyUpdateRequest(UInt8)

  // Alerts and endings.
  case alertReceived(AlertDescription)
  case truncated
  case handshakeTimedOut(seconds: Int)
  /// The application has ended the connection, with this alert.
  case abortedByApplication(AlertDescription)
  /// The connection has failed or closed before; the call came too late.
  case alreadyEnded
  case handshakeNotComplete
  /// No session with early data, or its amount is used up, or the handshake has gone beyond it.
  case earlyDataNotPossible

  // This side.
  case signingFailed(SignatureScheme)
  /// `resume` was called with an answer nobody asked for.
  case unexpectedAnswer
  case identityDoesNotFit(reason: String)
  case encodingTooLong(HandshakeType)
  case cryptoFailed(String)
  case invalidExporterInput(String)
}

/// Why a peer's chain is refused.
public struct CertificateRejection: Error, Hashable, Sendable {
  @nonexhaustive public enum Reason: String, Hashable, Sendable, CaseIterable {
    case unparsable
    case unsupportedKey
    case weakKey
    case weakSignature
    /// Signed with an algorithm that this library cannot verify.
    case unsupportedSignature
    case expired
    case notYetValid
    case unknownIssuer
    case selfSigned
    case badSignature
    case issuerNotCA
    case pathLengthExceeded
    case nameConstraint
    case unknownCriticalExtension
    case keyUsage
    case extendedKeyUsage
    case wrongName
    case noNames
    case tooComplex
    /// A revocation list or an OCSP response says so.
    case revoked
    /// Nobody says whether it is revoked, or nobody who counts, and that is not accepted here.
    case revocationUnknown
    /// The revocation list should have been replaced by a newer one, and that is not accepted here.
    case revocationStale
    /// The OCSP response that should say that it is not revoked is missing, or does not count.
    case badStatusResponse
    /// A raw public key that nobody here knows (RFC 7250).
    case keyNotPinned
    case refusedByApplication
  }
  public let reason: Reason
  /// The certificate's place in the presented chain (0: the leaf); nil when it is about the path as a whole.
  public let position: Int?
  /// The certificate's subject, if it could be read.
  public let subject: String?
  /// What was expected and what was found, in one plain sentence.
  public let detail: String
  /// What the peer is told in the place of the alert that goes with the reason.
  public var alert: AlertDescription?

  public init(reason: Reason, position: Int?, subject: String?, detail: String) {
    self.reason = reason
    self.position = position
    self.subject = subject
    self.detail = detail
  }
}
