import Handfast

/// This project, with chains judged anew each time or remembered.
struct HandfastStack: Stack {
  let remembersChains: Bool

  var name: String { remembersChains ? "Handfast, chains remembered" : "Handfast" }

  /// Takes in no session, so that every handshake is a full one, though the server issues its tickets as always.
  private struct NoSessions: ClientSessionStore {
    func take(for key: SessionKey, at now: UInt64) -> ClientSession? { nil }
    func put(_ session: ClientSession, for key: SessionKey) {}
    func remove(for key: SessionKey) {}
  }

  func pair(for scenario: Scenario, with credentials: Credentials) throws -> (any Pair)? {
    // No certificate is judged in either.
    if remembersChains, scenario.work != .full { return nil }
    var trust = try Trust(rootsPEM: credentials.rootPEM)
    trust.remembersChains = remembersChains
    let version = scenario.version == .tls12 ? ProtocolVersion.tls12 : .tls13
    var client = ClientConfiguration(trust: trust)
    client.versions = [version]
    client.groups = [scenario.handfastGroup]
    client.sessionStore = scenario.work == .resumed ? InMemoryClientSessions() : NoSessions()
    if scenario.isMutual { client.identities = .these([try identity(credentials.client)]) }
    var server = ServerConfiguration(
      identity: try identity(credentials.server), clientAuthentication: scenario.isMutual ? .required(trust) : .none)
    server.versions = [version]
    server.groups = [scenario.handfastGroup]
    // Sessions in tickets, as the others keep them.
    server.sessionCache = nil
    if version == .tls12 {
      client.cipherSuites = [scenario.handfastSuite]
      server.cipherSuites = [scenario.handfastSuite]
      client.groups += scenario.keyKind == .p256 && scenario.group != .p256 ? [.secp256r1] : []
      server.groups = client.groups
    }
    return HandfastPair(
      client: try TLSClient(client), server: try TLSServer(server), isResumed: scenario.work == .resumed)
  }

  private func identity(_ chain: Credentials.Chain) throws -> Identity {
    try Identity(certificateChainPEM: chain.chainPEM, privateKeyPEM: chain.keyPEM)
  }
}

private final class HandfastPair: Pair {
  private let client: TLSClient
  private let server: TLSServer
  private let isResumed: Bool
  private var hasShakenHands = false
  private let reference = try! ServerReference("localhost")
  private var kept: Connected?
  /// Recycled, as a server would its buffers.
  private var wire: [UInt8] = []
  private let data = [UInt8](repeating: 1, count: 16_384)

  init(client: TLSClient, server: TLSServer, isResumed: Bool) {
    (self.client, self.server, self.isResumed) = (client, server, isResumed)
    wire.reserveCapacity(1 << 20)
  }

  private final class Connected {
    var client: TLSConnection
    var server: TLSConnection
    init(client: consuming TLSConnection, server: consuming TLSConnection) {
      self.client = client
      self.server = server
    }
  }

  func handshake(_ cost: inout Cost) throws {
    var client = charge(&cost.client) { self.client.connect(to: reference) }
    var server = charge(&cost.server) { self.server.accept() }
    try shakeHands(&client, &server, &cost)
    if isResumed, hasShakenHands, client.negotiated?.isResumed != true { throw Failed(what: "not resumed") }
    hasShakenHands = true
    charge(&cost.client) { end(client) }
    charge(&cost.server) { end(server) }
  }

  private func end(_ connection: consuming TLSConnection) {}

  private func shakeHands(
    _ client: inout TLSConnection, _ server: inout TLSConnection, _ cost: inout Cost
  ) throws {
    for _ in 0..<10 where !(client.isHandshakeComplete && server.isHandshakeComplete) {
      try pass(from: &client, &cost.client, to: &server, &cost.server)
      try pass(from: &server, &cost.server, to: &client, &cost.client)
    }
    try charge(&cost.server) { _ = try send(size: 1, from: &server) }
    let count = try charge(&cost.client) { try take(&client) }
    guard count == 1 else { throw Failed(what: "Handfast's handshake") }
  }

  private func pass(
    from sender: inout TLSConnection, _ sending: inout UInt64, to receiver: inout TLSConnection,
    _ receiving: inout UInt64
  ) throws {
    guard sender.owedByteCount > 0 else { return }
    charge(&sending) {
      wire.removeAll(keepingCapacity: true)
      wire.append(addingCapacity: sender.owedByteCount) { sender.writeOwed(into: &$0) }
    }
    _ = try charge(&receiving) { try take(&receiver) }
  }

  private func send(size: Int, from sender: inout TLSConnection) throws -> Int {
    wire.removeAll(keepingCapacity: true)
    return try seal(size: size, from: &sender)
  }

  private func seal(size: Int, from sender: inout TLSConnection) throws -> Int {
    var taken = 0
    try wire.append(addingCapacity: sender.sealedByteCount(of: size)) { output in
      taken = try sender.seal(data.span.extracting(first: size), into: &output)
    }
    return taken
  }

  /// Lets `receiver` have everything on the wire; the count of plaintext bytes.
  private func take(_ receiver: inout TLSConnection) throws -> Int {
    var (start, plaintext) = (0, 0)
    while start < wire.count {
      var span = wire.mutableSpan
      var rest = span._mutatingExtracting(start...)
      let need = try receiver.receive(&rest, count: rest.count)
      start += receiver.consumed
      switch need {
      case .plaintext(let range): plaintext += range.count
      case .input where receiver.consumed == 0: throw Failed(what: "Handfast is stuck")
      case .input, .nothing: continue
      default: throw Failed(what: "Handfast asks for \(need)")
      }
    }
    return plaintext
  }

  func transfer(size: Int, count: Int, _ cost: inout Cost) throws {
    if kept == nil {
      var (client, server) = (self.client.connect(to: reference), self.server.accept())
      var ignored = Cost()
      try shakeHands(&client, &server, &ignored)
      kept = Connected(client: client, server: server)
    }
    guard let kept else { return }
    try charge(&cost.client) {
      wire.removeAll(keepingCapacity: true)
      for _ in 0..<count {
        guard try seal(size: size, from: &kept.client) == size else { throw Failed(what: "Handfast's seal") }
      }
    }
    let taken = try charge(&cost.server) { try take(&kept.server) }
    guard taken == size * count else { throw Failed(what: "Handfast's transfer") }
  }
}

extension Scenario {
  fileprivate var handfastGroup: NamedGroup {
    switch group {
    case .x25519: .x25519
    case .p256: .secp256r1
    case .hybrid: .x25519MLKEM768
    }
  }

  fileprivate var handfastSuite: CipherSuite {
    switch (keyKind, cipher) {
    case (.rsa2048, .aes128): .ecdheRSAWithAES128GCMSHA256
    case (.rsa2048, .aes256): .ecdheRSAWithAES256GCMSHA384
    case (.rsa2048, .chacha): .ecdheRSAWithChaCha20Poly1305SHA256
    case (_, .aes128): .ecdheECDSAWithAES128GCMSHA256
    case (_, .aes256): .ecdheECDSAWithAES256GCMSHA384
    case (_, .chacha): .ecdheECDSAWithChaCha20Poly1305SHA256
    }
  }
}
