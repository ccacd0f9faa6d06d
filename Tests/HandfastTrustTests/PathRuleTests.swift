import Crypto
import HandfastCore
import HandfastTrust
import HandfastWire
import SwiftASN1
import Testing
import X509
import _CryptoExtras

@Suite struct PathRuleTests {
  // MARK: Finding the path

  @Test func `the chain may come in any order, with repetitions and with what is not needed`() async throws {
    let root = try TestAuthority("Root")
    let upper = try root.intermediate("Upper")
    let lower = try upper.intermediate("Lower")
    let leaf = try lower.leaf()
    let stranger = try TestAuthority("Stranger").intermediate("Other")
    let chain = [leaf, try upper.der, try stranger.der, try root.der, try lower.der, try upper.der]
    let peer = try expectTrusted(try await Trust(root).server(chain))
    #expect(peer.path.map(\.subject) == ["CN=a.example", "CN=Lower", "CN=Upper", "CN=Root"])
    // Positions are those of the presented chain.
    #expect(Set(peer.checks.filter { $0.outcome == .passed }.compactMap(\.position)) == [0, 1, 3, 4])
  }

  @Test func `a missing intermediate and an unknown root are told apart`() async throws {
    let root = try TestAuthority("Root")
    let intermediate = try root.intermediate("Intermediate")
    let leaf = try intermediate.leaf()
    let alone = try await Trust(root).server([leaf])
    try expectRefused(alone, .unknownIssuer, at: 0)
    #expect(
      alone.rejection?.detail
        == "Its issuer CN=Intermediate is not the trusted root, and the peer sent no intermediate certificate.")

    let other = try Trust(try TestAuthority("Another Root"))
    let unknown = try await other.server([leaf, try intermediate.der])
    try expectRefused(unknown, .unknownIssuer, at: 1)
    #expect(
      unknown.rejection?.detail == "Its issuer CN=Root is neither the trusted root nor in the chain that the peer sent."
    )

    let sent = try await other.server([leaf, try intermediate.der, try root.der])
    try expectRefused(sent, .unknownIssuer, at: 2)
    #expect(sent.rejection?.detail.contains("a root that the peer sent itself") == true)
  }

  @Test func `a root of the same name with another key is an unknown issuer`() async throws {
    let (one, two) = (try DevelopmentPKI(), try DevelopmentPKI())
    let chain = try one.issue(.server("a.example")).chain
    let verdict = try await two.testTrust.server(chain)
    try expectRefused(verdict, .unknownIssuer, at: 1)
    #expect(
      verdict.rejection?.detail
        == "Its issuer CN=Test Root was not found: the trusted root has the same name, but another key, so it is another "
        + "authority, or the same one made anew.")
  }

  @Test func `a signature by another key is a bad signature when nothing tells the keys apart`() async throws {
    let root = try TestAuthority("Root")
    let leaf = try TestAuthority("Root").leaf { $0.hasKeyIdentifiers = false }
    try expectRefused(try await Trust(root).server([leaf]), .badSignature, at: 0)
  }

  @Test func `a changed signature is a bad signature`() async throws {
    let pki = try DevelopmentPKI()
    var chain = try pki.issue(.server("a.example", keyKind: .ecdsa(.secp256r1))).chain
    chain[0][chain[0].count - 1] ^= 1
    try expectRefused(try await pki.testTrust.server(chain), .badSignature, at: 0)
  }

  @Test func `chains that go round in a circle end`() async throws {
    let (keyA, keyB) = (TestAuthority.p256(), TestAuthority.p256())
    let a = try TestAuthority("A", key: keyA)
    let b = try TestAuthority("B", key: keyB)
    let (aByB, bByA) = (try b.intermediate("A", key: keyA), try a.intermediate("B", key: keyB))
    let verdict = try await Trust(try TestAuthority("Root")).server([try a.leaf(), try aByB.der, try bByA.der])
    #expect(verdict.rejection?.reason == .unknownIssuer)
    #expect(verdict.rejection?.detail.contains("in a circle") == true)
  }

  @Test func `a mesh of cross-signed authorities is given up in time`() async throws {
    let keys = (0..<4).map { _ in TestAuthority.p256() }
    let roots = try keys.enumerated().map { try TestAuthority("CA \($0)", key: $1) }
    var chain = [try roots[0].leaf()]
    for (subject, key) in keys.enumerated() {
      for issuer in roots.indices where issuer != subject {
        chain.append(try roots[issuer].intermediate("CA \(subject)", key: key).der)
      }
    }
    let verdict = try await Trust(try TestAuthority("Root")).server(chain)
    #expect(verdict.rejection?.reason == .unknownIssuer)
  }

  @Test func `more certificates than any chain has are refused unread`() async throws {
    let root = try TestAuthority("Root")
    let chain = [try root.leaf()] + Array(repeating: try root.der, count: 16)
    let verdict = try await Trust(root).server(chain)
    try expectRefused(verdict, .tooComplex, at: nil)
    try expectTrusted(try await Trust(root).server(Array(chain.dropLast())))
    try expectRefused(try await Trust(root).server([]), .tooComplex, at: nil)
    try expectRefused(try await Trust(root).server([Array(repeating: 0x30, count: 200_000)]), .tooComplex, at: nil)
  }

  // MARK: Self-signed

  @Test func `a self-signed certificate is trusted only when it is among the roots`() async throws {
    let pki = try DevelopmentPKI()
    var request = LeafRequest.server("a.example")
    request.signer = .selfSigned
    let chain = try pki.issue(request).chain
    try expectRefused(try await pki.testTrust.server(chain), .selfSigned, at: 0)
    var trust = try Trust(roots: chain)
    trust.now = { testTime }
    let peer = try expectTrusted(try await trust.server(chain))
    #expect(peer.path.count == 1)
    // The same rules: purpose, name.
    try expectRefused(await trust.client(chain), .extendedKeyUsage, at: 0)
    try expectRefused(try await trust.server(chain, "b.example"), .wrongName, at: 0)
  }

  // MARK: Authorities' faults, each at its place

  @Test func `an expired authority is named with its place`() async throws {
    let root = try TestAuthority("Root")
    let expired = try root.intermediate("Intermediate") { $0.notAfter = testTime - 1 }
    let verdict = try await Trust(root).server([try expired.leaf(), try expired.der])
    try expectRefused(verdict, .expired, at: 1)
    #expect(verdict.rejection?.subject == "CN=Intermediate")

    let future = try root.intermediate("Intermediate") { $0.notBefore = testTime + 1 }
    try expectRefused(try await Trust(root).server([try future.leaf(), try future.der]), .notYetValid, at: 1)

    let oldRoot = try TestAuthority("Old Root") { $0.notAfter = testTime - 1 }
    let byRoot = try await Trust(oldRoot).server([try oldRoot.leaf()])
    try expectRefused(byRoot, .expired, at: nil)
    #expect(byRoot.rejection?.subject == "CN=Old Root")
  }

  @Test func `an expired authority does not matter while another path avoids it`() async throws {
    let root = try TestAuthority("Root")
    let key = TestAuthority.p256()
    let expired = try root.intermediate("Intermediate", key: key) { $0.notAfter = testTime - 1 }
    let fresh = try root.intermediate("Intermediate", key: key)
    try expectTrusted(try await Trust(root).server([try fresh.leaf(), try expired.der, try fresh.der]))
  }

  @Test func `only an authority issues certificates`() async throws {
    let root = try TestAuthority("Root")
    for constraints in [BasicConstraints.notCertificateAuthority, nil] {
      let impostor = try root.intermediate("Impostor") { $0.basicConstraints = constraints }
      let verdict = try await Trust(root).server([try impostor.leaf(), try impostor.der])
      try expectRefused(verdict, .issuerNotCA, at: 1)
    }
  }

  @Test func `an authority must be allowed to sign certificates`() async throws {
    let root = try TestAuthority("Root")
    let authority = try root.intermediate("Intermediate") { $0.keyUsage = KeyUsage(digitalSignature: true) }
    try expectRefused(try await Trust(root).server([try authority.leaf(), try authority.der]), .keyUsage, at: 1)
    let silent = try root.intermediate("Intermediate") { $0.keyUsage = nil }
    try expectTrusted(try await Trust(root).server([try silent.leaf(), try silent.der]))
  }

  @Test func `an authority issues only for its own purposes`() async throws {
    let root = try TestAuthority("Root")
    let clients = try root.intermediate("Clients") { $0.extendedKeyUsage = [.clientAuth] }
    try expectRefused(try await Trust(root).server([try clients.leaf(), try clients.der]), .extendedKeyUsage, at: 1)
    let servers = try root.intermediate("Servers") { $0.extendedKeyUsage = [.serverAuth] }
    try expectTrusted(try await Trust(root).server([try servers.leaf(), try servers.der]))
  }

  @Test func `the path may not be longer than an authority allows`() async throws {
    let root = try TestAuthority("Root") { $0.basicConstraints = .isCertificateAuthority(maxPathLength: 1) }
    let upper = try root.intermediate("Upper")
    try expectTrusted(try await Trust(root).server([try upper.leaf(), try upper.der]))
    let lower = try upper.intermediate("Lower")
    let verdict = try await Trust(root).server([try lower.leaf(), try lower.der, try upper.der])
    try expectRefused(verdict, .pathLengthExceeded, at: nil)
    #expect(verdict.rejection?.detail == "It allows path length 1, as many intermediates below it, but there are 2.")
  }

  @Test func `SHA-1 is refused anywhere but on the root`() async throws {
    let rsa = Certificate.PrivateKey(try _RSA.Signing.PrivateKey(keySize: .bits2048))
    let root = try TestAuthority("Root", key: rsa) { $0.signatureAlgorithm = .sha1WithRSAEncryption }
    let good = try root.intermediate("Good") { $0.signatureAlgorithm = .sha256WithRSAEncryption }
    try expectTrusted(try await Trust(root).server([try good.leaf(), try good.der]))
    let weak = try root.intermediate("Weak") { $0.signatureAlgorithm = .sha1WithRSAEncryption }
    try expectRefused(try await Trust(root).server([try weak.leaf(), try weak.der]), .weakSignature, at: 1)
    let leaf = try root.leaf { $0.signatureAlgorithm = .sha1WithRSAEncryption }
    try expectRefused(try await Trust(root).server([leaf]), .weakSignature, at: 0)
  }

  @Test func `an unknown critical extension is refused above the leaf too`() async throws {
    let root = try TestAuthority("Root")
    let odd = try root.intermediate("Odd") { draft in
      draft.other = [.init(oid: [1, 2, 3, 4], critical: true, value: [0x05, 0x00])]
    }
    try expectRefused(try await Trust(root).server([try odd.leaf(), try odd.der]), .unknownCriticalExtension, at: 1)
  }

  @Test func `an intermediate that cannot be read is the reason only when it is missed`() async throws {
    let root = try TestAuthority("Root")
    let authority = try root.intermediate("Intermediate")
    let leaf = try authority.leaf()
    try expectTrusted(try await Trust(root).server([leaf, [0x30, 0x00], try authority.der]))
    try expectRefused(try await Trust(root).server([leaf, [0x30, 0x00]]), .unparsable, at: 1)
  }

  // MARK: Name constraints

  @Test func `names are held to an authority's constraints`() async throws {
    let root = try TestAuthority("Root")
    let within = try root.intermediate("Within") { draft in
      draft.nameConstraints = NameConstraints(permittedSubtrees: [.dnsName("example")], excludedSubtrees: [])
    }
    try expectTrusted(try await Trust(root).server([try within.leaf(), try within.der]))

    let barred = try root.intermediate("Barred") { draft in
      draft.nameConstraints = NameConstraints(permittedSubtrees: [], excludedSubtrees: [.dnsName("a.example")])
    }
    let verdict = try await Trust(root).server([try barred.leaf(), try barred.der])
    try expectRefused(verdict, .nameConstraint, at: 1)
    #expect(verdict.rejection?.detail.contains("DNS:a.example") == true)
  }

  @Test func `a wildcard over an excluded name is refused`() async throws {
    let root = try TestAuthority("Root")
    let barred = try root.intermediate("Barred") { draft in
      draft.nameConstraints = NameConstraints(permittedSubtrees: [], excludedSubtrees: [.dnsName("Secret.a.example")])
    }
    let leaf = try barred.leaf { $0.names = [.dnsName("*.a.example"), .dnsName("a.example")] }
    try expectRefused(try await Trust(root).server([leaf, try barred.der]), .nameConstraint, at: 1)
    let harmless = try barred.leaf { $0.names = [.dnsName("*.b.example"), .dnsName("a.example")] }
    try expectTrusted(try await Trust(root).server([harmless, try barred.der]))
  }

  @Test func `constraints on directory names are refused, and the refusal says so`() async throws {
    let root = try TestAuthority("Root")
    let name = try DistinguishedName { CommonName("a.example") }
    let authority = try root.intermediate("Intermediate") { draft in
      draft.nameConstraints = NameConstraints(permittedSubtrees: [.directoryName(name)], excludedSubtrees: [])
    }
    let verdict = try await Trust(root).server([try authority.leaf(), try authority.der])
    try expectRefused(verdict, .nameConstraint, at: 1)
    #expect(verdict.rejection?.detail.contains("directory names are refused") == true)
  }

  @Test func `thousands of names under thousands of constraints are refused uncompared`() async throws {
    let root = try TestAuthority("Root")
    let authority = try root.intermediate("Intermediate") { draft in
      draft.nameConstraints = NameConstraints(
        permittedSubtrees: [], excludedSubtrees: (0..<500).map { .dnsName("x\($0).example") })
    }
    let leaf = try authority.leaf { draft in
      draft.names = (0..<500).map { .dnsName("y\($0).example") } + [.dnsName("a.example")]
    }
    try expectRefused(try await Trust(root).server([leaf, try authority.der]), .tooComplex, at: nil)
  }
}
