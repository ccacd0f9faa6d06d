import Handfast
import HandfastCore
import HandfastTestKit
import HandfastTrust
import Testing

@Suite("Verified chains are remembered") struct RememberedChainTests {
  private static let versions: [ProtocolVersion] = [.tls12, .tls13]

  /// Both sides authenticate, each judged by a trust of its own.
  private func parties(
    _ version: ProtocolVersion, server: Identity? = nil, client: Identity? = nil
  ) throws -> (setup: Setup, client: Trust, server: Trust) {
    let shared = try TestIdentities.shared
    let (clientTrust, serverTrust) = (try Trust(roots: [shared.pki.rootDER]), try Trust(roots: [shared.pki.rootDER]))
    var setup = try Setup()
    setup.client = ClientConfiguration(trust: clientTrust)
    setup.client.identities = .these([try client ?? shared.client()])
    setup.client.sessionStore = nil
    setup.server = ServerConfiguration(
      identity: try server ?? shared.server(), clientAuthentication: .required(serverTrust))
    setup.server.sessionTickets = .off
    setup.server.sessionCache = nil
    setup.use([version])
    return (setup, clientTrust, serverTrust)
  }

  /// The chain of one and the key of another.
  private func impostor(_ victim: Identity, _ key: Identity) -> Identity {
    Identity(
      chain: victim.chain, certificates: victim.certificates, keyKind: victim.keyKind, issuerNames: victim.issuerNames,
      dnsNames: victim.dnsNames, key: key.key)
  }

  private func judgements(_ outcome: Outcome) -> [JudgementFact] {
    outcome.events.compactMap { if case .peerJudged(let fact) = $0 { fact } else { nil } }
  }

  @Test(arguments: versions) func `by both sides, once their owners have proved their keys`(
    version: ProtocolVersion
  ) throws {
    let (setup, client, server) = try parties(version)
    for round in 0..<3 {
      let pair = try setup.pair()
      pair.run()
      #expect(Encounter(pair).isComplete)
      #expect(client.rememberedChainCount == 1 && server.rememberedChainCount == 1)
      for outcome in [pair.client.outcome, pair.server.outcome] {
        let path = try #require(judgements(outcome).first?.checks.first { $0.rule == .pathBuilding })
        #expect(path.detail.contains("is remembered") == (round > 0))
      }
    }
  }

  @Test(arguments: versions) func `by both sides when they are asked instead of judging inline`(
    version: ProtocolVersion
  ) throws {
    var (setup, client, _) = try parties(version)
    let identities = setup.client.identities
    let judge = client
    client.judgesInline = false
    setup.client = ClientConfiguration(trust: client)
    setup.client.identities = identities
    setup.client.sessionStore = nil
    setup.use([version])
    let pair = try setup.pair()
    pair.client.answers.verdict = { judge.judgeInline($0) }
    pair.run()
    #expect(Encounter(pair).isComplete)
    #expect(client.rememberedChainCount == 1)
  }

  @Test(arguments: versions) func `not when a server shows a chain whose key it does not hold`(
    version: ProtocolVersion
  ) throws {
    let shared = try TestIdentities.shared
    let impostor = impostor(try shared.server(), try shared.pki.issue(.server("localhost")))
    let (setup, client, server) = try parties(version, server: impostor)
    let pair = try setup.pair()
    pair.run()
    guard case .badSignature = pair.client.error else {
      Issue.record("\(String(describing: pair.client.error))")
      return
    }
    #expect(client.rememberedChainCount == 0 && server.rememberedChainCount == 0)
  }

  @Test(arguments: versions) func `not when a client shows a chain whose key it does not hold`(
    version: ProtocolVersion
  ) throws {
    let shared = try TestIdentities.shared
    let impostor = impostor(try shared.client(), try shared.pki.issue(.client("mallory")))
    let (setup, client, server) = try parties(version, client: impostor)
    let pair = try setup.pair()
    pair.run()
    guard case .badSignature = pair.server.error else {
      Issue.record("\(String(describing: pair.server.error))")
      return
    }
    #expect(client.rememberedChainCount == 1 && server.rememberedChainCount == 0)
  }
}
