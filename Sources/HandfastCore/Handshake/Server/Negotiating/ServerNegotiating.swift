import HandfastWire

/// The server until its flight is out.
package enum ServerNegotiating: ~Copyable {
  case awaitingClientHello(AwaitingClientHello)
  case awaitingServerIdentity(AwaitingServerIdentity)
  case awaitingServerSignature(AwaitingServerSignature)

  consuming func receive(
    _ frame: borrowing HandshakeFrame, _ out: inout HandshakeOutput
  ) throws(TLSError) -> Role {
    switch consume self {
    case .awaitingClientHello(let state): try state.receive(frame, &out)
    case .awaitingServerIdentity: throw .unexpectedMessage(got: frame.type, wanted: [])
    case .awaitingServerSignature: throw .unexpectedMessage(got: frame.type, wanted: [])
    }
  }

  consuming func resume(_ answer: Answer, _ out: inout HandshakeOutput) throws(TLSError) -> Role {
    switch consume self {
    case .awaitingServerIdentity(let state): try state.resume(try answer.identity(), &out)
    case .awaitingServerSignature(let state): try state.resume(try answer.signature(), &out)
    case .awaitingClientHello: throw .unexpectedAnswer
    }
  }

  var step: HandshakeStep {
    switch self {
    case .awaitingClientHello: .awaitingClientHello
    case .awaitingServerIdentity: .awaitingServerIdentity
    case .awaitingServerSignature: .awaitingServerSignature
    }
  }

  var question: Need? {
    switch self {
    case .awaitingClientHello: nil
    case .awaitingServerIdentity(let state): .serverIdentity(state.request)
    case .awaitingServerSignature(let state): .signature(state.request)
    }
  }
}
