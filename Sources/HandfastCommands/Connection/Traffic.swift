import Synchronization

/// How many bytes of application data a connection has carried.
final class Traffic: Sendable {
  private let incoming = Atomic(0)
  private let outgoing = Atomic(0)

  var received: Int { incoming.load(ordering: .relaxed) }
  var sent: Int { outgoing.load(ordering: .relaxed) }

  func receive(_ count: Int) { incoming.wrappingAdd(count, ordering: .relaxed) }
  func send(_ count: Int) { outgoing.wrappingAdd(count, ordering: .relaxed) }

  /// Returns when nothing has been received for that long.
  func silence(of duration: Duration) async throws {
    var before: Int
    repeat {
      before = received
      try await Task.sleep(for: duration)
    } while received != before
  }
}
