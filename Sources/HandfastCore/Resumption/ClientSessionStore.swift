private import HandfastWire
private import Synchronization

/// Where a client keeps its sessions. `InMemoryClientSessions` is the one that is there.
public protocol ClientSessionStore: Sendable {
  /// A session for `key` that has not expired at `now` (milliseconds since 1970), the newest first. One that is single-use is the
  /// caller's alone from then on, and is never returned again.
  func take(for key: SessionKey, at now: UInt64) -> ClientSession?
  /// The same of a key that differs in the server's name only, if the session is fit for that of `key`; nil, as by default: none.
  func takeAcrossNames(for key: SessionKey, at now: UInt64) -> ClientSession?
  func put(_ session: ClientSession, for key: SessionKey)
  /// Forgets all sessions for `key`, because one of them led to a failure.
  func remove(for key: SessionKey)
}

extension ClientSessionStore {
  public func takeAcrossNames(for key: SessionKey, at now: UInt64) -> ClientSession? { nil }
}

/// Keeps sessions in memory, a bounded number of them: what was not used for longest goes first. Behind a mutex: a client asks once
/// per connection, for the time of a look into a dictionary.
public final class InMemoryClientSessions: ClientSessionStore {
  private let sessionsPerKey: Int
  private let entries: Mutex<LeastRecentlyUsed<SessionKey, [ClientSession]>>

  /// - Parameters:
  ///   - limit: Servers (more precisely: keys) remembered at once.
  ///   - sessionsPerKey: TLS 1.3 tickets kept for each of them.
  public init(limit: Int = 256, sessionsPerKey: Int = 4) {
    self.sessionsPerKey = max(sessionsPerKey, 1)
    entries = Mutex(LeastRecentlyUsed(limit: limit))
  }

  public func take(for key: SessionKey, at now: UInt64) -> ClientSession? {
    entries.withLock { entries in
      let taken = entries.change(key) { sessions in
        if sessions.contains(where: { $0.isExpired(at: now) }) { sessions.removeAll { $0.isExpired(at: now) } }
        let session = sessions.last
        if session?.isSingleUse == true { sessions.removeLast() }
        return (session: session, isLast: sessions.isEmpty)
      }
      if taken?.isLast == true { entries.remove(key) }
      return taken?.session
    }
  }

  public func takeAcrossNames(for key: SessionKey, at now: UInt64) -> ClientSession? {
    guard case .dnsName(let name) = key.server else { return nil }
    return entries.withLock { entries in
      for other in entries.keys where other.differsInNameOnly(from: key) {
        var sessions = entries[other] ?? []
        let fitting = sessions.lastIndex { !$0.isExpired(at: now) && $0.isFit(forOtherName: name) }
        guard let fitting else { continue }
        let session = sessions.remove(at: fitting)
        if sessions.isEmpty { entries.remove(other) } else { entries.set(sessions, for: other) }
        return session
      }
      return nil
    }
  }

  public func put(_ session: ClientSession, for key: SessionKey) {
    entries.withLock { entries in
      let isAdded: Void? = entries.change(key) { sessions in
        // A TLS 1.2 session replaces what is there: there is no use for two. So does any of another version, after a change of
        // the server's.
        if !session.isSingleUse || sessions.last?.version != session.version { sessions.removeAll() }
        sessions.removeFirst(max(sessions.count + 1 - sessionsPerKey, 0))
        sessions.append(session)
      }
      if isAdded == nil { entries.set([session], for: key) }
    }
  }

  public func remove(for key: SessionKey) { entries.withLock { $0.remove(key) } }
}
