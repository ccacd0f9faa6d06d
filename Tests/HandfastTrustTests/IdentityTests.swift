import Foundation
import HandfastCore
import HandfastWire
import Testing

@testable import HandfastTrust

@Suite struct IdentityTests {
  static let pairs: [(String, String, KeyKind)] = [
    (Fixtures.p256Certificate, Fixtures.p256PKCS8, .ecdsa(.secp256r1)),
    (Fixtures.p256Certificate, Fixtures.p256SEC1WithParameters, .ecdsa(.secp256r1)),
    (Fixtures.rsa2048Certificate, Fixtures.rsa2048PKCS8, .rsa(bits: 2048)),
    (Fixtures.rsa2048Certificate, Fixtures.rsa2048PKCS1, .rsa(bits: 2048)),
    (Fixtures.ed25519Certificate, Fixtures.ed25519PKCS8, .ed25519),
  ]

  @Test(arguments: pairs)
  func `OpenSSL's PEM is read, in every form of key`(_ chain: String, _ key: String, _ kind: KeyKind) throws {
    let identity = try Identity(certificateChainPEM: chain, privateKeyPEM: key)
    #expect(identity.keyKind == kind)
    #expect(identity.key?.kind == kind)
    #expect(identity.dnsNames == ["a.example"])
    #expect(identity.certificates.count == 1)
  }

  @Test func `text around blocks, other blocks and Windows line ends are no matter`() throws {
    let combined = """
      Bag Attributes
          friendlyName: me
      \(Fixtures.p256Certificate)

      some text: with a colon
      \(Fixtures.p256SEC1WithParameters)
      the end
      """
    let windows = combined.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r\n")
    for text in [combined, windows] {
      let identity = try Identity(certificateChainPEM: text, privateKeyPEM: text)
      #expect(identity.keyKind == .ecdsa(.secp256r1))
    }
  }

  @Test func `an identity without its key keeps the rest`() throws {
    let identity = try Identity(certificateChainPEM: Fixtures.ed25519Certificate)
    #expect(identity.key == nil)
    #expect(identity.keyKind == .ed25519)
    #expect(try Identity(certificateChainDER: identity.chain).key == nil)
  }

  @Test(arguments: TrustTests.keyKinds)
  func `an issued identity survives the way through PEM`(_ kind: KeyKind) throws {
    let issued = try DevelopmentPKI().issueWithPEM(.server("a.example", keyKind: kind))
    let read = try Identity(
      certificateChainPEM: issued.certificateChainPEM, privateKeyPEM: issued.privateKeyPEM)
    #expect(read.chain == issued.identity.chain)
    #expect(read.certificates == issued.identity.certificates)
    #expect(read.keyKind == kind)
  }

  static let failures: [(String, String, IdentityError)] = [
    ("", Fixtures.p256PKCS8, .noCertificate),
    (Fixtures.p256PKCS8, Fixtures.p256PKCS8, .noCertificate),
    (Fixtures.p256Certificate, "", .noPrivateKey),
    (Fixtures.p256Certificate, Fixtures.p256Certificate, .noPrivateKey),
    (Fixtures.p256Certificate, Fixtures.p256PKCS8 + "\n" + Fixtures.ed25519PKCS8, .severalPrivateKeys(count: 2)),
    (Fixtures.p256Certificate, Fixtures.p256Encrypted, .encryptedPrivateKey),
    (Fixtures.rsa2048Certificate, Fixtures.rsa2048LegacyEncrypted, .legacyEncryptedPrivateKey),
    (
      Fixtures.p256Certificate, Fixtures.ed448PKCS8,
      .unsupportedPrivateKey("the PRIVATE KEY block is damaged, or of another kind")
    ),
    (
      Fixtures.p256Certificate, Fixtures.rsa2048PKCS8,
      .keyDoesNotBelongToCertificate(key: .rsa(bits: 2048), certificate: .ecdsa(.secp256r1), subject: "CN=p256.example")
    ),
    (Fixtures.ed448Certificate, Fixtures.ed25519PKCS8, .unsupportedCertificateKey("Ed448")),
    (
      Fixtures.p256Certificate + "\n" + Fixtures.rsa2048Certificate, Fixtures.p256PKCS8,
      .chainOutOfOrder(position: 0, issuer: "CN=p256.example", next: "CN=rsa2048.example")
    ),
    (
      "-----BEGIN CERTIFICATE-----\nAAAA", Fixtures.p256PKCS8,
      .malformedPEM("the block begun on line 1 as CERTIFICATE never ends")
    ),
    (
      "\n-----BEGIN CERTIFICATE-----\n####\n-----END CERTIFICATE-----", Fixtures.p256PKCS8,
      .malformedPEM("the block begun on line 2 (CERTIFICATE) is not Base64")
    ),
    (
      "-----BEGIN CERTIFICATE-----\n-----END PRIVATE KEY-----", Fixtures.p256PKCS8,
      .malformedPEM("the block begun on line 1 as CERTIFICATE ends as PRIVATE KEY")
    ),
  ]

  @Test(arguments: failures)
  func `what makes no identity is refused with the reason and a way out`(
    _ chain: String, _ key: String, _ expected: IdentityError
  ) {
    #expect(throws: expected) { try Identity(certificateChainPEM: chain, privateKeyPEM: key) }
    let text = expected.description
    #expect(!text.contains("\n") && text.contains(":") && text.utf8.count > 40, "\(text)")
  }

  @Test func `a key of the same kind for another certificate is refused`() throws {
    let pki = try DevelopmentPKI()
    let (one, two) = (try pki.issueWithPEM(.server("a.example")), try pki.issueWithPEM(.server("a.example")))
    #expect(
      throws: IdentityError.keyDoesNotBelongToCertificate(
        key: .ecdsa(.secp256r1), certificate: .ecdsa(.secp256r1), subject: "CN=a.example")
    ) {
      try Identity(certificateChainPEM: one.certificateChainPEM, privateKeyPEM: two.privateKeyPEM)
    }
  }

  @Test func `texts and chains without end are refused`() throws {
    let long = String(repeating: "x", count: 5 << 20)
    #expect(throws: IdentityError.pemTooLarge(byteCount: 5 << 20, limit: 4 << 20)) {
      try Identity(certificateChainPEM: long, privateKeyPEM: long)
    }
    let chain = Array(repeating: [UInt8](), count: 33)
    #expect(throws: IdentityError.tooManyCertificates(count: 33, limit: 32)) {
      try Identity(certificateChainDER: chain)
    }
    #expect(throws: IdentityError.self) { try Identity(certificateChainDER: [[0x30]]) }
  }

  @Test func `a damaged key is refused, wherever the damage is`() throws {
    let issued = try DevelopmentPKI().issueWithPEM(.server("a.example"))
    let lines = issued.privateKeyPEM.split(separator: "\n").map(String.init)
    for index in lines.indices.dropFirst().dropLast() {
      var damaged = lines
      damaged.remove(at: index)
      #expect(throws: IdentityError.self) {
        try Identity(certificateChainPEM: issued.certificateChainPEM, privateKeyPEM: damaged.joined(separator: "\n"))
      }
    }
  }
}

@Suite struct TrustSourceTests {
  @Test func `roots come from PEM and DER, and what is none is refused`() throws {
    let pki = try DevelopmentPKI()
    #expect(try Trust(rootsPEM: "# my root\n" + pki.rootPEM).authorities.count == 1)
    #expect(throws: TrustError.noRoots) { try Trust(rootsPEM: "") }
    #expect(throws: TrustError.noRoots) { try Trust(roots: []) }
    #expect(throws: TrustError.malformedPEM("the block begun on line 1 as CERTIFICATE never ends")) {
      try Trust(rootsPEM: "-----BEGIN CERTIFICATE-----\n")
    }
    let weak = TrustError.unusableRoot(
      position: 1, subject: "CN=rsa1024.example", reason: "The key is RSA with 1024 bits; expected at least 2048.")
    #expect(throws: weak) { try Trust(rootsPEM: pki.rootPEM + Fixtures.rsa1024Certificate) }
    #expect(throws: TrustError.self) { try Trust(roots: [[0x30, 0x00]]) }
  }

  @Test func `the system's roots are those of the distribution's bundle`() throws {
    let hasBundle = SystemRoots.paths.contains { FileManager.default.fileExists(atPath: $0) }
    if hasBundle {
      let trust = try Trust.system()
      #expect(trust.authorities.count > 20)
    } else {
      #expect(throws: TrustError.noSystemRoots(searched: SystemRoots.paths)) { try Trust.system() }
    }
  }

  @Test func `an application may judge by itself`() throws {
    let chain = try DevelopmentPKI().issue(.client("alice")).chain
    let peer = try TrustedPeer(accepting: chain)
    #expect(peer.presented.count == 2 && peer.path.count == 1)
    #expect(peer.checks.map(\.outcome) == [.warned])
    #expect(peer.key?.kind == .ecdsa(.secp256r1))
    #expect(throws: TrustError.self) { try TrustedPeer(accepting: []) }
    #expect(throws: TrustError.self) { try TrustedPeer(accepting: [[0x30]]) }

    let refused = Verdict.rejected(byApplication: "alice is on holiday", chain: chain)
    try expectRefused(refused, .refusedByApplication, at: nil)
    #expect(refused.rejection?.subject == "CN=alice")
  }
}
