import Handfast
import HandfastCore
import HandfastInspect
import HandfastNIO
import HandfastTrust
import HandfastWire
import Synchronization

/// Waits for clients as their server, lets in whoever can be let in, and tells what each offered.
struct ClientWatch: Sendable {
  /// One client's visit.
  struct Client: Sendable {
    let address: String
    let events: [TLSEvent]
    let failure: TLSFailure?
    let networkError: String?
  }
  let host: String
  let port: Int
  /// Empty: a certificate is made up for each client, for the name it asks for.
  let identities: [Identity]
  let trust: Trust
  /// Whether clients are told the authorities; without roots of its own this side would list the system's.
  let announcesAuthorities: Bool
  let protocols: [String]
  let count: Int
  let seconds: Int

  /// Returns how many clients came.
  func run(
    onListening: (String, Int) -> Void, onClient: (Client) throws -> Void
  ) async throws -> Int {
    let recording = EventsByClient()
    let (arrivals, arrival) = AsyncStream.makeStream(of: Client.self)
    let listener = try await SecureListener.bind(
      try server(), host: host, port: port, halfOpenLimit: count, delegate: try delegate(),
      tracing: { address in { _, event in recording.add(event, of: address) } },
      onFailure: { failed in
        arrival.yield(
          Client(
            address: failed.remoteAddress, events: recording.take(failed.remoteAddress),
            failure: failed.error as? TLSFailure,
            networkError: failed.error is TLSFailure ? nil : "\(failed.error)"))
      })
    onListening(listener.host, listener.port)
    let accepting = Task {
      for await connection in listener {
        try? await connection.close(within: 1)
        arrival.yield(
          Client(
            address: connection.remoteAddress, events: recording.take(connection.remoteAddress), failure: nil,
            networkError: nil))
      }
      arrival.finish()
    }
    let timer = Task {
      try await Task.sleep(for: .seconds(seconds))
      await listener.close()
    }
    defer {
      timer.cancel()
      accepting.cancel()
    }
    var seen = 0
    for await client in arrivals {
      seen += 1
      try onClient(client)
      if seen >= count { break }
    }
    await listener.close()
    return seen
  }

  private func server() throws -> TLSServer {
    var asking = trust
    asking.judgesInline = false
    var configuration = ServerConfiguration(
      identities: identities.isEmpty ? .asked : .these(identities), clientAuthentication: .optional(asking))
    configuration.announcesAuthorities = announcesAuthorities
    configuration.applicationProtocols = protocols
    configuration.extendedMasterSecret = .preferred
    configuration.secureRenegotiation = .preferred
    // Each visit shows a whole handshake, and whoever is let in only to be looked at gets no ticket for it.
    configuration.sessionTickets = .off
    configuration.sessionCache = nil
    configuration.limits.handshakeSeconds = min(seconds, 30)
    return try TLSServer(configuration)
  }

  private func delegate() throws -> AcceptAnyone {
    let pki = try DevelopmentPKI(name: "Handfast Check")
    return AcceptAnyone(trust: trust) { request in
      let takesECDSA =
        request.signatureSchemes.contains(.ecdsaSecp256r1SHA256)
        && request.cipherSuites.contains { $0.isTLS13 || CipherSuiteParameters($0)?.authentication == .ecdsa }
      return try? pki.issue(
        .server(request.serverName ?? "localhost", keyKind: takesECDSA ? .ecdsa(.secp256r1) : .rsa(bits: 2048)))
    }
  }
}

/// Keeps each connection's events until it is over.
private final class EventsByClient: Sendable {
  private let state = Mutex<[String: [TLSEvent]]>([:])

  func add(_ event: TLSEvent, of address: String) { state.withLock { $0[address, default: []].append(event) } }

  func take(_ address: String) -> [TLSEvent] { state.withLock { $0.removeValue(forKey: address) ?? [] } }
}
