import HandfastWire

/// The server until its flight is out, in either version, and until a second ClientHello if it wants one.
package enum ServerNegotiating: ~Copyable {
  case awaitingClientHello(AwaitingClientHello)
  case awaitingSecondClientHello(AwaitingSecondClientHello)
  case awaitingServerIdentity(AwaitingServerIdentity)
  case awaitingServerSignature(AwaitingServerSignature)
  case awaitingServerIdentity13(AwaitingServerIdentity13)
  case awaitingServerSignature13(AwaitingServerSignature13)

  consuming func receive(
    _ frame: borrowing HandshakeFrame, _ out: inout HandshakeOutput
  ) throws(TLSError) -> Role {
    switch consume self {
    case .awaitingClientHello(let state): try state.receive(frame, &out)
    case .awaitingSecondClientHello(let state): try state.receive(frame, &out)
    case .awaitingServerIdentity: throw .unexpectedMessage(got: frame.type, wanted: [])
    case .awaitingServerSignature: throw .unexpectedMessage(got: frame.type, wanted: [])
    case .awaitingServerIdentity13: throw .unexpectedMessage(got: frame.type, wanted: [])
    case .awaitingServerSignature13: throw .unexpectedMessage(got: frame.type, wanted: [])
    }
  }

  consuming func resume(_ answer: Answer, _ out: inout HandshakeOutput) throws(TLSError) -> Role {
    switch consume self {
    case .awaitingServerIdentity(let state): try state.resume(try answer.identity(), &out)
    case .awaitingServerSignature(let state): try state.resume(try answer.signature(), &out)
    case .awaitingServerIdentity13(let state): try state.resume(try answer.identity(), &out)
    case .awaitingServerSignature13(let state): try state.resume(try answer.signature(), &out)
    case .awaitingClientHello: throw .unexpectedAnswer
    case .awaitingSecondClientHello: throw .unexpectedAnswer
    }
  }

  /// Whether a ChangeCipherSpec from the client is the dummy before its second ClientHello (RFC 9846 §D.4).
  var expectsDummyChangeCipherSpec: Bool {
    switch self {
    case .awaitingSecondClientHello: true
    case .awaitingClientHello: false
    case .awaitingServerIdentity: false
    case .awaitingServerSignature: false
    case .awaitingServerIdentity13: false
    case .awaitingServerSignature13: false
    }
  }

  var step: HandshakeStep {
    switch self {
    case .awaitingClientHello: .awaitingClientHello
    case .awaitingSecondClientHello: .awaitingSecondClientHello
    case .awaitingServerIdentity: .awaitingServerIdentity
    case .awaitingServerSignature: .awaitingServerSignature
    case .awaitingServerIdentity13: .awaitingServerIdentity
    case .awaitingServerSignature13: .awaitingServerSignature
    }
  }

  var question: Need? {
    switch self {
    case .awaitingClientHello: nil
    case .awaitingSecondClientHello: nil
    case .awaitingServerIdentity(let state): .serverIdentity(state.request)
    case .awaitingServerSignature(let state): .signature(state.request)
    case .awaitingServerIdentity13(let state): .serverIdentity(state.request)
    case .awaitingServerSignature13(let state): .signature(state.request)
    }
  }
}
