import Foundation
import Handfast
import Synchronization

/// A client's sessions: the runner says by its flags which may be resumed, so that keys do not matter.
final class ShimClientSessions: ClientSessionStore {
  private struct State {
    var offered: ClientSession?
    var received: [ClientSession] = []
  }
  private let state = Mutex(State())

  func take(for key: SessionKey, at now: UInt64) -> ClientSession? {
    state.withLock { state in
      defer { state.offered = nil }
      return state.offered
    }
  }

  func put(_ session: ClientSession, for key: SessionKey) { state.withLock { $0.received.append(session) } }

  func remove(for key: SessionKey) {}

  /// What has come since the last call of `turn`.
  var received: [ClientSession] { state.withLock { $0.received } }

  /// The next connection begins, and offers what the last one got.
  func turn() {
    state.withLock { state in
      state.offered = state.received.last
      state.received = []
    }
  }
}

/// A server's cache, which counts.
final class ShimServerSessions: ServerSessionCache {
  private let sessions = InMemoryServerSessions()
  private let puts = Mutex(0)

  func find(_ sessionID: [UInt8], at now: UInt64) -> ServerSession? { sessions.find(sessionID, at: now) }
  func put(_ session: ServerSession, for sessionID: [UInt8]) {
    puts.withLock { $0 += 1 }
    sessions.put(session, for: sessionID)
  }
  func remove(_ sessionID: [UInt8]) { sessions.remove(sessionID) }

  /// How many sessions were put since the last call.
  func takeCount() -> Int {
    puts.withLock { count in
      defer { count = 0 }
      return count
    }
  }
}

/// One key for all servers of this process.
struct ShimTicketKeys: TicketKeySource {
  private static let key = TicketKey(
    name: Array("BoGo ticket key.".utf8), key: (0..<32).map { _ in UInt8.random(in: 0...255) })

  func sealingKey(at now: UInt64) -> TicketKey? { Self.key }
  func openingKey(named name: [UInt8], at now: UInt64) -> TicketKey? { Self.key?.name == name ? Self.key : nil }
}

/// Takes early data whenever it comes, unless the ticket's age is off by more than a minute.
struct ShimReplayGuard: EarlyDataReplayGuard {
  func admit(_ identifier: [UInt8], expectedArrival: UInt64, at now: UInt64) -> EarlyDataAdmission {
    let seconds = (Int(expectedArrival) - Int(now)) / 1000
    return abs(seconds) <= 60 ? .accepted : .outsideWindow
  }
}

/// A clock that stands still but for what a test puts it forward.
final class ShimClock: WallClock {
  private let time = Mutex(UInt64(Date().timeIntervalSince1970 * 1000))

  func now() -> UInt64 { time.withLock { $0 } }
  func advance(seconds: UInt64) { time.withLock { $0 += seconds * 1000 } }
}
