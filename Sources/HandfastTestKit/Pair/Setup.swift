package import Handfast
package import HandfastCore
import HandfastCrypto
import HandfastTrust

/// Two configurations that fit together, to be bent before connections are made from them.
package struct Setup {
  package enum Authentication: CaseIterable, Sendable {
    case none
    case optional
    case required
  }
  package var client: ClientConfiguration
  package var server: ServerConfiguration
  package var clientProvider: any CryptoProvider = DefaultCryptoProvider()
  package var serverProvider: any CryptoProvider = DefaultCryptoProvider()
  package var clock: any WallClock = SystemWallClock()
  package var name = "localhost"
  package var isTracing = true

  /// A server with one identity. A client that trusts it, with an identity if `clientKey` says of which kind.
  package init(
    serverKey: KeyKind = .ecdsa(.secp256r1), clientKey: KeyKind? = nil, _ authentication: Authentication = .none
  ) throws {
    let identities = try TestIdentities.shared
    try self.init(.these([identities.server(serverKey)]), clientKey: clientKey, authentication)
  }

  package init(_ identities: IdentitySource, clientKey: KeyKind? = nil, _ authentication: Authentication = .none) throws
  {
    let shared = try TestIdentities.shared
    client = ClientConfiguration(trust: shared.trust)
    if let clientKey { client.identities = .these([try shared.client(clientKey)]) }
    server = ServerConfiguration(
      identities: identities,
      clientAuthentication: authentication == .none
        ? .none : authentication == .optional ? .optional(shared.trust) : .required(shared.trust))
    use([.tls12])
    // What a handshake does must not depend on the one before, unless a test says so.
    client.sessionStore = nil
    server.sessionTickets = .off
    server.sessionCache = nil
  }

  /// Both sides speak these versions and no others.
  package mutating func use(_ versions: [ProtocolVersion]) {
    client.versions = versions
    server.versions = versions
  }

  package func pair() throws -> InMemoryPair {
    InMemoryPair(client: try clientConnection(), server: try serverConnection())
  }

  /// For several connections: a client's sessions and a server's ticket keys belong to them.
  package func makeClient() throws -> TLSClient { try TLSClient(client, provider: clientProvider, clock: clock) }
  package func makeServer() throws -> TLSServer { try TLSServer(server, provider: serverProvider, clock: clock) }

  package func clientConnection() throws -> TLSConnection {
    try makeClient().connect(to: try ServerReference(name), tracing: isTracing)
  }

  package func serverConnection() throws -> TLSConnection {
    try makeServer().accept(tracing: isTracing)
  }
}
