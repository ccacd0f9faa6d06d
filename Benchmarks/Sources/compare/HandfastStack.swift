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
    try handfastPair(for: scenario, with: credentials)
  }

  /// What happens in such a handshake.
  static func trace(of scenario: Scenario, with credentials: Credentials) throws -> Trace {
    guard let pair = try HandfastStack(remembersChains: false).handfastPair(for: scenario, with: credentials) else {
      throw Failed(what: "Handfast's trace")
    }
    return try pair.trace()
  }

  private func handfastPair(for scenario: Scenario, with credentials: Credentials) throws -> HandfastPair? {
    // No certificate is judged in either.
    if remembersChains, scenario.work != .full { return nil }
    var trust = try Trust(rootsPEM: credentials.rootPEM)
    trust.remembersChains = remembersChains
    let version = scenario.version == .tls12 ? ProtocolVersion.tls12 : .tls13
    var client = ClientConfiguration(trust: trust)
    client.versions = [version]
    client.groups = scenario.groups.map(\.handfastGroup)
    client.sessionStore = scenario.work == .resumed ? InMemoryClientSessions() : NoSessions()
    if scenario.isMutual { client.identities = .these([try identity(credentials.client)]) }
    var server = ServerConfiguration(
      identity: try identity(credentials.server), clientAuthentication: scenario.isMutual ? .required(trust) : .none)
    server.versions = [version]
    server.groups = client.groups
    // Sessions in tickets, as the others keep them.
    server.sessionCache = nil
    if version == .tls12 {
      client.cipherSuites = [scenario.handfastSuite]
      server.cipherSuites = [scenario.handfastSuite]
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
  private var kept: Ends?
  private var wire = Wire()

  init(client: TLSClient, server: TLSServer, isResumed: Bool) {
    (self.client, self.server, self.isResumed) = (client, server, isResumed)
  }

  func handshake(_ cost: inout Cost) throws {
    let ends = try connected(&cost)
    if isResumed, hasShakenHands, ends.client.negotiated?.isResumed != true { throw Failed(what: "not resumed") }
    hasShakenHands = true
    var client: TLSConnection? = ends.client
    var server: TLSConnection? = ends.server
    charge(&cost.client) { client = nil }
    charge(&cost.server) { server = nil }
    guard client == nil, server == nil else { throw Failed(what: "an end") }
  }

  func trace() throws -> Trace {
    var ignored = Cost()
    var ticketByteCount: Int?
    if isResumed {
      var ends = try connected(&ignored, tracing: true)
      for case .issuedTicket(let ticket) in ends.server.takeEvents() { ticketByteCount = ticket.byteCount }
    }
    var ends = try connected(&ignored, tracing: true)
    guard let negotiated = ends.client.negotiated, negotiated.isResumed == isResumed else {
      throw Failed(what: "Handfast's trace")
    }
    // The floor is reckoned for SHA-256 and AES-128-GCM.
    guard "\(negotiated.cipherSuite)".hasSuffix("AES_128_GCM_SHA256") else {
      throw Failed(what: "the floor of \(negotiated.cipherSuite)")
    }
    return Trace(client: ends.client.takeEvents(), server: ends.server.takeEvents(), ticketByteCount: ticketByteCount)
  }

  private func connected(_ cost: inout Cost, tracing: Bool = false) throws -> Ends {
    var wire = Wire.none
    swap(&wire, &self.wire)
    defer { swap(&wire, &self.wire) }
    wire.clear()
    var client = charge(&cost.client) { self.client.connect(to: reference, tracing: tracing) }
    var server = charge(&cost.server) { self.server.accept(tracing: tracing) }
    for _ in 0..<10 where !(client.isHandshakeComplete && server.isHandshakeComplete) {
      try charge(&cost.client) { try wire.take(by: &client) }
      try charge(&cost.server) { try wire.take(by: &server) }
    }
    var taken = 0
    try charge(&cost.client) { taken = try wire.read(by: &client) }
    wire.clear()
    try charge(&cost.server) { try wire.seal(1, count: 1, from: &server) }
    try charge(&cost.client) { taken += try wire.read(by: &client) }
    guard taken == 1 else { throw Failed(what: "Handfast's handshake") }
    return Ends(client: client, server: server)
  }

  func transfer(size: Int, count: Int, _ cost: inout Cost) throws {
    if kept == nil {
      var ignored = Cost()
      kept = try connected(&ignored)
    }
    guard var ends = kept.take() else { return }
    try charge(&cost.client) {
      wire.clear()
      try wire.seal(size, count: count, from: &ends.client)
    }
    let taken = try charge(&cost.server) { try wire.read(by: &ends.server) }
    kept = consume ends
    guard taken == size * count else { throw Failed(what: "Handfast's transfer") }
  }
}

private struct Ends: ~Copyable {
  var client: TLSConnection
  var server: TLSConnection
}

/// What one side has written for the other, in a buffer that is recycled as a server would its own.
private struct Wire {
  private var bytes: [UInt8] = []
  private static let data = [UInt8](repeating: 1, count: 16_384)

  init() { bytes.reserveCapacity(1 << 20) }
  private init(bytes: [UInt8]) { self.bytes = bytes }
  /// In the place of one that is in use.
  static var none: Wire { Wire(bytes: []) }

  mutating func clear() { bytes.removeAll(keepingCapacity: true) }

  /// One side's turn: it reads what has come, and writes what it owes.
  mutating func take(by side: inout TLSConnection) throws {
    _ = try read(by: &side)
    clear()
    let count = side.owedByteCount
    if count > 0 { bytes.append(addingCapacity: count) { side.writeOwed(into: &$0) } }
  }

  mutating func seal(_ size: Int, count: Int, from sender: inout TLSConnection) throws {
    let data = Self.data
    for _ in 0..<count {
      var taken = 0
      try bytes.append(addingCapacity: sender.sealedByteCount(of: size)) { output in
        taken = try sender.seal(data.span.extracting(first: size), into: &output)
      }
      guard taken == size else { throw Failed(what: "Handfast's seal") }
    }
  }

  /// Lets `receiver` have everything; the count of plaintext bytes.
  mutating func read(by receiver: inout TLSConnection) throws -> Int {
    var (start, plaintext) = (0, 0)
    while start < bytes.count {
      var span = bytes.mutableSpan
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
}

extension Scenario.Group {
  fileprivate var handfastGroup: NamedGroup {
    switch self {
    case .x25519: .x25519
    case .p256: .secp256r1
    case .hybrid: .x25519MLKEM768
    }
  }
}

extension Scenario {
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
