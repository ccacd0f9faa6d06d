import Handfast

/// One connection, moved on by what the runner sends.
struct Endpoint: ~Copyable {
  var tls: TLSConnection
  private let socket: Socket
  private let options: Options
  private let trust: ShimTrust
  private var buffer = [UInt8](repeating: 0, count: 2 * TLSConnection.largestRecord)
  /// Bytes of the buffer that have come, and how many of them are shown: an asynchronous test shows one more at a time.
  private var filled = 0
  private var shown = 0
  private var hasEnded = false
  private var hasToldEstablishment = false
  private var hasToldEarlyWrite = false
  private var queued: Step?
  private(set) var events: [TLSEvent] = []

  enum Step {
    /// The handshake is complete: said once.
    case established
    case data([UInt8])
    case earlyData([UInt8])
    /// The message has come after which the client writes its early data.
    case mayWriteEarly
    /// Nothing more comes; clean: with a goodbye.
    case closed(isClean: Bool)
  }

  init(_ tls: consuming TLSConnection, _ socket: consuming Socket, _ options: Options, _ trust: ShimTrust) {
    self.tls = tls
    self.socket = socket
    self.options = options
    self.trust = trust
  }

  /// Reads until something has happened.
  mutating func next() throws -> Step {
    if let step = queued.take() { return step }
    while true {
      let step = try process()
      flush()
      events += tls.takeEvents()
      if tls.isHandshakeComplete, !hasToldEstablishment {
        hasToldEstablishment = true
        queued = step
        return .established
      }
      if let step { return step }
      if !hasToldEarlyWrite, hasReceived(options.writesEarlyAfter) {
        hasToldEarlyWrite = true
        return .mayWriteEarly
      }
      try read()
      if hasEnded, shown == filled {
        let step = try process()
        flush()
        return step ?? .closed(isClean: false)
      }
    }
  }

  private func hasReceived(_ type: HandshakeType?) -> Bool {
    guard let type else { return false }
    return events.contains { if case .received(let fact) = $0 { fact.type == type } else { false } }
  }

  /// What the bytes that are there come to; nil: more are needed.
  private mutating func process() throws -> Step? {
    while true {
      var need = try receive(&buffer, count: shown, &tls)
      while let answered = try answer(need) { need = answered }
      let step: Step?
      switch need {
      case .plaintext(let range): step = .data(Array(buffer[range]))
      case .earlyData(let range): step = .earlyData(Array(buffer[range]))
      case .nothing: step = .closed(isClean: true)
      default: step = nil
      }
      let consumed = tls.consumed
      if consumed > 0 {
        buffer.removeFirst(consumed)
        buffer += [UInt8](repeating: 0, count: consumed)
        filled -= consumed
        shown -= consumed
      }
      if step != nil || consumed == 0 || shown == 0 { return step }
    }
  }

  /// The application's answer to a question, and what the connection then needs; nil: it was no question.
  private mutating func answer(_ need: Need) throws -> Need? {
    switch need {
    case .peerVerdict(let request):
      events += tls.takeEvents()
      return try tls.resume(with: trust.judge(request, isRetry: wasEarlyDataRejected))
    case .serverIdentity, .clientIdentity:
      if options.failsIdentity {
        _ = tls.abort(with: options.identityAlert)
        throw IdentityRefused()
      }
      return try tls.resume(with: try options.identities().first)
    default: return nil
    }
  }

  private var wasEarlyDataRejected: Bool {
    events.contains { event in
      if case .earlyData(let fact) = event, case .rejected = fact.outcome { true } else { false }
    }
  }

  /// The application has no identity when it is asked.
  struct IdentityRefused: Error {}

  private mutating func read() throws {
    if options.isAsync, shown < filled {
      shown += 1
      return
    }
    var bytes: [UInt8] = []
    hasEnded = hasEnded || !socket.read(into: &bytes, limit: buffer.count - filled)
    buffer.replaceSubrange(filled..<filled + bytes.count, with: bytes)
    filled += bytes.count
    shown = options.isAsync ? min(shown + 1, filled) : filled
  }

  /// Sends what is owed.
  mutating func flush() {
    while tls.owedByteCount > 0 {
      let bytes = takeOwed(&tls)
      socket.write(bytes)
    }
  }

  /// Sends application data, as early data where it must be.
  mutating func write(_ data: [UInt8]) throws {
    var start = 0
    while start < data.count {
      flush()
      if !tls.isHandshakeComplete, tls.side == .client, tls.earlyDataCapacity == 0 { try completeHandshake() }
      let part = data[start...]
      var taken = 0
      let bytes = try [UInt8](capacity: tls.sealedByteCount(of: part.count)) { output throws in
        taken =
          tls.earlyDataCapacity > 0 && !tls.isHandshakeComplete
          ? try tls.sealEarlyData(Array(part).span, into: &output) : try tls.seal(Array(part).span, into: &output)
      }
      socket.write(bytes)
      start += taken
    }
  }

  /// Early data has come to its limit: the rest goes out after the handshake.
  private mutating func completeHandshake() throws {
    let step = try next()
    guard case .established = step else { return }
    hasToldEstablishment = false
  }

  /// Sends the alert that is owed after a failure, if one is, and lets the runner read it.
  mutating func finish() {
    flush()
    socket.finish()
  }

  func send(_ bytes: [UInt8]) { socket.write(bytes) }
}

private func takeOwed(_ tls: inout TLSConnection) -> [UInt8] {
  [UInt8](capacity: tls.owedByteCount) { tls.writeOwed(into: &$0) }
}

// Free functions: each takes its parts of the endpoint, and no more.

private func receive(_ buffer: inout [UInt8], count: Int, _ tls: inout TLSConnection) throws -> Need {
  var span = buffer.mutableSpan
  return try tls.receive(&span, count: count)
}
