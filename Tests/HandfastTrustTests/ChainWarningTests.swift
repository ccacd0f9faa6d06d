import HandfastCore
import Testing
import X509

@testable import HandfastTrust

/// What is said of a chain that is accepted.
@Suite struct ChainWarningTests {
  let pki: DevelopmentPKI

  init() throws { pki = try DevelopmentPKI() }

  private func warnings(_ chain: [[UInt8]], _ trust: Trust? = nil) async throws -> [CertificateCheck] {
    let peer = try expectTrusted(try await (trust ?? pki.testTrust).server(chain))
    return peer.checks.filter { $0.outcome == .warned }
  }

  private func expect(
    _ warnings: [CertificateCheck], _ rule: CertificateCheck.Rule, at position: Int?, _ words: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(
      warnings.contains { $0.rule == rule && $0.position == position && $0.detail.contains(words) }, "\(warnings)",
      sourceLocation: sourceLocation)
  }

  @Test func `an ordinary chain gets none`() async throws {
    #expect(try await warnings(pki.issue(.server("a.example")).chain).isEmpty)
    let client = try expectTrusted(await pki.testTrust.client(try pki.issue(.client("alice")).chain))
    #expect(!client.checks.contains { $0.outcome == .warned })
  }

  @Test func `a certificate that expires within a fortnight gets one, a short-lived one late in its life`() async throws
  {
    var request = LeafRequest.server("a.example")
    request.notBefore = -80 * 86_400
    request.notAfter = 13 * 86_400 + 1
    expect(try await warnings(pki.issue(request).chain), .validity, at: 0, "expires in 13 days")
    request.notAfter = 3600
    expect(try await warnings(pki.issue(request).chain), .validity, at: 0, "in less than a day")
    request.notAfter = 14 * 86_400
    #expect(try await warnings(pki.issue(request).chain).isEmpty)
    // A day's certificate in its first hour.
    request.notBefore = -3600
    request.notAfter = 82_800
    #expect(try await warnings(pki.issue(request).chain).isEmpty)
  }

  @Test func `an intermediate that expires within a fortnight gets one`() async throws {
    let root = try TestAuthority("Root")
    let intermediate = try root.intermediate("Intermediate") {
      $0.notBefore = testTime - 300 * 86_400
      $0.notAfter = testTime + 86_400
    }
    let found = try await warnings([try intermediate.leaf(), try intermediate.der], try Trust(root))
    expect(found, .validity, at: 1, "expires in 1 day,")
  }

  @Test func `disorder gets one`() async throws {
    let root = try TestAuthority("Root")
    let upper = try root.intermediate("Upper")
    let lower = try upper.intermediate("Lower")
    let chain = [try lower.leaf(), try upper.der, try lower.der]
    let found = try await warnings(chain, try Trust(root))
    expect(found, .pathBuilding, at: nil, "in disorder: the path takes its certificates as 0, 2, 1")
  }

  @Test func `a root that is sent along gets one, and so do certificates that nobody needs`() async throws {
    let other = try DevelopmentPKI("Other")
    let chain = try pki.issue(.server("a.example")).chain + [pki.rootDER, other.intermediateDER, [1, 2]]
    let found = try await warnings(chain + [chain[1]])
    expect(found, .pathBuilding, at: 2, "A root (CN=Test Root) was sent along")
    expect(found, .pathBuilding, at: 3, "CN=Other Intermediate was sent, but is no part of the path")
    expect(found, .parse, at: 4, "cannot be read, and is not needed")
    expect(found, .pathBuilding, at: 5, "CN=Test Intermediate was sent twice")
    #expect(found.count == 4)
  }

  @Test func `an intermediate that is missing, but trusted here, gets one`() async throws {
    var trust = try Trust(roots: [pki.intermediateDER])
    trust.now = { testTime }
    let leaf = Array(try pki.issue(.server("a.example")).chain.prefix(1))
    expect(try await warnings(leaf, trust), .pathBuilding, at: nil, "lacks the intermediate CN=Test Intermediate")
  }

  @Test func `a client without subjectAltName gets one`() async throws {
    let client = try pki.issue(LeafRequest(commonName: "alice", purpose: .clientAuth)).chain
    let peer = try expectTrusted(await pki.testTrust.client(client))
    expect(peer.checks.filter { $0.outcome == .warned }, .identity, at: 0, "has no subjectAltName")
  }

  @Test func `a key that can only decrypt gets one, and a missing keyUsage, which allows all, none`() async throws {
    var request = LeafRequest.server("a.example", keyKind: .rsa(bits: 2048))
    request.keyUsage = []
    #expect(try await warnings(pki.issue(request).chain).isEmpty)
    request.keyUsage = ["keyEncipherment"]
    let verdict = try await pki.testTrust.server(try pki.issue(request).chain, isForKeyEncipherment: true)
    let peer = try expectTrusted(verdict)
    expect(peer.checks.filter { $0.outcome == .warned }, .keyUsage, at: 0, "but not digitalSignature")
  }

  @Test func `a root signed with SHA-1 gets one`() async throws {
    let root = try TestAuthority("Root", key: TestAuthority.rsa2048()) {
      $0.signatureAlgorithm = .sha1WithRSAEncryption
    }
    let leaf = try root.leaf { $0.signatureAlgorithm = .sha256WithRSAEncryption }
    expect(try await warnings([leaf], try Trust(root)), .signatureAlgorithm, at: nil, "sha1WithRSAEncryption")
  }
}
