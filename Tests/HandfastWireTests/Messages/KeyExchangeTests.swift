import HandfastWire
import Testing

extension Codec {
  static let serverKeyExchange = Codec(
    ServerKeyExchange(
      params: ServerECDHParams(group: .x25519, point: [0x09, 0x08, 0x07]), algorithm: .rsaPKCS1SHA384,
      signature: [0x11, 0x22]),
    """
    03              # curve_type: named_curve
    001d            # namedcurve: x25519
    [03] 090807     # point
    0501            # algorithm
    [0002] 1122     # signature
    """)

  static let serverECDHParams = Codec(
    ServerECDHParams(group: .secp521r1, point: [0x04, 0xff]),
    """
    03          # curve_type: named_curve
    0019        # namedcurve: secp521r1
    [02] 04ff   # point
    """)

  static let ecdhClientKeyExchange = Codec(
    ECDHClientKeyExchange(point: [0x04, 0x01, 0x02]),
    """
    [03] 040102  # ecdh_Yc
    """)

  static let rsaClientKeyExchange = Codec(
    RSAClientKeyExchange(encryptedPreMasterSecret: [0xca, 0xfe, 0xba, 0xbe]),
    """
    [0004] cafebabe  # EncryptedPreMasterSecret
    """)
}

@Suite("ServerKeyExchange, ClientKeyExchange") struct KeyExchangeTests {
  private func serverError(_ text: String) -> DecodeError? {
    decodeError { () throws(DecodeError) in
      try decode(ServerKeyExchange.self, hex(text))
    }
  }

  @Test("a curve that is spelled out instead of named is refused", arguments: [UInt8(0), 1, 2, 4, 255])
  func explicitCurve(type: UInt8) {
    let bytes = [type] + hex("001d 01 09 0403 0000")
    #expect(
      decodeError { () throws(DecodeError) in try decode(ServerKeyExchange.self, bytes) }
        == .badValue(field: "curve_type", value: UInt32(type)))
  }

  @Test("an empty point is refused on either side")
  func emptyPoint() {
    #expect(serverError("03 001d 00 0403 0000") == .badLength(field: "point", length: 0))
    #expect(
      decodeError { () throws(DecodeError) in try decode(ECDHClientKeyExchange.self, [0]) }
        == .badLength(field: "ecdh_Yc", length: 0))
  }

  @Test("a group and a signature scheme that nobody knows survive")
  func unknownCodePoints() throws {
    let bytes = hex("03 fafa 01 09 2a2a 0001 00")
    let exchange = try decode(ServerKeyExchange.self, bytes)
    #expect(exchange.params.group.isGREASE)
    #expect(exchange.algorithm.isGREASE)
    #expect(exchange.encoded() == bytes)
  }

  @Test("the signed part is the message's first bytes, exactly")
  func signedPart() throws {
    let exchange = try decode(ServerKeyExchange.self, Codec.serverKeyExchange.vector.bytes)
    #expect(exchange.params.encoded() == hex("03 001d 03 090807"))
  }

  @Test("an empty encrypted pre-master secret decodes: only the decryption refuses it")
  func emptyCiphertext() throws {
    let exchange = try decode(RSAClientKeyExchange.self, [0, 0])
    #expect(exchange.encryptedPreMasterSecret.isEmpty)
  }
}
