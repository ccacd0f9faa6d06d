import Handfast
import HandfastCore
import HandfastTestKit
import HandfastWire

/// What the peer does once the handshake is over: data, new keys, tickets, and what it should not.
struct Aftermath {
  struct Action {
    let kind: UInt8
    let value: UInt8
  }
  private let play: Play
  /// What the peer has sent as application data.
  private var sent: [UInt8] = []
  /// What the endpoint has sealed, and what of it the peer has read.
  private var sealed: [UInt8] = []
  private var read: [UInt8] = []
  private var isHonest = true
  private let failedBefore: Bool

  private var isTLS13: Bool { play.scene.shape.isTLS13 }

  init(_ play: Play) {
    self.play = play
    failedBefore = play.endpoint.failure != nil
  }

  mutating func run() throws {
    guard play.endpoint.isComplete else { return }
    pump()
    for action in play.scene.shape.actions {
      take(action)
      pump()
    }
    try check()
  }

  private func check() throws {
    let endpoint = play.endpoint
    try require(sent.starts(with: endpoint.received), "application data is not what was sent")
    guard isHonest, play.lies.toldCount == 0, !failedBefore else { return }
    try require(endpoint.failure == nil, "failed though nobody lied: \(endpoint.failure.debugDescription)")
    try require(endpoint.received == sent, "application data was lost")
    try require(read == sealed, "what was sealed does not open")
  }

  private mutating func take(_ action: Action) {
    let (peer, endpoint) = (play.peer, play.endpoint)
    let data = [UInt8](repeating: action.value, count: Int(action.value) + 1)
    switch action.kind % 12 {
    case 0:
      peer.sendRecord(.applicationData, data)
      sent += data
    case 1 where isTLS13: peer.sendKeyUpdate(action.value & 1 == 0 ? .updateNotRequested : .updateRequested)
    case 2 where isTLS13: endpoint.updateKeys(requestingPeer: action.value & 1 == 0)
    case 3:
      guard let records = endpoint.seal(data) else { return }
      peer.receive(records)
      sealed += data
    case 4 where isTLS13:
      peer.sendInner(.applicationData, data, padding: Int(action.value) * 4)
      sent += data
    case 5 where isTLS13: play.sendTicket()
    default: lie(action, data)
    }
  }

  /// What nobody should do.
  private mutating func lie(_ action: Action, _ data: [UInt8]) {
    let peer = play.peer
    isHonest = false
    switch action.kind % 12 {
    case 6: peer.sendAlert(action.value & 1 == 0 ? .warning : .fatal, AlertDescription(rawValue: action.value >> 1))
    case 7: peer.send(WireMessage(HandshakeType(rawValue: action.value), Array(data.prefix(8))))
    case 8:
      let type = ContentType(rawValue: action.value)
      peer.sendRecord(type, data)
      if type == .applicationData { sent += data }
    case 9: peer.sendClear(ContentType(rawValue: 20 + action.value % 4), Array(data.prefix(5)))
    case 10: peer.sendRecord(.handshake, [action.value])
    case 11 where isTLS13:
      peer.sendInner(action.value & 1 == 0 ? nil : .applicationData, [], padding: Int(action.value))
    default: peer.send(WireMessage(peer.side == .server ? .helloRequest : .clientHello, []))
    }
  }

  /// Carries what both have to say, and has the peer do what the endpoint's KeyUpdates ask for.
  private mutating func pump() {
    let peer = play.peer
    for _ in 0..<20 {
      play.exchange()
      var isQuiet = true
      while let item = peer.nextItem() {
        switch item {
        case .applicationData(let bytes): read += bytes
        case .message(let message) where message.type == .keyUpdate && isTLS13:
          peer.changeKeys(of: peer.side.peer)
          guard message.body == [1] else { continue }
          peer.sendKeyUpdate()
          isQuiet = false
        case .alert(let alert): play.count(alert)
        case .message, .changeCipherSpec, .undecipherable: continue
        }
      }
      if isQuiet { return }
    }
  }
}
