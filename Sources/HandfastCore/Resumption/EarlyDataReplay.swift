private import Synchronization

/// Decides whether a ClientHello with early data comes for the first time (RFC 9846 §8). Early data can be replayed by whoever
/// records it, so that a server acts on it only once.
public protocol EarlyDataReplayGuard: Sendable {
  /// `identifier` is the ClientHello's PSK binder, already found to be authentic, so that strangers cannot use up memory.
  /// `expectedArrival` is when it must have been sent, by the ticket's age, and `now` when it came; both in milliseconds since
  /// 1970. The binder covers both the ticket and its age, so that a ClientHello that is replayed has the same of each. Returns
  /// `.accepted` once at most for it, ever.
  func admit(_ identifier: [UInt8], expectedArrival: UInt64, at now: UInt64) -> EarlyDataAdmission
}

/// Whether early data may be read. Otherwise it is skipped, and the handshake goes on without.
@nonexhaustive public enum EarlyDataAdmission: String, Hashable, Sendable, CaseIterable, CustomStringConvertible {
  case accepted
  /// The same ClientHello was here before.
  case replayed
  /// The ticket's age does not fit the time of arrival.
  case outsideWindow
  /// What came shortly before this register began may have been read already, by its predecessor.
  case tooSoonAfterStart
  /// No memory is left to remember it by.
  case registerFull

  public var description: String {
    switch self {
    case .accepted: "its ClientHello comes for the first time"
    case .replayed: "its ClientHello was here before"
    case .outsideWindow: "the ticket's age does not fit the time of arrival"
    case .tooSoonAfterStart: "the server has started so lately that it may have forgotten this ClientHello"
    case .registerFull: "the register of ClientHellos is full"
    }
  }
}

/// Remembers every ClientHello with early data for as long as it would be accepted (RFC 9846 §8.2), in bounded memory. When that
/// is used up it refuses: early data is rejected, never accepted twice.
///
/// It protects one process. Servers that share ticket keys need one register in common, or single-use tickets, or no early data.
public final class StrikeRegister: EarlyDataReplayGuard {
  /// How far the time of arrival may be from what the ticket's age says, in milliseconds.
  public let window: UInt64
  private let limit: Int
  private let startedAt: UInt64
  private let state = Mutex(State())

  private struct State {
    /// Identifiers by their expected arrival, in spans of one window: whole spans are forgotten at once.
    var spans: [UInt64: Set<[UInt8]>] = [:]
    var count = 0
    /// Whatever was expected before this may be forgotten, and is refused even when the clock goes back.
    var forgottenUntil: UInt64 = 0
  }

  /// - Parameters:
  ///   - window: In milliseconds; RFC 9846 §8.3 finds ten seconds right for the internet.
  ///   - limit: ClientHellos remembered at once; about 100 bytes each.
  ///   - startedAt: The time now, in milliseconds since 1970. For one window from then on nothing is accepted: a predecessor of
  ///     this process may have accepted it before.
  public init(window: UInt64 = 10_000, limit: Int = 100_000, startedAt: UInt64) {
    self.window = max(window, 1)
    self.limit = limit
    self.startedAt = startedAt
  }

  public func admit(_ identifier: [UInt8], expectedArrival: UInt64, at now: UInt64) -> EarlyDataAdmission {
    let distance = max(expectedArrival, now) - min(expectedArrival, now)
    guard distance <= window else { return .outsideWindow }
    //= https://www.rfc-editor.org/rfc/rfc9846#section-8.2
    //# When implementations are freshly started, they SHOULD reject 0-RTT as long as any portion of their recording window
    //# overlaps the startup time.
    guard now > startedAt.addingSaturated(window), expectedArrival > startedAt.addingSaturated(window) else {
      return .tooSoonAfterStart
    }
    // A MAC's first 32 bytes are as unique as all of it, and bound what is remembered.
    let identifier = Array(identifier.prefix(32))
    return state.withLock { state in
      forget(&state, at: now)
      guard expectedArrival >= state.forgottenUntil else { return .outsideWindow }
      guard !state.spans.values.contains(where: { $0.contains(identifier) }) else { return .replayed }
      guard state.count < limit else { return .registerFull }
      state.spans[expectedArrival / window, default: []].insert(identifier)
      state.count += 1
      return .accepted
    }
  }

  /// Drops the spans of which nothing would be accepted at `now`.
  private func forget(_ state: inout State, at now: UInt64) {
    for span in state.spans.keys
    where span.addingSaturated(1).multipliedSaturated(by: window).addingSaturated(window) < now {
      state.count -= state.spans.removeValue(forKey: span)?.count ?? 0
      state.forgottenUntil = max(state.forgottenUntil, span.addingSaturated(1).multipliedSaturated(by: window))
    }
  }
}
