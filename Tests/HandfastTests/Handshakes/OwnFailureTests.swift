import Handfast
import HandfastTestKit
import Testing

/// A provider in which one thing does not work.
private struct BrokenProvider: CryptoProvider {
  enum Part: CaseIterable {
    case ephemeralKey
    case recordKey
  }
  let broken: Part
  let base = SeededProvider(seed: 1)

  var cipherSuites: [CipherSuite] { base.cipherSuites }
  var groups: [NamedGroup] { base.groups }
  var signatureSchemes: [SignatureScheme] { base.signatureSchemes }
  func randomBytes(_ count: Int) -> [UInt8] { base.randomBytes(count) }
  func runningHash(_ algorithm: HashAlgorithm) -> any RunningHash { base.runningHash(algorithm) }
  func mac(_ algorithm: HashAlgorithm, key: Span<UInt8>) -> any MessageAuthenticationKey {
    base.mac(algorithm, key: key)
  }
  func extract(_ algorithm: HashAlgorithm, salt: Span<UInt8>, material: Span<UInt8>) -> Secret {
    base.extract(algorithm, salt: salt, material: material)
  }
  func expand(_ algorithm: HashAlgorithm, key: Span<UInt8>, info: Span<UInt8>, count: Int) -> Secret {
    base.expand(algorithm, key: key, info: info, count: count)
  }
  func ephemeralKey(in group: NamedGroup) throws(CryptoError) -> any EphemeralKey {
    guard broken != .ephemeralKey else { throw .failure("no entropy") }
    return try base.ephemeralKey(in: group)
  }
  func respond(
    to peerValue: Span<UInt8>, in group: NamedGroup
  ) throws(CryptoError) -> KeyExchangeResponse {
    guard broken != .ephemeralKey else { throw .failure("no entropy") }
    return try base.respond(to: peerValue, in: group)
  }
  func recordKey(_ algorithm: AEADAlgorithm, key: Span<UInt8>) throws(CryptoError) -> any RecordKey {
    guard broken != .recordKey else { throw .failure("no memory") }
    return try base.recordKey(algorithm, key: key)
  }
}

/// A key that does not sign.
private struct BrokenKey: SigningKey {
  let kind: KeyKind
  func sign(_ message: [UInt8], scheme: SignatureScheme) throws(CryptoError) -> [UInt8] { throw .failure("locked") }
  func decryptPreMasterSecret(_ ciphertext: [UInt8], replacement: consuming Secret) -> Secret? { nil }
}

@Suite("What goes wrong on this side") struct OwnFailureTests {
  private func withBrokenKey(_ identity: Identity) -> Identity {
    Identity(
      chain: identity.chain, certificates: identity.certificates, keyKind: identity.keyKind,
      issuerNames: identity.issuerNames, dnsNames: identity.dnsNames, key: BrokenKey(kind: identity.keyKind))
  }

  private func expect(_ pair: InMemoryPair, _ error: TLSError, on side: Side) {
    pair.run()
    let (own, peer) = side == .client ? (pair.client, pair.server) : (pair.server, pair.client)
    #expect(own.error == error)
    #expect(own.failure?.alertSent == .internalError)
    #expect(peer.error == .alertReceived(.internalError))
  }

  @Test("a key that does not sign ends the handshake with internal_error", arguments: Side.allCases)
  func signing(side: Side) throws {
    let shared = try TestIdentities.shared
    let server = side == .server ? withBrokenKey(try shared.server()) : try shared.server()
    var setup = try Setup(.these([server]), .required)
    setup.client.identities = .these([side == .client ? withBrokenKey(try shared.client()) : try shared.client()])
    expect(try setup.pair(), .signingFailed(.ecdsaSecp256r1SHA256), on: side)
  }

  @Test("cryptography that fails ends the handshake with internal_error", arguments: Side.allCases)
  func crypto(side: Side) throws {
    for part in BrokenProvider.Part.allCases {
      var setup = try Setup()
      if side == .client {
        setup.clientProvider = BrokenProvider(broken: part)
      } else {
        setup.serverProvider = BrokenProvider(broken: part)
      }
      let pair = try setup.pair()
      pair.run()
      let (own, peer) = side == .client ? (pair.client, pair.server) : (pair.server, pair.client)
      guard case .cryptoFailed = own.error else {
        Issue.record("\(part): \(String(describing: own.error))")
        continue
      }
      #expect(peer.error == .alertReceived(.internalError))
    }
  }

  @Test("an RSA key that cannot decrypt ends RSA key transport with internal_error")
  func decryption() throws {
    let shared = try TestIdentities.shared
    var setup = try Setup(.these([withBrokenKey(try shared.server(.rsa(bits: 2048)))]))
    setup.client.rsaKeyTransport = .allowedAgainstRFC10015
    setup.server.rsaKeyTransport = .allowedAgainstRFC10015
    setup.client.cipherSuites = .rsaKeyTransport
    setup.server.cipherSuites = .rsaKeyTransport
    expect(try setup.pair(), .cryptoFailed("the key cannot decrypt"), on: .server)
  }

  @Test("a name that no extension can carry fails the connection when it is used, and sends nothing")
  func hugeName() throws {
    let client = try TLSClient(try Setup().client)
    let endpoint = Endpoint(client.connect(to: .dnsName(String(repeating: "a", count: 70_000)), tracing: true))
    let owed = endpoint.takeOwed()
    #expect(owed.isEmpty || owed.first == ContentType.alert.rawValue)
    endpoint.feed([])
    #expect(endpoint.error != nil)
    #expect(!endpoint.isComplete)
  }

  @Test("an identity with an empty chain, given as an answer, does not fit", arguments: Side.allCases)
  func emptyChain(side: Side) throws {
    let shared = try TestIdentities.shared
    let good = try shared.client()
    let empty = Identity(
      chain: [], certificates: [], keyKind: good.keyKind, issuerNames: [], dnsNames: [], key: good.key)
    var setup = try Setup(side == .server ? .asked : .these([try shared.server()]), .required)
    setup.client.identities = .asked
    let pair = try setup.pair()
    pair.run()
    let asking = side == .client ? pair.client : pair.server
    #expect(asking.openQuestion != nil)
    asking.resume(with: empty)
    pair.run()
    guard case .identityDoesNotFit = asking.error else {
      Issue.record("\(String(describing: asking.error))")
      return
    }
  }

  @Test("an identity whose chain no message can carry, given as an answer, fails with internal_error")
  func hugeChain() throws {
    let good = try TestIdentities.shared.server()
    let huge = Identity(
      chain: [[UInt8]](repeating: [UInt8](repeating: 0, count: 1 << 20), count: 16), certificates: good.certificates,
      keyKind: good.keyKind, issuerNames: [], dnsNames: [], key: good.key)
    let pair = try Setup(.asked).pair()
    pair.run()
    pair.server.resume(with: huge)
    pair.run()
    #expect(pair.server.error == .encodingTooLong(.certificate))
    #expect(pair.client.error == .alertReceived(.internalError))
  }

  @Test("a signature longer than a message can carry, given as an answer, fails with internal_error")
  func hugeSignature() throws {
    let pair = try Setup(.these([try TestIdentities.shared.server().withoutKey])).pair()
    pair.run()
    pair.server.resume(with: [UInt8](repeating: 1, count: 70_000))
    pair.run()
    #expect(pair.server.error == .encodingTooLong(.serverKeyExchange))
    #expect(pair.client.error == .alertReceived(.internalError))
  }
}
