import HandfastCore
import HandfastCrypto
import HandfastWire
import Testing

@Suite struct KeyExchangeTests {
  @Test(arguments: DefaultCryptoProvider().groups.filter { !$0.isKEM })
  func `both sides of an exchange arrive at one secret`(group: NamedGroup) throws {
    let provider = DefaultCryptoProvider()
    let (client, server) = (try provider.ephemeralKey(in: group), try provider.ephemeralKey(in: group))
    #expect(client.publicValue != server.publicValue)
    let one = try client.sharedSecret(with: server.publicValue.span).bytes
    let other = try server.sharedSecret(with: client.publicValue.span).bytes
    #expect(one == other)
    #expect(one.count == [.x25519: 32, .secp256r1: 32, .secp384r1: 48, .secp521r1: 66][group])
  }

  @Test func `ML-KEM-1024 alone has both sides arrive at one secret, and refuses what is no key or ciphertext`() throws
  {
    let provider = DefaultCryptoProvider()
    let client = try provider.ephemeralKey(in: .mlkem1024)
    let response = try provider.respond(to: client.publicValue.span, in: .mlkem1024)
    #expect((client.publicValue.count, response.publicValue.count) == (1568, 1568))
    let secret = response.secret.bytes
    #expect(secret.count == 32)
    #expect(try client.sharedSecret(with: response.publicValue.span).bytes == secret)
    for bad in [[], response.publicValue.dropLast(), response.publicValue + [0]] as [[UInt8]] {
      #expect(throws: CryptoError.invalidPublicValue) { _ = try client.sharedSecret(with: bad.span).bytes }
    }
    // FIPS 203 §7.2: each coefficient of an encapsulation key must be reduced.
    let unreduced = [UInt8](repeating: 0xff, count: 1568)
    for bad in [[], client.publicValue.dropLast(), client.publicValue + [0], unreduced] as [[UInt8]] {
      #expect(throws: CryptoError.invalidPublicValue) {
        _ = try provider.respond(to: bad.span, in: .mlkem1024).publicValue
      }
    }
  }

  @Test(arguments: [NamedGroup.secp256r1, .secp384r1, .secp521r1])
  func `a value that is no uncompressed point of the curve is refused`(group: NamedGroup) throws {
    let key = try DefaultCryptoProvider().ephemeralKey(in: group)
    let good = try DefaultCryptoProvider().ephemeralKey(in: group).publicValue
    let coordinate = (good.count - 1) / 2
    var offCurve = good
    offCurve[good.count - 1] ^= 1
    let compressed = [2 + (good[good.count - 1] & 1)] + good[1...coordinate]
    var hybrid = good
    hybrid[0] = 6 + (good[good.count - 1] & 1)
    let tooLarge = [4] + [UInt8](repeating: 0xff, count: 2 * coordinate)
    let zero = [4] + [UInt8](repeating: 0, count: 2 * coordinate)
    let bad: [[UInt8]] = [
      [], [0], [4], offCurve, compressed, hybrid, tooLarge, zero, good.dropLast(), good + [0], Array(good[1...]),
    ]
    for bad in bad {
      #expect(throws: CryptoError.invalidPublicValue) { _ = try key.sharedSecret(with: bad.span).bytes }
    }
  }

  @Test(arguments: RecordCipher.allCases)
  func `an X25519 value of small order or of the wrong length is refused`(cipher: RecordCipher) throws {
    let key = try DefaultCryptoProvider(recordCipher: cipher).ephemeralKey(in: .x25519)
    let zero = [UInt8](repeating: 0, count: 32)
    let one = [1] + [UInt8](repeating: 0, count: 31)
    let minusOne = [0xec] + [UInt8](repeating: 0xff, count: 30) + [0x7f]
    for bad in [zero, one, minusOne, [], Array(zero.dropLast()), zero + [9], [9]] {
      #expect(throws: CryptoError.invalidPublicValue) { _ = try key.sharedSecret(with: bad.span).bytes }
    }
  }

  @Test(arguments: [0x0a0a, 0x11ed]) func `a group that nobody knows is unsupported`(group: UInt16) {
    let provider = DefaultCryptoProvider()
    #expect(throws: CryptoError.unsupported) { try provider.ephemeralKey(in: NamedGroup(rawValue: group)) }
    #expect(throws: CryptoError.unsupported) {
      let none: [UInt8] = []
      _ = try provider.respond(to: none.span, in: NamedGroup(rawValue: group)).publicValue
    }
  }

  @Test(arguments: DefaultCryptoProvider().groups)
  func `a response leads both sides to one secret`(group: NamedGroup) throws {
    let provider = DefaultCryptoProvider()
    let client = try provider.ephemeralKey(in: group)
    let response = try provider.respond(to: client.publicValue.span, in: group)
    let expected = response.secret.bytes
    #expect(try client.sharedSecret(with: response.publicValue.span).bytes == expected)
    let again = try provider.respond(to: client.publicValue.span, in: group)
    #expect(again.publicValue != response.publicValue)
    #expect(again.secret.bytes != expected)
  }

  @Test(arguments: [NamedGroup.secp256r1, .secp384r1, .secp521r1])
  func `a broken random generator ends in an error, not in a loop`(group: NamedGroup) {
    let provider = DefaultCryptoProvider()
    #expect(throws: CryptoError.failure("the random generator makes no keys")) {
      try provider.ephemeralKey(in: group) { [UInt8](repeating: 0, count: $0) }
    }
    #expect(throws: CryptoError.failure("the random generator makes no keys")) {
      try provider.ephemeralKey(in: group) { _ in [] }
    }
  }

  @Test func `random bytes come in the length asked for, and differ`() {
    let provider = DefaultCryptoProvider()
    for count in [0, 1, 7, 8, 9, 32, 1000] { #expect(provider.randomBytes(count).count == count) }
    #expect(provider.randomBytes(32) != provider.randomBytes(32))
  }
}

extension Secret {
  var bytes: [UInt8] { withSpan { [UInt8](copying: $0) } }
}
