import Handfast
import HandfastCore
import HandfastCrypto
import HandfastTestKit
import HandfastWire

/// The same for steps of a server's handshake, as whoever sends the bytes can time them.
extension Timing {
  static func measureHandshakes(_ samples: Int) throws {
    var setup = try Setup()
    setup.isTracing = false
    setup.use([.tls13])
    let now = SystemWallClock().now()
    setup.server.sessionTickets = .keys(RotatingTicketKeys(provider: setup.serverProvider, at: now))
    let server = try setup.makeServer()
    let session = try ticket(server, setup.clientProvider)
    try measureBinders(samples / 3, server, session, setup.clientProvider)
    try measureFinished(samples / 3, server, session, setup.clientProvider)
    try measureKeyTransportStep(samples / 20)
  }

  private static func ticket(_ server: TLSServer, _ provider: any CryptoProvider) throws -> RawSession13 {
    let endpoint = Endpoint(server.accept(tracing: false))
    let client = try RawClient13(provider: provider)
    client.sendHello()
    exchange(client.peer, endpoint)
    guard try client.readServerHello(), client.readServerFlight() else { throw CryptoError.unsupported }
    try client.sendFlight()
    client.peer.read(under: .application)
    exchange(client.peer, endpoint)
    guard let session = client.readTicket() else { throw CryptoError.unsupported }
    return session
  }

  /// A ClientHello whose binder is wrong in its first byte, or in its last.
  private static func measureBinders(
    _ samples: Int, _ server: TLSServer, _ session: RawSession13, _ provider: any CryptoProvider
  ) throws {
    let client = try RawClient13(provider: provider)
    client.session = session
    client.sendHello()
    let good = client.peer.takeOutgoing()
    let places = [good.count - session.suite.hash.byteCount, good.count - 1]
    var bytes = good
    var endpoint = Endpoint(server.accept(tracing: false))
    func prepare(_ kind: Int) {
      for place in places { bytes[place] = good[place] }
      bytes[places[kind]] ^= 1
      endpoint = Endpoint(server.accept(tracing: false))
    }
    measure("TLS 1.3 server: binder, first or last byte wrong", samples, preparing: prepare) { _, _ in
      endpoint.feed(bytes)
    }
    guard case .badBinder? = endpoint.error else { throw CryptoError.failure("\(endpoint.error.debugDescription)") }
  }

  /// A Finished, under the right keys, whose verify_data is wrong in its first byte, or in its last.
  private static func measureFinished(
    _ samples: Int, _ server: TLSServer, _ session: RawSession13, _ provider: any CryptoProvider
  ) throws {
    var bytes: [UInt8] = []
    var endpoint = Endpoint(server.accept(tracing: false))
    func prepare(_ kind: Int) {
      endpoint = Endpoint(server.accept(tracing: false))
      guard let client = try? RawClient13(provider: provider) else { return }
      client.session = session
      client.sendHello()
      exchange(client.peer, endpoint)
      guard (try? client.readServerHello()) == true, client.readServerFlight() else { return }
      var verifyData = client.peer.verifyData13(of: .client)
      verifyData[kind == 0 ? 0 : verifyData.count - 1] ^= 1
      client.peer.send(Finished(verifyData: verifyData))
      bytes = client.peer.takeOutgoing()
    }
    measure("TLS 1.3 server: Finished, first or last byte wrong", samples, preparing: prepare) { _, _ in
      endpoint.feed(bytes)
    }
    guard case .badFinished? = endpoint.error else { throw CryptoError.failure("\(endpoint.error.debugDescription)") }
  }

  /// RSA key transport as its attackers meet it: a ClientKeyExchange with padding that is right or wrong, and a Finished under
  /// keys that are not the server's.
  private static func measureKeyTransportStep(_ samples: Int) throws {
    var setup = try Setup(serverKey: .rsa(bits: 2048))
    setup.isTracing = false
    setup.server.rsaKeyTransport = .allowedAgainstRFC10015
    setup.server.cipherSuites = .rsaKeyTransport
    let server = try setup.makeServer()
    let key = try TestIdentities.shared.publicKey(of: try TestIdentities.shared.server(.rsa(bits: 2048)))
    let provider = setup.clientProvider
    let right = try (0..<256).map { _ in
      try key.encryptPreMasterSecret(Secret([3, 3] + provider.randomBytes(46)))
    }
    let pools = [right, (0..<256).map { _ in [0] + provider.randomBytes(255) }]
    var (bytes, round): ([UInt8], Int) = ([], 0)
    var endpoint = Endpoint(server.accept(tracing: false))
    func prepare(_ kind: Int) {
      round += 1
      endpoint = Endpoint(server.accept(tracing: false))
      let client = RawClient(provider: provider, suites: .rsaKeyTransport)
      client.sendHello()
      exchange(client.peer, endpoint)
      guard client.readServerFlight() else { return }
      client.peer.send(RSAClientKeyExchange(encryptedPreMasterSecret: pools[kind][round % 256]))
      client.deriveKeys()
      client.peer.sendChangeCipherSpec()
      client.peer.sendFinished()
      bytes = client.peer.takeOutgoing()
    }
    measure("TLS 1.2 server: RSA key transport, right or wrong", samples, preparing: prepare) { _, _ in
      endpoint.feed(bytes)
    }
    guard case .badRecordMAC? = endpoint.error else { throw CryptoError.failure("\(endpoint.error.debugDescription)") }
  }
}
