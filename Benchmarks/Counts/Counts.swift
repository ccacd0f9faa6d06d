import CallgrindRequests
import Handfast
import HandfastCore
import HandfastTestKit
import HandfastTrust
import HandfastWire

/// Does each scenario once for each side, for callgrind to count, and says in which order. `check.py` runs it.
@main struct Counts {
  static func main() throws {
    for scenario in Scenario.all {
      for side in [Side.client, .server] {
        try count(scenario, side)
        callgrind_dump()
        print("\(scenario.name), \(side.rawValue)")
      }
    }
  }

  /// How many times the work is done while it is counted: the mean takes the edge off what ECDSA's own randomness does.
  private static let times = 4

  private static func count(_ scenario: Scenario, _ side: Side) throws {
    var counting = try counting(scenario, side)
    if case .bulk(let size) = scenario.work { return try counting.transfer(size: size, count: times) }
    try counting.handshake(isCounting: false, isResumed: false)
    try counting.handshake(isCounting: false, isResumed: scenario.isResumed)
    for _ in 0..<times { try counting.handshake(isCounting: true, isResumed: scenario.isResumed) }
  }

  private static func counting(_ scenario: Scenario, _ side: Side) throws -> Counting {
    let clock = SettableClock()
    var trust = try Trust(rootsPEM: FixedIdentities.rootPEM)
    trust.remembersChains = scenario.remembersChains
    trust.now = { Int64(clock.now() / 1000) }
    let groups: [NamedGroup] = scenario.version == .tls13 ? [.x25519] : [.x25519, .secp256r1]
    var client = ClientConfiguration(trust: trust)
    client.versions = [scenario.version]
    client.groups = groups
    client.sessionStore = scenario.isResumed ? InMemoryClientSessions() : NoSessions()
    // Values drawn anew in each process would make the messages longer or shorter.
    client.sendsGREASE = false
    if scenario.isMutual {
      client.identities = .these([
        try Identity(
          certificateChainPEM: FixedIdentities.clientChainPEM, privateKeyPEM: FixedIdentities.clientKeyPEM)
      ])
    }
    let identity = try Identity(
      certificateChainPEM: FixedIdentities.serverChainPEM, privateKeyPEM: FixedIdentities.serverKeyPEM)
    var server = ServerConfiguration(
      identity: identity, clientAuthentication: scenario.isMutual ? .required(trust) : .none)
    server.versions = [scenario.version]
    server.groups = groups
    server.sessionCache = nil
    let provider = SeededProvider(seed: 7)
    return Counting(
      client: try TLSClient(client, provider: provider.fork("client"), clock: clock),
      server: try TLSServer(server, provider: provider.fork("server"), clock: clock), counted: side)
  }

  /// The server issues its tickets, and nothing is resumed.
  private struct NoSessions: ClientSessionStore {
    func take(for key: SessionKey, at now: UInt64) -> ClientSession? { nil }
    func put(_ session: ClientSession, for key: SessionKey) {}
    func remove(for key: SessionKey) {}
  }
}
