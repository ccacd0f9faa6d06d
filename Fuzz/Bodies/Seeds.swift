import Handfast
import HandfastCore
import HandfastInspect
import HandfastTestKit
import HandfastWire

extension FuzzGroup {
  /// Inputs to begin with, from handshakes of our own.
  package func seeds() throws -> [[UInt8]] {
    switch self {
    case .decoders: try Self.decoderSeeds()
    case .records: try Self.recordSeeds()
    case .handshakes:
      // Real cryptography, and the cheap one.
      Self.handshakeSeeds(0..<8, lies: 0..<80) + Self.handshakeSeeds(8..<16, lies: 0..<10)
    case .files: try Self.fileSeeds()
    }
  }

  private static func handshakeSeeds(_ shapes: Range<UInt8>, lies: Range<UInt8>) -> [[UInt8]] {
    shapes.flatMap { shape in [[shape]] + lies.map { [shape, $0, 0, 9, 0, 5, 8, 1, 2] } }
  }

  /// Everything that four peers say in good handshakes of both versions.
  private static func messages() throws -> [WireMessage] {
    var said: [WireMessage] = []
    let listen = { (message: WireMessage) -> [WireMessage] in
      said.append(message)
      return [message]
    }
    var setup = try Setup(clientKey: .ecdsa(.secp256r1), .required)
    setup.isTracing = false
    let identity = try TestIdentities.shared.client()
    let server13 = try ServerTrial13(setup, clientIdentity: identity)
    server13.client.peer.lie = listen
    _ = try server13.handshake()
    let client13 = try ClientTrial13(setup, asks: true)
    client13.server.peer.lie = listen
    _ = try client13.handshake()
    client13.server.sendTicket()
    let server12 = try ServerTrial(setup, clientIdentity: identity)
    server12.client.peer.lie = listen
    _ = try server12.handshake()
    let client12 = try ClientTrial(setup, asks: true)
    client12.server.peer.lie = listen
    _ = try client12.handshake()
    return said
  }

  private static func decoderSeeds() throws -> [[UInt8]] {
    let bodies = try messages().map(\.body)
    let tails = bodies.filter { $0.count < 600 }.flatMap { body in
      stride(from: 0, to: body.count, by: 2).map { Array(body[$0...].prefix(2 + Int(body[$0]) % 64)) }
    }
    return (0..<Decoders.count).flatMap { index in
      (bodies.filter { Decoders.accepts(index, $0) }.prefix(4) + tails.filter { Decoders.accepts(index, $0) }.prefix(4))
        .map { [UInt8(index)] + $0 }
    }
  }

  private static func recordSeeds() throws -> [[UInt8]] {
    let messages = try messages().filter { $0.body.count < 400 }
    let whole = messages.map { WireRecord(.handshake, $0.bytes).bytes }
    let cut = messages.map { message in
      stride(from: 0, to: message.bytes.count, by: 50).flatMap {
        WireRecord(.handshake, Array(message.bytes[$0..<min($0 + 50, message.bytes.count)])).bytes
      }
    }
    return (whole + cut).map { [0] + $0 } + [1, 3].flatMap { kind in messages.map { [kind, 0, 0, 7, 0] + $0.bytes } }
  }

  private static func fileSeeds() throws -> [[UInt8]] {
    let identity = try TestIdentities.shared.server()
    return (0..<8).flatMap { kind in identity.chain.map { [kind] + $0 } }
      + [[5] + Array(TraceFile.header.utf8), [4, 1, 3, 4, 0x13, 1, 0]]
  }
}
