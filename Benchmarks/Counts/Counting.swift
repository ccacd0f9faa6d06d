import CallgrindRequests
import Handfast
import HandfastCore

/// A client and a server that talk in memory, one side's work counted.
struct Counting {
  let client: TLSClient
  let server: TLSServer
  let counted: Side
  private var wire: [UInt8] = []
  private let data = [UInt8](repeating: 1, count: 16_384)

  init(client: TLSClient, server: TLSServer, counted: Side) {
    (self.client, self.server, self.counted) = (client, server, counted)
    wire.reserveCapacity(1 << 19)
  }

  struct Failed: Error { let what: String }

  private final class Party {
    var connection: TLSConnection
    init(_ connection: consuming TLSConnection) { self.connection = connection }
  }

  /// Counted if it is the work of the side in question.
  private func work<R>(of side: Side, _ isCounting: Bool, _ body: () throws -> R) rethrows -> R {
    guard isCounting, side == counted else { return try body() }
    callgrind_toggle()
    defer { callgrind_toggle() }
    return try body()
  }

  /// A whole connection, from its making to its end, with a byte from the server so that tickets are taken in.
  mutating func handshake(isCounting: Bool, isResumed: Bool) throws {
    var (client, server) = try connected(isCounting) as (Party?, Party?)
    for party in [client, server] where party?.connection.negotiated?.isResumed != isResumed {
      throw Failed(what: "resumption")
    }
    work(of: .client, isCounting) { client = nil }
    work(of: .server, isCounting) { server = nil }
  }

  /// `count` writes of `size` bytes from the client to the server; the second time counts.
  mutating func transfer(size: Int, count: Int) throws {
    let (client, server) = try connected(false)
    for isCounting in [false, true] {
      wire.removeAll(keepingCapacity: true)
      try work(of: .client, isCounting) { for _ in 0..<count { try seal(size, from: client) } }
      let taken = try work(of: .server, isCounting) { try take(server) }
      guard taken == size * count else { throw Failed(what: "transfer") }
    }
  }

  private mutating func connected(_ isCounting: Bool) throws -> (Party, Party) {
    let reference = try ServerReference("localhost")
    let client = work(of: .client, isCounting) { Party(self.client.connect(to: reference)) }
    let server = work(of: .server, isCounting) { Party(self.server.accept()) }
    while !(client.connection.isHandshakeComplete && server.connection.isHandshakeComplete) {
      let hasSent = try pass(from: client, to: server, isCounting)
      let hasAnswered = try pass(from: server, to: client, isCounting)
      guard hasSent || hasAnswered else { throw Failed(what: "handshake") }
    }
    wire.removeAll(keepingCapacity: true)
    try work(of: .server, isCounting) { try seal(1, from: server) }
    guard try work(of: .client, isCounting, { try take(client) }) == 1 else { throw Failed(what: "first byte") }
    return (client, server)
  }

  private mutating func pass(from sender: Party, to receiver: Party, _ isCounting: Bool) throws -> Bool {
    let count = sender.connection.owedByteCount
    guard count > 0 else { return false }
    wire.removeAll(keepingCapacity: true)
    work(of: sender.connection.side, isCounting) {
      wire.append(addingCapacity: count) { sender.connection.writeOwed(into: &$0) }
    }
    _ = try work(of: receiver.connection.side, isCounting) { try take(receiver) }
    return true
  }

  private mutating func seal(_ size: Int, from sender: Party) throws {
    var taken = 0
    let data = data
    try wire.append(addingCapacity: sender.connection.sealedByteCount(of: size)) { output in
      taken = try sender.connection.seal(data.span.extracting(first: size), into: &output)
    }
    guard taken == size else { throw Failed(what: "seal") }
  }

  /// Lets `receiver` have everything on the wire; the count of plaintext bytes.
  private mutating func take(_ receiver: Party) throws -> Int {
    var (start, plaintext) = (0, 0)
    while start < wire.count {
      var span = wire.mutableSpan
      var rest = span._mutatingExtracting(start...)
      let need = try receiver.connection.receive(&rest, count: rest.count)
      start += receiver.connection.consumed
      switch need {
      case .plaintext(let range): plaintext += range.count
      case .input where receiver.connection.consumed > 0: continue
      default: throw Failed(what: "\(need)")
      }
    }
    return plaintext
  }
}
