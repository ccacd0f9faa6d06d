import HandfastWire

/// What this side awaits. One enum for both roles: a side is in exactly one of these, and each step consumes it for the next.
package struct Role: ~Copyable {
  private var phase: Phase
  /// What is awaited, or was when it failed. Told by the state when it begins: to ask one that is stored moves it.
  package let step: HandshakeStep

  private enum Phase: ~Copyable {
    case clientNegotiating(AwaitingServerHello)
    case client12(Client12)
    case client13(Client13)
    case serverNegotiating(ServerNegotiating)
    case server12(Server12)
    case server13(Server13)
    case established(Established)
    case failed(TLSError)
  }

  private init(_ step: HandshakeStep, _ phase: consuming Phase) {
    self.phase = phase
    self.step = step
  }

  static func clientNegotiating(_ state: consuming AwaitingServerHello) -> Role {
    Role(.awaitingServerHello, .clientNegotiating(state))
  }
  static func client12(_ state: consuming Client12) -> Role { Role(state.step, .client12(state)) }
  static func client13(_ state: consuming Client13) -> Role { Role(state.step, .client13(state)) }
  static func serverNegotiating(_ state: consuming ServerNegotiating) -> Role {
    Role(state.step, .serverNegotiating(state))
  }
  static func server12(_ state: consuming Server12) -> Role { Role(state.step, .server12(state)) }
  static func server13(_ state: consuming Server13) -> Role { Role(state.step, .server13(state)) }
  static func established(_ state: consuming Established) -> Role { Role(state.step, .established(state)) }
  static func failed(_ error: TLSError, at step: HandshakeStep) -> Role { Role(step, .failed(error)) }

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
        switch consume phase {
        case .clientNegotiating(let state): try state.receive(frame, &out)
        case .client12(let state): try state.receive(frame, &out)
        case .client13(let state): try state.receive(frame, &out)
        case .serverNegotiating(let state): try state.receive(frame, &out)
        case .server12(let state): try state.receive(frame, &out)
        case .server13(let state): try state.receive(frame, &out)
        case .established(let state): .established(try state.receive(frame, &out))
        case .failed(let error): throw error
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
        switch consume phase {
        case .client12(let state): try state.receiveChangeCipherSpec(&out)
        case .server12(let state): try state.receiveChangeCipherSpec(&out)
        case .clientNegotiating: throw .unexpectedChangeCipherSpec
        case .serverNegotiating: throw .unexpectedChangeCipherSpec
        case .client13: throw .unexpectedChangeCipherSpec
        case .server13: throw .unexpectedChangeCipherSpec
        case .established: throw .unexpectedChangeCipherSpec
        case .failed(let error): throw error
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
        switch consume phase {
        case .client12(let state): try state.resume(answer, &out)
        case .client13(let state): try state.resume(answer, &out)
        case .serverNegotiating(let state): try state.resume(answer, &out)
        case .server12(let state): try state.resume(answer, &out)
        case .server13(let state): try state.resume(answer, &out)
        case .clientNegotiating: throw .unexpectedAnswer
        case .established: throw .unexpectedAnswer
        case .failed(let error): throw error
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
      switch consume phase {
      case .established(var state):
        try body(&state)
        self = .established(state)
      case let other: self = Role(step, other)
      }
    } catch {
      self = .failed(error, at: step)
      throw error
    }
  }

  package mutating func fail(_ error: TLSError) { self = .failed(error, at: step) }

  /// The established connection's facts, or nil before and after.
  package func withEstablished<R, E: Error>(_ body: (borrowing Established) throws(E) -> R) throws(E) -> R? {
    switch phase {
    case .established(let state): try body(state)
    case .clientNegotiating: nil
    case .client12: nil
    case .client13: nil
    case .serverNegotiating: nil
    case .server12: nil
    case .server13: nil
    case .failed: nil
    }
  }

  package var isEstablished: Bool {
    switch phase {
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
    switch phase {
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
    switch phase {
    case .established: true
    case .failed: step == .established || step == .awaitingConfirmation
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
    switch phase {
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
    switch phase {
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

  /// Whether there is a question, or was when it failed: cheap to find out, for each record and each message.
  package var isAsking: Bool { step.isQuestion }

  /// The open question, if the handshake waits for an answer rather than for bytes.
  package var question: Need? {
    switch phase {
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
