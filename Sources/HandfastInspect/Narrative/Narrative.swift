public import Handfast
import HandfastCore

/// What a narrative may tell beside the events, if its owner has it and wants it told.
public struct NarrativeExtras: Sendable {
  /// Secrets that a sink received, by the side that derived them. Whoever reads the story then can read the connection.
  public var secrets: [Side: [DisclosedSecret]] = [:]
  /// The application data each side sent, one for each record, in order.
  public var applicationData: [Side: [[UInt8]]] = [:]

  public init() {}
}

/// The story of one connection: a numbered step for each message and each decision, in the order of cause and effect, told from
/// both sides if both are recorded.
public struct Narrative: Sendable {
  public let steps: [NarrativeStep]
  /// Which sides the trace holds.
  public let sides: Set<Side>
  /// Whether the connection failed, in the handshake or after it.
  public let failed: Bool
  /// How many of the first steps are told in full, whatever still comes: for whoever tells a story while it happens.
  package let settledCount: Int

  /// Tells the entries of one connection, the first of them if there are several.
  public init(_ entries: [TraceEntry], extras: NarrativeExtras = NarrativeExtras()) {
    let connection = entries.first?.connection
    let own = entries.filter { $0.connection == connection }
    let ordered = CausalOrder.sort(own)
    // Records in clear are no step of their own: each is told with what it carries.
    let (materials, failedAt) = StepGrouping.group(ordered.filter { !$0.event.isPlainRecord })
    let records = RecordLayout.all(own)
    let context = StoryContext(
      steps: materials, failedAt: failedAt, records: records, isTLS13: own.isTLS13, extras: extras)
    let start = ordered.map(\.time).min() ?? 0
    steps = materials.enumerated().map { index, material in
      StepTeller(material: material, context: context).tell(number: index + 1, start: start)
    }
    sides = context.recordedSides
    failed = !context.failures.isEmpty && context.goodbyeMissing == nil
    let lastBegun = materials.lastIndex { $0.hasBegun } ?? 0
    let isAccounted = records.values.allSatisfy(\.isAccounted)
    settledCount = isAccounted ? materials.prefix(lastBegun).prefix(while: \.isSettled).count : 0
  }
}

extension StepMaterial {
  /// Whether its place in the story is certain.
  fileprivate var hasBegun: Bool { entries.contains { StepGrouping.anchors($0.event, kind) } }

  /// Whether nothing more can belong to the step once a later one has begun.
  fileprivate var isSettled: Bool {
    guard hasBegun else { return false }
    if kind == .keys(.handshake) {
      return entries.contains { entry in
        if case .changedKeys = entry.event { true } else { false }
      }
    }
    if kind == .message(.finished, from: .client, occurrence: 0), entries.contains(where: \.event.isFinished13) {
      return entries.contains { entry in
        if case .changedKeys = entry.event { true } else { false }
      }
    }
    guard kind == .secrets else { return true }
    // The key block is cut only when a side needs its keys, which may be two messages later.
    return entries.contains { entry in
      if case .derivedSecret(let fact) = entry.event { fact.name == .keyBlock } else { false }
    }
  }
}

extension TLSEvent {
  /// TLS 1.3's label is the same for both sides.
  fileprivate var isFinished13: Bool {
    switch self {
    case .computedFinished(let fact), .verifiedFinished(let fact): fact.label == "finished"
    default: false
    }
  }

  fileprivate var isPlainRecord: Bool {
    switch self {
    case .sentRecord, .receivedRecord: true
    default: false
    }
  }
}
