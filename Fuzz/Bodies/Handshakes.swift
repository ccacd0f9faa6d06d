import Handfast
import HandfastCore
import HandfastTestKit
import HandfastWire

/// A whole handshake with a peer that has keys and certificates and lies. The first byte says of which version and role it is,
/// whether the client shows a certificate, and (mostly) that the cryptography is cheap; what follows are its lies.
enum Handshakes {
  static func run(_ input: [UInt8]) throws {
    var choices = Choices(input)
    let shape = choices.byte()
    let (isTLS13, isClientLying, isMutual) = (shape & 1 == 0, shape & 2 == 0, shape & 4 == 0)
    let lies = Lies(&choices)
    var setup: Setup
    var (client, server) = (try TestIdentities.shared.client(), try TestIdentities.shared.server())
    if shape & 0x78 == 0 {
      setup = try Setup(clientKey: isMutual ? .ecdsa(.secp256r1) : nil, isMutual ? .required : .none)
      setup.clientProvider = SeededProvider(seed: 1)
      setup.serverProvider = SeededProvider(seed: 2)
    } else {
      let (clientKey, serverKey) = (CheapSigner(name: "client"), CheapSigner(name: "server"))
      (client, server) = (clientKey.identity(like: client), serverKey.identity(like: server))
      setup = try .cheap(client, clientKey, server, serverKey, isMutual: isMutual)
    }
    setup.isTracing = false
    let identity = isMutual ? client : nil
    let (peer, endpoint): (RawPeer, Endpoint)
    let proofs: Set<HandshakeType>
    switch (isTLS13, isClientLying) {
    case (true, true):
      let trial = try ServerTrial13(setup, clientIdentity: identity)
      (peer, endpoint) = (trial.client.peer, trial.endpoint)
      peer.lie = lies.change
      _ = try? trial.handshake()
      trial.exchange()
    case (true, false):
      let trial = try ClientTrial13(setup, identity: server, asks: isMutual)
      (peer, endpoint) = (trial.server.peer, trial.endpoint)
      peer.lie = lies.change
      _ = try? trial.handshake()
      trial.exchange()
    case (false, true):
      let trial = try ServerTrial(setup, clientIdentity: identity)
      (peer, endpoint) = (trial.client.peer, trial.endpoint)
      peer.lie = lies.change
      _ = try? trial.handshake()
      trial.exchange()
    case (false, false):
      let trial = try ClientTrial(setup, identity: server, asks: isMutual)
      (peer, endpoint) = (trial.server.peer, trial.endpoint)
      peer.lie = lies.change
      _ = try? trial.handshake()
      trial.exchange()
    }
    if isClientLying {
      proofs = isMutual ? [.certificate, .certificateVerify, .finished] : [.finished]
    } else {
      proofs = isTLS13 ? [.certificateVerify, .finished] : [.serverKeyExchange, .finished]
    }
    try check(endpoint, peer, lies, proofs)
  }

  private static func check(_ endpoint: Endpoint, _ peer: RawPeer, _ lies: Lies, _ proofs: Set<HandshakeType>) throws {
    let isEstablished = endpoint.isComplete
    try require(
      isEstablished || !lies.isNone, "not established, though nobody lied: \(endpoint.failure.debugDescription)")
    if isEstablished {
      // A certificate that is another may be one that is as good; what is signed or hashed is not.
      let broken = lies.touched.intersection(proofs.subtracting([.certificate]))
      try require(broken.isEmpty, "established although \(broken) were not what the peer would have sent")
      let missing = proofs.subtracting(lies.sent)
      try require(missing.isEmpty, "established without \(missing)")
    }
    endpoint.endInput()
    try require(isEstablished || endpoint.failure != nil, "neither established nor failed at the end of input")
    peer.receive(endpoint.takeOwed())
    let alerts = peer.rest().count { if case .alert(let alert) = $0 { alert.level == .fatal } else { false } }
    try require(alerts <= 1, "\(alerts) fatal alerts")
    try require(endpoint.inbox.count <= 1 << 17, "\(endpoint.inbox.count) bytes wait")
  }
}

/// What becomes of the messages that the peer would send.
final class Lies {
  private struct Lie {
    let ordinal: Int
    let kind: Int
    let position: Int
    let value: UInt16
    let bytes: [UInt8]
  }
  private var lies: [Lie] = []
  private var count = 0
  private var held: [WireMessage] = []
  /// Types of messages that did not go out as they were, when they were due.
  private(set) var touched: Set<HandshakeType> = []
  private(set) var sent: Set<HandshakeType> = []
  var isNone: Bool { lies.isEmpty }

  private static let extensions: [UInt16] = [0, 5, 10, 11, 13, 16, 23, 35, 41, 42, 43, 45, 51, 0xff01]

  init(_ choices: inout Choices) {
    while !choices.isEmpty, lies.count < 6 {
      let (where_, position, value) = (choices.byte(), choices.number(), UInt16(choices.number()))
      let kind = Int(where_ >> 3) % 10
      let bytes = kind == 6 || kind == 9 ? choices.bytes(choices.below(64)) : []
      lies.append(Lie(ordinal: Int(where_ & 7), kind: kind, position: position, value: value, bytes: bytes))
    }
  }

  func change(_ message: WireMessage) -> [WireMessage] {
    defer { count += 1 }
    var result = [message]
    for lie in lies where lie.ordinal == count { result = result.flatMap { apply(lie, $0) } }
    // Others before it are another matter: a HelloRequest, for one, is to be ignored (RFC 5246 §7.4.1.1).
    if result.first(where: { $0.type == message.type }) != message { touched.insert(message.type) }
    if !result.isEmpty {
      result += held
      held = []
    }
    sent.formUnion(result.map(\.type))
    return result
  }

  private func apply(_ lie: Lie, _ message: WireMessage) -> [WireMessage] {
    var changed = message
    let index = message.body.isEmpty ? 0 : lie.position % message.body.count
    switch lie.kind {
    case 0: if !message.body.isEmpty { changed.body[index] ^= 1 << UInt8(lie.value % 8) }
    case 1: return []
    case 2: return [message, message]
    // Comes after the next one.
    case 3:
      held.append(message)
      return []
    case 4: changed.type = HandshakeType(rawValue: UInt8(truncatingIfNeeded: lie.value))
    case 5: changed.body.removeLast(min(1 + lie.position % 64, message.body.count))
    case 6: changed.body.insert(contentsOf: lie.bytes, at: index)
    // Code points and lengths are of two bytes.
    case 7:
      if index + 1 < message.body.count {
        (changed.body[index], changed.body[index + 1]) = (UInt8(lie.value >> 8), UInt8(truncatingIfNeeded: lie.value))
      }
    case 8: changed = withoutExtension(Self.extensions[lie.position % Self.extensions.count], message)
    default: return [WireMessage(HandshakeType(rawValue: UInt8(truncatingIfNeeded: lie.value)), lie.bytes), message]
    }
    return [changed]
  }

  private func withoutExtension(_ code: UInt16, _ message: WireMessage) -> WireMessage {
    let type = ExtensionType(rawValue: code)
    var body: [UInt8]?
    if message.type == .clientHello, var hello = try? ClientHello(decoding: message.body.span, "body") {
      hello.extensions?.remove(type)
      body = hello.encoded()
    } else if message.type == .serverHello, var hello = try? ServerHello(decoding: message.body.span, "body") {
      hello.extensions?.remove(type)
      body = hello.encoded()
    }
    return WireMessage(message.type, body ?? message.body)
  }
}
