import HandfastCore
import HandfastCrypto
import HandfastWire
import Testing

@Suite struct RSAKeyTransportTests {
  static let secret: [UInt8] = [3, 3] + (0..<46)
  static let replacement = [UInt8](repeating: 0x5a, count: 48)

  /// A good block for a modulus of `count` bytes.
  static func block(_ count: Int = 256, message: [UInt8] = secret) -> [UInt8] {
    [0, 2] + [UInt8](repeating: 0xa7, count: count - message.count - 3) + [0] + message
  }

  func unpad(_ block: [UInt8]) -> [UInt8] {
    unpadPreMasterSecret(block.span, replacement: Secret(Self.replacement)).bytes
  }

  @Test func `a good block gives its 48 bytes, whatever they are`() {
    for count in [59, 128, 256, 384, 512] { #expect(unpad(Self.block(count)) == Self.secret) }
    for byte in UInt8.min...UInt8.max {
      let message = [UInt8](repeating: byte, count: 48)
      #expect(unpad(Self.block(message: message)) == message)
    }
  }

  @Test func `any other first byte, and any other block type, gives the replacement`() {
    for byte in UInt8.min...UInt8.max {
      var block = Self.block()
      block[0] = byte
      #expect(unpad(block) == (byte == 0 ? Self.secret : Self.replacement))
      block = Self.block()
      block[1] = byte
      #expect(unpad(block) == (byte == 2 ? Self.secret : Self.replacement))
    }
  }

  @Test func `a zero anywhere in the padding gives the replacement`() {
    for index in 2..<207 {
      var block = Self.block()
      block[index] = 0
      #expect(unpad(block) == Self.replacement, "\(index)")
    }
  }

  @Test func `any separator but zero gives the replacement`() {
    for byte in UInt8.min...UInt8.max {
      var block = Self.block()
      block[207] = byte
      #expect(unpad(block) == (byte == 0 ? Self.secret : Self.replacement))
    }
  }

  @Test func `a message of any other length gives the replacement`() {
    for count in [0, 1, 16, 46, 47, 49, 64, 100, 245] {
      let message = [UInt8](repeating: 0x11, count: count)
      #expect(unpad(Self.block(message: message)) == Self.replacement, "\(count)")
    }
  }

  @Test func `a block too short for eight bytes of padding gives the replacement`() {
    for count in 51..<59 { #expect(unpad(Self.block(count)) == Self.replacement, "\(count)") }
    for count in 0..<51 { #expect(unpad([UInt8](repeating: 2, count: count)) == Self.replacement, "\(count)") }
  }

  @Test func `a block without any separator gives the replacement`() {
    #expect(unpad([0, 2] + [UInt8](repeating: 0xa7, count: 254)) == Self.replacement)
    #expect(unpad([UInt8](repeating: 0, count: 256)) == Self.replacement)
  }

  @Test func `what a client encrypts, the server decrypts`() throws {
    for der in [KeyFixtures.pkcs1RSA, try #require(Keys.all.last).pkcs8] {
      let key = try PrivateKey(pkcs1: der)
      let ciphertext = try key.publicKey.encryptPreMasterSecret(Secret(Self.secret))
      let again = try key.publicKey.encryptPreMasterSecret(Secret(Self.secret))
      #expect(ciphertext != again)
      let decrypted = key.decrypted(ciphertext, replacement: Self.replacement)
      #expect(decrypted == Self.secret)
    }
  }

  @Test func `a ciphertext that is none gives the replacement`() throws {
    let key = try PrivateKey(pkcs1: KeyFixtures.pkcs1RSA)
    let good = try key.publicKey.encryptPreMasterSecret(Secret(Self.secret))
    var changed = good
    changed[100] ^= 1
    let aboveModulus = [UInt8](repeating: 0xff, count: 256)
    let zero = [UInt8](repeating: 0, count: 256)
    for bad in [[], [1], Array(good.dropLast()), good + [0], [0] + good, changed, aboveModulus, zero] {
      let secret = key.decrypted(bad, replacement: Self.replacement)
      #expect(secret == Self.replacement)
    }
    // The failures above leave nothing behind that the next decryption stumbles over.
    let secret = key.decrypted(good, replacement: Self.replacement)
    #expect(secret == Self.secret)
  }

  @Test func `a key that is not RSA neither encrypts nor decrypts`() throws {
    let key = try PrivateKey(sec1: KeyFixtures.sec1P256)
    let secret = key.decrypted([1, 2, 3], replacement: Self.replacement)
    #expect(secret == nil)
    #expect(throws: CryptoError.unsupported) {
      _ = try key.publicKey.encryptPreMasterSecret(Secret(Self.secret))
    }
  }

  @Test func `RSA key transport is offered where a server can decrypt without an oracle, and last`() {
    let suites = DefaultCryptoProvider().cipherSuites
    #expect(RecordCipher.isBoringSSLAvailable)
    #expect(suites.suffix(2) == [.rsaWithAES128GCMSHA256, .rsaWithAES256GCMSHA384])
    #expect(suites.count == 11)
  }
}

extension PrivateKey {
  func decrypted(_ ciphertext: [UInt8], replacement: [UInt8]) -> [UInt8]? {
    guard let secret = decryptPreMasterSecret(ciphertext, replacement: Secret(replacement)) else { return nil }
    return secret.bytes
  }
}
