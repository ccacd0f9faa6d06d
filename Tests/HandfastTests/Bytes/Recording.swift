import Handfast
import HandfastTestKit

/// A handshake that can be had again byte for byte: seeded randomness, and signatures that need none.
struct Recording {
  /// What each side said, flight by flight; the last is application data and close_notify.
  let client: [[UInt8]]
  let server: [[UInt8]]

  static let data: [UInt8] = Array("application data".utf8)

  static func setup() throws -> Setup {
    var setup = try Setup(serverKey: .ed25519, clientKey: .ed25519, .required)
    setup.clientProvider = SeededProvider(seed: 1)
    setup.serverProvider = SeededProvider(seed: 2)
    setup.isTracing = false
    return setup
  }

  init() throws {
    let pair = try Self.setup().pair()
    pair.run()
    pair.send(Self.data, from: .client)
    pair.send(Self.data, from: .server)
    pair.client.close()
    pair.server.close()
    pair.run()
    func flights(of side: Side) -> [[UInt8]] { pair.flights.filter { $0.sender == side }.map(\.bytes) }
    client = flights(of: .client)
    server = flights(of: .server)
  }

  func flights(of side: Side) -> [[UInt8]] { side == .client ? client : server }

  /// A fresh connection of `side` that hears `pieces` of its peer, flight by flight. It has gone wrong if it says other than it
  /// did when it was recorded.
  func replay(_ side: Side, hearing flights: [[[UInt8]]]) throws -> Replay {
    let setup = try Self.setup()
    let endpoint = Endpoint(try side == .client ? setup.clientConnection() : setup.serverConnection())
    var said: [UInt8] = endpoint.takeOwed()
    for flight in flights {
      for piece in flight {
        endpoint.feed(piece)
        said += endpoint.takeOwed()
      }
    }
    let handshake = self.flights(of: side).prefix(2).flatMap { $0 }
    return Replay(endpoint: endpoint, isSame: said == handshake)
  }
}

struct Replay {
  let endpoint: Endpoint
  let isSame: Bool

  /// The handshake went as recorded, the data came, and so did the goodbye.
  var isRight: Bool {
    isSame && endpoint.error == nil && endpoint.isComplete && endpoint.received == Recording.data
      && endpoint.peerHasClosed
  }
}
