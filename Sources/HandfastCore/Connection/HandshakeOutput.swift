package import HandfastWire

/// Everything a step of the handshake may say to the world: messages, key changes, events, and what a diagnosis may need later.
package struct HandshakeOutput: ~Copyable {
  package let isTracing: Bool
  package private(set) var events: [TLSEvent] = []
  package private(set) var owed: [UInt8] = []
  package var knowledge = HandshakeKnowledge()
  package var writer = RecordWriter()
  /// Keys the peer's next records are under; the connection installs them at the boundary they were made for.
  private var receivingKeys: RecordProtection?
  /// Set by the hello that settles it: for both directions.
  package var settledFragmentLimit: Int?
  package var isVersionSettled = false
  package var idleness: Idleness
  private var hasSaidGoodbye = false
  private let provider: any CryptoProvider
  private var sentCount = 0
  private var receivedCount = 0

  package init(isTracing: Bool, limits: Limits, provider: any CryptoProvider) {
    self.isTracing = isTracing
    idleness = Idleness(limit: limits.recordsWithoutProgress)
    self.provider = provider
  }

  @inline(__always)
  package mutating func trace(_ event: @autoclosure () -> TLSEvent) {
    if isTracing { events.append(event()) }
  }

  package mutating func takeEvents() -> [TLSEvent] {
    defer { events = [] }
    return events
  }

  /// Encodes a message once; the same bytes go to the transcript and to the records.
  package mutating func send<M: HandshakeBody>(_ message: M, _ transcript: inout Transcript) throws(TLSError) {
    guard let bytes = message.message() else { throw .encodingTooLong(M.type) }
    transcript.append(bytes.span)
    if isTracing {
      let fact = MessageFact(type: M.type, bytes: bytes, ordinal: sentCount, digest: sha256(bytes.span))
      events.append(.sent(fact))
    }
    sentCount += 1
    knowledge.lastSent = M.type
    try write(bytes.span, type: .handshake)
  }

  package mutating func noteReceived(_ frame: borrowing HandshakeFrame) {
    if isTracing {
      let bytes = [UInt8](copying: frame.raw)
      let fact = MessageFact(type: frame.type, bytes: bytes, ordinal: receivedCount, digest: sha256(frame.raw))
      events.append(.received(fact))
    }
    receivedCount += 1
    knowledge.lastReceived = frame.type
  }

  /// ChangeCipherSpec, and everything after it under the new keys (RFC 5246 §7.1).
  package mutating func changeSendingKeys(to keys: consuming RecordProtection) throws(TLSError) {
    let suite = keys.suite
    let one: [UInt8] = [1]
    try write(one.span, type: .changeCipherSpec)
    trace(.sentChangeCipherSpec)
    writer.install(keys)
    trace(.changedKeys(KeyChangeFact(direction: .sending, suite: suite.suite, aead: suite.aead.rawValue)))
  }

  /// The peer's ChangeCipherSpec came: everything after it is under the new keys.
  package mutating func changeReceivingKeys(to keys: consuming RecordProtection) {
    let suite = keys.suite
    trace(.changedKeys(KeyChangeFact(direction: .receiving, suite: suite.suite, aead: suite.aead.rawValue)))
    receivingKeys = consume keys
  }

  package mutating func takeReceivingKeys() -> RecordProtection? { receivingKeys.take() }

  //= https://www.rfc-editor.org/rfc/rfc5246#section-7.2.1
  //# This message notifies the recipient that the sender will not send any more messages on this connection.
  package mutating func sendAlert(_ level: AlertLevel, _ description: AlertDescription) throws(TLSError) {
    guard !hasSaidGoodbye else { return }
    hasSaidGoodbye = description == .closeNotify
    trace(.sentAlert(AlertFact(level: level, description: description)))
    let alert: [UInt8] = [level.rawValue, description.rawValue]
    try write(alert.span, type: .alert)
  }

  /// Moves what is owed into the caller's buffer, as much as fits.
  package mutating func writeOwed(into output: inout OutputSpan<UInt8>) {
    let count = min(owed.count, output.freeCapacity)
    for index in 0..<count { output.append(owed[index]) }
    if count == owed.count { owed.removeAll(keepingCapacity: false) } else { owed.removeFirst(count) }
  }

  /// Seals one record of application data into the caller's buffer.
  package mutating func seal(
    _ data: Span<UInt8>, into output: inout OutputSpan<UInt8>
  ) throws(TLSError) -> Int {
    let room = output.freeCapacity - writer.overhead
    let count = min(data.count, writer.fragmentLimit, room)
    guard count > 0 else { return 0 }
    let start = output.count
    let fact = try writer.record(data.extracting(first: count), type: .applicationData, into: &output)
    if isTracing, let fact {
      let fragment = output.span.extracting(droppingFirst: start + RecordHeader.byteCount)
      events.append(.sealedRecord(fact.carrying(fragment)))
    }
    return count
  }

  private mutating func write(_ payload: Span<UInt8>, type: ContentType) throws(TLSError) {
    var facts: [RecordFact] = []
    let isTracing = isTracing
    let start = owed.count
    try writer.write(payload, type: type, to: &owed) { if isTracing { facts.append($0) } }
    if isTracing { traceRecords(from: start, protected: facts) }
  }

  /// Reads the records that were just written back from where they lie: what is told is what goes out.
  private mutating func traceRecords(from start: Int, protected: [RecordFact]) {
    var start = start
    var protected = protected[...]
    while start < owed.count {
      var wire = WireReader(owed.span.extracting(start..<owed.count))
      guard let header = try? RecordHeader(from: &wire) else { return }
      let fragment = start + RecordHeader.byteCount
      let end = min(fragment + Int(header.length), owed.count)
      if let fact = protected.popFirst() {
        events.append(.sealedRecord(fact.carrying(owed.span.extracting(fragment..<end))))
      } else {
        events.append(.sentRecord(PlainRecordFact(header)))
      }
      start = end
    }
  }

  private func sha256(_ bytes: Span<UInt8>) -> [UInt8] {
    var hash = provider.runningHash(.sha256)
    hash.update(bytes)
    return hash.digest()
  }
}
