package import HandfastCore
package import HandfastWire

/// One side of a connection in a test's hands: it says what it is told to, right or wrong, in any order, and keeps no
/// rules. It has its own key schedules and record protection.
package final class RawPeer {
  /// What came from the other side.
  package enum Item: Equatable {
    case message(WireMessage)
    case changeCipherSpec([UInt8])
    case alert(Alert)
    case applicationData([UInt8])
    /// A protected record that does not open, or one of no known kind.
    case undecipherable(ContentType)
  }

  package let side: Side
  package let provider: any CryptoProvider
  /// All handshake messages both ways, as they went.
  package var transcript: [UInt8] = []
  package var suite: CipherSuiteParameters?
  /// TLS 1.3: everything about its keys.
  package var schedule: RawSchedule13?
  package var clientRandom: [UInt8] = []
  package var serverRandom: [UInt8] = []
  package private(set) var masterSecret: [UInt8] = []
  /// In use, for what this side sends.
  package var writeKeys: RawDirection?
  package var readKeys: RawDirection?
  /// Derived, until a ChangeCipherSpec puts them into use.
  private var nextWriteKeys: RawDirection?
  private var nextReadKeys: RawDirection?
  /// Puts other messages in the place of one that is to be sent: before it enters the transcript and is sealed, so that what
  /// comes out is a lie under valid keys.
  package var lie: ((WireMessage) -> [WireMessage])?
  private var outgoing: [UInt8] = []
  private var inbox: [UInt8] = []
  private var handshake: [UInt8] = []
  private var items: [Item] = []

  package init(_ side: Side, provider: any CryptoProvider) {
    self.side = side
    self.provider = provider
  }

  package func takeOutgoing() -> [UInt8] {
    defer { outgoing = [] }
    return outgoing
  }

  /// A record, under the keys in use if there are any.
  package func sendRecord(_ type: ContentType, _ payload: [UInt8]) {
    if writeKeys?.isTLS13 == true { return sendInner(type, payload) }
    let fragment = writeKeys?.seal(type, payload) ?? payload
    sendRaw(WireRecord(type, fragment).bytes)
  }

  /// A protected record of TLS 1.3 with that inside, without a type if that is nil.
  package func sendInner(_ type: ContentType?, _ payload: [UInt8], padding: Int = 0) {
    guard let fragment = writeKeys?.seal13(type, payload, padding: padding) else { return }
    sendRaw(WireRecord(.applicationData, fragment).bytes)
  }

  /// A record in clear, whatever the keys.
  package func sendClear(_ type: ContentType, _ payload: [UInt8]) { sendRaw(WireRecord(type, payload).bytes) }

  package func sendRaw(_ bytes: [UInt8]) { outgoing += bytes }

  package func send<M: HandshakeBody>(_ message: M) { send(WireMessage(M.type, message.encoded() ?? [])) }

  package func send(_ message: WireMessage) {
    for message in lie?(message) ?? [message] { sendUnchanged(message) }
  }

  private func sendUnchanged(_ message: WireMessage) {
    // RFC 5246 §7.4.1.1: a HelloRequest is in no transcript.
    if message.type != .helloRequest { transcript += message.bytes }
    sendRecord(.handshake, message.bytes)
  }

  package func sendAlert(_ level: AlertLevel, _ description: AlertDescription) {
    sendRecord(.alert, [level.rawValue, description.rawValue])
  }

  /// Says ChangeCipherSpec; what follows is under the derived keys.
  package func sendChangeCipherSpec() {
    sendRecord(.changeCipherSpec, [1])
    if let keys = nextWriteKeys { writeKeys = keys }
  }

  package func sendFinished() { send(Finished(verifyData: verifyData(of: side))) }

  package func receive(_ bytes: [UInt8]) { inbox += bytes }

  /// What came next; nil when nothing did.
  package func nextItem() -> Item? {
    fill()
    return items.isEmpty ? nil : items.removeFirst()
  }

  /// The next message if it is an `M`, which then enters the transcript; nil for anything else.
  package func next<M: HandshakeBody>(_ kind: M.Type) -> M? {
    guard let value = peek(kind), case .message(let message) = items.removeFirst() else { return nil }
    transcript += message.bytes
    return value
  }

  /// The same, but it stays where it is.
  package func peek<M: HandshakeBody>(_ kind: M.Type) -> M? {
    fill()
    guard case .message(let message)? = items.first, message.type == M.type else { return nil }
    return try? M(decoding: message.body.span, "body")
  }

  package func nextIsChangeCipherSpec() -> Bool {
    fill()
    guard items.first == .changeCipherSpec([1]) else { return false }
    items.removeFirst()
    return true
  }

  /// Passes over what is next as long as it is of a kind that `isSkipped` names.
  package func skip(while isSkipped: (Item) -> Bool) {
    while true {
      fill()
      guard let item = items.first, isSkipped(item) else { return }
      items.removeFirst()
    }
  }

  /// All that came and was not looked at.
  package func rest() -> [Item] {
    var rest: [Item] = []
    while let item = nextItem() { rest.append(item) }
    return rest
  }

  /// The first alert among what came and was not looked at; the rest is dropped.
  package func nextAlert() -> Alert? {
    while let item = nextItem() { if case .alert(let alert) = item { return alert } }
    return nil
  }

  // Record by record, since the one after a ChangeCipherSpec can only be read once its keys are derived.
  private func fill() {
    while items.isEmpty {
      guard let record = WireRecord.parse(inbox).records.first else { return }
      inbox.removeFirst(RecordHeader.byteCount + record.fragment.count)
      take(record)
    }
  }

  private func take(_ record: WireRecord) {
    var (type, payload) = (record.type, record.fragment)
    if readKeys?.isTLS13 == true {
      // The dummy ChangeCipherSpec is never protected; an alert is not before the other side has keys.
      if type == .applicationData {
        guard let opened = readKeys?.open13(payload) else {
          items.append(.undecipherable(type))
          return
        }
        (type, payload) = opened
      }
    } else if readKeys != nil {
      guard let plaintext = readKeys?.open(record.type, payload) else {
        items.append(.undecipherable(record.type))
        return
      }
      payload = plaintext
    }
    switch type {
    case .handshake:
      let (messages, rest) = WireMessage.parse(handshake + payload)
      handshake = rest
      items += messages.map { .message($0) }
    case .changeCipherSpec:
      items.append(.changeCipherSpec(payload))
      if let keys = nextReadKeys { readKeys = keys }
    case .alert where payload.count == 2:
      items.append(.alert(Alert(level: .init(rawValue: payload[0]), description: .init(rawValue: payload[1]))))
    case .applicationData: items.append(.applicationData(payload))
    default: items.append(.undecipherable(type))
    }
  }
}

// MARK: Keys

extension RawPeer {
  /// Derives master secret and keys. If `extended`, from the transcript so far.
  package func deriveKeys(preMasterSecret: [UInt8], extended: Bool) {
    guard let suite else { return }
    let seed = extended ? rawDigest(provider, suite.hash, transcript) : clientRandom + serverRandom
    let label = extended ? "extended master secret" : "master secret"
    resume(rawPRF(provider, suite.hash, secret: preMasterSecret, label: label, seed: seed, count: 48))
  }

  /// Derives keys from a master secret and both randoms.
  package func resume(_ masterSecret: [UInt8]) {
    guard let suite else { return }
    self.masterSecret = masterSecret
    let (keyCount, ivCount) = (suite.aead.keyByteCount, suite.aead == .chaCha20Poly1305 ? 12 : 4)
    let block = rawPRF(
      provider, suite.hash, secret: masterSecret, label: "key expansion", seed: serverRandom + clientRandom,
      count: 2 * (keyCount + ivCount))
    func direction(_ index: Int) -> RawDirection? {
      let key = Array(block[index * keyCount..<(index + 1) * keyCount])
      let start = 2 * keyCount + index * ivCount
      guard let recordKey = try? provider.recordKey(suite.aead, key: key.span) else { return nil }
      return RawDirection(key: recordKey, iv: Array(block[start..<start + ivCount]))
    }
    nextWriteKeys = direction(side == .client ? 0 : 1)
    nextReadKeys = direction(side == .client ? 1 : 0)
  }

  package func verifyData(of sender: Side) -> [UInt8] {
    guard let suite else { return [] }
    return rawPRF(
      provider, suite.hash, secret: masterSecret, label: "\(sender.rawValue) finished",
      seed: rawDigest(provider, suite.hash, transcript), count: 12)
  }
}
