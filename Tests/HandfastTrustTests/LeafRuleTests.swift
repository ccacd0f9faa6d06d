import Crypto
import HandfastCore
import HandfastTrust
import HandfastWire
import SwiftASN1
import TestTurns
import Testing
import X509
import _CryptoExtras

@Suite(.inTurn) struct LeafRuleTests {
  let pki: DevelopmentPKI
  let trust: Trust

  init() throws {
    pki = try DevelopmentPKI()
    trust = try pki.testTrust
  }

  func server(_ change: (inout LeafRequest) -> Void) async throws -> Verdict {
    var request = LeafRequest.server("a.example")
    change(&request)
    return try await trust.server(try pki.issue(request).chain)
  }

  // MARK: Validity

  @Test func `a certificate is valid up to its last second`() async throws {
    try expectTrusted(await server { $0.notAfter = 0 })
    try expectRefused(await server { $0.notAfter = -1 }, .expired, at: 0)
  }

  @Test func `a certificate is valid from its first second`() async throws {
    try expectTrusted(await server { $0.notBefore = 0 })
    let verdict = try await server { $0.notBefore = 1 }
    try expectRefused(verdict, .notYetValid, at: 0)
    let detail = try #require(verdict.rejection?.detail)
    #expect(detail == "It is valid from 2026-11-23 00:00:01Z on; now it is 2026-11-23 00:00:00Z.")
  }

  @Test func `a clock out of all range is no trap`() async throws {
    var trust = trust
    let chain = try pki.issue(.server("a.example")).chain
    trust.now = { .max }
    try expectRefused(try await trust.server(chain), .expired, at: 0)
    trust.now = { .min }
    try expectRefused(try await trust.server(chain), .notYetValid, at: 0)
  }

  // MARK: Purpose

  @Test func `a client's certificate is refused as a server's, and the other way round`() async throws {
    try expectRefused(await server { $0.purpose = .clientAuth }, .extendedKeyUsage, at: 0)
    let chain = try pki.issue(.server("a.example")).chain
    let verdict = await trust.client(chain)
    try expectRefused(verdict, .extendedKeyUsage, at: 0)
    #expect(
      verdict.rejection?.detail
        == "A client's certificate must allow clientAuth, but extendedKeyUsage allows only serverAuth.")
  }

  @Test func `a certificate for both purposes serves both sides, critical or not`() async throws {
    for isCritical in [false, true] {
      var request = LeafRequest.server("a.example")
      request.purpose = [.serverAuth, .clientAuth]
      request.isExtendedKeyUsageCritical = isCritical
      let chain = try pki.issue(request).chain
      try expectTrusted(try await trust.server(chain))
      try expectTrusted(await trust.client(chain))
    }
  }

  @Test func `a certificate without extendedKeyUsage is trusted with a warning`() async throws {
    let peer = try expectTrusted(await server { $0.purpose = [] })
    #expect(peer.checks.contains { $0.rule == .extendedKeyUsage && $0.outcome == .warned && $0.position == 0 })
  }

  @Test func `anyExtendedKeyUsage is enough`() async throws {
    let root = try TestAuthority("Root")
    let leaf = try root.leaf { $0.extendedKeyUsage = [.any] }
    try expectTrusted(try await Trust(root).server([leaf]))
  }

  // MARK: Key usage

  @Test func `a server's key must be allowed to sign`() async throws {
    try expectRefused(await server { $0.keyUsage = ["keyAgreement"] }, .keyUsage, at: 0)
    try expectTrusted(await server { $0.keyUsage = ["digitalSignature"] })
    try expectTrusted(await server { $0.keyUsage = [] })
  }

  @Test func `for RSA key transport the key must be allowed to decipher instead`() async throws {
    for (usage, signs, deciphers) in [
      (["digitalSignature"], true, false), (["keyEncipherment"], false, true),
      (["digitalSignature", "keyEncipherment"], true, true),
    ] {
      var request = LeafRequest.server("a.example", keyKind: .rsa(bits: 2048))
      request.keyUsage = usage
      let chain = try pki.issue(request).chain
      #expect(try await (trust.server(chain).trusted != nil) == signs)
      #expect(try await (trust.server(chain, isForKeyEncipherment: true).trusted != nil) == deciphers)
    }
  }

  // MARK: Extensions

  @Test func `an unknown critical extension is refused`() async throws {
    let verdict = try await server { $0.unknownCriticalExtensions = ["1.2.3.4"] }
    try expectRefused(verdict, .unknownCriticalExtension, at: 0)
    #expect(verdict.rejection?.detail.contains("1.2.3.4") == true)
  }

  @Test func `an extension that cannot be read is refused`() async throws {
    let root = try TestAuthority("Root")
    let leaf = try root.leaf { draft in
      draft.keyUsage = nil
      draft.other = [.init(oid: .X509ExtensionID.keyUsage, critical: true, value: [0x04, 0x01, 0x00])]
    }
    try expectRefused(try await Trust(root).server([leaf]), .unparsable, at: 0)
  }

  @Test func `an authority's own certificate is noted when a peer presents it`() async throws {
    let peer = try expectTrusted(await server { $0.isCA = true })
    #expect(peer.checks.contains { $0.rule == .basicConstraints && $0.outcome == .warned && $0.position == 0 })
  }

  // MARK: Keys and signatures that cannot be used

  static let unusable: [(String, String, CertificateRejection.Reason)] = [
    (Fixtures.rsa1024Certificate, "RSA with 1024 bits", .weakKey),
    (Fixtures.p224Certificate, "ECDSA secp224r1", .unsupportedKey),
    (Fixtures.secp256k1Certificate, "ECDSA secp256k1", .unsupportedKey),
    (Fixtures.ed448Certificate, "Ed448", .unsupportedKey),
    (Fixtures.rsaPSSCertificate, "RSA-PSS", .unsupportedKey),
    (Fixtures.sha1Certificate, "sha1WithRSAEncryption", .weakSignature),
    (Fixtures.pssSignedCertificate, "rsassaPss", .unsupportedSignature),
    (Fixtures.version1Certificate, "version 1", .unparsable),
  ]

  @Test(arguments: unusable)
  func `a certificate that cannot be used is described, and the refusal names its key or signature`(
    _ pem: String, _ words: String, _ reason: CertificateRejection.Reason
  ) async throws {
    let der = try #require(Self.der(pem))
    let description = try #require(CertificateDescription(der: der))
    #expect(description.subject.hasSuffix(".example"))
    var trust = trust
    trust.now = { Fixtures.time }
    let verdict = try await trust.server([der])
    try expectRefused(verdict, reason, at: 0)
    #expect(verdict.rejection?.detail.contains(words) == true, "\(verdict.rejection?.detail ?? "")")
    #expect(verdict.rejection?.subject == description.subject)
    #expect(verdict.rejected?.presented == [description])
  }

  @Test func `a chain may be as long as its judge allows`() async throws {
    let chain = try pki.issue(.server("a.example")).chain
    let long = chain + [[UInt8]](repeating: chain[1], count: 20)
    var trust = try pki.testTrust
    try expectRefused(try await trust.server(long), .tooComplex, at: nil)
    trust.chainLength = 40
    #expect(try await trust.server(long).rejection == nil)
    trust.chainLength = 1
    try expectRefused(try await trust.server(chain), .tooComplex, at: nil)
  }

  @Test func `a description holds key, signature, identifiers and what is critical`() throws {
    let chain = try pki.issue(.server("a.example")).chain
    let leaf = try #require(CertificateDescription(der: chain[0]))
    let issuer = try #require(CertificateDescription(der: chain[1]))
    #expect(leaf.byteCount == chain[0].count)
    #expect(leaf.publicKey.count == 65 && leaf.publicKey.first == 4)
    #expect(Array(chain[0].suffix(leaf.signature.count)) == leaf.signature && leaf.signature.count > 60)
    #expect(leaf.authorityKeyIdentifier != nil && leaf.authorityKeyIdentifier == issuer.subjectKeyIdentifier)
    #expect(issuer.criticalExtensions.contains("basicConstraints"))
    #expect(!leaf.criticalExtensions.contains("subjectAltName"))
  }

  @Test func `a SHA-1 leaf is refused even when it stands among the roots`() async throws {
    let der = try #require(Self.der(Fixtures.sha1Certificate))
    var trust = try Trust(roots: [der])
    trust.now = { Fixtures.time }
    try expectRefused(try await trust.server([der]), .weakSignature, at: 0)
  }

  @Test func `bytes that are no certificate are refused, however they are cut`() async throws {
    let der = try pki.issue(.server("a.example")).chain[0]
    for count in stride(from: 0, to: der.count, by: 7) {
      let verdict = try await trust.server([Array(der.prefix(count))])
      try expectRefused(verdict, .unparsable, at: 0)
      #expect(verdict.rejected?.presented.map(\.subject) == ["(unreadable)"])
    }
    try expectRefused(try await trust.server([der + [0]]), .unparsable, at: 0)
  }

  @Test func `a certificate with any byte changed is never trusted`() async throws {
    let chain = try pki.issue(.server("a.example")).chain
    for index in chain[0].indices {
      var leaf = chain[0]
      leaf[index] ^= 0x01
      let verdict = try await trust.server([leaf, chain[1]])
      #expect(verdict.rejection != nil, "byte \(index) of \(chain[0])")
    }
  }

  static func der(_ pem: String) -> [UInt8]? { try? PEMDocument(pemString: pem + "\n").derBytes }
}
