import HandfastWire

/// The client after a ServerHello that chose TLS 1.2. RFC 5246 §7.3, figure 1.
package enum Client12: ~Copyable {
  case awaitingServerCertificate(AwaitingServerCertificate)
  case awaitingCertificateStatus(AwaitingCertificateStatus)
  case awaitingServerVerdict(AwaitingServerVerdict)
  case awaitingResumedVerdict(AwaitingResumedVerdict)
  case awaitingServerKeyExchange(AwaitingServerKeyExchange)
  case awaitingCertificateRequestOrServerHelloDone(AwaitingCertificateRequestOrServerHelloDone)
  case awaitingServerHelloDone(AwaitingServerHelloDone)
  case awaitingClientIdentity(AwaitingClientIdentity)
  case awaitingClientSignature(AwaitingClientSignature)
  case awaitingServerChangeCipherSpec(AwaitingServerChangeCipherSpec)
  case awaitingServerFinished(AwaitingServerFinished)

  consuming func receive(
    _ frame: borrowing HandshakeFrame, _ out: inout HandshakeOutput
  ) throws(TLSError) -> Role {
    switch consume self {
    case .awaitingServerCertificate(let state): try state.receive(frame, &out)
    case .awaitingCertificateStatus(let state): try state.receive(frame, &out)
    case .awaitingServerKeyExchange(let state): try state.receive(frame, &out)
    case .awaitingCertificateRequestOrServerHelloDone(let state): try state.receive(frame, &out)
    case .awaitingServerHelloDone(let state): try state.receive(frame, &out)
    case .awaitingServerFinished(let state): try state.receive(frame, &out)
    case .awaitingServerVerdict: throw .unexpectedMessage(got: frame.type, wanted: [])
    case .awaitingResumedVerdict: throw .unexpectedMessage(got: frame.type, wanted: [])
    case .awaitingClientIdentity: throw .unexpectedMessage(got: frame.type, wanted: [])
    case .awaitingClientSignature: throw .unexpectedMessage(got: frame.type, wanted: [])
    case .awaitingServerChangeCipherSpec(let state): try state.receive(frame, &out)
    }
  }

  consuming func receiveChangeCipherSpec(_ out: inout HandshakeOutput) throws(TLSError) -> Role {
    switch consume self {
    case .awaitingServerChangeCipherSpec(let state): try state.receiveChangeCipherSpec(&out)
    case .awaitingServerCertificate: throw .unexpectedChangeCipherSpec
    case .awaitingCertificateStatus: throw .unexpectedChangeCipherSpec
    case .awaitingServerVerdict: throw .unexpectedChangeCipherSpec
    case .awaitingResumedVerdict: throw .unexpectedChangeCipherSpec
    case .awaitingServerKeyExchange: throw .unexpectedChangeCipherSpec
    case .awaitingCertificateRequestOrServerHelloDone: throw .unexpectedChangeCipherSpec
    case .awaitingServerHelloDone: throw .unexpectedChangeCipherSpec
    case .awaitingClientIdentity: throw .unexpectedChangeCipherSpec
    case .awaitingClientSignature: throw .unexpectedChangeCipherSpec
    case .awaitingServerFinished: throw .unexpectedChangeCipherSpec
    }
  }

  consuming func resume(_ answer: Answer, _ out: inout HandshakeOutput) throws(TLSError) -> Role {
    switch consume self {
    case .awaitingServerVerdict(let state): try state.resume(try answer.verdict(), &out)
    case .awaitingResumedVerdict(let state): try state.resume(try answer.verdict(), &out)
    case .awaitingClientIdentity(let state): try state.resume(try answer.identity(), &out)
    case .awaitingClientSignature(let state): try state.resume(try answer.signature(), &out)
    case .awaitingServerCertificate: throw .unexpectedAnswer
    case .awaitingCertificateStatus: throw .unexpectedAnswer
    case .awaitingServerKeyExchange: throw .unexpectedAnswer
    case .awaitingCertificateRequestOrServerHelloDone: throw .unexpectedAnswer
    case .awaitingServerHelloDone: throw .unexpectedAnswer
    case .awaitingServerChangeCipherSpec: throw .unexpectedAnswer
    case .awaitingServerFinished: throw .unexpectedAnswer
    }
  }

  var step: HandshakeStep {
    switch self {
    case .awaitingServerCertificate: .awaitingServerCertificate
    case .awaitingCertificateStatus: .awaitingCertificateStatus
    case .awaitingServerVerdict: .awaitingServerVerdict
    case .awaitingResumedVerdict: .awaitingServerVerdict
    case .awaitingServerKeyExchange: .awaitingServerKeyExchange
    case .awaitingCertificateRequestOrServerHelloDone: .awaitingCertificateRequestOrServerHelloDone
    case .awaitingServerHelloDone: .awaitingServerHelloDone
    case .awaitingClientIdentity: .awaitingClientIdentity
    case .awaitingClientSignature: .awaitingClientSignature
    case .awaitingServerChangeCipherSpec: .awaitingChangeCipherSpec
    case .awaitingServerFinished: .awaitingFinished
    }
  }

  var question: Need? {
    switch self {
    case .awaitingServerVerdict(let state): .peerVerdict(state.request)
    case .awaitingResumedVerdict(let state): .peerVerdict(state.request)
    case .awaitingClientIdentity(let state): .clientIdentity(state.request)
    case .awaitingClientSignature(let state): .signature(state.request)
    case .awaitingServerCertificate: nil
    case .awaitingCertificateStatus: nil
    case .awaitingServerKeyExchange: nil
    case .awaitingCertificateRequestOrServerHelloDone: nil
    case .awaitingServerHelloDone: nil
    case .awaitingServerChangeCipherSpec: nil
    case .awaitingServerFinished: nil
    }
  }
}
