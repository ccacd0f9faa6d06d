import HandfastWire

/// The server after its ServerHelloDone. RFC 5246 §7.3, figure 1.
package enum Server12: ~Copyable {
  case awaitingClientCertificate(AwaitingClientCertificate)
  case awaitingClientVerdict(AwaitingClientVerdict)
  case awaitingClientKeyExchange(AwaitingClientKeyExchange)
  case awaitingCertificateVerify(AwaitingCertificateVerify)
  case awaitingClientChangeCipherSpec(AwaitingClientChangeCipherSpec)
  case awaitingClientFinished(AwaitingClientFinished)

  consuming func receive(
    _ frame: borrowing HandshakeFrame, _ out: inout HandshakeOutput
  ) throws(TLSError) -> Role {
    switch consume self {
    case .awaitingClientCertificate(let state): try state.receive(frame, &out)
    case .awaitingClientKeyExchange(let state): try state.receive(frame, &out)
    case .awaitingCertificateVerify(let state): try state.receive(frame, &out)
    case .awaitingClientFinished(let state): try state.receive(frame, &out)
    case .awaitingClientVerdict: throw .unexpectedMessage(got: frame.type, wanted: [])
    case .awaitingClientChangeCipherSpec: throw .unexpectedMessage(got: frame.type, wanted: [])
    }
  }

  consuming func receiveChangeCipherSpec(_ out: inout HandshakeOutput) throws(TLSError) -> Role {
    switch consume self {
    case .awaitingClientChangeCipherSpec(let state): state.receiveChangeCipherSpec(&out)
    case .awaitingClientCertificate: throw .unexpectedChangeCipherSpec
    case .awaitingClientVerdict: throw .unexpectedChangeCipherSpec
    case .awaitingClientKeyExchange: throw .unexpectedChangeCipherSpec
    case .awaitingCertificateVerify: throw .unexpectedChangeCipherSpec
    case .awaitingClientFinished: throw .unexpectedChangeCipherSpec
    }
  }

  consuming func resume(_ answer: Answer, _ out: inout HandshakeOutput) throws(TLSError) -> Role {
    switch consume self {
    case .awaitingClientVerdict(let state): try state.resume(try answer.verdict(), &out)
    case .awaitingClientCertificate: throw .unexpectedAnswer
    case .awaitingClientKeyExchange: throw .unexpectedAnswer
    case .awaitingCertificateVerify: throw .unexpectedAnswer
    case .awaitingClientChangeCipherSpec: throw .unexpectedAnswer
    case .awaitingClientFinished: throw .unexpectedAnswer
    }
  }

  var step: HandshakeStep {
    switch self {
    case .awaitingClientCertificate: .awaitingClientCertificate
    case .awaitingClientVerdict: .awaitingClientVerdict
    case .awaitingClientKeyExchange: .awaitingClientKeyExchange
    case .awaitingCertificateVerify: .awaitingCertificateVerify
    case .awaitingClientChangeCipherSpec: .awaitingChangeCipherSpec
    case .awaitingClientFinished: .awaitingFinished
    }
  }

  var question: Need? {
    switch self {
    case .awaitingClientVerdict(let state): .peerVerdict(state.request)
    case .awaitingClientCertificate: nil
    case .awaitingClientKeyExchange: nil
    case .awaitingCertificateVerify: nil
    case .awaitingClientChangeCipherSpec: nil
    case .awaitingClientFinished: nil
    }
  }
}
