import Foundation
public import Handfast
import HandfastCore

/// Two traces, recorded on two hosts, as one: each connection that stands in both, told from both sides.
///
/// Connections are matched by client random, and where that was changed on the way, by the ServerHello; their messages by sender,
/// ordinal and digest. The order is that of cause and effect, since the clocks of two hosts need not agree; the server's times are
/// moved to the client's clock.
public struct TraceMerge: Sendable {
  /// In the order of the client's trace, numbered from 1.
  public let connections: [MergedConnection]
  /// What stands in one of the traces only.
  public let unmatched: [Unmatched]

  /// A connection that the other trace does not hold.
  public struct Unmatched: Hashable, Sendable {
    public let side: Side
    /// Its number in its own trace.
    public let connection: Int
    /// Nil when its trace does not hold the ClientHello.
    public let clientRandom: [UInt8]?
    /// Whether another connection of the same trace with the same client random was matched: the ClientHello came twice.
    public let isRepeated: Bool
  }

  /// - Parameters:
  ///   - client: A trace that holds the client's side; what it says of a server is passed over.
  ///   - server: The same of the server's side. The two may be swapped.
  ///   - clientRandom: The beginning, in hexadecimal, of the one client random to look at; nil: all that match.
  public init(
    client: [TraceEntry], server: [TraceEntry], clientRandom prefix: String? = nil
  ) throws(MergeError) {
    let isSwapped = !client.holds(.client) && !server.holds(.server) && client.holds(.server) && server.holds(.client)
    var clients = try ConnectionView.all(of: .client, in: isSwapped ? server : client)
    var servers = try ConnectionView.all(of: .server, in: isSwapped ? client : server)
    if let prefix {
      let wanted = prefix.lowercased()
      let known = (clients + servers).compactMap(\.clientRandom)
      clients.removeAll { !$0.isCalled(wanted) }
      // The server's side may know it by another name, if it was changed on the way.
      if clients.isEmpty { servers.removeAll { !$0.isCalled(wanted) } }
      guard !clients.isEmpty || !servers.isEmpty else { throw .unknownClientRandom(prefix, known: known) }
      if clients.isEmpty { clients = try ConnectionView.all(of: .client, in: isSwapped ? server : client) }
    }
    let pairs = Self.pair(clients, servers)
    guard !pairs.isEmpty else {
      throw .nothingInCommon(client: clients.compactMap(\.clientRandom), server: servers.compactMap(\.clientRandom))
    }
    connections = pairs.enumerated().map { MergedConnection(number: $0 + 1, client: $1.client, server: $1.server) }
    let matched = Set(pairs.flatMap { [$0.client.key, $0.server.key] })
    let randoms = Set(pairs.flatMap { [$0.client.clientRandom, $0.server.clientRandom] })
    let others = (clients + servers).filter { !matched.contains($0.key) }.map { view in
      Unmatched(
        side: view.side, connection: view.connection, clientRandom: view.clientRandom,
        isRepeated: view.clientRandom != nil && randoms.contains(view.clientRandom))
    }
    // Whoever asks for one connection does not ask for the others.
    unmatched = prefix == nil ? others : others.filter(\.isRepeated)
  }

  /// All connections' entries, one after the other, in causal order.
  public var entries: [TraceEntry] { connections.flatMap(\.entries) }

  /// Each client's connection with the one of the server that shares most with it.
  private static func pair(
    _ clients: [ConnectionView], _ servers: [ConnectionView]
  ) -> [(client: ConnectionView, server: ConnectionView)] {
    let byClientRandom = Dictionary(grouping: servers.indices) { servers[$0].clientRandom }
    let byServerRandom = Dictionary(grouping: servers.indices) { servers[$0].serverRandom }
    var taken: Set<Int> = []
    return clients.compactMap { client in
      var candidates = client.clientRandom.flatMap { byClientRandom[$0] } ?? []
      candidates += client.serverRandom.flatMap { byServerRandom[$0] } ?? []
      var best: (index: Int, count: Int)?
      for index in candidates where !taken.contains(index) {
        let count = servers[index].sharedMessageCount(with: client)
        if best.map({ $0.count < count }) ?? true { best = (index, count) }
      }
      guard let best else { return nil }
      taken.insert(best.index)
      return (client, servers[best.index])
    }
  }
}

/// Why two traces make no common story.
@nonexhaustive public enum MergeError: Error, Hashable, Sendable {
  /// The trace that should hold that side's view holds nothing of it.
  case nothingOf(Side)
  /// That side's trace holds no ClientHello, and no ServerHello, to know a connection by.
  case noHello(Side)
  /// No connection stands in both. Each trace's client randoms.
  case nothingInCommon(client: [[UInt8]], server: [[UInt8]])
  case unknownClientRandom(String, known: [[UInt8]])
}

extension MergeError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .nothingOf(let side):
      "neither trace holds what a \(side) recorded: pass one trace of each side"
    case .noHello(let side):
      "the \(side)'s trace holds no ClientHello: there is nothing to match its connections by"
    case .nothingInCommon(let client, let server):
      "the traces do not belong together: the client's has \(Self.list(client)), the server's has \(Self.list(server)), "
        + "and no ServerHello is in both"
    case .unknownClientRandom(let prefix, let known):
      "no connection has a client random that begins with \(prefix); there is \(Self.list(known))"
    }
  }

  private static func list(_ randoms: [[UInt8]]) -> String {
    guard !randoms.isEmpty else { return "no client random" }
    let shown = randoms.prefix(3).map { hexText($0.prefix(8)) + "…" }.joined(separator: ", ")
    let rest = randoms.count > 3 ? " and \(randoms.count - 3) more" : ""
    return "client random \(shown)\(rest)"
  }
}

extension [TraceEntry] {
  fileprivate func holds(_ side: Side) -> Bool { contains { $0.side == side } }
}
