import HandfastNIO
import NIOCore
import Synchronization

/// What a client says to a server: its early data, if it was taken, and then what follows.
final class Incoming: Sendable {
  private let connection: SecureConnection
  private let early: Mutex<ByteBuffer?>

  init(_ connection: SecureConnection) {
    self.connection = connection
    early = Mutex(connection.earlyData)
  }

  /// The next data; nil when the client has said goodbye.
  func read() async throws -> ByteBuffer? {
    let first = early.withLock { early in
      defer { early = nil }
      return early
    }
    if let first, first.readableBytes > 0 { return first }
    return try await connection.read()
  }
}
