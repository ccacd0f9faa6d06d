public import HandfastWire

/// A fact about one side's handshake, said once, by the code that established it. It holds no secret, ever.
@nonexhaustive public enum TLSEvent: Hashable, Sendable {
  case sent(MessageFact)
  case received(MessageFact)
  case sentChangeCipherSpec
  case receivedChangeCipherSpec
  case sentAlert(AlertFact)
  case receivedAlert(AlertFact)
  /// Something was chosen among candidates, by a rule.
  case chose(Choice)
  /// The peer sent something that is not known or not wanted here, and that was passed over.
  case ignored(String)
  case peerJudged(JudgementFact)
  case signed(SignatureFact)
  case verifiedSignature(SignatureFact)
  case derivedSecret(DerivationFact)
  /// This direction is under new keys from here on.
  case changedKeys(KeyChangeFact)
  case computedFinished(FinishedFact)
  case verifiedFinished(FinishedFact)
  case handshakeCompleted(NegotiatedParameters)
  /// The server asks for another ClientHello.
  case retryRequested(RetryFact)
  /// A session was offered, resumed or not, and why not.
  case resumption(ResumptionFact)
  case earlyData(EarlyDataFact)
  case issuedTicket(TicketFact)
  case receivedTicket(TicketFact)
  /// A TLS 1.3 client knows from here on that the server has accepted it.
  case confirmed(by: PeerConfirmation)
  /// A record went out, or came in, as plain as it is.
  case sentRecord(PlainRecordFact)
  case receivedRecord(PlainRecordFact)
  case sealedRecord(RecordFact)
  case openedRecord(RecordFact)
  /// The peer's close_notify, or the end of its bytes without one.
  case peerClosed(isTruncated: Bool)
  case failed(FailureFact)
}

/// One handshake message. Two sides' views of one handshake are matched by direction, ordinal and digest.
public struct MessageFact: Hashable, Sendable {
  public let type: HandshakeType
  /// The whole message: type, length, body.
  public let bytes: [UInt8]
  /// The message's place among those its sender has sent, from 0.
  public let ordinal: Int
  /// SHA-256 over `bytes`.
  public let digest: [UInt8]

  package init(type: HandshakeType, bytes: [UInt8], ordinal: Int, digest: [UInt8]) {
    self.type = type
    self.bytes = bytes
    self.ordinal = ordinal
    self.digest = digest
  }
}

public struct AlertFact: Hashable, Sendable {
  public let level: AlertLevel
  public let description: AlertDescription

  package init(level: AlertLevel, description: AlertDescription) {
    self.level = level
    self.description = description
  }
}

/// The verdict on a peer's chain.
public struct JudgementFact: Hashable, Sendable {
  public let peer: Side
  public let reference: ServerReference?
  /// The presented chain, leaf first.
  public let presented: [CertificateDescription]
  /// The path that was built, leaf to anchor; empty when there is none.
  public let path: [CertificateDescription]
  public let checks: [CertificateCheck]
  /// Nil: trusted.
  public let rejection: CertificateRejection?

  package init(
    peer: Side, reference: ServerReference?, presented: [CertificateDescription], path: [CertificateDescription],
    checks: [CertificateCheck], rejection: CertificateRejection?
  ) {
    self.peer = peer
    self.reference = reference
    self.presented = presented
    self.path = path
    self.checks = checks
    self.rejection = rejection
  }
}

/// A part of something that is signed, hashed or derived from: what it is, and how long.
public struct NamedInput: Hashable, Sendable {
  public let name: String
  public let byteCount: Int
  /// The bytes themselves, where both peers and everybody between know them and no message holds them; never a secret.
  public let value: [UInt8]?

  package init(_ name: String, _ byteCount: Int, value: [UInt8]? = nil) {
    self.name = name
    self.byteCount = byteCount
    self.value = value
  }
}

/// A signature that was made or found valid.
public struct SignatureFact: Hashable, Sendable {
  /// In which message it stands.
  public let message: HandshakeType
  public let signer: Side
  public let scheme: SignatureScheme
  /// The signer's key.
  public let key: KeyKind
  /// What is signed, in order.
  public let content: [NamedInput]

  package init(message: HandshakeType, signer: Side, scheme: SignatureScheme, key: KeyKind, content: [NamedInput]) {
    self.message = message
    self.signer = signer
    self.scheme = scheme
    self.key = key
    self.content = content
  }
}

/// A secret and what it was derived from; never its value.
public struct DerivationFact: Hashable, Sendable {
  @nonexhaustive public enum Name: String, Hashable, Sendable {
    case preMasterSecret = "pre-master secret"
    case masterSecret = "master secret"
    case keyBlock = "key block"
    case sharedSecret = "shared secret"
    case earlySecret = "early secret"
    case clientEarlyTrafficSecret = "client early traffic secret"
    case handshakeSecret = "handshake secret"
    case clientHandshakeTrafficSecret = "client handshake traffic secret"
    case serverHandshakeTrafficSecret = "server handshake traffic secret"
    case mainSecret = "main secret"
    case clientApplicationTrafficSecret = "client application traffic secret"
    case serverApplicationTrafficSecret = "server application traffic secret"
    case exporterSecret = "exporter secret"
    case resumptionSecret = "resumption secret"
    case resumptionPSK = "resumption PSK"
  }
  public let name: Name
  public let byteCount: Int
  /// "X25519", "PRF with SHA-256", "RSAES-PKCS1-v1_5", ...
  public let function: String
  /// The PRF's label, where there is one.
  public let label: String?
  public let inputs: [NamedInput]
  /// What it is cut into, in order (the key block's parts).
  public let parts: [NamedInput]
  /// The transcript hash among the inputs, if there is one. It is no secret.
  public let transcriptHash: [UInt8]?

  package init(
    name: Name, byteCount: Int, function: String, label: String? = nil, inputs: [NamedInput], parts: [NamedInput] = [],
    transcriptHash: [UInt8]? = nil
  ) {
    self.transcriptHash = transcriptHash
    self.name = name
    self.byteCount = byteCount
    self.function = function
    self.label = label
    self.inputs = inputs
    self.parts = parts
  }
}

/// Keys that take effect.
public struct KeyChangeFact: Hashable, Sendable {
  @nonexhaustive public enum Direction: String, Hashable, Sendable {
    case sending
    case receiving
  }
  /// What the keys are for, in TLS 1.3.
  @nonexhaustive public enum Stage: String, Hashable, Sendable {
    case earlyData = "early data"
    case handshake
    case application
  }
  public let direction: Direction
  public let suite: CipherSuite
  /// "AES-128-GCM", ...
  public let aead: String
  /// Nil in TLS 1.2, which has one stage only.
  public let stage: Stage?
  /// How often a KeyUpdate has changed the keys.
  public let generation: Int

  package init(
    direction: Direction, suite: CipherSuite, aead: String, stage: Stage? = nil, generation: Int = 0
  ) {
    self.stage = stage
    self.generation = generation
    self.direction = direction
    self.suite = suite
    self.aead = aead
  }
}

/// A Finished message's content and what it covers.
public struct FinishedFact: Hashable, Sendable {
  public let sender: Side
  /// "client finished" or "server finished".
  public let label: String
  /// How many handshake messages the transcript hash covers.
  public let messageCount: Int
  public let transcriptHash: [UInt8]
  public let verifyData: [UInt8]

  package init(sender: Side, label: String, messageCount: Int, transcriptHash: [UInt8], verifyData: [UInt8]) {
    self.sender = sender
    self.label = label
    self.messageCount = messageCount
    self.transcriptHash = transcriptHash
    self.verifyData = verifyData
  }
}

/// The header of a record that is not protected (RFC 5246 §6.2.1).
public struct PlainRecordFact: Hashable, Sendable {
  public let type: ContentType
  public let version: ProtocolVersion
  /// Bytes of the fragment: without the header's five.
  public let length: Int

  package init(type: ContentType, version: ProtocolVersion, length: Int) {
    self.type = type
    self.version = version
    self.length = length
  }

  package init(_ header: RecordHeader) {
    self.init(type: header.type, version: header.version, length: Int(header.length))
  }
}

/// A protected record.
public struct RecordFact: Hashable, Sendable {
  public let type: ContentType
  public let sequenceNumber: UInt64
  public let nonce: [UInt8]
  public let additionalData: [UInt8]
  public let plaintextLength: Int
  /// The record's fragment as it is on the wire: explicit nonce, ciphertext and tag.
  public let ciphertextLength: Int
  /// The fragment's bytes as they are on the wire; of a long one the first `ciphertextLimit`.
  public internal(set) var ciphertext: [UInt8]

  /// How much of a fragment is kept: whole handshake messages, and not all of a transfer.
  public static let ciphertextLimit = 1024

  package init(
    type: ContentType, sequenceNumber: UInt64, nonce: [UInt8], additionalData: [UInt8], plaintextLength: Int,
    ciphertextLength: Int, ciphertext: [UInt8] = []
  ) {
    self.type = type
    self.sequenceNumber = sequenceNumber
    self.nonce = nonce
    self.additionalData = additionalData
    self.plaintextLength = plaintextLength
    self.ciphertextLength = ciphertextLength
    self.ciphertext = ciphertext
  }

  /// The same, with the fragment that stands in `fragment`.
  func carrying(_ fragment: Span<UInt8>) -> RecordFact {
    var fact = self
    fact.ciphertext = [UInt8](copying: fragment.extracting(first: Self.ciphertextLimit))
    return fact
  }
}

/// The end of a connection that went wrong.
public struct FailureFact: Hashable, Sendable {
  public let step: HandshakeStep
  public let error: TLSError
  /// What the peer is told.
  public let alert: AlertDescription?

  package init(step: HandshakeStep, error: TLSError, alert: AlertDescription?) {
    self.step = step
    self.error = error
    self.alert = alert
  }
}

/// What a finished handshake has settled.
public struct NegotiatedParameters: Hashable, Sendable {
  public let version: ProtocolVersion
  public let cipherSuite: CipherSuite
  /// Nil with RSA key transport.
  public let group: NamedGroup?
  /// How the server proved its key; nil with RSA key transport, and when a session was resumed.
  public let serverSignatureScheme: SignatureScheme?
  /// How the client proved its key; nil when it did not authenticate, and when a session was resumed.
  public let clientSignatureScheme: SignatureScheme?
  public let applicationProtocol: String?
  /// What the client asked for by server_name.
  public let serverName: String?
  public let usesExtendedMasterSecret: Bool
  public let usesSecureRenegotiation: Bool
  public let maxFragmentLength: MaxFragmentLength?
  /// Whether an earlier session was resumed; the peer's identity is then that session's.
  public let isResumed: Bool
  /// Whether the server has taken early data.
  public let isEarlyDataAccepted: Bool

  package init(
    version: ProtocolVersion, cipherSuite: CipherSuite, group: NamedGroup?, serverSignatureScheme: SignatureScheme?,
    clientSignatureScheme: SignatureScheme?, applicationProtocol: String?, serverName: String?,
    usesExtendedMasterSecret: Bool, usesSecureRenegotiation: Bool, maxFragmentLength: MaxFragmentLength?,
    isResumed: Bool = false, isEarlyDataAccepted: Bool = false
  ) {
    self.isResumed = isResumed
    self.isEarlyDataAccepted = isEarlyDataAccepted
    self.version = version
    self.cipherSuite = cipherSuite
    self.group = group
    self.serverSignatureScheme = serverSignatureScheme
    self.clientSignatureScheme = clientSignatureScheme
    self.applicationProtocol = applicationProtocol
    self.serverName = serverName
    self.usesExtendedMasterSecret = usesExtendedMasterSecret
    self.usesSecureRenegotiation = usesSecureRenegotiation
    self.maxFragmentLength = maxFragmentLength
  }
}
