package import Handfast

/// A client and a server that talk to each other without a network.
package final class InMemoryPair {
  package let client: Endpoint
  package let server: Endpoint
  /// In which pieces bytes arrive.
  package var chunking = Chunking.whole
  /// May change what is on its way.
  package var tamper: (inout Flight) -> Void = { _ in }
  /// What was delivered, in order, after tampering.
  package private(set) var flights: [Flight] = []
  private var sentCount: [Side: Int] = [:]

  package init(client: consuming TLSConnection, server: consuming TLSConnection) {
    self.client = Endpoint(client)
    self.server = Endpoint(server)
  }

  /// Carries bytes both ways until neither side owes any. False when they never stop.
  @discardableResult package func run(limit: Int = 200) -> Bool {
    for _ in 0..<limit {
      let isQuiet = [step(from: .client), step(from: .server)] == [false, false]
      if isQuiet { return true }
    }
    return false
  }

  /// Carries what one side owes; false when that is nothing.
  @discardableResult package func step(from side: Side) -> Bool {
    let bytes = side == .client ? client.takeOwed() : server.takeOwed()
    guard !bytes.isEmpty else { return false }
    deliver(bytes, from: side)
    return true
  }

  /// Sends application data of one side to the other; false when the sender refuses.
  @discardableResult package func send(_ data: [UInt8], from side: Side) -> Bool {
    guard let records = side == .client ? client.seal(data) : server.seal(data) else { return false }
    deliver(records, from: side)
    return true
  }

  /// Puts bytes on the way from `side` to its peer.
  package func deliver(_ bytes: [UInt8], from side: Side) {
    let index = sentCount[side, default: 0]
    sentCount[side] = index + 1
    var flight = Flight(sender: side, index: index, bytes: bytes)
    tamper(&flight)
    flights.append(flight)
    for piece in chunking.pieces(of: flight) {
      switch side {
      case .client: server.feed(piece)
      case .server: client.feed(piece)
      }
    }
  }

  /// Both sides say goodbye, and both connections end.
  package func close() {
    client.close()
    server.close()
    run()
    hangUp()
  }

  /// The transport ends both ways.
  package func hangUp() {
    client.endInput()
    server.endInput()
  }
}
