import CPair

/// Nanoseconds that each side took.
struct Cost {
  var client: UInt64 = 0
  var server: UInt64 = 0
}

/// A TLS implementation, or one way to set it up.
protocol Stack {
  var name: String { get }
  /// Nil when the stack cannot do what the scenario asks.
  func pair(for scenario: Scenario, with credentials: Credentials) throws -> (any Pair)?
}

/// A client and a server on this thread, which talk in memory.
protocol Pair: AnyObject {
  /// One connection from its making to its end: the handshake, and the server's first byte read by the client, so that session
  /// tickets have been issued and taken in.
  func handshake(_ cost: inout Cost) throws
  /// `count` writes of `size` bytes from the client, then all of it read by the server, over one connection that stays.
  func transfer(size: Int, count: Int, _ cost: inout Cost) throws
}

struct Failed: Error { let what: String }

/// Adds the time that `body` takes.
func charge<R: ~Copyable>(_ side: inout UInt64, _ body: () throws -> R) rethrows -> R {
  let start = pair_time()
  defer { side += pair_time() - start }
  return try body()
}
