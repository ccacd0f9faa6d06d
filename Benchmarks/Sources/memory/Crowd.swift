import CHeap
import Handfast

/// One side of one connection, and what has arrived for it.
final class Party {
  var connection: TLSConnection
  init(_ connection: consuming TLSConnection) { self.connection = connection }

  func takeOwed() -> [UInt8] {
    let count = connection.owedByteCount
    guard count > 0 else { return [] }
    return [UInt8](capacity: count) { connection.writeOwed(into: &$0) }
  }

  func feed(_ bytes: inout [UInt8]) throws {
    var start = 0
    while start < bytes.count {
      var span = bytes.mutableSpan
      var rest = span._mutatingExtracting(start...)
      let need = try connection.receive(&rest, count: rest.count)
      start += connection.consumed
      switch need {
      case .input where connection.consumed == 0: throw Stalled()
      case .input, .plaintext, .nothing: continue
      default: throw Stalled()
      }
    }
  }
}

struct Stalled: Error {}

/// Many connections that go through their handshakes in step, so that what one of them holds can be read off the heap.
struct Crowd {
  let count: Int
  let makeClient: () -> TLSConnection
  let makeServer: () -> TLSConnection

  /// Bytes that one connection holds.
  struct Figures: Codable {
    /// The most after any flight, and what is left when the handshake is done and the caller has sent all that was owed.
    var clientPeak = 0
    var clientIdle = 0
    var serverPeak = 0
    var serverIdle = 0
  }

  func measure() throws -> Figures {
    var figures = Figures()
    var (client, server) = (0, 0)
    var clients: [Party] = []
    var servers: [Party] = []
    clients.reserveCapacity(count)
    servers.reserveCapacity(count)
    var wire = [[UInt8]](repeating: [], count: count)
    var mark = Int(heap_in_use())

    /// What the heap has gained since `mark`, beyond the bytes on the wire, belongs to the side that has just worked.
    var onWire = 0
    func gained() -> Int {
      let carried = wire.reduce(0) { $0 + ($1.capacity == 0 ? 0 : $1.capacity + 48) }
      let now = Int(heap_in_use())
      defer { (mark, onWire) = (now, carried) }
      return now - mark - (carried - onWire)
    }

    for _ in 0..<count { clients.append(Party(makeClient())) }
    client += gained()
    for _ in 0..<count { servers.append(Party(makeServer())) }
    server += gained()
    figures.clientPeak = client
    figures.serverPeak = server

    for _ in 0..<20 {
      var isQuiet = true
      for index in 0..<count { wire[index] = clients[index].takeOwed() }
      client += gained()
      if wire.contains(where: { !$0.isEmpty }) {
        isQuiet = false
        for index in 0..<count {
          try servers[index].feed(&wire[index])
          wire[index] = []
        }
        server += gained()
        figures.serverPeak = max(figures.serverPeak, server)
      }
      for index in 0..<count { wire[index] = servers[index].takeOwed() }
      server += gained()
      if wire.contains(where: { !$0.isEmpty }) {
        isQuiet = false
        for index in 0..<count {
          try clients[index].feed(&wire[index])
          wire[index] = []
        }
        client += gained()
        figures.clientPeak = max(figures.clientPeak, client)
      }
      if isQuiet { break }
    }
    guard clients.allSatisfy({ $0.connection.isHandshakeComplete }),
      servers.allSatisfy({ $0.connection.isHandshakeComplete })
    else {
      throw Stalled()
    }
    figures.clientPeak /= count
    figures.serverPeak /= count
    figures.clientIdle = client / count
    figures.serverIdle = server / count
    withExtendedLifetime((clients, servers)) {}
    return figures
  }
}
