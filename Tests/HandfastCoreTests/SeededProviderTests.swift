import HandfastCore
import HandfastCrypto
import HandfastTestKit
import HandfastWire
import Testing

@Suite struct SeededProviderTests {
  @Test func `one seed gives one stream, whatever pieces it is taken in`() {
    let (one, other) = (SeededProvider(seed: 7), SeededProvider(seed: 7))
    let whole = one.randomBytes(100)
    #expect(whole == [0, 1, 31, 32, 36].flatMap { other.randomBytes($0) })
    #expect(one.randomBytes(100) != whole)
    #expect(SeededProvider(seed: 8).randomBytes(100) != whole)
    #expect(SeededProvider(seed: 7, recordCipher: .publicAPI).randomBytes(100) == whole)
  }

  @Test func `a stream stays what it was, so that a seed in an old report still tells the same story`() {
    #expect(SeededProvider(seed: 1).randomBytes(8) == [167, 148, 80, 226, 174, 251, 33, 134])
  }

  @Test func `forks have streams of their own, which follow from seed and label`() {
    let provider = SeededProvider(seed: 7)
    let client = provider.fork("client").randomBytes(32)
    #expect(client == SeededProvider(seed: 7).fork("client").randomBytes(32))
    #expect(client != provider.fork("server").randomBytes(32))
    #expect(client != SeededProvider(seed: 8).fork("client").randomBytes(32))
    #expect(client != SeededProvider(seed: 7).randomBytes(32))
  }

  @Test(arguments: DefaultCryptoProvider().groups.filter { !$0.isKEM })
  func `ephemeral keys repeat with the seed, and work`(group: NamedGroup) throws {
    let (one, other) = (SeededProvider(seed: 7), SeededProvider(seed: 7))
    let (key, same) = (try one.ephemeralKey(in: group), try other.ephemeralKey(in: group))
    #expect(key.publicValue == same.publicValue)
    let next = try one.ephemeralKey(in: group)
    #expect(next.publicValue != key.publicValue)
    let agree = try constantTimeEqual(
      [UInt8](next.sharedSecret(with: key.publicValue.span)).span,
      [UInt8](key.sharedSecret(with: next.publicValue.span)).span)
    #expect(agree)
  }

  @Test(arguments: [NamedGroup.x25519MLKEM768, .secp256r1MLKEM768])
  func `the client's half of a hybrid repeats with the seed, and so does the server's classical part`(
    group: NamedGroup
  ) throws {
    let (one, other) = (SeededProvider(seed: 7), SeededProvider(seed: 7))
    let (key, same) = (try one.ephemeralKey(in: group), try other.ephemeralKey(in: group))
    #expect(key.publicValue == same.publicValue)
    let response = try one.respond(to: key.publicValue.span, in: group)
    let like = try other.respond(to: key.publicValue.span, in: group)
    // The ciphertext is swift-crypto's to randomise.
    let classical = group == .x25519MLKEM768 ? 1088..<1120 : 0..<65
    #expect(response.publicValue[classical] == like.publicValue[classical])
    let secrets = try (
      [UInt8](key.sharedSecret(with: like.publicValue.span)), [UInt8](same.sharedSecret(with: like.publicValue.span))
    )
    #expect(secrets.0 == secrets.1)
  }

  @Test func `a narrowed provider keeps its lists through a fork`() {
    var provider = SeededProvider(seed: 7)
    provider.cipherSuites = [.ecdheRSAWithAES256GCMSHA384]
    provider.groups = [.secp521r1]
    provider.signatureSchemes = [.ed25519]
    let fork = provider.fork("client")
    #expect(fork.cipherSuites == [.ecdheRSAWithAES256GCMSHA384])
    #expect(fork.groups == [.secp521r1])
    #expect(fork.signatureSchemes == [.ed25519])
  }
}

extension [UInt8] {
  fileprivate init(_ secret: consuming Secret) { self = secret.withSpan { [UInt8](copying: $0) } }
}
