public import Handfast
import HandfastCore
import HandfastWire

/// One connection, told by both hosts.
public struct MergedConnection: Sendable {
  /// Its number in the merged trace, from 1.
  public let number: Int
  /// As the client sent it; as the server received it when the client's trace does not hold it.
  public let clientRandom: [UInt8]
  /// The connection's numbers in the two traces.
  public let clientConnection: Int
  public let serverConnection: Int
  /// How the server's clock stands to the client's.
  public let clock: ClockEstimate
  /// How many messages both sides saw alike.
  public let matchingMessages: Int
  /// Messages that arrived otherwise than they were sent, in order.
  public let differences: [MessageDifference]
  /// What stands in one of the two traces only.
  public let unseen: [Unseen]
  /// Both sides' entries in causal order, as connection `number`, on the client's clock.
  public let entries: [TraceEntry]

  /// Something that only one side recorded.
  public struct Unseen: Hashable, Sendable {
    /// "Certificate", "ChangeCipherSpec", "alert close_notify", "application data record 3".
    public let what: String
    public let sender: Side
    /// False: it was sent and never arrived. True: it arrived and was never sent.
    public let isFromNowhere: Bool
    /// Whether it is a goodbye or another alert: the last ones of a connection often find nobody.
    public let isAlert: Bool
  }

  init(number: Int, client: ConnectionView, server: ConnectionView) {
    self.number = number
    clientRandom = client.clientRandom ?? server.clientRandom ?? []
    clientConnection = client.connection
    serverConnection = server.connection
    matchingMessages = client.sharedMessageCount(with: server)
    differences = Self.differences(client, server, Self.form(client, server))
    let (clientItems, serverItems) = (
      CausalOrder.Queue(client.entries, .client).items, CausalOrder.Queue(server.entries, .server).items
    )
    clock = ClockEstimate(clientItems, serverItems)
    unseen = Self.unseen(sent: clientItems, seen: serverItems) + Self.unseen(sent: serverItems, seen: clientItems)
    entries = Self.weave(client, server, shiftedBy: clock.offset, as: number)
  }

  /// Whether the two sides saw the same bytes.
  public var isUnchanged: Bool { differences.isEmpty && !unseen.contains { $0.isFromNowhere } }
}

extension MergedConnection {
  private static func form(_ client: ConnectionView, _ server: ConnectionView) -> MessageLayout.Form {
    let fact = server.messages.values.first { $0.type == .serverHello }
    return MessageLayout.Form(suite: fact?.serverHello?.cipherSuite, isTLS13: server.entries.isTLS13)
  }

  private static func differences(
    _ client: ConnectionView, _ server: ConnectionView, _ form: MessageLayout.Form
  ) -> [MessageDifference] {
    let places = client.messages.keys.sorted {
      ($0.sender == .client ? 0 : 1, $0.ordinal) < ($1.sender == .client ? 0 : 1, $1.ordinal)
    }
    return places.compactMap { place in
      guard let one = client.messages[place], let other = server.messages[place], one.digest != other.digest else {
        return nil
      }
      let (sent, received) = place.sender == .client ? (one, other) : (other, one)
      return MessageDifference(sent: sent, received: received, sender: place.sender, form: form)
    }
  }

  private static func unseen(sent: [CausalOrder.Item], seen: [CausalOrder.Item]) -> [Unseen] {
    let arrived = Set(seen.filter { !$0.isSending }.compactMap(\.crossing))
    let departed = Set(sent.filter(\.isSending).compactMap(\.crossing))
    let lost = sent.filter { item in item.isSending && item.crossing.map { !arrived.contains($0) } ?? false }
    let found = seen.filter { item in !item.isSending && item.crossing.map { !departed.contains($0) } ?? false }
    return lost.compactMap { Unseen($0, isFromNowhere: false) } + found.compactMap { Unseen($0, isFromNowhere: true) }
  }

  /// Both sides' entries, with the server's times on the client's clock. `CausalOrder` decides; where cause and effect leave it
  /// open, the recordings' own times do.
  private static func weave(
    _ client: ConnectionView, _ server: ConnectionView, shiftedBy offset: Int64, as number: Int
  ) -> [TraceEntry] {
    let entries = client.entries + server.entries.map { $0.with(time: $0.time &- offset) }
    let byTime = entries.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
    // A clock that was set back meanwhile must not turn one side's own order round.
    var next: [Side: Int] = [.client: 0, .server: 0]
    let own: [Side: [TraceEntry]] = [.client: client.entries, .server: entries.filter { $0.side == .server }]
    let merged = byTime.enumerated().compactMap { place, item -> TraceEntry? in
      let side = item.element.side
      guard let index = next[side], let entry = own[side]?[index] else { return nil }
      next[side] = index + 1
      return entry.with(connection: number, order: place)
    }
    return CausalOrder.sort(merged).enumerated().map { $1.with(order: $0) }
  }
}

extension MergedConnection.Unseen {
  fileprivate init?(_ item: CausalOrder.Item, isFromNowhere: Bool) {
    let side = item.entry.side
    self.isFromNowhere = isFromNowhere
    sender = item.isSending ? side : side.peer
    switch item.entry.event {
    case .sent(let fact), .received(let fact): (what, isAlert) = ("\(fact.type)", false)
    case .sentChangeCipherSpec, .receivedChangeCipherSpec: (what, isAlert) = ("ChangeCipherSpec", false)
    case .sentAlert(let fact), .receivedAlert(let fact): (what, isAlert) = ("alert \(fact.description)", true)
    case .sealedRecord(let fact), .openedRecord(let fact):
      // Others carry a message or an alert, which is there by itself.
      guard fact.type == .applicationData else { return nil }
      (what, isAlert) = ("application data record \(fact.sequenceNumber)", false)
    default: return nil
    }
  }
}

extension TraceEntry {
  func with(time: Int64? = nil, connection: Int? = nil, order: Int? = nil) -> TraceEntry {
    TraceEntry(
      side: side, connection: connection ?? self.connection, time: time ?? self.time, order: order ?? self.order,
      event: event, diagnosis: diagnosis)
  }
}
