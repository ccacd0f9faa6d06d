import Foundation
public import Handfast
import HandfastCore
import Synchronization

/// Collects the events of any number of connections, from both sides if they run in this process. Safe to share.
public final class TraceRecorder: Sendable {
  private let state = Mutex<[TraceEntry]>([])
  private let clock = WallClock()

  public init() {}

  /// Nanoseconds since 1970, never running backwards within one recorder.
  public var now: Int64 { clock.now }

  /// Appends what `takeEvents()` returned, in that order.
  public func record(_ events: [TLSEvent], side: Side, connection: Int = 1, at time: Int64? = nil) {
    guard !events.isEmpty else { return }
    let time = time ?? now
    state.withLock { entries in
      for event in events {
        entries.append(
          TraceEntry(side: side, connection: connection, time: time, order: entries.count, event: event))
      }
    }
  }

  /// Adds the failure's diagnosis to the `.failed` event of that side and connection. The event itself is appended if the
  /// connection was not able to.
  public func record(_ failure: TLSFailure, connection: Int = 1, at time: Int64? = nil) {
    let time = time ?? now
    state.withLock { entries in
      let index = entries.lastIndex { entry in
        guard case .failed = entry.event else { return false }
        return entry.side == failure.side && entry.connection == connection
      }
      if let index {
        let known = entries[index]
        entries[index] = TraceEntry(
          side: known.side, connection: known.connection, time: known.time, order: known.order, event: known.event,
          diagnosis: failure.diagnosis)
      } else {
        let fact = FailureFact(step: failure.step, error: failure.error, alert: failure.alertSent)
        entries.append(
          TraceEntry(
            side: failure.side, connection: connection, time: time, order: entries.count, event: .failed(fact),
            diagnosis: failure.diagnosis))
      }
    }
  }

  /// Everything recorded so far, in order.
  public var entries: [TraceEntry] { state.withLock { $0 } }

  /// Everything recorded so far of one connection, in order.
  public func entries(ofConnection connection: Int) -> [TraceEntry] {
    state.withLock { $0.filter { $0.connection == connection } }
  }
}

/// Wall time at the start, monotonic from there: a clock that is set during a handshake does not reorder it.
private struct WallClock: Sendable {
  private let start = ContinuousClock.now
  private let epoch = Int64(Date().timeIntervalSince1970 * 1_000_000_000)

  var now: Int64 {
    let (seconds, attoseconds) = (ContinuousClock.now - start).components
    return epoch + seconds * 1_000_000_000 + attoseconds / 1_000_000_000
  }
}
