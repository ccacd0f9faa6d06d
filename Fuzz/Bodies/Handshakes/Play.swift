import Handfast
import HandfastCore
import HandfastTestKit
import HandfastWire

/// One handshake: a peer that lies, and an endpoint that must not believe it.
final class Play {
  /// Whoever lies.
  private enum Liar {
    case client13(RawClient13)
    case server13(RawServer13)
    case client12(RawClient)
    case server12(RawServer)
  }
  let scene: Scene
  let lies: Lies
  let endpoint: Endpoint
  private let liar: Liar
  /// What the client has sent as early data.
  private(set) var earlySent: [UInt8] = []
  /// Of the endpoint's.
  private(set) var fatalAlertCount = 0

  init(_ scene: Scene, _ lies: Lies) throws {
    let (shape, setup) = (scene.shape, scene.setup)
    (self.scene, self.lies) = (scene, lies)
    switch (shape.isTLS13, shape.isClientLying) {
    case (true, true):
      let trial = try ServerTrial13(
        setup, clientIdentity: shape.isMutual ? scene.client : nil, shares: shape.retries ? [] : [.x25519])
      (endpoint, liar) = (trial.endpoint, .client13(trial.client))
    case (true, false):
      let trial = try ClientTrial13(setup, identity: scene.server, asks: shape.isMutual)
      (endpoint, liar) = (trial.endpoint, .server13(trial.server))
    case (false, true):
      let trial = try ServerTrial(setup, clientIdentity: shape.isMutual ? scene.client : nil)
      (endpoint, liar) = (trial.endpoint, .client12(trial.client))
    case (false, false):
      let trial = try ClientTrial(setup, identity: scene.server, asks: shape.isMutual)
      (endpoint, liar) = (trial.endpoint, .server12(trial.server))
    }
    peer.lie = lies.change
    if shape.usesRawKeys { agreeOnRawKeys() }
  }

  private func agreeOnRawKeys() {
    var offer = ExtensionBlock()
    offer.set(ServerCertificateTypes(types: [.rawPublicKey]))
    if shape.isMutual { offer.set(ClientCertificateTypes(types: [.rawPublicKey])) }
    var answer = ExtensionBlock()
    answer.set(ServerCertificateTypeChoice(certificateType: .rawPublicKey))
    if shape.isMutual { answer.set(ClientCertificateTypeChoice(certificateType: .rawPublicKey)) }
    switch liar {
    case .client13(let client): for entry in offer.entries { client.hello.extensions?.set(entry.type, entry.data) }
    case .client12(let client): for entry in offer.entries { client.hello.extensions?.set(entry.type, entry.data) }
    case .server13(let server): for entry in answer.entries { server.extensions.set(entry.type, entry.data) }
    case .server12(let server): for entry in answer.entries { server.extensions.set(entry.type, entry.data) }
    }
  }

  var peer: RawPeer {
    switch liar {
    case .client13(let client): client.peer
    case .server13(let server): server.peer
    case .client12(let client): client.peer
    case .server12(let server): server.peer
    }
  }

  func count(_ alert: Alert) { fatalAlertCount += alert.level == .fatal ? 1 : 0 }

  func exchange() { HandfastTestKit.exchange(peer, endpoint) }

  /// As far as it goes.
  func perform() throws {
    switch liar {
    case .client13(let client): _ = try? perform(client)
    case .server13(let server): _ = try? perform(server)
    case .client12(let client): _ = try? perform(client)
    case .server12(let server): _ = try? perform(server)
    }
    exchange()
  }

  /// Another ticket of a TLS 1.3 server.
  func sendTicket() {
    if case .server13(let server) = liar { server.sendTicket() }
  }

  fileprivate var shape: HandshakeShape { scene.shape }
  fileprivate static let earlyData = (0..<200).map { UInt8(truncatingIfNeeded: $0) }
}

// MARK: TLS 1.3

extension Play {
  private func perform(_ client: RawClient13) throws -> Bool {
    if shape.offersSession { client.session = try scene.session.raw13() }
    if shape.sendsEarlyData { client.hello.extensions?.set(EarlyDataIndication()) }
    client.sendHello()
    if shape.sendsEarlyData {
      client.startEarlyData()
      sendEarlyData(client.peer)
    }
    exchange()
    if shape.retries {
      guard try client.readRetry() else { return false }
      client.peer.schedule = nil
      client.sendHello()
      exchange()
    }
    guard try client.readServerHello(), client.readServerFlight() else { return false }
    if shape.sendsEarlyData, !shape.retries {
      let isTaken = client.serverExtensions?.contains(.earlyData) == true
      if isTaken { client.sendEndOfEarlyData() } else { client.peer.write(under: .handshake) }
    }
    try client.sendFlight()
    exchange()
    return endpoint.isComplete
  }

  private func sendEarlyData(_ peer: RawPeer) {
    for piece in [Self.earlyData.prefix(120), Self.earlyData.dropFirst(120)] {
      peer.sendRecord(.applicationData, Array(piece))
      earlySent += piece
    }
  }

  private func perform(_ server: RawServer13) throws -> Bool {
    receiveFirstFlight(server.peer)
    guard server.readHello() else { return false }
    if shape.retries {
      server.group = .secp256r1
      server.sendRetry(server.retry(group: .secp256r1, cookie: shape.issuesTickets ? [7, 7] : nil))
      exchange()
      skipWhatCannotBeRead(server.peer)
      guard server.readHello() else { return false }
    }
    let isResuming = shape.offersSession && !shape.declines
    if isResuming { server.psk = scene.session.secret }
    let takesEarlyData = isResuming && shape.sendsEarlyData && !shape.retries
    if takesEarlyData { server.extensions.set(EarlyDataIndication()) }
    try server.sendFlight()
    if takesEarlyData { server.peer.read(under: .early) }
    exchange()
    if takesEarlyData {
      guard readEarlyData(server.peer) else { return false }
      server.peer.read(under: .handshake)
    } else {
      skipWhatCannotBeRead(server.peer)
    }
    guard server.readFlight() else { return false }
    if shape.issuesTickets { server.sendTicket(earlyData: shape.sendsEarlyData ? KnownSession.earlyDataLimit : 0) }
    exchange()
    return endpoint.isComplete
  }

  /// A real client's ClientHello, and its early data.
  private func receiveFirstFlight(_ peer: RawPeer) {
    peer.receive(endpoint.takeOwed())
    guard shape.sendsEarlyData, let records = endpoint.sealEarly(Self.earlyData) else { return }
    earlySent = Self.earlyData
    peer.receive(records)
  }

  private func readEarlyData(_ peer: RawPeer) -> Bool {
    var read: [UInt8] = []
    peer.skip { item in
      if case .applicationData(let bytes) = item { read += bytes }
      return item != .message(WireMessage(.endOfEarlyData, []))
    }
    return read == earlySent && peer.next(EndOfEarlyData.self) != nil
  }

  private func skipWhatCannotBeRead(_ peer: RawPeer) {
    peer.skip { item in
      switch item {
      case .applicationData, .undecipherable, .changeCipherSpec: true
      case .message, .alert: false
      }
    }
  }
}

// MARK: TLS 1.2

extension Play {
  private func perform(_ client: RawClient) throws -> Bool {
    if shape.offersSession { client.session = scene.session.raw12 }
    if shape.issuesTickets, !shape.offersSession { client.hello.extensions?.set(SessionTicketExtension()) }
    client.sendHello()
    exchange()
    if client.isResumed {
      guard client.resume() else { return false }
      exchange()
      return endpoint.isComplete
    }
    guard client.readServerFlight() else { return false }
    try client.sendFlight()
    exchange()
    return client.readFinished()
  }

  private func perform(_ server: RawServer) throws -> Bool {
    receiveFirstFlight(server.peer)
    guard server.readHello() else { return false }
    let isTicketWelcome = server.clientHello?.extensions?.contains(.sessionTicket) == true
    if shape.issuesTickets, isTicketWelcome { server.extensions.set(SessionTicketExtension()) }
    let ticket =
      shape.issuesTickets && isTicketWelcome
      ? NewSessionTicket12(lifetimeHint: 3600, ticket: [UInt8](repeating: 1, count: 40)) : nil
    if shape.offersSession, !shape.declines {
      server.resume(scene.session.secret, ticket: ticket)
      exchange()
      return server.readResumed()
    }
    try server.sendFlight()
    exchange()
    guard try server.readFlight() else { return false }
    if let ticket { server.peer.send(ticket) }
    server.sendFinished()
    exchange()
    return endpoint.isComplete
  }
}
