package import HandfastWire

/// One side of a connection: records in, whole messages to the state that awaits them, and out again what is owed.
package struct Connection: ~Copyable, Sendable {
  package let side: Side
  private let limits: Limits
  private var role: Role
  private var reader = RecordReader()
  private var joiner: HandshakeJoiner
  private var out: HandshakeOutput
  private var hasPeerClosed = false
  private var hasClosed = false
  private var hasFailed = false
  /// Whether the peer's data has come, the first of which may confirm the handshake.
  private var hasTakenData = false
  /// Bytes at the start of the caller's buffer that are done with.
  package private(set) var consumed = 0

  /// A client's connection owes its ClientHello from the start.
  package init(_ settings: ClientSettings, to reference: ServerReference, isTracing: Bool) {
    side = .client
    limits = settings.configuration.limits
    joiner = HandshakeJoiner(messageLimit: limits.handshakeMessageSize)
    out = HandshakeOutput(isTracing: isTracing, limits: limits, provider: settings.provider)
    out.writer.paddingMultiple = settings.configuration.recordPaddingMultiple
    out.writer.sizeLimit = settings.configuration.sentRecordSize
    do throws(TLSError) { role = try startClient(settings, to: reference, &out) } catch {
      role = .failed(error, at: .awaitingServerHello)
      hasFailed = true
    }
  }

  package init(_ settings: ServerSettings, isTracing: Bool) {
    side = .server
    limits = settings.configuration.limits
    joiner = HandshakeJoiner(messageLimit: limits.handshakeMessageSize)
    out = HandshakeOutput(isTracing: isTracing, limits: limits, provider: settings.provider)
    out.writer.paddingMultiple = settings.configuration.recordPaddingMultiple
    out.writer.sizeLimit = settings.configuration.sentRecordSize
    role = .serverNegotiating(.awaitingClientHello(AwaitingClientHello(settings: settings)))
  }

  // MARK: In

  package mutating func receive(_ bytes: inout MutableSpan<UInt8>, count: Int) throws(TLSError) -> Need {
    consumed = 0
    try checkLive()
    do throws(TLSError) {
      return try processRecords(&bytes, count: min(max(count, 0), bytes.count))
    } catch {
      throw fail(error)
    }
  }

  private mutating func processRecords(
    _ bytes: inout MutableSpan<UInt8>, count: Int
  ) throws(TLSError) -> Need {
    while true {
      if isCancelled {
        consumed = count
        return .nothing
      }
      try pumpMessages()
      if role.isAsking, let question = role.question { return question }
      if hasPeerClosed {
        // RFC 5246 §7.2.1: any data received after a closure alert is ignored.
        consumed = count
        return .nothing
      }
      guard let header = try reader.header(in: bytes.span.extracting(consumed..<count)) else { return .input }
      let start = consumed + RecordHeader.byteCount
      let end = start + Int(header.length)
      guard end <= count else { return .input }
      if !reader.isProtected { out.trace(.receivedRecord(PlainRecordFact(header))) }
      let record = try open(&bytes, start..<end, header.type)
      consumed = end
      guard let (range, type) = record else { continue }
      if type == .applicationData {
        if !role.isEstablished, role.step == .awaitingEndOfEarlyData {
          if try receiveEarlyData(count: range.count) { return .earlyData(range) }
        } else if try receiveApplicationData(count: range.count) {
          return .plaintext(range)
        }
      } else {
        try receive(type, bytes.span.extracting(range), isProtected: header.type != type)
      }
    }
  }

  /// Opens the fragment at `range` in place and says where in `bytes` its plaintext lies; nil: it is to be dropped.
  private mutating func open(
    _ bytes: inout MutableSpan<UInt8>, _ range: Range<Int>, _ type: ContentType
  ) throws(TLSError) -> (Range<Int>, ContentType)? {
    var fragment = bytes._mutatingExtracting(range)
    guard let (plaintext, type) = try reader.open(&fragment, type: type, &out) else { return nil }
    return (range.lowerBound + plaintext.lowerBound..<range.lowerBound + plaintext.upperBound, type)
  }

  /// Whole messages go to the role, until there are none or it asks something.
  private mutating func pumpMessages() throws(TLSError) {
    try pump(&joiner, &role, &reader, &out)
    if out.version == .tls12 { reader.requiresTLS12 = true }
    if let count = out.takeEarlyDataToSkip() { reader.skipEarlyData(count) }
    // Early data was sealed before its sender could know the limit.
    if let limit = out.settledReceivingLimit, role.step != .awaitingEndOfEarlyData { reader.fragmentLimit = limit }
    if let limit = out.settledFragmentLimit {
      reader.fragmentLimit = limit
      out.writer.fragmentLimit = limit
    }
  }

  /// `isProtected`: the type stood inside the record, under TLS 1.3's protection.
  private mutating func receive(
    _ type: ContentType, _ payload: Span<UInt8>, isProtected: Bool
  ) throws(TLSError) {
    guard type == .handshake || joiner.isAligned || out.version != .tls13 else { throw .interleavedRecord(type) }
    switch type {
    case .handshake:
      //= https://www.rfc-editor.org/rfc/rfc5246#section-6.2.1
      //# Implementations MUST NOT send zero-length fragments of Handshake, Alert, or ChangeCipherSpec content types.
      guard !payload.isEmpty else { throw .emptyHandshakeRecord }
      reader.stopSkippingInClear()
      try HandfastCore.receive(payload, &joiner, &role, &reader, &out)
    case .changeCipherSpec:
      guard !isProtected else { throw .unexpectedChangeCipherSpec }
      //= https://www.rfc-editor.org/rfc/rfc9846#section-5
      //# An implementation which receives any other change_cipher_spec value or which receives a protected change_cipher_spec
      //# record MUST abort the handshake with an "unexpected_message" alert.
      guard payload.count == 1, payload[0] == 1 else {
        throw out.version == .tls13 ? .unexpectedChangeCipherSpec : .malformedChangeCipherSpec
      }
      if role.expectsDummyChangeCipherSpec {
        out.trace(.receivedChangeCipherSpec)
        try out.idleness.spend(.emptyRecord)
        return
      }
      try role.receiveChangeCipherSpec(at: try joiner.boundary(), &out)
      if let keys = out.takeReceivingKeys() { reader.install(keys, at: try joiner.boundary()) }
      out.idleness.reset()
    case .alert: try receiveAlert(payload)
    default: throw .unknownContentType(type)
    }
  }

  /// Whether there is data to take. Empty records are allowed, and bounded.
  private mutating func receiveApplicationData(count: Int) throws(TLSError) -> Bool {
    guard role.isEstablished else { throw .unexpectedApplicationData }
    guard joiner.isAligned else { throw .interleavedRecord(.applicationData) }
    guard count > 0 else {
      try out.idleness.spend(.emptyRecord)
      return false
    }
    out.idleness.reset()
    if !hasTakenData {
      hasTakenData = true
      if role.step == .awaitingConfirmation { try confirm(by: .applicationData) }
    }
    return true
  }

  private mutating func receiveEarlyData(count: Int) throws(TLSError) -> Bool {
    guard joiner.isAligned else { throw .interleavedRecord(.applicationData) }
    let left = out.earlyDataLeft ?? 0
    guard count <= left else { throw .tooMuchEarlyData }
    out.earlyDataLeft = left - count
    guard count > 0 else {
      try out.idleness.spend(.emptyRecord)
      return false
    }
    return true
  }

  private mutating func receiveAlert(_ payload: Span<UInt8>) throws(TLSError) {
    let alert: Alert
    //= https://www.rfc-editor.org/rfc/rfc9846#section-5.4
    //# Implementations MUST NOT send Handshake and Alert records that have a zero-length TLSInnerPlaintext.content; if such a
    //# message is received, the receiving implementation MUST terminate the connection with an "unexpected_message" alert.
    if payload.isEmpty, out.version == .tls13 { throw .emptyHandshakeRecord }
    do throws(DecodeError) { alert = try Alert(decoding: payload, "Alert") } catch { throw .malformedAlert(error) }
    out.trace(.receivedAlert(AlertFact(level: alert.level, description: alert.description)))
    if alert.description == .closeNotify {
      // Before the end of the handshake it ends it: nobody has promised anything yet.
      guard role.isEstablished else { throw .alertReceived(.closeNotify) }
      hasPeerClosed = true
      out.trace(.peerClosed(isTruncated: false))
      return
    }
    if out.version == .tls13 {
      //= https://www.rfc-editor.org/rfc/rfc9846#section-6
      //# All the alerts listed in Section 6.2 MUST be sent with AlertLevel=fatal and MUST be treated as error alerts when
      //# received regardless of the AlertLevel in the message.
      guard alert.level == .warning || alert.level == .fatal else {
        throw .malformedAlert(.badValue(field: "level", value: UInt32(alert.level.rawValue)))
      }
      guard alert.description == .userCanceled else { throw .alertReceived(alert.description) }
      try out.idleness.spend(.alert)
      return
    }
    switch alert.level {
    case .fatal: throw .alertReceived(alert.description)
    case .warning: try out.idleness.spend(.alert)
    default: throw .malformedAlert(.badValue(field: "level", value: UInt32(alert.level.rawValue)))
    }
  }

  /// The peer's bytes have ended.
  package mutating func receiveEndOfInput() throws(TLSError) {
    if hasPeerClosed || isCancelled { return }
    try checkLive()
    out.trace(.peerClosed(isTruncated: true))
    throw fail(.truncated)
  }

  package mutating func resume(_ answer: Answer) throws(TLSError) -> Need {
    try checkLive()
    guard !isCancelled else { throw .alreadyEnded }
    do throws(TLSError) {
      out.hasUnreadInput = !joiner.isAligned
      try role.resume(answer, &out)
      out.hasUnreadInput = false
      try out.sealMessages()
      try pumpMessages()
      if role.isEstablished { joiner.giveBackRoom() }
      return role.question ?? .input
    } catch {
      throw fail(error)
    }
  }

  // MARK: Out

  package mutating func seal(
    _ data: Span<UInt8>, into output: inout OutputSpan<UInt8>
  ) throws(TLSError) -> Int {
    try checkLive()
    guard role.canSeal else { throw .handshakeNotComplete }
    guard !hasClosed else { throw .alreadyEnded }
    try changeKeysInTime()
    // What is owed comes first: records keep their order only if they are written in the order they were sealed.
    guard out.owed.isEmpty else { return 0 }
    out.hasAnsweredKeyUpdate = false
    do throws(TLSError) { return try out.seal(data, into: &output) } catch { throw fail(error) }
  }

  /// Bytes of output that sealing `count` bytes takes at most.
  package func sealedByteCount(of count: Int) -> Int { out.writer.sealedByteCount(of: count) }

  /// Bytes of early data a client may send now; 0: none.
  package var earlyDataCapacity: Int {
    guard side == .client, !hasClosed, !hasFailed, !role.isEstablished, out.writer.recordsLeft ?? 0 > 0 else {
      return 0
    }
    return out.earlyDataLeft ?? 0
  }

  package mutating func sealEarlyData(
    _ data: Span<UInt8>, into output: inout OutputSpan<UInt8>
  ) throws(TLSError) -> Int {
    try checkLive()
    let left = earlyDataCapacity
    guard left > 0 else { throw .earlyDataNotPossible }
    guard out.owed.isEmpty else { return 0 }
    do throws(TLSError) {
      let taken = try out.seal(data.extracting(first: min(left, data.count)), into: &output)
      out.earlyDataLeft = left - taken
      return taken
    } catch {
      throw fail(error)
    }
  }

  //= https://www.rfc-editor.org/rfc/rfc9846#section-5.5
  //# Implementations MUST either close the connection or do a key update as described in Section 4.7.3 prior to reaching these
  //# limits.
  private mutating func changeKeysInTime() throws(TLSError) {
    guard role.isEstablished, out.writer.isTLS13, out.writer.recordsLeft == 0 else { return }
    try updateKeys(requestingPeer: false)
  }

  /// Changes this side's keys, and asks the peer to change its own if so wanted (RFC 9846 §4.7.3). Nothing in TLS 1.2.
  package mutating func updateKeys(requestingPeer: Bool) throws(TLSError) {
    try checkLive()
    guard role.isEstablished else { throw .handshakeNotComplete }
    guard !hasClosed else { throw .alreadyEnded }
    do throws(TLSError) {
      try sendKeyUpdate(&role, requestingPeer ? .updateRequested : .updateNotRequested, &out)
    } catch {
      throw fail(error)
    }
  }

  private mutating func confirm(by confirmation: PeerConfirmation) throws(TLSError) {
    try confirmRole(&role, by: confirmation, &out)
  }

  package mutating func writeOwed(into output: inout OutputSpan<UInt8>) { out.writeOwed(into: &output) }

  package var owedByteCount: Int { out.owed.count }

  /// Owes a close_notify, once. Before the handshake's end it cancels it.
  package mutating func close() {
    guard !hasClosed, !hasFailed else { return }
    hasClosed = true
    out.endHandshake()
    if !role.isEstablished { try? out.sendAlert(.warning, .userCanceled) }
    try? out.sendAlert(.warning, .closeNotify)
  }

  package mutating func timeOut(afterSeconds seconds: Int) -> TLSError {
    hasFailed ? .alreadyEnded : fail(.handshakeTimedOut(seconds: seconds))
  }

  /// Ends the connection with a fatal alert of the application's choice.
  package mutating func abort(with alert: AlertDescription) -> TLSError {
    hasFailed ? .alreadyEnded : fail(.abortedByApplication(alert))
  }

  // MARK: Failing

  /// Closed by this side before the handshake was complete: whatever still comes must not move it on, for nothing may be sent
  /// after a close_notify.
  private var isCancelled: Bool { hasClosed && !hasFailed && !role.isEstablished }

  private func checkLive() throws(TLSError) {
    guard !hasFailed else { throw .alreadyEnded }
  }

  /// What the peer is told of an error: nothing once this side has said close_notify.
  package func alert(for error: TLSError) -> AlertDescription? { hasClosed ? nil : error.alert }

  /// The one way to end: the state is gone, the alert is owed, and nothing is sent or accepted after it.
  private mutating func fail(_ error: TLSError) -> TLSError {
    hasFailed = true
    out.endHandshake()
    if error.endsSession || side == .client && !role.hasBeenEstablished { out.forgetSession() }
    role.fail(error)
    // What was said before the failure goes out before the alert.
    try? out.sealMessages()
    let alert = alert(for: error)
    out.trace(.failed(FailureFact(step: role.step, error: error, alert: alert)))
    switch alert {
    case nil: break
    case .closeNotify: try? out.sendAlert(.warning, .closeNotify)
    case .userCanceled:
      //= https://www.rfc-editor.org/rfc/rfc5246#section-7.2.2
      //# This message SHOULD be followed by a close_notify.
      try? out.sendAlert(.warning, .userCanceled)
      try? out.sendAlert(.warning, .closeNotify)
    case .some(let description): try? out.sendAlert(.fatal, description)
    }
    return error
  }

  // MARK: Facts

  /// What this side awaits, or awaited when it failed.
  package var step: HandshakeStep { hasPeerClosed && hasClosed && !hasFailed ? .closed : role.step }
  package var isEstablished: Bool { role.isEstablished }
  package var knowledge: HandshakeKnowledge { out.knowledge }
  package mutating func takeEvents() -> [TLSEvent] { out.takeEvents() }

  /// The established connection's facts, or nil before and after.
  package func withEstablished<R, E: Error>(_ body: (borrowing Established) throws(E) -> R) throws(E) -> R? {
    try role.withEstablished(body)
  }
}
