import Handfast
import HandfastCore
import HandfastWire

/// Which records carry which messages, as one side sees both directions: the handshake's messages and the records under them are
/// two cuts through the same bytes (RFC 5246 §6.2.1).
struct RecordLayout {
  /// A record's place among its sender's handshake bytes.
  private struct Carrier {
    /// Nil: it is protected.
    let header: PlainRecordFact?
    /// Nil: it is in clear, or of TLS 1.2 and told elsewhere.
    var protection: String?
    let bytes: Range<Int>
  }
  private struct Passenger {
    let type: HandshakeType
    let bytes: Range<Int>
  }
  /// What went over the wire in one direction until the handshake was complete, headers included.
  struct Total: Hashable {
    var records = 0
    var bytes = 0
  }

  private var carriers: [Side: [Carrier]] = [:]
  private var epochs = EpochTracker()
  private var passengers: [Side: [Passenger]] = [:]
  private var lastAlert: [Side: Int] = [:]
  private var lastAlertRecord: [Side: PlainRecordFact] = [:]
  /// The record of each alert in clear, by the alert entry's order.
  private(set) var alerts: [Int: PlainRecordFact] = [:]
  private(set) var changeCipherSpecs: [Side: PlainRecordFact] = [:]
  private(set) var totals: [Side: Total] = [:]
  private(set) var isComplete = false
  private var hasFailed = false

  /// Of each side that is recorded.
  static func all(_ entries: [TraceEntry]) -> [Side: RecordLayout] {
    let ordered = entries.sorted { $0.order < $1.order }
    let sides = Set(entries.map(\.side))
    return Dictionary(uniqueKeysWithValues: sides.map { ($0, RecordLayout(ordered, seenBy: $0)) })
  }

  /// Of one side's entries, in its own order.
  init(_ entries: [TraceEntry], seenBy side: Side) {
    for entry in entries where entry.side == side { read(entry, side) }
  }

  private mutating func read(_ entry: TraceEntry, _ side: Side) {
    epochs.note(entry.event)
    switch entry.event {
    case .sent(let fact): add(fact, from: side)
    case .received(let fact): add(fact, from: side.peer)
    case .sentRecord(let fact): add(fact, from: side)
    case .receivedRecord(let fact): add(fact, from: side.peer)
    case .sealedRecord(let fact): add(fact, from: side, epochs.epoch(.sending))
    case .openedRecord(let fact): add(fact, from: side.peer, epochs.epoch(.receiving))
    // Whoever sends says the alert before its record; whoever receives, after it.
    case .sentAlert: lastAlert[side] = entry.order
    case .receivedAlert:
      if let record = lastAlertRecord.removeValue(forKey: side.peer) { alerts[entry.order] = record }
    case .handshakeCompleted: isComplete = true
    case .failed: hasFailed = true
    default: return
    }
  }

  private mutating func add(_ fact: MessageFact, from sender: Side) {
    let start = passengers[sender]?.last?.bytes.upperBound ?? 0
    passengers[sender, default: []].append(
      Passenger(type: fact.type, bytes: start..<start.saturatingAdd(fact.bytes.count)))
  }

  private mutating func add(_ fact: PlainRecordFact, from sender: Side) {
    count(fact.length, from: sender)
    switch fact.type {
    case .handshake: carry(fact, fact.length, from: sender)
    case .changeCipherSpec: changeCipherSpecs[sender] = changeCipherSpecs[sender] ?? fact
    case .alert:
      lastAlertRecord[sender] = fact
      if let order = lastAlert.removeValue(forKey: sender) {
        alerts[order] = lastAlertRecord.removeValue(forKey: sender)
      }
    default: break
    }
  }

  private mutating func add(_ fact: RecordFact, from sender: Side, _ epoch: RecordEpoch) {
    count(fact.ciphertextLength, from: sender)
    if fact.type == .handshake {
      let text = epoch.title.map { "\($0), number \(fact.sequenceNumber), \(counted(fact.ciphertextLength, "byte"))" }
      carry(nil, fact.plaintextLength, protection: text, from: sender)
    }
    if fact.type == .alert { lastAlert[sender] = nil }
  }

  private mutating func carry(
    _ header: PlainRecordFact?, _ length: Int, protection: String? = nil, from sender: Side
  ) {
    let start = carriers[sender]?.last?.bytes.upperBound ?? 0
    carriers[sender, default: []].append(
      Carrier(header: header, protection: protection, bytes: start..<start.saturatingAdd(length)))
  }

  private mutating func count(_ length: Int, from sender: Side) {
    guard !isComplete else { return }
    var total = totals[sender] ?? Total()
    total.records += 1
    total.bytes = total.bytes.saturatingAdd(length).saturatingAdd(RecordHeader.byteCount)
    totals[sender] = total
  }

  /// Whether no message is still to come out of the records that are there: after a failure none does.
  var isAccounted: Bool {
    hasFailed
      || carriers.allSatisfy { sender, list in
        (list.last?.bytes.upperBound ?? 0) <= (passengers[sender]?.last?.bytes.upperBound ?? 0)
      }
  }

  /// The records that carry a message, and what else is in them; nil when the trace does not hold them.
  func text(ofMessage ordinal: Int, from sender: Side) -> String? {
    guard let passengers = passengers[sender], let index = index(of: ordinal, passengers) else { return nil }
    let message = passengers[index].bytes
    let carriers = (carriers[sender] ?? []).filter { $0.bytes.overlaps(message) }
    let others = passengers.enumerated().filter { other in
      other.offset != index && carriers.contains { $0.bytes.overlaps(other.element.bytes) }
    }.map { "\($0.element.type)" }
    let company = others.isEmpty ? "" : " (with \(others.joined(separator: ", ")))"
    let protections = carriers.compactMap(\.protection)
    if let first = protections.first, protections.count == carriers.count {
      return protections.count == 1
        ? "encrypted: \(first)\(company)" : "encrypted, \(protections.count) records, first \(first)\(company)"
    }
    let headers = carriers.compactMap(\.header)
    guard let first = headers.first, headers.count == carriers.count else { return nil }
    guard headers.count > 1 else { return first.text + company }
    return "\(headers.count) records, \(first.title): \(list(headers.map(\.length))) bytes\(company)"
  }

  /// A trace that begins late does not hold the first messages.
  private func index(of ordinal: Int, _ passengers: [Passenger]) -> Int? {
    passengers.indices.contains(ordinal) ? ordinal : nil
  }

  private func list(_ lengths: [Int]) -> String {
    let shown = lengths.prefix(8).map(String.init).joined(separator: ", ")
    return lengths.count > 8 ? "\(shown), …" : shown
  }
}

extension PlainRecordFact {
  /// "handshake, 0x0303".
  fileprivate var title: String { "\(type), \(version.hex)" }
  /// "handshake, 0x0303, 254 bytes".
  var text: String { "\(title), \(counted(length, "byte"))" }
}

extension Int {
  /// Lengths in a trace are anybody's claim.
  fileprivate func saturatingAdd(_ other: Int) -> Int {
    let (sum, overflow) = addingReportingOverflow(Swift.max(0, other))
    return overflow ? .max : sum
  }
}

// MARK: - Telling

extension StepTeller {
  /// The record under a message in clear. The receiver's is told only where it is not the sender's.
  func recordLines(of fact: MessageFact, from sender: Side, on side: Side) -> [NarrativeLine] {
    guard let text = context.records[side]?.text(ofMessage: fact.ordinal, from: sender) else { return [] }
    if side != sender, context.records[sender]?.text(ofMessage: fact.ordinal, from: sender) == text { return [] }
    return [.field("record", text, .faint)]
  }

  func recordLines(ofChangeCipherSpecFrom sender: Side, on side: Side) -> [NarrativeLine] {
    guard let fact = context.records[side]?.changeCipherSpecs[sender] else { return [] }
    if side != sender, context.records[sender]?.changeCipherSpecs[sender] == fact { return [] }
    return [.field("record", fact.text, .faint)]
  }

  func recordLines(ofAlert entry: TraceEntry) -> [NarrativeLine] {
    guard let fact = context.records[entry.side]?.alerts[entry.order] else { return [] }
    if case .receivedAlert = entry.event, context.recordedSides.contains(entry.side.peer) { return [] }
    return [.field("record", fact.text, .faint)]
  }

  /// What the handshake cost on the wire.
  func totalLines(on side: Side) -> [NarrativeLine] {
    guard let layout = context.records[side], layout.isComplete, !layout.totals.isEmpty else { return [] }
    func text(_ sender: Side) -> String {
      let total = layout.totals[sender] ?? .init()
      return "\(counted(total.bytes, "byte")) in \(counted(total.records, "record"))"
    }
    return [.field("handshake", "sent \(text(side)), received \(text(side.peer))")]
  }
}
