import HandfastCore
import HandfastTrust
import HandfastWire
import Testing

@Suite struct TrustTests {
  static let keyKinds: [KeyKind] = [
    .ecdsa(.secp256r1), .ecdsa(.secp384r1), .ecdsa(.secp521r1), .ed25519, .rsa(bits: 2048),
  ]

  @Test(arguments: keyKinds)
  func `a server and a client of each key kind are trusted, with a path to the root`(_ kind: KeyKind) async throws {
    let pki = try DevelopmentPKI()
    let server = try pki.issue(.server("a.example", "127.0.0.1", keyKind: kind))
    let peer = try expectTrusted(try await pki.testTrust.server(server.chain))
    #expect(peer.presented.map(\.subject) == ["CN=a.example", "CN=Test Intermediate"])
    #expect(peer.path.map(\.subject) == ["CN=a.example", "CN=Test Intermediate", "CN=Test Root"])
    #expect(peer.key?.kind == kind)
    #expect(peer.presented[0].key == kind.description)
    try expectTrusted(try await pki.testTrust.server(server.chain, "127.0.0.1"))

    let client = try pki.issue(.client("alice", keyKind: kind))
    try expectTrusted(await pki.testTrust.client(client.chain))
  }

  @Test func `every step of a judgement is a check in plain words`() async throws {
    let pki = try DevelopmentPKI()
    let peer = try expectTrusted(try await pki.testTrust.server(try pki.issue(.server("a.example")).chain))
    let rules = Set(peer.checks.map(\.rule))
    #expect(
      rules.isSuperset(of: [
        .parse, .keyStrength, .signatureAlgorithm, .validity, .basicConstraints, .keyUsage, .extendedKeyUsage,
        .criticalExtensions, .identity, .pathBuilding, .signatures, .anchor,
      ]))
    for check in peer.checks {
      #expect(check.detail.hasSuffix(".") && check.detail.utf8.count > 15, "\(check.detail)")
    }
  }

  @Test func `a judgement finishes inline`() throws {
    let pki = try DevelopmentPKI()
    let chain = try pki.issue(.server("a.example")).chain
    let request = PeerVerification(peer: .server, chain: chain, reference: try ServerReference("a.example"))
    for _ in 0..<50 { try expectTrusted(try #require(try pki.testTrust.judgeInline(request))) }
  }

  @Test @MainActor func `a judgement finishes inline on an actor too`() throws {
    let pki = try DevelopmentPKI()
    let chain = try pki.issue(.server("a.example")).chain
    let request = PeerVerification(peer: .server, chain: chain, reference: try ServerReference("a.example"))
    try expectTrusted(try #require(try pki.testTrust.judgeInline(request)))
  }

  @Test func `a trust that does not judge inline leaves the question open`() throws {
    let pki = try DevelopmentPKI()
    var trust = try pki.testTrust
    trust.judgesInline = false
    let chain = try pki.issue(.server("a.example")).chain
    let verdict = trust.judgeInline(PeerVerification(peer: .server, chain: chain, reference: nil))
    #expect(verdict?.trusted == nil && verdict?.rejected == nil)
  }

  @Test func `the authorities are the roots' subjects, each once`() throws {
    let (one, two) = (try DevelopmentPKI("One"), try DevelopmentPKI("Two"))
    let trust = try Trust(roots: [one.rootDER, two.rootDER, one.rootDER])
    #expect(trust.authorities.count == 2)
    let identity = try one.issue(.client("alice"))
    #expect(identity.issuerNames.count == 2)
    #expect(identity.issuerNames.last == trust.authorities.first)
  }
}
