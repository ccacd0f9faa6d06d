import HandfastWire

/// What this side awaits. One enum for both roles: a side is in exactly one of these, and each step consumes it for the next.
package enum Role: ~Copyable {
  case clientNegotiating(AwaitingServerHello)
  case client12(Client12)
  case client13(Client13)
  case serverNegotiating(ServerNegotiating)
  case server12(Server12)
  case server13(Server13)
  case established(Established)
  case failed(TLSError, at: HandshakeStep)

  package mutating func receive(
    _ frame: borrowing HandshakeFrame, _ out: inout HandshakeOutput
  ) throws(TLSError) {
    out.noteReceived(frame)
    if frame.type == .helloRequest, ignoresHelloRequest {
      _ = try frame.decode(HelloRequest.self)
      out.trace(.ignored("HelloRequest during the handshake"))
      try out.idleness.spend(.message)
      return
    }
    let step = step
    if !isEstablished { out.idleness.reset() }
    do throws(TLSError) {
      self =
        switch consume self {
        case .clientNegotiating(let state): try state.receive(frame, &out)
        case .client12(let state): try state.receive(frame, &out)
        case .client13(let state): try state.receive(frame, &out)
        case .serverNegotiating(let state): try state.receive(frame, &out)
        case .server12(let state): try state.receive(frame, &out)
        case .server13(let state): try state.receive(frame, &out)
        case .established(let state): .established(try state.receive(frame, &out))
        case .failed(let error, _): throw error
        }
    } catch {
      self = .failed(error, at: step)
      throw error
    }
  }

  /// `boundary` proves that no message lies across the change (RFC 5246 §7.1).
  package mutating func receiveChangeCipherSpec(
    at boundary: consuming RecordBoundary, _ out: inout HandshakeOutput
  ) throws(TLSError) {
    out.trace(.receivedChangeCipherSpec)
    let step = step
    do throws(TLSError) {
      self =
        switch consume self {
        case .client12(let state): try state.receiveChangeCipherSpec(&out)
        case .server12(let state): try state.receiveChangeCipherSpec(&out)
        case .clientNegotiating: throw .unexpectedChangeCipherSpec
        case .serverNegotiating: throw .unexpectedChangeCipherSpec
        case .client13: throw .unexpectedChangeCipherSpec
        case .server13: throw .unexpectedChangeCipherSpec
        case .established: throw .unexpectedChangeCipherSpec
        case .failed(let error, _): throw error
        }
    } catch {
      self = .failed(error, at: step)
      throw error
    }
  }

  package mutating func resume(_ answer: Answer, _ out: inout HandshakeOutput) throws(TLSError) {
    let step = step
    do throws(TLSError) {
      self =
        switch consume self {
        case .client12(let state): try state.resume(answer, &out)
        case .client13(let state): try state.resume(answer, &out)
        case .serverNegotiating(let state): try state.resume(answer, &out)
        case .server12(let state): try state.resume(answer, &out)
        case .server13(let state): try state.resume(answer, &out)
        case .clientNegotiating: throw .unexpectedAnswer
        case .established: throw .unexpectedAnswer
        case .failed(let error, _): throw error
        }
    } catch {
      self = .failed(error, at: step)
      throw error
    }
  }

  /// What only an established connection does; nothing before or after.
  package mutating func whenEstablished(
    _ body: (inout Established) throws(TLSError) -> Void
  ) throws(TLSError) {
    let step = step
    do throws(TLSError) {
      self =
        switch consume self {
        case .established(let state): .established(try changing(state, body))
        case .clientNegotiating(let state): .clientNegotiating(state)
        case .client12(let state): .client12(state)
        case .client13(let state): .client13(state)
        case .serverNegotiating(let state): .serverNegotiating(state)
        case .server12(let state): .server12(state)
        case .server13(let state): .server13(state)
        case .failed(let error, let step): .failed(error, at: step)
        }
    } catch {
      self = .failed(error, at: step)
      throw error
    }
  }

  package mutating func fail(_ error: TLSError) { self = .failed(error, at: step) }

  package var isEstablished: Bool {
    switch self {
    case .established: true
    case .clientNegotiating: false
    case .client12: false
    case .client13: false
    case .serverNegotiating: false
    case .server12: false
    case .server13: false
    case .failed: false
    }
  }

  /// Whether application data can be sent.
  package var canSeal: Bool {
    switch self {
    case .established: true
    case .server13(let state): state.answersEarlyData
    case .clientNegotiating: false
    case .client12: false
    case .client13: false
    case .serverNegotiating: false
    case .server12: false
    case .failed: false
    }
  }

  /// Whether the handshake was complete, be it that the connection has failed since.
  package var hasBeenEstablished: Bool {
    switch self {
    case .established: true
    case .failed(_, let step): step == .established || step == .awaitingConfirmation
    case .clientNegotiating: false
    case .client12: false
    case .client13: false
    case .serverNegotiating: false
    case .server12: false
    case .server13: false
    }
  }

  //= https://www.rfc-editor.org/rfc/rfc9846#section-5
  //# An implementation may receive an unencrypted record of type change_cipher_spec consisting of the single byte value 0x01 at
  //# any time after the first ClientHello message has been sent or received and before the peer's Finished message has been
  //# received and MUST simply drop it without further processing.
  package var expectsDummyChangeCipherSpec: Bool {
    switch self {
    case .clientNegotiating(let state): state.expectsDummyChangeCipherSpec
    case .client13: true
    case .serverNegotiating(let state): state.expectsDummyChangeCipherSpec
    case .server13: true
    case .client12: false
    case .server12: false
    case .established: false
    case .failed: false
    }
  }

  //= https://www.rfc-editor.org/rfc/rfc5246#section-7.4.1.1
  //# This message will be ignored by the client if the client is currently negotiating a session.
  private var ignoresHelloRequest: Bool {
    switch self {
    case .clientNegotiating: true
    case .client12: true
    case .client13: false
    case .serverNegotiating: false
    case .server12: false
    case .server13: false
    case .established: false
    case .failed: false
    }
  }

  /// What is awaited, or was when it failed.
  package var step: HandshakeStep {
    switch self {
    case .clientNegotiating: .awaitingServerHello
    case .client12(let state): state.step
    case .client13(let state): state.step
    case .serverNegotiating(let state): state.step
    case .server12(let state): state.step
    case .server13(let state): state.step
    case .established(let state): state.step
    case .failed(_, let step): step
    }
  }

  /// The open question, if the handshake waits for an answer rather than for bytes.
  package var question: Need? {
    switch self {
    case .client12(let state): state.question
    case .client13(let state): state.question
    case .serverNegotiating(let state): state.question
    case .server12(let state): state.question
    case .server13(let state): state.question
    case .clientNegotiating: nil
    case .established: nil
    case .failed: nil
    }
  }
}

private func changing(
  _ established: consuming Established, _ body: (inout Established) throws(TLSError) -> Void
) throws(TLSError) -> Established {
  try body(&established)
  return established
}
