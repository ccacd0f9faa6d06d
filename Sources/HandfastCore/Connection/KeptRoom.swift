// What a connection's buffers keep while its handshake goes on: what comes in, what is put together, and what is owed.

extension [UInt8] {
  /// The most room that a handshake keeps for what may come: a usual flight fits, and a peer that falls silent after a large message
  /// holds no more.
  private static var mostRoom: Int { 8192 }

  mutating func empty(keepingRoom: Bool) { removeAll(keepingCapacity: keepingRoom && capacity <= Self.mostRoom) }
}
