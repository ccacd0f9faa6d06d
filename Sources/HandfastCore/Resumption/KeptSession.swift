/// A session of a connection's in its owner's memory. A server's tickets are in nobody's but the client's.
enum KeptSession: Sendable {
  case client(ClientSessions)
  case server(any ServerSessionCache, sessionID: [UInt8])

  func forget() {
    switch self {
    case .client(let sessions): sessions.store.remove(for: sessions.key)
    case .server(let cache, let sessionID): cache.remove(sessionID)
    }
  }
}
