import Handfast
import HandfastCore

/// Puts the entries of two sides into the order of cause and effect: nothing is received before it was sent, and each side
/// speaks as early as it could. Clocks of two hosts need not agree for that, and a flight of several messages reads message by
/// message, as a person would tell it, although its record is sealed when the last of them is said.
struct CausalOrder {
  /// What travels, and can be matched: the nth of its kind from one sender.
  struct Crossing: Hashable {
    enum Kind: Hashable {
      case message
      case changeCipherSpec
      case alert
      case record
      case end
    }
    let kind: Kind
    let sender: Side
    let ordinal: Int
    /// Of a record: numbers start again with each change of keys.
    var epoch = RecordEpoch.first
  }

  static func sort(_ entries: [TraceEntry]) -> [TraceEntry] {
    let ordered = entries.sorted { $0.order < $1.order }
    var queues = [Side.client: Queue(ordered, .client), Side.server: Queue(ordered, .server)]
    var sent: Set<Crossing> = []
    // What the other side never sent (it was lost, or its view is missing) holds nobody up.
    let everSent = Set(queues.values.flatMap { $0.items.filter(\.isSending).compactMap(\.crossing) })
    var result: [TraceEntry] = []
    var side = ordered.first?.side ?? .client
    while result.count < ordered.count {
      let blocked = queues[side]?.isBlocked(sent: sent, everSent: everSent) ?? true
      if blocked {
        let other = queues[side.peer]?.isBlocked(sent: sent, everSent: everSent) ?? true
        if !other {
          side = side.peer
        } else {
          // Each waits for the other, which no honest trace does: the recording's own order decides.
          let heads = [Side.client, .server].compactMap { queues[$0]?.head }
          guard let head = heads.min(by: { $0.entry.order < $1.entry.order }) else { break }
          side = head.entry.side
        }
      }
      guard let item = queues[side]?.next() else { break }
      result.append(item.entry)
      if item.isSending, let crossing = item.crossing {
        sent.insert(crossing)
        if queues[side.peer]?.isBlocked(sent: sent, everSent: everSent) == false { side = side.peer }
      }
    }
    return result
  }

  struct Item {
    let entry: TraceEntry
    let crossing: Crossing?
    let isSending: Bool
  }

  struct Queue {
    private(set) var items: [Item] = []
    private var index = 0

    init(_ entries: [TraceEntry], _ side: Side) {
      var counts: [Crossing: Int] = [:]
      var epochs = EpochTracker()
      func nth(_ kind: Crossing.Kind, _ sender: Side) -> Crossing {
        let key = Crossing(kind: kind, sender: sender, ordinal: 0)
        defer { counts[key, default: 0] += 1 }
        return Crossing(kind: kind, sender: sender, ordinal: counts[key, default: 0])
      }
      func record(_ fact: RecordFact, from sender: Side, _ direction: KeyChangeFact.Direction) -> Crossing {
        Crossing(
          kind: .record, sender: sender, ordinal: Int(clamping: fact.sequenceNumber), epoch: epochs.epoch(direction))
      }
      for entry in entries where entry.side == side {
        epochs.note(entry.event)
        let (crossing, isSending): (Crossing?, Bool) =
          switch entry.event {
          case .sent(let fact): (Crossing(kind: .message, sender: side, ordinal: fact.ordinal), true)
          case .received(let fact): (Crossing(kind: .message, sender: side.peer, ordinal: fact.ordinal), false)
          case .sentChangeCipherSpec: (nth(.changeCipherSpec, side), true)
          case .receivedChangeCipherSpec: (nth(.changeCipherSpec, side.peer), false)
          case .sentAlert: (nth(.alert, side), true)
          case .receivedAlert: (nth(.alert, side.peer), false)
          // Its messages say what came before what.
          case .sealedRecord(let fact) where fact.type == .handshake: (nil, false)
          case .openedRecord(let fact) where fact.type == .handshake: (nil, false)
          case .sealedRecord(let fact):
            (record(fact, from: side, .sending), true)
          case .openedRecord(let fact):
            (record(fact, from: side.peer, .receiving), false)
          // Two sides' records in clear need not be the same: whatever stands between may cut them anew.
          case .sentRecord, .receivedRecord: (nil, false)
          case .chose, .ignored, .peerJudged, .signed, .verifiedSignature, .derivedSecret, .changedKeys,
            .computedFinished, .verifiedFinished, .handshakeCompleted, .retryRequested, .resumption, .earlyData,
            .issuedTicket, .receivedTicket,
            .confirmed, .peerClosed, .failed:
            (nil, false)
          }
        items.append(Item(entry: entry, crossing: crossing, isSending: isSending))
      }
    }

    var head: Item? { index < items.count ? items[index] : nil }

    /// Whether there is nothing to tell, or the next thing has not been sent yet.
    func isBlocked(sent: Set<Crossing>, everSent: Set<Crossing>) -> Bool {
      guard let head else { return true }
      guard !head.isSending, let crossing = head.crossing else { return false }
      return everSent.contains(crossing) && !sent.contains(crossing)
    }

    mutating func next() -> Item? {
      guard let item = head else { return nil }
      index += 1
      return item
    }
  }
}
