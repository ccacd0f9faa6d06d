import Handfast
package import HandfastCore
import HandfastCrypto
package import HandfastWire

/// A real server and a client in the test's hands.
package final class ServerTrial {
  package let client: RawClient
  package let endpoint: Endpoint

  package init(_ setup: Setup, clientIdentity: Identity? = nil) throws {
    endpoint = Endpoint(try setup.serverConnection())
    client = RawClient(
      provider: setup.clientProvider, suites: setup.client.cipherSuites.tls12, groups: setup.client.groups.classical,
      identity: clientIdentity)
  }

  package func exchange() { HandfastTestKit.exchange(client.peer, endpoint) }

  /// ClientHello, and the server's answer if it is a whole flight.
  @discardableResult package func sendHello() -> Bool {
    client.sendHello()
    exchange()
    return endpoint.failure == nil && client.readServerFlight()
  }

  /// The whole handshake; false when it does not end as it should.
  @discardableResult package func handshake(serverKey: (any PeerKey)? = nil) throws -> Bool {
    guard sendHello() else { return false }
    try client.sendFlight(serverKey: serverKey)
    exchange()
    return client.readFinished()
  }

  package var error: TLSError? { endpoint.error }
  /// What the client is told.
  package func alert() -> AlertDescription? { client.peer.nextAlert()?.description }
}

/// A real client and a server in the test's hands.
package final class ClientTrial {
  package let server: RawServer
  package let endpoint: Endpoint

  /// The server asks for a certificate if `asks`.
  package init(
    _ setup: Setup, serverKey: KeyKind = .ecdsa(.secp256r1), identity: Identity? = nil,
    suite: CipherSuite = .ecdheECDSAWithAES128GCMSHA256, group: NamedGroup = .x25519, asks: Bool = false
  ) throws {
    endpoint = Endpoint(try setup.clientConnection())
    server = RawServer(
      provider: setup.serverProvider, identity: try identity ?? TestIdentities.shared.server(serverKey), suite: suite,
      group: group, request: asks ? RawServer.anyCertificate : nil)
  }

  package func exchange() { HandfastTestKit.exchange(server.peer, endpoint) }

  @discardableResult package func receiveHello() -> Bool {
    exchange()
    return server.readHello()
  }

  @discardableResult package func handshake() throws -> Bool {
    guard receiveHello() else { return false }
    try server.sendFlight()
    exchange()
    guard try server.readFlight() else { return false }
    server.sendFinished()
    exchange()
    return endpoint.isComplete
  }

  package var error: TLSError? { endpoint.error }
  package func alert() -> AlertDescription? { server.peer.nextAlert()?.description }
}
