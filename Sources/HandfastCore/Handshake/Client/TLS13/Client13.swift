import HandfastWire

/// The client of TLS 1.3 after the ServerHello. RFC 9846 §2, figure 1.
package enum Client13: ~Copyable {
  case awaitingEncryptedExtensions(AwaitingEncryptedExtensions)
  case awaitingCertificateOrCertificateRequest(AwaitingCertificateOrCertificateRequest)
  case awaitingServerCertificate(AwaitingServerCertificate13)
  case awaitingServerVerdict(AwaitingServerVerdict13)
  case awaitingResumedVerdict(AwaitingResumedVerdict13)
  case awaitingCertificateVerify(AwaitingServerCertificateVerify)
  case awaitingFinished(AwaitingServerFinished13)
  case awaitingClientIdentity(AwaitingClientIdentity13)
  case awaitingClientSignature(AwaitingClientSignature13)

  consuming func receive(
    _ frame: borrowing HandshakeFrame, _ out: inout HandshakeOutput
  ) throws(TLSError) -> Role {
    switch consume self {
    case .awaitingEncryptedExtensions(let state): try state.receive(frame, &out)
    case .awaitingCertificateOrCertificateRequest(let state): try state.receive(frame, &out)
    case .awaitingServerCertificate(let state): try state.receive(frame, &out)
    case .awaitingCertificateVerify(let state): try state.receive(frame, &out)
    case .awaitingFinished(let state): try state.receive(frame, &out)
    case .awaitingServerVerdict: throw .unexpectedMessage(got: frame.type, wanted: [])
    case .awaitingResumedVerdict: throw .unexpectedMessage(got: frame.type, wanted: [])
    case .awaitingClientIdentity: throw .unexpectedMessage(got: frame.type, wanted: [])
    case .awaitingClientSignature: throw .unexpectedMessage(got: frame.type, wanted: [])
    }
  }

  consuming func resume(_ answer: Answer, _ out: inout HandshakeOutput) throws(TLSError) -> Role {
    switch consume self {
    case .awaitingServerVerdict(let state): try state.resume(try answer.verdict(), &out)
    case .awaitingResumedVerdict(let state): try state.resume(try answer.verdict(), &out)
    case .awaitingClientIdentity(let state): try state.resume(try answer.identity(), &out)
    case .awaitingClientSignature(let state): try state.resume(try answer.signature(), &out)
    case .awaitingEncryptedExtensions: throw .unexpectedAnswer
    case .awaitingCertificateOrCertificateRequest: throw .unexpectedAnswer
    case .awaitingServerCertificate: throw .unexpectedAnswer
    case .awaitingCertificateVerify: throw .unexpectedAnswer
    case .awaitingFinished: throw .unexpectedAnswer
    }
  }

  var step: HandshakeStep {
    switch self {
    case .awaitingEncryptedExtensions: .awaitingEncryptedExtensions
    case .awaitingCertificateOrCertificateRequest: .awaitingCertificateOrCertificateRequest
    case .awaitingServerCertificate: .awaitingServerCertificate
    case .awaitingServerVerdict: .awaitingServerVerdict
    case .awaitingResumedVerdict: .awaitingServerVerdict
    case .awaitingCertificateVerify: .awaitingCertificateVerify
    case .awaitingFinished: .awaitingFinished
    case .awaitingClientIdentity: .awaitingClientIdentity
    case .awaitingClientSignature: .awaitingClientSignature
    }
  }

  var question: Need? {
    switch self {
    case .awaitingServerVerdict(let state): .peerVerdict(state.request)
    case .awaitingResumedVerdict(let state): .peerVerdict(state.request)
    case .awaitingClientIdentity(let state): .clientIdentity(state.request.accepted)
    case .awaitingClientSignature(let state): .signature(state.request)
    case .awaitingEncryptedExtensions: nil
    case .awaitingCertificateOrCertificateRequest: nil
    case .awaitingServerCertificate: nil
    case .awaitingCertificateVerify: nil
    case .awaitingFinished: nil
    }
  }
}

/// What the two hellos and EncryptedExtensions have settled for a TLS 1.3 client. A class, because each of its states has it.
package final class ClientContext13: Sendable {
  let settings: ClientSettings
  let offer: Offer
  let suite: CipherSuite13
  let group: NamedGroup
  /// The session that is resumed; nil: a full handshake.
  let session: ClientSession?
  let applicationProtocol: String?
  let maxFragmentLength: MaxFragmentLength?
  let isEarlyDataAccepted: Bool
  let certificateTypes: AgreedCertificateTypes

  init(
    _ hellos: NegotiatedHellos13, applicationProtocol: String?, maxFragmentLength: MaxFragmentLength?,
    isEarlyDataAccepted: Bool, certificateTypes: AgreedCertificateTypes
  ) {
    (settings, offer) = (hellos.settings, hellos.offer)
    (suite, group, session) = (hellos.suite, hellos.group, hellos.session)
    self.applicationProtocol = applicationProtocol
    self.maxFragmentLength = maxFragmentLength
    self.isEarlyDataAccepted = isEarlyDataAccepted
    self.certificateTypes = certificateTypes
  }

  func parameters(server: SignatureScheme?, client: SignatureScheme?) -> NegotiatedParameters {
    NegotiatedParameters(
      version: .tls13, cipherSuite: suite.suite, group: group, serverSignatureScheme: server,
      clientSignatureScheme: client, applicationProtocol: applicationProtocol, serverName: offer.serverName,
      usesExtendedMasterSecret: true, usesSecureRenegotiation: true, maxFragmentLength: maxFragmentLength,
      isResumed: session != nil, isEarlyDataAccepted: isEarlyDataAccepted)
  }
}

/// What the two hellos have settled for a TLS 1.3 client.
package struct NegotiatedHellos13: Sendable {
  let settings: ClientSettings
  let offer: Offer
  let suite: CipherSuite13
  let group: NamedGroup
  /// The session that is resumed; nil: a full handshake.
  let session: ClientSession?
}
