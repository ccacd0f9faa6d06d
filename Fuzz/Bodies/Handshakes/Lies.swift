import HandfastTestKit
import HandfastWire

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
  /// Types of messages of which the last did not go out as it was, when it was due.
  private(set) var touched: Set<HandshakeType> = []
  private(set) var sent: Set<HandshakeType> = []
  /// How many messages did not go out as they were, alone and when they were due.
  private(set) var toldCount = 0

  private static let extensions: [UInt16] = [0, 5, 10, 11, 13, 16, 23, 35, 41, 42, 43, 44, 45, 51, 0xff01]

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
    let isTouched = result.first { $0.type == message.type } != message
    if isTouched { touched.insert(message.type) } else { touched.remove(message.type) }
    if !result.isEmpty {
      result += held
      held = []
    }
    if result != [message] { toldCount += 1 }
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
