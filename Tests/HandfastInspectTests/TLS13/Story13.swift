import Handfast
import HandfastCore
import HandfastInspect
import HandfastTestKit

/// A TLS 1.3 connection that really happened, in memory.
enum Story13: String, CaseIterable {
  /// Both authenticate, talk, and say goodbye.
  case complete
  /// The client's key shares are not the server's: another ClientHello.
  case retry
  /// The server refuses the client after the client's handshake is complete.
  case lateRejection
  /// One side changes its keys and asks the other to.
  case keyUpdate

  func record() throws -> [TraceEntry] {
    var setup = try Setup(clientKey: self == .lateRejection ? nil : .ecdsa(.secp256r1), .required)
    setup.client.versions = [.tls13]
    setup.server.versions = [.tls13]
    setup.client.groups = [.x25519, .secp256r1]
    if self == .retry {
      setup.client.keyShareGroups = [.x25519]
      setup.server.groups = [.secp256r1]
    }
    let pair = try setup.pair()
    let recorder = TraceRecorder()
    var told: [Side: Int] = [:]
    func note() {
      for (side, events) in [(Side.client, pair.client.events), (.server, pair.server.events)] {
        recorder.record(Array(events.dropFirst(told[side, default: 0])), side: side)
        told[side] = events.count
      }
    }
    pair.step(from: .client)
    note()
    pair.step(from: .server)
    note()
    pair.run()
    note()
    for endpoint in [pair.client, pair.server] {
      if let failure = endpoint.failure { recorder.record(failure) }
    }
    guard self != .lateRejection else { return recorder.entries }
    if self == .keyUpdate {
      try pair.client.connection.updateKeys(requestingPeer: true)
      pair.run()
      note()
    }
    pair.send(Array("ping".utf8), from: .client)
    note()
    pair.send(Array("pong".utf8), from: .server)
    note()
    pair.close()
    note()
    return recorder.entries
  }
}
