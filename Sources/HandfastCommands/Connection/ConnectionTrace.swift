import Foundation
import Handfast
import HandfastCore
import HandfastInspect
import HandfastNIO
import Synchronization

/// Writes down what connections do: each as a story, or the events of all as JSON Lines.
final class TraceWriter: Sendable {
  fileprivate struct Output {
    let file: FileHandle
    var order = 0
    var connections = 0
    /// The connection whose story was told last.
    var lastTold: Int?
    var hasFailed = false
  }

  fileprivate let format: TraceFormat
  private let path: String?
  private let terminal: Terminal
  private let clock = TraceRecorder()
  private let output: Mutex<Output>

  /// Makes the file anew; without a path the trace goes to stderr.
  init(_ format: TraceFormat, path: String?) throws(CommandError) {
    self.format = format
    self.path = path
    var file = FileHandle.standardError
    if let path {
      guard FileManager.default.createFile(atPath: path, contents: nil),
        let made = FileHandle(forWritingAtPath: path)
      else { throw CommandError("--trace-file \(path): cannot be written; choose another place", .cannotCreate) }
      file = made
    }
    terminal = path == nil ? Terminal(standardError: ()) : Terminal(width: 100)
    output = Mutex(Output(file: file))
    if format == .json { write(TraceFile.header + "\n") }
  }

  func begin(with remote: String) -> ConnectionTrace {
    let number = output.withLock { output in
      output.connections += 1
      return output.connections
    }
    return ConnectionTrace(number: number, remote: remote, writer: self)
  }

  fileprivate func stamp() -> (order: Int, time: Int64) {
    output.withLock { output in
      defer { output.order += 1 }
      return (output.order, clock.now)
    }
  }

  fileprivate func write(_ entries: [TraceEntry]) {
    write(entries.compactMap { try? TraceFile.line($0) + "\n" }.joined())
  }

  /// The title stands wherever another connection was told in between.
  fileprivate func write(_ steps: some Sequence<NarrativeStep>, of connection: Int, title: String) {
    let renderer = NarrativeRenderer(width: terminal.width, usesColour: terminal.usesColour)
    let isNew = output.withLock { output in
      defer { output.lastTold = connection }
      return output.lastTold != connection
    }
    let heading = isNew ? "\n" + renderer.render([NarrativeLine(text: title, tone: .strong)]) + "\n" : ""
    write(heading + steps.map { renderer.render($0) + "\n" }.joined())
  }

  private func write(_ text: String) {
    let fails = output.withLock { output in
      guard !output.hasFailed, !text.isEmpty else { return false }
      output.hasFailed = (try? output.file.write(contentsOf: Data(text.utf8))) == nil
      return output.hasFailed
    }
    if fails { complain("the trace ends here: \(path ?? "stderr") cannot be written") }
  }
}

/// What one connection does.
final class ConnectionTrace: Sendable {
  private struct State {
    /// In text: everything so far, but for records beyond the limit. In JSON: what waits for the failure's diagnosis.
    var entries: [TraceEntry] = []
    var records = 0
    var toldSteps = 0
    var clientIdentity: Choice?
    var resumption: ResumptionFact?
    var earlyData: EarlyDataFact.Outcome?
    var confirmation: PeerConfirmation?
    var hasSaidGoodbye = false
    var hasFailed = false
  }

  /// A story of more records than this only says how many there were.
  private static let toldRecords = 100

  /// Counts the connections from 1.
  let number: Int
  private let remote: String
  private let writer: TraceWriter
  private let state = Mutex(State())

  fileprivate init(number: Int, remote: String, writer: TraceWriter) {
    self.number = number
    self.remote = remote
    self.writer = writer
  }

  /// How the client's certificate was chosen; nil when there was nothing to choose.
  var clientIdentity: Choice? { state.withLock { $0.clientIdentity } }

  /// What became of the session, as it was said last.
  var resumption: ResumptionFact? { state.withLock { $0.resumption } }

  /// What became of early data; nil: there was none.
  var earlyData: EarlyDataFact.Outcome? { state.withLock { $0.earlyData } }

  /// By what a client of TLS 1.3 knows that it is accepted; nil: it does not.
  var confirmation: PeerConfirmation? { state.withLock { $0.confirmation } }

  /// Whether this side had said close_notify before the connection failed, if it did.
  var hasSaidGoodbye: Bool { state.withLock { $0.hasSaidGoodbye } }

  var tracing: Tracing { { side, event in self.record(event, side) } }

  /// Writes what is left. The diagnosis stands beside the failure.
  func end(_ error: (any Error)? = nil) {
    let failure = error as? TLSFailure
    switch writer.format {
    case .off: break
    case .json: writer.write(takeEntries(failure))
    case .text:
      let entries = takeEntries(failure)
      tell(entries, isOver: true)
      let untold = state.withLock { max(0, $0.records - Self.toldRecords) }
      if untold > 0 { complain("connection \(number): \(untold) more records, which the story leaves out") }
    }
  }

  private func record(_ event: TLSEvent, _ side: Side) {
    state.withLock { state in
      if case .chose(let choice) = event, choice.subject == .clientIdentity { state.clientIdentity = choice }
      if case .resumption(let fact) = event { state.resumption = fact }
      if case .earlyData(let fact) = event { state.earlyData = fact.outcome }
      if case .confirmed(let confirmation) = event { state.confirmation = confirmation }
      if event.isFailure { state.hasFailed = true }
      if event.isGoodbye, !state.hasFailed { state.hasSaidGoodbye = true }
    }
    switch writer.format {
    case .off: return
    case .json:
      let entry = entry(event, side)
      let isHeld = state.withLock { state in
        // The failure, and whatever comes after it, waits for the diagnosis.
        guard event.isFailure || !state.entries.isEmpty else { return false }
        state.entries.append(entry)
        return true
      }
      if !isHeld { writer.write([entry]) }
    case .text:
      let entry = entry(event, side)
      let entries: [TraceEntry]? = state.withLock { state in
        if event.isApplicationRecord {
          state.records += 1
          guard state.records <= Self.toldRecords else { return nil }
        }
        state.entries.append(entry)
        return state.entries
      }
      if let entries { tell(entries, isOver: false) }
    }
  }

  private func entry(_ event: TLSEvent, _ side: Side) -> TraceEntry {
    let (order, time) = writer.stamp()
    return TraceEntry(side: side, connection: number, time: time, order: order, event: event)
  }

  /// Tells the steps that were not told yet; while the connection goes on, those that are complete.
  private func tell(_ entries: [TraceEntry], isOver: Bool) {
    let narrative = Narrative(entries)
    let count =
      isOver || entries.last?.event.completesHandshake == true ? narrative.steps.count : narrative.settledCount
    // The lock is held while it is written: steps stay in order.
    state.withLock { state in
      guard count > state.toldSteps else { return }
      let title = "connection \(number), with \(remote)\(state.toldSteps == 0 ? "" : ", goes on")"
      writer.write(narrative.steps[state.toldSteps..<count], of: number, title: title)
      state.toldSteps = count
    }
  }

  private func takeEntries(_ failure: TLSFailure?) -> [TraceEntry] {
    var entries = state.withLock { state in
      defer { state.entries = [] }
      return state.entries
    }
    guard let failure else { return entries }
    if let index = entries.lastIndex(where: { $0.event.isFailure }) {
      let known = entries[index]
      entries[index] = TraceEntry(
        side: known.side, connection: number, time: known.time, order: known.order, event: known.event,
        diagnosis: failure.commandDiagnosis)
    } else {
      let (order, time) = writer.stamp()
      let fact = FailureFact(step: failure.step, error: failure.error, alert: failure.alertSent)
      entries.append(
        TraceEntry(
          side: failure.side, connection: number, time: time, order: order, event: .failed(fact),
          diagnosis: failure.commandDiagnosis))
    }
    return entries
  }
}

extension TLSEvent {
  fileprivate var isFailure: Bool { if case .failed = self { true } else { false } }

  fileprivate var isGoodbye: Bool {
    if case .sentAlert(let fact) = self { fact.description == .closeNotify } else { false }
  }

  fileprivate var completesHandshake: Bool { if case .handshakeCompleted = self { true } else { false } }

  fileprivate var isApplicationRecord: Bool {
    switch self {
    case .sealedRecord(let fact), .openedRecord(let fact): fact.type == .applicationData
    default: false
    }
  }
}
