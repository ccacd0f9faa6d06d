import Handfast
import HandfastCore
import HandfastWire

/// Under which of its sender's keys a record is. Numbers start again at 0 with each change of keys (RFC 9846 §5.3).
struct RecordEpoch: Hashable {
  /// Nil in TLS 1.2, where keys change once only.
  let stage: KeyChangeFact.Stage?
  let generation: Int

  static let first = RecordEpoch(stage: nil, generation: 0)

  /// "handshake keys"; nil in TLS 1.2.
  var title: String? {
    switch stage {
    case nil: nil
    case .earlyData: "early data keys"
    case .handshake: "handshake keys"
    case .application: generation == 0 ? "application keys" : "application keys, generation \(generation)"
    }
  }
}

/// One protected record of one sender.
struct RecordPlace: Hashable {
  let epoch: RecordEpoch
  let number: UInt64
}

/// Which keys each direction is under, as one side's events go by.
struct EpochTracker {
  private var epochs: [KeyChangeFact.Direction: RecordEpoch] = [:]

  mutating func note(_ event: TLSEvent) {
    guard case .changedKeys(let fact) = event else { return }
    epochs[fact.direction] = RecordEpoch(stage: fact.stage, generation: fact.generation)
  }

  func epoch(_ direction: KeyChangeFact.Direction) -> RecordEpoch { epochs[direction] ?? .first }

  /// Of a sealed or opened record.
  func place(_ fact: RecordFact, _ direction: KeyChangeFact.Direction) -> RecordPlace {
    RecordPlace(epoch: epoch(direction), number: fact.sequenceNumber)
  }
}

extension [TraceEntry] {
  /// Whether the connection came as far as to settle on TLS 1.3; of one that settled on nothing, whether TLS 1.3 was offered.
  var isTLS13: Bool {
    var settled = false
    var offered = false
    for entry in self {
      switch entry.event {
      case .sent(let fact), .received(let fact):
        if fact.selectsTLS13 { return true }
        if fact.type == .serverHello { settled = true }
        if fact.type == .clientHello { offered = offered || fact.offersTLS13 }
      case .chose(let choice) where choice.subject == .version && choice.chosen != nil:
        if choice.chosen == ProtocolVersion.tls13.description { return true }
        settled = true
      case .changedKeys(let fact): if fact.stage != nil { return true }
      default: continue
      }
    }
    return offered && !settled
  }
}

extension MessageFact {
  var serverHello: ServerHello? {
    guard type == .serverHello, bytes.count > 4 else { return nil }
    return try? ServerHello(decoding: Array(bytes[4...]).span, "ServerHello")
  }

  /// A ServerHello's or HelloRetryRequest's supported_versions.
  var selectsTLS13: Bool {
    (try? serverHello?.extensions?.decode(SelectedVersion.self))?.version == .tls13
  }

  /// A ClientHello's supported_versions.
  fileprivate var offersTLS13: Bool {
    guard bytes.count > 4, let hello = try? ClientHello(decoding: Array(bytes[4...]).span, "ClientHello") else {
      return false
    }
    let versions = hello.extensions.flatMap { try? $0.decode(SupportedVersions.self) }?.versions ?? []
    return versions.contains(.tls13)
  }

  var isRetryRequest: Bool { serverHello?.isRetryRequest ?? false }
}
