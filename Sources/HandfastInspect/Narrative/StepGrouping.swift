import Handfast
import HandfastCore
import HandfastWire

/// The entries of one step, still untold.
struct StepMaterial {
  let kind: StepKind
  var entries: [TraceEntry] = []
  /// Where in the story the step stands.
  var position: Int

  func events(of side: Side) -> [TLSEvent] { entries.filter { $0.side == side }.map(\.event) }
}

/// Sorts the entries, in causal order, into steps.
struct StepGrouping {
  private var materials: [StepKind: StepMaterial] = [:]
  private var current: [Side: StepKind] = [:]
  private var typeCounts: [Side: [Side: [HandshakeType: Int]]] = [:]
  private var recordCounts: [Side: [Side: Int]] = [:]
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
    return (grouping.materials.values.sorted { $0.position < $1.position }, grouping.failedAt)
  }

  private init(_ entries: [TraceEntry]) {
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
    let kind = kind(of: entry)
    if case .failed(let fact) = entry.event, failedAt[entry.side] == nil {
      failedAt[entry.side] = place(of: fact.error, on: entry.side)
    }
    if kind != .failure, Self.moves(entry.event) { current[entry.side] = kind }
    var material = materials[kind] ?? StepMaterial(kind: kind, position: index)
    if Self.anchors(entry.event, kind), !material.entries.contains(where: { Self.anchors($0.event, kind) }) {
      material.position = index
    }
    // The failure is the story's end, whatever else is told after it.
    if kind == .failure { material.position = .max }
    material.entries.append(entry)
    materials[kind] = material
  }

  /// In which step a side fails: the last that it has come to, or the record it could not open.
  private func place(of error: TLSError, on side: Side) -> StepKind? {
    switch current[side] {
    case .message, .verification, .secrets, .changeCipherSpec: return current[side]
    case .completed, .record, .warning, .close, .failure, nil:
      guard case .badRecordMAC(let number) = error else { return nil }
      return .record(from: side.peer, sequenceNumber: number)
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
    switch entry.event {
    case .sent(let fact): return message(fact.type, from: side, seenBy: side)
    case .received(let fact): return message(fact.type, from: side.peer, seenBy: side)
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
    case .retryRequested, .resumption, .earlyData: return .message(.serverHello, from: .server, occurrence: 0)
    case .issuedTicket, .receivedTicket: return .message(.newSessionTicket, from: .server, occurrence: 0)
    case .confirmed: return .completed
    case .sentRecord, .receivedRecord: return current[side] ?? .message(.clientHello, from: .client, occurrence: 0)
    case .sealedRecord(let fact): return record(fact, from: side)
    case .openedRecord(let fact): return record(fact, from: side.peer)
    case .peerClosed(let isTruncated): return isTruncated ? .failure : .close(from: side.peer)
    case .failed: return .failure
    }
  }

  private mutating func message(_ type: HandshakeType, from sender: Side, seenBy side: Side) -> StepKind {
    let occurrence = typeCounts[side]?[sender]?[type] ?? 0
    typeCounts[side, default: [:]][sender, default: [:]][type] = occurrence + 1
    return .message(type, from: sender, occurrence: occurrence)
  }

  private mutating func alert(_ fact: AlertFact, from sender: Side, seenBy side: Side) -> StepKind {
    // A handshake that is given up ends in close_notify as well.
    if fact.description == .closeNotify { return failed && !completed ? .failure : .close(from: sender) }
    if fact.level == .fatal || failed { return .failure }
    let occurrence = warnings[side]?[sender] ?? 0
    warnings[side, default: [:]][sender] = occurrence + 1
    return .warning(from: sender, occurrence: occurrence)
  }

  private func record(_ fact: RecordFact, from sender: Side) -> StepKind {
    switch fact.type {
    case .handshake where fact.sequenceNumber == 0: .message(.finished, from: sender, occurrence: 0)
    case .applicationData: .record(from: sender, sequenceNumber: fact.sequenceNumber)
    case .alert: failed && alerting.contains(sender) ? .failure : .close(from: sender)
    default: .record(from: sender, sequenceNumber: fact.sequenceNumber)
    }
  }

  private func home(of choice: Choice, on side: Side) -> StepKind {
    let hello = StepKind.message(.serverHello, from: .server, occurrence: 0)
    switch choice.subject {
    case .version, .cipherSuite, .applicationProtocol, .serverIdentity, .extendedMasterSecret, .maxFragmentLength,
      .recordSizeLimit, .compression:
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
