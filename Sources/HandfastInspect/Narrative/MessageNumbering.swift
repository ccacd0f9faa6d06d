import Handfast
import HandfastCore
import HandfastWire

/// Says which step each handshake message is, as each side's messages go by.
struct MessageNumbering {
  private struct Key: Hashable {
    let seenBy: Side
    let sender: Side
    let type: HandshakeType
    let isRetry: Bool
  }
  private var counts: [Key: Int] = [:]

  mutating func kind(of fact: MessageFact, from sender: Side, seenBy side: Side) -> StepKind {
    let isRetry = fact.isRetryRequest
    let key = Key(seenBy: side, sender: sender, type: fact.type, isRetry: isRetry)
    let occurrence = counts[key, default: 0]
    counts[key] = occurrence + 1
    return isRetry ? .retryRequest(occurrence: occurrence) : .message(fact.type, from: sender, occurrence: occurrence)
  }
}

/// Which message each protected handshake record of TLS 1.3 carries, or begins with, by the order of the record's entry.
/// Messages and records are two cuts through the same bytes, and no message spans a change of keys (RFC 9846 §5.1).
struct RecordCargo {
  private struct Stretch {
    var records: [(order: Int, start: Int)] = []
    var messages: [(kind: StepKind, end: Int)] = []
    var recordBytes = 0
  }
  private struct Direction: Hashable {
    let seenBy: Side
    let sender: Side
  }
  private var stretches: [Direction: Stretch] = [:]
  private var numbering = MessageNumbering()
  private(set) var kinds: [Int: StepKind] = [:]
  /// The same by the place of the record, as its sender sealed it.
  private(set) var sealed: [Side: [RecordPlace: StepKind]] = [:]

  init(_ entries: [TraceEntry]) {
    for entry in entries { read(entry) }
    for direction in stretches.keys { flush(direction) }
    var epochs: [Side: EpochTracker] = [:]
    for entry in entries {
      epochs[entry.side, default: EpochTracker()].note(entry.event)
      guard case .sealedRecord(let fact) = entry.event, let kind = kinds[entry.order] else { continue }
      sealed[entry.side, default: [:]][(epochs[entry.side] ?? EpochTracker()).place(fact, .sending)] = kind
    }
  }

  private mutating func read(_ entry: TraceEntry) {
    let side = entry.side
    switch entry.event {
    case .sent(let fact): add(fact, Direction(seenBy: side, sender: side))
    case .received(let fact): add(fact, Direction(seenBy: side, sender: side.peer))
    case .sealedRecord(let fact): add(fact, entry.order, Direction(seenBy: side, sender: side))
    case .openedRecord(let fact): add(fact, entry.order, Direction(seenBy: side, sender: side.peer))
    case .changedKeys(let fact):
      let direction = Direction(seenBy: side, sender: fact.direction == .sending ? side : side.peer)
      flush(direction)
      stretches[direction] = Stretch()
    default: return
    }
  }

  private mutating func add(_ fact: MessageFact, _ direction: Direction) {
    let kind = numbering.kind(of: fact, from: direction.sender, seenBy: direction.seenBy)
    // Before the first keys there is no stretch, and no protected record.
    guard let end = stretches[direction]?.messages.last?.end ?? (stretches[direction] == nil ? nil : 0) else { return }
    stretches[direction]?.messages.append((kind, end.addingReportingOverflow(fact.bytes.count).partialValue))
  }

  private mutating func add(_ fact: RecordFact, _ order: Int, _ direction: Direction) {
    guard fact.type == .handshake, let start = stretches[direction]?.recordBytes else { return }
    stretches[direction]?.records.append((order, start))
    stretches[direction]?.recordBytes = start.addingReportingOverflow(max(0, fact.plaintextLength)).partialValue
  }

  private mutating func flush(_ direction: Direction) {
    guard let stretch = stretches[direction] else { return }
    for record in stretch.records {
      kinds[record.order] = stretch.messages.first { $0.end > record.start }?.kind
    }
  }
}
