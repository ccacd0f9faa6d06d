import HandfastCore
import TestTurns
import Testing

@testable import HandfastTrust

@Suite(.inTurn) struct ChainMemoryTests {
  let pki: DevelopmentPKI
  let chain: [[UInt8]]
  let trust: Trust

  init() throws {
    pki = try DevelopmentPKI()
    chain = try pki.issue(.server("a.example")).chain
    trust = try pki.testTrust
  }

  private func isRemembered(_ peer: TrustedPeer) -> Bool {
    peer.checks.contains { $0.rule == .pathBuilding && $0.detail.contains("is remembered") }
  }

  /// Judged, and its key proved.
  private func meet(_ chain: [[UInt8]]? = nil, _ trust: Trust? = nil) async throws -> TrustedPeer {
    let peer = try expectTrusted(try await (trust ?? self.trust).server(chain ?? self.chain))
    peer.whenProved?()
    return peer
  }

  @Test func `a chain is remembered after its owner has proved the key, with the same outcome`() async throws {
    let first = try await meet()
    #expect(!isRemembered(first))
    let second = try await meet()
    #expect(isRemembered(second))
    #expect(second.presented == first.presented && second.path == first.path)
    #expect(second.checks.map(\.rule) == first.checks.map(\.rule))
    #expect(second.key?.kind == first.key?.kind)
  }

  @Test func `a chain whose owner has proved nothing is not`() async throws {
    for _ in 0..<2 { #expect(!isRemembered(try expectTrusted(try await trust.server(chain)))) }
    #expect(trust.rememberedChainCount == 0)
  }

  @Test func `a leaf that expires between two handshakes is refused`() async throws {
    _ = try await meet()
    var later = trust
    later.now = { testTime + 31 * 86_400 }
    try expectRefused(try await later.server(chain), .expired, at: 0)
    #expect(isRemembered(try await meet()))
  }

  @Test func `an intermediate that expires between two handshakes is refused`() async throws {
    let root = try TestAuthority("Root")
    let intermediate = try root.intermediate("Intermediate") { $0.notAfter = testTime + 60 }
    let chain = [try intermediate.leaf(), try intermediate.der]
    let trust = try Trust(root)
    _ = try await meet(chain, trust)
    #expect(isRemembered(try await meet(chain, trust)))
    var later = trust
    later.now = { testTime + 61 }
    try expectRefused(try await later.server(chain), .expired, at: 1)
  }

  @Test func `where the remembered path fails today, another is looked for`() async throws {
    let root = try TestAuthority("Root")
    let key = TestAuthority.p256()
    let short = try root.intermediate("Intermediate", key: key) { $0.notAfter = testTime + 60 }
    let long = try root.intermediate("Intermediate", key: key)
    let chain = [try short.leaf(), try short.der, try long.der]
    var trust = try Trust(root)
    _ = try await meet(chain, trust)
    trust.now = { testTime + 61 }
    let peer = try expectTrusted(try await trust.server(chain))
    #expect(peer.path[1] == CertificateDescription(der: try long.der))
  }

  @Test func `another name is refused, and another role`() async throws {
    _ = try await meet()
    try expectRefused(try await trust.server(chain, "b.example"), .wrongName, at: 0)
    try expectRefused(await trust.client(chain), .extendedKeyUsage, at: 0)
    #expect(isRemembered(try await meet()))
  }

  @Test func `a revocation that arrives between two handshakes is seen`() async throws {
    _ = try await meet()
    var informed = trust
    informed.revocation = Revocation(
      lists: try RevocationLists([pki.revocationList(revoking: [chain[0]])]), whenUnknown: .accept, whenStale: .refuse)
    try expectRefused(try await informed.server(chain), .revoked, at: 0)
    informed.revocation.lists = try RevocationLists([pki.revocationList(of: \.root, revoking: [pki.intermediateDER])])
    try expectRefused(try await informed.server(chain), .revoked, at: 1)
    let revoked = try pki.intermediate.ocspResponse(
      about: chain[0], .init(.revoked(at: testTime, reason: nil), thisUpdate: testTime, nextUpdate: nil))
    let verdict = await trust.judge(
      PeerVerification(
        peer: .server, chain: chain, reference: try ServerReference("a.example"), certificateStatus: revoked))
    try expectRefused(verdict, .revoked, at: 0)
  }

  @Test func `a chain that differs in a byte, in order or in length is another one`() async throws {
    _ = try await meet()
    // In the end, by which chains are looked up, and before it.
    for place in [1, 20] {
      var damaged = chain
      damaged[0][damaged[0].count - place] ^= 1
      try expectRefused(try await trust.server(damaged), .badSignature, at: 0)
    }
    #expect(!isRemembered(try await meet(chain + [pki.rootDER])))
    #expect(!isRemembered(try await meet([chain[0], chain[1], chain[1]])))
    // The same bytes, cut elsewhere.
    let joined = PeerVerification(peer: .server, chain: [chain[0] + chain[1]], reference: nil)
    #expect(ChainMemory.Key(joined) != ChainMemory.Key(PeerVerification(peer: .server, chain: chain, reference: nil)))
    let other = PeerVerification(peer: .client, chain: chain, reference: nil)
    #expect(ChainMemory.Key(other) != ChainMemory.Key(PeerVerification(peer: .server, chain: chain, reference: nil)))
  }

  @Test func `one trust knows nothing of another's memory, even with the same roots`() async throws {
    _ = try await meet()
    #expect(!isRemembered(try await meet(chain, try pki.testTrust)))
  }

  @Test func `the memory is bounded, and the least recently used chain makes room`() async throws {
    for _ in 0..<Trust.rememberedChainLimit + 8 { _ = try await meet(try pki.issue(.server("a.example")).chain) }
    #expect(trust.rememberedChainCount == Trust.rememberedChainLimit)
    #expect(!isRemembered(try await meet()))
    #expect(isRemembered(try await meet()))
  }

  @Test func `a long chain is judged anew each time`() async throws {
    var request = LeafRequest.server("a.example")
    request.names += (0..<700).map { "DNS:name-number-\($0).example" }
    let long = try pki.issue(request).chain
    #expect(long[0].count > ChainMemory.byteLimit)
    for _ in 0..<2 { #expect(!isRemembered(try await meet(long))) }
  }

  private func hasKnownIssuer(_ peer: TrustedPeer) -> Bool {
    peer.checks.contains { $0.rule == .signatures && $0.position == 1 && $0.detail.contains("as an earlier handshake") }
  }

  @Test func `the intermediates of a proved chain are known under another leaf, with the same outcome`() async throws {
    _ = try await meet()
    let other = try pki.issue(.server("a.example")).chain
    let known = try await meet(other)
    #expect(!isRemembered(known) && hasKnownIssuer(known))
    let anew = try expectTrusted(try await pki.testTrust.server(other))
    #expect(!hasKnownIssuer(anew))
    #expect(known.presented == anew.presented && known.path == anew.path)
    #expect(known.checks.map(\.rule) == anew.checks.map(\.rule))
    #expect(trust.rememberedIssuerCount == 1)
  }

  @Test func `without a proof no intermediate is remembered`() async throws {
    for _ in 0..<2 { #expect(!hasKnownIssuer(try expectTrusted(try await trust.server(chain)))) }
    #expect(trust.rememberedIssuerCount == 0)
  }

  @Test func `a leaf that a known intermediate has not signed is refused`() async throws {
    _ = try await meet()
    var forged = try pki.issue(.server("a.example")).chain
    forged[0][forged[0].count - 1] ^= 1
    try expectRefused(try await trust.server(forged), .badSignature, at: 0)
    let impostor = try TestAuthority("Impostor")
    try expectRefused(try await trust.server([try impostor.leaf(), chain[1]]), .unknownIssuer, at: 0)
  }

  @Test func `a known intermediate is judged by all rules again`() async throws {
    let root = try TestAuthority("Root")
    let intermediate = try root.intermediate("Intermediate") { $0.notAfter = testTime + 60 }
    var trust = try Trust(root)
    _ = try await meet([try intermediate.leaf(), try intermediate.der], trust)
    #expect(hasKnownIssuer(try await meet([try intermediate.leaf(), try intermediate.der], trust)))
    trust.now = { testTime + 61 }
    try expectRefused(try await trust.server([try intermediate.leaf(), try intermediate.der]), .expired, at: 1)

    _ = try await meet()
    var informed = self.trust
    informed.revocation.lists = try RevocationLists([pki.revocationList(of: \.root, revoking: [pki.intermediateDER])])
    try expectRefused(try await informed.server(try pki.issue(.server("a.example")).chain), .revoked, at: 1)
  }

  @Test func `of two intermediates above each other, each is known by itself`() async throws {
    let root = try TestAuthority("Root")
    let upper = try root.intermediate("Upper")
    let lower = try upper.intermediate("Lower")
    let trust = try Trust(root)
    _ = try await meet([try upper.leaf(), try upper.der], trust)
    let peer = try await meet([try lower.leaf(), try lower.der, try upper.der], trust)
    let known = peer.checks.filter { $0.rule == .signatures && $0.detail.contains("as an earlier handshake") }
    #expect(known.map(\.position) == [2])
    #expect(trust.rememberedIssuerCount == 2)
  }

  @Test func `the intermediates are bounded too`() async throws {
    let root = try TestAuthority("Root")
    let trust = try Trust(root)
    for number in 0..<Trust.rememberedIssuerLimit + 4 {
      let intermediate = try root.intermediate("Intermediate \(number)")
      _ = try await meet([try intermediate.leaf(), try intermediate.der], trust)
    }
    #expect(trust.rememberedIssuerCount == Trust.rememberedIssuerLimit)
  }

  @Test func `switched off, nothing is remembered or used`() async throws {
    _ = try await meet()
    var forgetful = trust
    forgetful.remembersChains = false
    let peer = try await meet(chain, forgetful)
    #expect(!isRemembered(peer) && !hasKnownIssuer(peer) && peer.whenProved == nil)
  }
}
