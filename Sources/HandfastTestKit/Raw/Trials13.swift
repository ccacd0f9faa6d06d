import Handfast
package import HandfastCore
import HandfastCrypto
package import HandfastWire

/// A real server and a TLS 1.3 client in the test's hands.
package final class ServerTrial13 {
  package let client: RawClient13
  package let endpoint: Endpoint

  package init(
    _ setup: Setup, clientIdentity: Identity? = nil, groups: [NamedGroup] = [.x25519, .secp256r1],
    shares: [NamedGroup] = [.x25519]
  ) throws {
    var setup = setup
    setup.use([.tls13])
    endpoint = Endpoint(try setup.serverConnection())
    client = try RawClient13(
      provider: setup.clientProvider, groups: groups, shares: shares, identity: clientIdentity)
  }

  package func exchange() { HandfastTestKit.exchange(client.peer, endpoint) }

  /// ClientHello, and the server's answer if it is a whole flight.
  @discardableResult package func sendHello() throws -> Bool {
    client.sendHello()
    exchange()
    guard endpoint.failure == nil, try client.readServerHello() else { return false }
    return client.readServerFlight()
  }

  /// The whole handshake; false when it does not end as it should.
  @discardableResult package func handshake() throws -> Bool {
    guard try sendHello() else { return false }
    try client.sendFlight()
    exchange()
    return endpoint.isComplete
  }

  package var error: TLSError? { endpoint.error }
  /// What the client is told.
  package func alert() -> AlertDescription? { client.peer.nextAlert()?.description }
}

/// A real client and a TLS 1.3 server in the test's hands.
package final class ClientTrial13 {
  package let server: RawServer13
  package let endpoint: Endpoint

  /// The server asks for a certificate if `asks`. The client speaks TLS 1.3 only unless told otherwise.
  package init(
    _ setup: Setup, serverKey: KeyKind = .ecdsa(.secp256r1), identity: Identity? = nil, asks: Bool = false,
    versions: [ProtocolVersion] = [.tls13]
  ) throws {
    var setup = setup
    setup.use(versions)
    endpoint = Endpoint(try setup.clientConnection())
    server = RawServer13(
      provider: setup.serverProvider, identity: try identity ?? TestIdentities.shared.server(serverKey),
      request: asks ? RawServer13.anyCertificate : nil)
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
    return server.readFlight() && endpoint.isComplete
  }

  package var error: TLSError? { endpoint.error }
  package func alert() -> AlertDescription? { server.peer.nextAlert()?.description }
}
