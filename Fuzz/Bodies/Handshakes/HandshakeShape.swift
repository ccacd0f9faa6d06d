import HandfastWire

/// What the first bytes of an input say of a handshake; what follows are the peer's lies.
struct HandshakeShape {
  enum Damage {
    case none
    /// To the ticket, or to the session's id.
    case outside
    /// To what is in the ticket, which is then sealed with the right key.
    case inside
  }

  let isTLS13: Bool
  let isClientLying: Bool
  let isMutual: Bool
  /// Real cryptography, at its cost.
  let isReal: Bool
  /// Both sides have keys in the place of certificates (RFC 7250).
  let usesRawKeys: Bool
  /// The client offers a session that the server knows.
  let offersSession: Bool
  /// TLS 1.3: the server asks for another key share.
  let retries: Bool
  /// TLS 1.3: behind the ClientHello.
  let sendsEarlyData: Bool
  /// TLS 1.2: the server knows the session by its id, not by its ticket.
  let isByID: Bool
  /// A server that lies will not resume, or take early data.
  let declines: Bool
  /// The server gives tickets.
  let issuesTickets: Bool
  let damage: Damage
  let edits: Edits
  /// What the peer does once the handshake is over.
  let actions: [Aftermath.Action]

  init(_ choices: inout Choices) {
    let (kind, features, tail) = (choices.byte(), choices.byte(), choices.byte())
    (isTLS13, isClientLying, isMutual) = (kind & 1 == 0, kind & 2 == 0, kind & 4 == 0)
    isReal = kind >= 0xf8
    usesRawKeys = !isReal && tail & 8 != 0
    (offersSession, retries) = (features & 1 != 0, isTLS13 && features & 2 != 0)
    sendsEarlyData = isTLS13 && offersSession && features & 4 != 0
    isByID = !isTLS13 && features & 4 != 0
    (declines, issuesTickets) = (features & 8 != 0, features & 16 != 0)
    // A client that is real offers what it was given.
    damage = offersSession && isClientLying ? [.none, .none, .outside, .inside][Int(features >> 5) & 3] : .none
    edits = damage == .none ? Edits() : Edits(&choices, count: 1 + Int(tail >> 4) % 4)
    actions = (0..<Int(tail & 7)).map { _ in Aftermath.Action(kind: choices.byte(), value: choices.byte()) }
  }
}

/// Changes to bytes that somebody else has made.
struct Edits {
  private var edits: [(position: Int, kind: UInt8, value: UInt8)] = []

  init() {}

  init(_ choices: inout Choices, count: Int) {
    edits = (0..<count).map { _ in (choices.number(), choices.byte(), choices.byte()) }
  }

  func apply(to bytes: [UInt8]) -> [UInt8] {
    edits.reduce(into: bytes) { bytes, edit in
      let index = bytes.isEmpty ? 0 : edit.position % bytes.count
      switch edit.kind % 4 {
      case 0 where !bytes.isEmpty: bytes[index] ^= edit.value | 1
      case 1 where !bytes.isEmpty: bytes[index] = edit.value
      case 2 where !bytes.isEmpty: bytes.removeSubrange(index..<min(bytes.count, index + 1 + Int(edit.value) % 32))
      default: bytes.insert(edit.value, at: index)
      }
    }
  }
}
