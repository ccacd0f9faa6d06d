private import Synchronization

/// Where a server keeps the sessions that TLS 1.2 clients name by their id. `InMemoryServerSessions` is the one that is there.
public protocol ServerSessionCache: Sendable {
  /// The session, unless it has expired at `now` (milliseconds since 1970).
  func find(_ sessionID: [UInt8], at now: UInt64) -> ServerSession?
  func put(_ session: ServerSession, for sessionID: [UInt8])
  /// Forgets a session, because a connection of its ended in a fatal alert (RFC 5246 §7.2.2).
  func remove(_ sessionID: [UInt8])
}

/// Keeps sessions in memory, a bounded number of them: what was not used for longest goes first. Behind a mutex, held for the time
/// of a look into a dictionary; tickets have none, and are what busy servers use.
public final class InMemoryServerSessions: ServerSessionCache {
  private let entries: Mutex<LeastRecentlyUsed<[UInt8], ServerSession>>

  /// Remembers `limit` sessions at once.
  public init(limit: Int = 10_000) { entries = Mutex(LeastRecentlyUsed(limit: limit)) }

  public func find(_ sessionID: [UInt8], at now: UInt64) -> ServerSession? {
    entries.withLock { entries in
      guard let session = entries[sessionID] else { return nil }
      guard !session.isExpired(at: now) else {
        entries.remove(sessionID)
        return nil
      }
      return session
    }
  }

  public func put(_ session: ServerSession, for sessionID: [UInt8]) {
    // RFC 5246 §7.4.1.2: at most 32 bytes; empty means "no session".
    guard (1...32).contains(sessionID.count) else { return }
    entries.withLock { $0.set(session, for: sessionID) }
  }

  public func remove(_ sessionID: [UInt8]) { entries.withLock { $0.remove(sessionID) } }
}
