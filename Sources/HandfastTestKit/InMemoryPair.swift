package import Handfast
package import HandfastCore
import HandfastWire

/// A client and a server that hand each other bytes in memory, one chunk at a time.
package struct InMemoryPair: ~Copyable {
  package var client: TLSConnection
  package var server: TLSConnection
  /// Bytes on their way to each side that it has not consumed yet.
  private var toClient: [UInt8] = []
  private var toServer: [UInt8] = []
  package private(set) var clientReceived: [UInt8] = []
  package private(set) var serverReceived: [UInt8] = []
  package private(set) var clientFailure: TLSFailure?
  package private(set) var serverFailure: TLSFailure?
  package private(set) var clientEvents: [TLSEvent] = []
  package private(set) var serverEvents: [TLSEvent] = []
  /// Changes what one side sends, given all it sends in one go.
  package var tamper: (_ from: Side, _ bytes: [UInt8]) -> [UInt8] = { $1 }
  /// The most bytes a side is handed at once.
  package var chunk = Int.max
  /// Answers for a connection that asks; nil leaves the question open.
  package var answerVerdict: (PeerVerification) -> Verdict? = { _ in nil }

  package init(_ client: TLSClient, _ server: TLSServer, to name: String = "server.example", tracing: Bool = true)
    throws(ConfigurationError)
  {
    self.client = client.connect(to: try ServerReference(name), tracing: tracing)
    self.server = server.accept(tracing: tracing)
  }

  /// Moves bytes until nothing moves any more.
  package mutating func run() {
    while step(from: .client) || step(from: .server) {}
  }

  /// Moves what one side owes to the other. False when nothing was owed and nothing taken.
  @discardableResult
  package mutating func step(from side: Side) -> Bool {
    let sent = tamper(side, side == .client ? Self.drain(&client) : Self.drain(&server))
    switch side {
    case .client: return deliver(sent, to: .server)
    case .server: return deliver(sent, to: .client)
    }
  }

  /// Hands bytes to one side in chunks. True when some were handed over.
  @discardableResult
  package mutating func deliver(_ bytes: [UInt8], to side: Side) -> Bool {
    guard !bytes.isEmpty else { return false }
    var rest = bytes[...]
    while !rest.isEmpty {
      let part = rest.prefix(chunk)
      rest = rest.dropFirst(part.count)
      switch side {
      case .client:
        toClient += part
        Self.feed(&client, &toClient, &clientReceived, &clientFailure, answerVerdict)
        clientEvents += client.takeEvents()
      case .server:
        toServer += part
        Self.feed(&server, &toServer, &serverReceived, &serverFailure, answerVerdict)
        serverEvents += server.takeEvents()
      }
    }
    return true
  }

  package mutating func send(_ data: [UInt8], from side: Side) throws(TLSFailure) {
    let records: [UInt8]
    switch side {
    case .client: records = try Self.seal(data, &client)
    case .server: records = try Self.seal(data, &server)
    }
    clientEvents += client.takeEvents()
    serverEvents += server.takeEvents()
    deliver(tamper(side, records), to: side.peer)
  }

  private static func drain(_ connection: inout TLSConnection) -> [UInt8] {
    [UInt8](capacity: connection.owedByteCount) { connection.writeOwed(into: &$0) }
  }

  private static func seal(_ data: [UInt8], _ connection: inout TLSConnection) throws(TLSFailure) -> [UInt8] {
    var result = drain(&connection)
    var start = 0
    while start < data.count {
      var taken = 0
      var failure: TLSFailure?
      result.append(addingCapacity: TLSConnection.largestRecord) { output in
        do throws(TLSFailure) {
          taken = try connection.seal(data.span.extracting(droppingFirst: start), into: &output)
        } catch {
          failure = error
        }
      }
      if let failure { throw failure }
      start += taken
    }
    return result
  }

  private static func feed(
    _ connection: inout TLSConnection, _ pending: inout [UInt8], _ received: inout [UInt8],
    _ failure: inout TLSFailure?, _ answer: (PeerVerification) -> Verdict?
  ) {
    guard failure == nil else { return }
    do throws(TLSFailure) {
      while true {
        let count = pending.count
        var span = pending.mutableSpan
        var need = try connection.receive(&span, count: count)
        let consumed = connection.consumed
        if case .plaintext(let range) = need { received += pending[range] }
        pending.removeFirst(consumed)
        while case .peerVerdict(let request) = need {
          guard let verdict = answer(request) else { return }
          need = try connection.resume(with: verdict)
        }
        if consumed == 0 || pending.isEmpty, case .input = need { return }
        if case .nothing = need { return }
        if consumed == 0 { return }
      }
    } catch {
      failure = error
      pending = []
    }
  }
}
