import Handfast
import HandfastCore
import HandfastWire

/// One connection as one side recorded it.
struct ConnectionView {
  struct Key: Hashable {
    let side: Side
    let connection: Int
  }
  /// A message's place: who sent it, as which of its messages.
  struct Place: Hashable {
    let sender: Side
    let ordinal: Int
  }
  let side: Side
  let connection: Int
  /// In the order they were recorded.
  let entries: [TraceEntry]
  let messages: [Place: MessageFact]
  let clientRandom: [UInt8]?
  let serverRandom: [UInt8]?

  var key: Key { Key(side: side, connection: connection) }

  /// Those of one side that can be matched, in the order of their numbers.
  static func all(of side: Side, in entries: [TraceEntry]) throws(MergeError) -> [ConnectionView] {
    let own = Dictionary(grouping: entries.filter { $0.side == side }, by: \.connection)
    guard !own.isEmpty else { throw .nothingOf(side) }
    let views = own.keys.sorted().compactMap { number in
      own[number].map { ConnectionView(side: side, connection: number, entries: $0) }
    }
    let known = views.filter { $0.clientRandom != nil || $0.serverRandom != nil }
    guard !known.isEmpty else { throw .noHello(side) }
    return known
  }

  init(side: Side, connection: Int, entries: [TraceEntry]) {
    self.side = side
    self.connection = connection
    self.entries = entries.sorted { $0.order < $1.order }
    var messages: [Place: MessageFact] = [:]
    for entry in self.entries {
      switch entry.event {
      case .sent(let fact): messages[Place(sender: side, ordinal: fact.ordinal)] = fact
      case .received(let fact): messages[Place(sender: side.peer, ordinal: fact.ordinal)] = fact
      default: continue
      }
    }
    self.messages = messages
    clientRandom = Self.random(of: .clientHello, in: messages)
    serverRandom = Self.random(of: .serverHello, in: messages)
  }

  /// How many messages both saw alike.
  func sharedMessageCount(with other: ConnectionView) -> Int {
    messages.count { place, fact in other.messages[place]?.digest == fact.digest }
  }

  /// Whether the client random begins so, in hexadecimal.
  func isCalled(_ prefix: String) -> Bool { clientRandom.map { hexText($0).hasPrefix(prefix) } ?? false }

  /// Both hellos have their 32 random bytes behind the header and the version.
  private static func random(of type: HandshakeType, in messages: [Place: MessageFact]) -> [UInt8]? {
    // A HelloRetryRequest's random is the same everywhere.
    let first = messages.filter { $0.value.type == type && !$0.value.isRetryRequest }.min {
      $0.key.ordinal < $1.key.ordinal
    }
    guard let bytes = first?.value.bytes, bytes.count >= 38 else { return nil }
    return Array(bytes[6..<38])
  }
}
