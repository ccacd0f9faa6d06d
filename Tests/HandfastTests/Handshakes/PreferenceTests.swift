import Handfast
import HandfastTestKit
import HandfastWire
import Testing

/// What a server leaves to its clients' taste, and that it says why it chose.
@Suite("A server's preference") struct PreferenceTests {
  private static let versions: [ProtocolVersion] = [.tls12, .tls13]
  private static let (aes128, aes256, chaCha20): ([CipherSuite], [CipherSuite], [CipherSuite]) = (
    [.aes128GCMSHA256, .ecdheECDSAWithAES128GCMSHA256], [.aes256GCMSHA384, .ecdheECDSAWithAES256GCMSHA384],
    [.chaCha20Poly1305SHA256, .ecdheECDSAWithChaCha20Poly1305SHA256]
  )

  private func choice(
    _ version: ProtocolVersion, of subject: Choice.Subject = .cipherSuite, _ change: (inout Setup) -> Void
  ) throws -> Choice {
    var setup = try Setup()
    setup.use([version])
    change(&setup)
    let pair = try setup.pair()
    pair.run()
    #expect(pair.client.isComplete && pair.server.isComplete)
    return try #require(
      pair.server.events.compactMap { event in
        if case .chose(let choice) = event, choice.subject == subject { choice } else { nil }
      }.last)
  }

  @Test(arguments: versions) func `gives ChaCha20 to a client that lists it first`(version: ProtocolVersion) throws {
    let found = try choice(version) { $0.client.cipherSuites = Self.chaCha20 + Self.aes256 + Self.aes128 }
    #expect(found.chosen?.contains("CHACHA20") == true)
    #expect(found.rule.hasSuffix(", ChaCha20 before AES as in the client's list"))
    #expect(found.candidates.first?.label == found.chosen)
    #expect(found.candidates.filter { $0.ruledOut == .lessPreferred }.count == 2)
  }

  @Test(arguments: versions) func `is its own where the client lists AES first`(version: ProtocolVersion) throws {
    let found = try choice(version) { $0.client.cipherSuites = Self.aes256 + Self.chaCha20 + Self.aes128 }
    #expect(found.chosen?.contains("AES_128") == true)
    #expect(!found.rule.contains("ChaCha20"))
  }

  @Test(arguments: versions) func `is its own where ChaCha20 comes first only among what it does not have`(
    version: ProtocolVersion
  ) throws {
    let found = try choice(version) { setup in
      setup.client.cipherSuites = Self.chaCha20 + Self.aes256 + Self.aes128
      setup.server.cipherSuites = Self.aes128 + Self.aes256
    }
    #expect(found.chosen?.contains("AES_128") == true)
  }

  @Test(arguments: versions) func `can be kept from clients that would rather have ChaCha20`(
    version: ProtocolVersion
  ) throws {
    let found = try choice(version) { setup in
      setup.client.cipherSuites = Self.chaCha20 + Self.aes256 + Self.aes128
      setup.server.letsClientsPreferChaCha20 = false
    }
    #expect(found.chosen?.contains("AES_128") == true)
    #expect(!found.rule.contains("client's list"))
  }

  @Test(arguments: versions) func `leaves suites of one worth to the client's order`(version: ProtocolVersion) throws {
    func chosen(_ client: [CipherSuite]) throws -> Choice {
      try choice(version) { setup in
        setup.client.cipherSuites = client
        setup.server.cipherSuites = Self.aes128 + Self.aes256 + Self.chaCha20
        setup.server.equalCipherSuites = [Self.aes256 + Self.chaCha20]
        setup.server.letsClientsPreferChaCha20 = false
      }
    }
    let other = try chosen(Self.chaCha20 + Self.aes256)
    #expect(other.chosen?.contains("CHACHA20") == true)
    #expect(other.rule.hasSuffix(", in the client's order among those worth the same here"))
    #expect(try chosen(Self.aes256 + Self.chaCha20).chosen?.contains("AES_256") == true)
    // What stands before the set still goes before it.
    #expect(try chosen(Self.chaCha20 + Self.aes256 + Self.aes128).chosen?.contains("AES_128") == true)
  }

  @Test(arguments: versions) func `leaves groups of one worth to the client's order`(version: ProtocolVersion) throws {
    let found = try choice(version, of: .group) { setup in
      setup.client.groups = [.secp384r1, .secp256r1, .x25519]
      setup.client.keyShareGroups = setup.client.groups
      setup.server.groups = [.x25519, .secp256r1, .secp384r1]
      setup.server.equalGroups = [[.x25519, .secp384r1]]
    }
    #expect(found.chosen == "secp384r1")
    #expect(found.candidates.map(\.label) == ["secp384r1", "x25519", "secp256r1"])
    #expect(found.rule.hasSuffix(", in the client's order among those worth the same here"))
  }

  @Test func `asks for a share of the group that the client would rather have`() throws {
    let found = try choice(.tls13, of: .group) { setup in
      setup.client.groups = [.secp384r1, .x25519]
      setup.client.keyShareGroups = []
      setup.server.groups = [.x25519, .secp384r1]
      setup.server.equalGroups = [[.x25519, .secp384r1]]
    }
    #expect(found.chosen == "secp384r1")
  }

  @Test func `must be about what is enabled, and about each once`() throws {
    var setup = try Setup()
    setup.server.equalCipherSuites = [[.rsaWithAES128GCMSHA256]]
    #expect(throws: ConfigurationError.invalidEqualCipherSuite(.rsaWithAES128GCMSHA256)) { try setup.makeServer() }
    setup.server.equalCipherSuites = [[.aes128GCMSHA256], [.aes256GCMSHA384, .aes128GCMSHA256]]
    #expect(throws: ConfigurationError.invalidEqualCipherSuite(.aes128GCMSHA256)) { try setup.makeServer() }
    setup.server.equalCipherSuites = []
    setup.server.equalGroups = [[.x25519, .mlkem1024]]
    #expect(throws: ConfigurationError.invalidEqualGroup(.mlkem1024)) { try setup.makeServer() }
  }
}
