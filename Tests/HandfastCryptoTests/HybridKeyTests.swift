import Crypto
import HandfastCore
import HandfastCrypto
import HandfastWire
import Testing

@Suite struct HybridKeyTests {
  private let provider = DefaultCryptoProvider()

  /// What RFC 10024 says about a group's shares, written a second time.
  struct Shape: Sendable, CustomTestStringConvertible {
    let group: NamedGroup
    let classical: NamedGroup
    let client: (mlkem: Range<Int>, classical: Range<Int>)
    let server: (mlkem: Range<Int>, classical: Range<Int>)
    let secret: (mlkem: Range<Int>, classical: Range<Int>)
    var testDescription: String { group.description }

    static let all = [
      Shape(
        group: .x25519MLKEM768, classical: .x25519, client: (0..<1184, 1184..<1216), server: (0..<1088, 1088..<1120),
        secret: (0..<32, 32..<64)),
      Shape(
        group: .secp256r1MLKEM768, classical: .secp256r1, client: (65..<1249, 0..<65), server: (65..<1153, 0..<65),
        secret: (32..<64, 0..<32)),
    ]
  }

  @Test func `the code points are the registry's`() {
    #expect(NamedGroup.x25519MLKEM768.description == "X25519MLKEM768")
    #expect(NamedGroup.secp256r1MLKEM768.description == "SecP256r1MLKEM768")
    #expect(provider.groups.filter(\.isHybrid) == [.x25519MLKEM768, .secp256r1MLKEM768])
  }

  @Test(arguments: Shape.all, RecordCipher.allCases)
  func `shares and secret have the lengths of RFC 10024, with each part in its place`(
    shape: Shape, cipher: RecordCipher
  ) throws {
    let provider = DefaultCryptoProvider(recordCipher: cipher)
    var seed: [UInt8] = []
    let client = try provider.ephemeralKey(in: shape.group) { count in
      let bytes = provider.randomBytes(count)
      if count == 64 { seed = bytes }
      return bytes
    }
    #expect(client.publicValue.count == shape.client.mlkem.count + shape.client.classical.count)
    let response = try provider.respond(to: client.publicValue.span, in: shape.group)
    #expect(response.publicValue.count == shape.server.mlkem.count + shape.server.classical.count)
    let secret = response.secret.bytes
    #expect(secret.count == 64)
    #expect(try client.sharedSecret(with: response.publicValue.span).bytes == secret)

    let decapsulation = try MLKEM768.PrivateKey(seedRepresentation: seed, publicKey: nil)
    #expect(Array(client.publicValue[shape.client.mlkem]) == Array(decapsulation.publicKey.rawRepresentation))
    let inner = try decapsulation.decapsulate(Array(response.publicValue[shape.server.mlkem]))
    #expect(inner == SymmetricKey(data: Array(secret[shape.secret.mlkem])))

    let component = try #require(client.component)
    #expect(component.group == shape.classical)
    let outer = try component.key.sharedSecret(with: Array(response.publicValue[shape.server.classical]).span).bytes
    #expect(outer == Array(secret[shape.secret.classical]))
  }

  @Test(arguments: Shape.all)
  func `the component is the share's own classical key`(shape: Shape) throws {
    let client = try provider.ephemeralKey(in: shape.group)
    let component = try #require(client.component)
    #expect(component.key.publicValue == Array(client.publicValue[shape.client.classical]))
    #expect(component.key.component == nil)
    // A server may choose the classical share by itself.
    let response = try provider.respond(to: component.key.publicValue.span, in: component.group)
    let secret = response.secret.bytes
    #expect(try component.key.sharedSecret(with: response.publicValue.span).bytes == secret)
  }

  @Test(arguments: Shape.all)
  func `a client's share that is malformed is refused`(shape: Shape) throws {
    let good = try provider.ephemeralKey(in: shape.group).publicValue
    var unreduced = good
    // Two coefficients of 12 bits, both 4095, where FIPS 203 §7.2 wants less than 3329.
    unreduced.replaceSubrange(shape.client.mlkem.prefix(3), with: [0xff, 0xff, 0xff])
    var badClassical = good
    badClassical.replaceSubrange(
      shape.client.classical, with: [UInt8](repeating: 0, count: shape.client.classical.count))
    let swapped = Array(good[shape.client.classical]) + Array(good[shape.client.mlkem])
    let turned = shape.client.mlkem.lowerBound == 0 ? swapped : good.reversed()
    for bad in [[], Array(good.dropLast()), good + [0], [0] + good, unreduced, badClassical, turned] {
      for cipher in RecordCipher.allCases {
        #expect(throws: CryptoError.invalidPublicValue) {
          _ = try DefaultCryptoProvider(recordCipher: cipher).respond(to: bad.span, in: shape.group).publicValue
        }
      }
    }
  }

  @Test(arguments: RecordCipher.allCases, RecordCipher.allCases)
  func `BoringSSL and swift-crypto understand each other`(client: RecordCipher, server: RecordCipher) throws {
    let key = try DefaultCryptoProvider(recordCipher: client).ephemeralKey(in: .x25519MLKEM768)
    let response = try DefaultCryptoProvider(recordCipher: server).respond(
      to: key.publicValue.span, in: .x25519MLKEM768)
    #expect(try key.sharedSecret(with: response.publicValue.span).bytes == response.secret.bytes)
  }

  @Test(arguments: Shape.all)
  func `a server's share of the wrong length or with a bad classical part is refused`(shape: Shape) throws {
    let client = try provider.ephemeralKey(in: shape.group)
    let good = try provider.respond(to: client.publicValue.span, in: shape.group).publicValue
    var badClassical = good
    badClassical.replaceSubrange(
      shape.server.classical, with: [UInt8](repeating: 0, count: shape.server.classical.count))
    for bad in [[], Array(good.dropLast()), good + [0], client.publicValue, badClassical] {
      #expect(throws: CryptoError.invalidPublicValue) { _ = try client.sharedSecret(with: bad.span).bytes }
    }
  }

  @Test(arguments: Shape.all)
  func `a ciphertext changed on its way leads to another secret, and tells nothing more`(shape: Shape) throws {
    let client = try provider.ephemeralKey(in: shape.group)
    let response = try provider.respond(to: client.publicValue.span, in: shape.group)
    var changed = response.publicValue
    changed[shape.server.mlkem.lowerBound] ^= 1
    let (secret, other) = (response.secret.bytes, try client.sharedSecret(with: changed.span).bytes)
    #expect(secret[shape.secret.classical] == other[shape.secret.classical])
    #expect(secret[shape.secret.mlkem] != other[shape.secret.mlkem])
  }

  @Test(arguments: Shape.all)
  func `a broken random generator ends in an error`(shape: Shape) {
    #expect(throws: CryptoError.failure("the random generator makes no keys")) {
      try provider.ephemeralKey(in: shape.group) { $0 == 64 ? [] : provider.randomBytes($0) }
    }
  }
}
