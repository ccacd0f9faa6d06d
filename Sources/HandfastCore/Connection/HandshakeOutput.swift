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
  /// Handshake messages that wait for their records. None waits but under TLS 1.3's keys: this is where they are put together then.
  private var unsealed: [UInt8] = []
  /// Set by the hello that settles it: for both directions.
  package var settledFragmentLimit: Int?
  /// TLS 1.3: the most plaintext this side's receiving records hold (RFC 8449).
  package var settledReceivingLimit: Int?
  /// Nil until the hellos have settled it.
  package var version: ProtocolVersion? {
    get { knowledge.version }
    set { knowledge.version = newValue }
  }
  /// Early data that is not taken: the reader drops up to so many bytes of it.
  private var earlyDataToSkip: Int?
  /// Early data that may still come (a server's), or be sent (a client's); nil: none.
  package var earlyDataLeft: Int?
  package var idleness: Idleness
  /// Where the session is kept that this connection resumes or has made.
  var keptSession: KeptSession?
  private(set) var hasSaidGoodbye = false
  /// Whether the handshake goes on: what is sent then keeps its room.
  private var expectsMore = true
  private var hasSentDummyChangeCipherSpec = false
  /// Whether the peer has sent more, if only a part, behind the message that is being received.
  var hasUnreadInput = false
  /// Whether a KeyUpdate has gone out that answers the peer's, and no application data since.
  package var hasAnsweredKeyUpdate = false
  private let provider: any CryptoProvider
  private var sentCount = 0
  private var receivedCount = 0

  package init(isTracing: Bool, limits: Limits, provider: any CryptoProvider) {
    self.isTracing = isTracing
    idleness = Idleness(limit: limits.recordsWithoutProgress, alertLimit: limits.warningAlerts)
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

  /// The handshake is over; what only its failure would need goes.
  mutating func complete(_ parameters: NegotiatedParameters) {
    trace(.handshakeCompleted(parameters))
    endHandshake()
    knowledge.clientHello = nil
  }

  /// No more of it is sent but what is there: what is over gives back its room.
  mutating func endHandshake() {
    expectsMore = false
    if unsealed.isEmpty { unsealed = [] }
    if owed.isEmpty { owed = [] }
  }

  /// Encodes a message once; the same bytes go to the transcript and to the records.
  package mutating func send<M: HandshakeBody>(_ message: M, _ transcript: inout Transcript) throws(TLSError) {
    try checkIsAnswer()
    let start = unsealed.count
    guard message.appendMessage(to: &unsealed) else { throw .encodingTooLong(M.type) }
    try noteSent(M.type, from: start, &transcript)
  }

  /// A message of no transcript: what TLS 1.3 says after the handshake.
  package mutating func send<M: HandshakeBody>(_ message: M) throws(TLSError) {
    var nowhere = Transcript.ofNothing
    try send(message, &nowhere)
  }

  /// A message that is encoded already.
  package mutating func send(
    _ type: HandshakeType, _ bytes: [UInt8], _ transcript: inout Transcript
  ) throws(TLSError) {
    try checkIsAnswer()
    let start = unsealed.count
    unsealed += bytes
    try noteSent(type, from: start, &transcript)
  }

  /// A `Finished`, put together without an array of its own for what it says: one of the few messages of a resumption.
  package mutating func sendFinished(_ verifyData: Span<UInt8>, _ transcript: inout Transcript) throws(TLSError) {
    try checkIsAnswer()
    let start = unsealed.count
    unsealed.reserveCapacity(start + 4 + verifyData.count)
    unsealed.append(HandshakeType.finished.rawValue)
    for shift in [16, 8, 0] { unsealed.append(UInt8(truncatingIfNeeded: verifyData.count >> shift)) }
    unsealed.append(copying: verifyData)
    try noteSent(.finished, from: start, &transcript)
  }

  /// What is answered was the last message of the peer's flight: nothing may stand behind it.
  private func checkIsAnswer() throws(TLSError) {
    guard !hasUnreadInput else { throw .messageBeforeAnswer }
  }

  /// The message that begins at `start` of `unsealed`.
  private mutating func noteSent(
    _ type: HandshakeType, from start: Int, _ transcript: inout Transcript
  ) throws(TLSError) {
    transcript.append(unsealed.span.extracting(droppingFirst: start))
    if isTracing {
      let bytes = Array(unsealed[start...])
      let fact = MessageFact(type: type, bytes: bytes, ordinal: sentCount, digest: sha256(bytes.span))
      events.append(.sent(fact))
    }
    sentCount += 1
    knowledge.lastSent = type
    // In clear each message has records of its own: there are peers and middleboxes that know it no other way.
    if !writer.isTLS13 { try sealMessages() }
  }

  //= https://www.rfc-editor.org/rfc/rfc9846#section-5.1
  //# Handshake messages MAY be coalesced into a single TLSPlaintext record or fragmented across several records
  /// Seals the messages that wait, as many to a record as it holds. Whatever else is sent, and new keys, come after them.
  package mutating func sealMessages() throws(TLSError) {
    guard !unsealed.isEmpty else { return }
    var messages: [UInt8] = []
    swap(&messages, &unsealed)
    try write(messages.span, type: .handshake)
    messages.empty(keepingRoom: expectsMore)
    swap(&messages, &unsealed)
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
    let one: [UInt8] = [1]
    try write(one.span, type: .changeCipherSpec)
    trace(.sentChangeCipherSpec)
    try installSendingKeys(keys, for: nil)
  }

  /// TLS 1.3: everything from here on under the new keys.
  package mutating func installSendingKeys(
    _ keys: consuming RecordProtection, for stage: KeyChangeFact.Stage?, generation: Int = 0
  ) throws(TLSError) {
    try sealMessages()
    let (suite, aead) = (keys.suite, keys.aead)
    writer.install(keys)
    trace(
      .changedKeys(
        KeyChangeFact(
          direction: .sending, suite: suite, aead: aead.rawValue, stage: stage, generation: generation)))
  }

  /// Everything after the message that is being received is under the new keys.
  package mutating func changeReceivingKeys(
    to keys: consuming RecordProtection, for stage: KeyChangeFact.Stage? = nil, generation: Int = 0
  ) {
    trace(
      .changedKeys(
        KeyChangeFact(
          direction: .receiving, suite: keys.suite, aead: keys.aead.rawValue, stage: stage, generation: generation)))
    receivingKeys = consume keys
  }

  //= https://www.rfc-editor.org/rfc/rfc9846#appendix-D.4
  //# Either side can send change_cipher_spec at any time during the handshake, as they must be ignored by the peer
  package mutating func sendDummyChangeCipherSpec() {
    guard !hasSentDummyChangeCipherSpec else { return }
    hasSentDummyChangeCipherSpec = true
    let start = owed.count
    writer.writeDummyChangeCipherSpec(to: &owed)
    if isTracing { traceRecords(from: start, protected: []) }
    trace(.sentChangeCipherSpec)
  }

  /// A client's early data is over before anybody took it.
  package mutating func endEarlyData(because reason: EarlyDataRefusal) {
    earlyDataLeft = nil
    trace(.earlyData(EarlyDataFact(outcome: .rejected(reason), limit: 0)))
  }

  /// After a HelloRetryRequest everything is in clear again.
  package mutating func removeSendingKeys() { writer.removeKeys() }

  /// The session has led to a failure, and is not to be offered or resumed again.
  mutating func forgetSession() { keptSession.take()?.forget() }

  package mutating func skipEarlyData(_ byteCount: Int) { earlyDataToSkip = byteCount }
  package mutating func takeEarlyDataToSkip() -> Int? { earlyDataToSkip.take() }

  package mutating func takeReceivingKeys() -> RecordProtection? {
    // Asked with each record: to take them when there are none would move their whole room all the same.
    guard receivingKeys != nil else { return nil }
    return receivingKeys.take()
  }

  //= https://www.rfc-editor.org/rfc/rfc5246#section-7.2.1
  //# This message notifies the recipient that the sender will not send any more messages on this connection.
  package mutating func sendAlert(_ level: AlertLevel, _ description: AlertDescription) throws(TLSError) {
    guard !hasSaidGoodbye else { return }
    try sealMessages()
    hasSaidGoodbye = description == .closeNotify
    trace(.sentAlert(AlertFact(level: level, description: description)))
    let alert: [UInt8] = [level.rawValue, description.rawValue]
    try write(alert.span, type: .alert)
  }

  /// Moves what is owed into the caller's buffer, as much as fits.
  package mutating func writeOwed(into output: inout OutputSpan<UInt8>) {
    let count = min(owed.count, output.freeCapacity)
    for index in 0..<count { output.append(owed[index]) }
    if count == owed.count { owed.empty(keepingRoom: expectsMore) } else { owed.removeFirst(count) }
  }

  /// Seals one record of application data into the caller's buffer.
  package mutating func seal(
    _ data: Span<UInt8>, into output: inout OutputSpan<UInt8>
  ) throws(TLSError) -> Int {
    let count = writer.takeable(of: data.count, room: output.freeCapacity)
    guard count > 0 else { return 0 }
    let start = output.count
    let sealed = try writer.record(data.extracting(first: count), type: .applicationData, into: &output)
    if isTracing, let sealed {
      let fragment = output.span.extracting(droppingFirst: start + RecordHeader.byteCount)
      events.append(.sealedRecord(sealed.fact.carrying(fragment)))
    }
    return count
  }

  private mutating func write(_ payload: Span<UInt8>, type: ContentType) throws(TLSError) {
    var facts: [RecordFact] = []
    let isTracing = isTracing
    let start = owed.count
    try writer.write(payload, type: type, to: &owed) { if isTracing { facts.append($0.fact) } }
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

  func sha256(_ bytes: Span<UInt8>) -> [UInt8] {
    let hash = provider.runningHash(.sha256)
    hash.update(bytes)
    return hash.digest()
  }
}
