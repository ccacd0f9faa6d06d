import HandfastWire

/// The server of TLS 1.3 after its Finished. RFC 9846 §2, figure 1.
package enum Server13: ~Copyable {
  case awaitingClientCertificate(AwaitingClientCertificate13)
  case awaitingClientVerdict(AwaitingClientVerdict13)
  case awaitingCertificateVerify(AwaitingClientCertificateVerify13)
  case awaitingEndOfEarlyData(AwaitingEndOfEarlyData)
  case awaitingFinished(AwaitingClientFinished13)

  consuming func receive(
    _ frame: borrowing HandshakeFrame, _ out: inout HandshakeOutput
  ) throws(TLSError) -> Role {
    switch consume self {
    case .awaitingClientCertificate(let state): try state.receive(frame, &out)
    case .awaitingCertificateVerify(let state): try state.receive(frame, &out)
    case .awaitingEndOfEarlyData(let state): try state.receive(frame, &out)
    case .awaitingFinished(let state): try state.receive(frame, &out)
    case .awaitingClientVerdict: throw .unexpectedMessage(got: frame.type, wanted: [])
    }
  }

  consuming func resume(_ answer: Answer, _ out: inout HandshakeOutput) throws(TLSError) -> Role {
    switch consume self {
    case .awaitingClientVerdict(let state): try state.resume(try answer.verdict(), &out)
    case .awaitingClientCertificate: throw .unexpectedAnswer
    case .awaitingCertificateVerify: throw .unexpectedAnswer
    case .awaitingEndOfEarlyData: throw .unexpectedAnswer
    case .awaitingFinished: throw .unexpectedAnswer
    }
  }

  /// Whether application data can be sent before the client's Finished: as the answer to early data, from a server that has taken it.
  /// The session has told who the client is (RFC 9846 §2.3).
  var answersEarlyData: Bool {
    switch self {
    case .awaitingEndOfEarlyData: true
    case .awaitingFinished(let state): state.conclusion.context.earlyDataLimit != nil
    case .awaitingClientCertificate: false
    case .awaitingClientVerdict: false
    case .awaitingCertificateVerify: false
    }
  }

  var step: HandshakeStep {
    switch self {
    case .awaitingClientCertificate: .awaitingClientCertificate
    case .awaitingClientVerdict: .awaitingClientVerdict
    case .awaitingCertificateVerify: .awaitingCertificateVerify
    case .awaitingEndOfEarlyData: .awaitingEndOfEarlyData
    case .awaitingFinished: .awaitingFinished
    }
  }

  var question: Need? {
    switch self {
    case .awaitingClientVerdict(let state): .peerVerdict(state.request)
    case .awaitingClientCertificate: nil
    case .awaitingCertificateVerify: nil
    case .awaitingEndOfEarlyData: nil
    case .awaitingFinished: nil
    }
  }
}
