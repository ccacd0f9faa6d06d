import Handfast
import HandfastCore
import HandfastWire

/// The entries of one step, still untold.
struct StepMaterial {
  let kind: StepKind
  var entries: [TraceEntry] = []
  /// Where in the story the step stands.
  var position: Int
  /// The order among steps of one position.
  var rank = (0, 0)

  func events(of side: Side) -> [TLSEvent] { entries.filter { $0.side == side }.map(\.event) }
}

/// Sorts the entries, in causal order, into steps.
struct StepGrouping {
  private var materials: [StepKind: StepMaterial] = [:]
  private(set) var current: [Side: StepKind] = [:]
  private var numbering = MessageNumbering()
  private var epochs: [Side: EpochTracker] = [:]
  let isTLS13: Bool
  private let cargo: RecordCargo?
  /// Which hellos each side has seen of the server's.
  private(set) var hellos: [Side: Set<StepKind>] = [:]
  /// Who has seen a HelloRetryRequest, sooner or later.
  let retrying: Set<Side>
  /// Who has sent or seen EncryptedExtensions, sooner or later.
  let answering: Set<Side>
  /// How many facts of a kind each side has told that belong to the nth message of a kind.
  private var factCounts: [Side: [String: Int]] = [:]
  private var warnings: [Side: [Side: Int]] = [:]
  /// Where each side stood when it failed.
  private(set) var failedAt: [Side: StepKind] = [:]
  private let failed: Bool
  private let completed: Bool
  /// Who sent an alert other than close_notify.
  private let alerting: Set<Side>

  static func group(_ entries: [TraceEntry]) -> (steps: [StepMaterial], failedAt: [Side: StepKind]) {
    var grouping = StepGrouping(entries)
    for (index, entry) in entries.enumerated() { grouping.place(entry, at: index) }
    grouping.putEarlyStepsAfterHello()
    let steps = grouping.materials.values.sorted { one, other in
      (one.position, one.rank.0, one.rank.1) < (other.position, other.rank.0, other.rank.1)
    }
    return (steps, grouping.failedAt)
  }

  private init(_ entries: [TraceEntry]) {
    isTLS13 = entries.isTLS13
    cargo = isTLS13 ? RecordCargo(entries) : nil
    retrying = Set(
      entries.filter { entry in
        switch entry.event {
        case .sent(let fact), .received(let fact): fact.isRetryRequest
        default: false
        }
      }.map(\.side))
    answering = Set(
      entries.filter { entry in
        switch entry.event {
        case .sent(let fact), .received(let fact): fact.type == .encryptedExtensions
        default: false
        }
      }.map(\.side))
    failed = entries.contains { entry in
      if case .failed = entry.event { true } else { false }
    }
    completed = entries.contains { entry in
      if case .handshakeCompleted = entry.event { true } else { false }
    }
    alerting = Set(
      entries.compactMap { entry in
        switch entry.event {
        case .sentAlert(let fact): fact.description == .closeNotify ? nil : entry.side
        case .receivedAlert(let fact): fact.description == .closeNotify ? nil : entry.side.peer
        default: nil
        }
      })
  }

  private mutating func place(_ entry: TraceEntry, at index: Int) {
    epochs[entry.side, default: EpochTracker()].note(entry.event)
    let kind = kind(of: entry)
    if case .failed(let fact) = entry.event, failedAt[entry.side] == nil {
      failedAt[entry.side] = place(of: fact.error, on: entry.side)
    }
    if kind != .failure, !isShow(kind), Self.moves(entry.event) { current[entry.side] = kind }
    var material = materials[kind] ?? StepMaterial(kind: kind, position: index)
    if Self.anchors(entry.event, kind), !material.entries.contains(where: { Self.anchors($0.event, kind) }) {
      material.position = index
    }
    // The failure is the story's end, whatever else is told after it.
    if kind == .failure { material.position = .max }
    material.entries.append(entry)
    materials[kind] = material
  }

  /// TLS 1.3's ChangeCipherSpec brings nobody anywhere.
  private func isShow(_ kind: StepKind) -> Bool {
    if case .changeCipherSpec = kind { isTLS13 } else { false }
  }

  /// In which step a side fails: the last that it has come to, or the record it could not open.
  private func place(of error: TLSError, on side: Side) -> StepKind? {
    if case .badRecordMAC(let number) = error, let epoch = epochs[side]?.epoch(.receiving),
      let kind = cargo?.sealed[side.peer]?[RecordPlace(epoch: epoch, number: number)]
    {
      return kind
    }
    switch current[side] {
    case .message, .retryRequest, .verification, .secrets, .keys, .changeCipherSpec: return current[side]
    case .completed, .confirmed, .record, .warning, .close, .failure, nil:
      guard case .badRecordMAC(let number) = error else { return nil }
      let epoch = epochs[side]?.epoch(.receiving) ?? .first
      return .record(from: side.peer, RecordPlace(epoch: epoch, number: number))
    }
  }

  /// Whether the event decides where in the story its step stands. Choices and secrets are often there before the message to
  /// which they belong.
  static func anchors(_ event: TLSEvent, _ kind: StepKind) -> Bool {
    switch event {
    case .sent, .received, .sentChangeCipherSpec, .receivedChangeCipherSpec, .sentAlert, .receivedAlert, .peerJudged,
      .handshakeCompleted, .confirmed, .peerClosed, .failed:
      true
    case .derivedSecret(let fact): fact.name != .preMasterSecret
    case .sealedRecord, .openedRecord:
      if case .record = kind { true } else { false }
    case .chose, .ignored, .signed, .verifiedSignature, .changedKeys, .computedFinished, .verifiedFinished,
      .retryRequested,
      .resumption, .earlyData, .issuedTicket, .receivedTicket, .sentRecord, .receivedRecord:
      false
    }
  }

  /// Whether the event brings its side to that step. A choice that succeeds belongs to a message still to come; one that finds
  /// nothing is where the handshake ends.
  private static func moves(_ event: TLSEvent) -> Bool {
    switch event {
    case .chose(let choice): choice.chosen == nil && choice.subject != .clientIdentity
    default: anchors(event, .failure) || isRecord(event)
    }
  }

  private static func isRecord(_ event: TLSEvent) -> Bool {
    switch event {
    case .sealedRecord(let fact), .openedRecord(let fact): fact.type == .applicationData
    default: false
    }
  }

  private mutating func kind(of entry: TraceEntry) -> StepKind {
    let side = entry.side
    if isTLS13, let home = home13(of: entry) { return home }
    switch entry.event {
    case .sent(let fact): return message(fact, from: side, seenBy: side)
    case .received(let fact): return message(fact, from: side.peer, seenBy: side)
    case .sentChangeCipherSpec: return .changeCipherSpec(from: side)
    case .receivedChangeCipherSpec: return .changeCipherSpec(from: side.peer)
    case .changedKeys(let fact): return .changeCipherSpec(from: fact.direction == .sending ? side : side.peer)
    case .sentAlert(let fact): return alert(fact, from: side, seenBy: side)
    case .receivedAlert(let fact): return alert(fact, from: side.peer, seenBy: side)
    case .chose(let choice): return home(of: choice, on: side)
    case .ignored: return current[side] ?? .message(.clientHello, from: .client, occurrence: 0)
    case .peerJudged(let fact): return .verification(of: fact.peer)
    case .signed(let fact), .verifiedSignature(let fact):
      return .message(fact.message, from: fact.signer, occurrence: 0)
    case .derivedSecret: return .secrets
    case .computedFinished(let fact), .verifiedFinished(let fact):
      return .message(.finished, from: fact.sender, occurrence: 0)
    case .handshakeCompleted: return .completed
    case .retryRequested: return .retryRequest(occurrence: 0)
    case .resumption(let fact): return home(of: fact, on: side)
    case .earlyData(let fact): return home(of: fact, on: side)
    case .issuedTicket, .receivedTicket:
      return .message(.newSessionTicket, from: .server, occurrence: next("ticket", on: side))
    case .confirmed: return .confirmed
    case .sentRecord, .receivedRecord: return current[side] ?? .message(.clientHello, from: .client, occurrence: 0)
    case .sealedRecord(let fact): return record(fact, entry, from: side, .sending)
    case .openedRecord(let fact): return record(fact, entry, from: side.peer, .receiving)
    case .peerClosed(let isTruncated): return isTruncated ? .failure : .close(from: side.peer)
    case .failed: return .failure
    }
  }

  private mutating func message(_ fact: MessageFact, from sender: Side, seenBy side: Side) -> StepKind {
    let kind = numbering.kind(of: fact, from: sender, seenBy: side)
    if fact.type == .serverHello { hellos[side, default: []].insert(kind) }
    return kind
  }

  /// Counts, from 0, what one side tells of one kind.
  mutating func next(_ name: String, on side: Side) -> Int {
    let count = factCounts[side]?[name] ?? 0
    factCounts[side, default: [:]][name] = count + 1
    return count
  }

  private mutating func alert(_ fact: AlertFact, from sender: Side, seenBy side: Side) -> StepKind {
    // A handshake that is given up ends in close_notify as well.
    if fact.description == .closeNotify { return failed && !completed ? .failure : .close(from: sender) }
    if fact.level == .fatal || failed { return .failure }
    let occurrence = warnings[side]?[sender] ?? 0
    warnings[side, default: [:]][sender] = occurrence + 1
    return .warning(from: sender, occurrence: occurrence)
  }

  private func record(
    _ fact: RecordFact, _ entry: TraceEntry, from sender: Side, _ direction: KeyChangeFact.Direction
  ) -> StepKind {
    let place = (epochs[entry.side] ?? EpochTracker()).place(fact, direction)
    switch fact.type {
    case .handshake where isTLS13:
      return cargo?.kinds[entry.order] ?? current[entry.side] ?? .record(from: sender, place)
    case .handshake where fact.sequenceNumber == 0: return .message(.finished, from: sender, occurrence: 0)
    case .applicationData: return .record(from: sender, place)
    case .alert: return failed && alerting.contains(sender) ? .failure : .close(from: sender)
    default: return .record(from: sender, place)
    }
  }

  /// Early keys and early data are the client's first words, whatever the server was doing meanwhile. A client that resumes has
  /// the early secret even before its ClientHello, which holds a proof of it; it is told after. A server by itself sees them when
  /// it sees them.
  private mutating func putEarlyStepsAfterHello() {
    guard let hello = materials[.message(.clientHello, from: .client, occurrence: 0)] else { return }
    for (kind, material) in materials where kind.isEarly && material.entries.contains(where: { $0.side == .client }) {
      materials[kind]?.rank = (kind == .keys(.earlyData) ? 1 : 2, material.position)
      materials[kind]?.position = hello.position
    }
  }

  private func home(of choice: Choice, on side: Side) -> StepKind {
    let hello = StepKind.message(.serverHello, from: .server, occurrence: 0)
    switch choice.subject {
    case .version, .cipherSuite, .applicationProtocol, .serverIdentity, .extendedMasterSecret, .maxFragmentLength,
      .recordSizeLimit, .compression, .clientCertificateType:
      return hello
    case .group:
      // A server that finds no group in common refuses before its hello.
      let isEllipticStep = side == .client || choice.chosen != nil
      return isEllipticStep ? .message(.serverKeyExchange, from: .server, occurrence: 0) : hello
    case .clientIdentity: return .message(.certificate, from: .client, occurrence: 0)
    case .signatureScheme:
      return .message(side == .server ? .serverKeyExchange : .certificateVerify, from: side, occurrence: 0)
    }
  }
}
