import HandfastWire
import Testing

extension Codec {
  static let serverHello = Codec(
    ServerHello(
      version: .tls12, random: [UInt8](32..<64), sessionID: [0x01, 0x02],
      cipherSuite: .ecdheRSAWithChaCha20Poly1305SHA256,
      extensions: {
        var block = ExtensionBlock()
        block.set(ExtendedMasterSecret())
        block.set(ApplicationProtocols(names: [Array("h2".utf8)]))
        return block
      }()),
    wholePrefixes: [2 + 32 + 3 + 2 + 1],
    """
    0303                                                              # server_version
    202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f  # random
    [02] 0102                                                         # session_id
    cca8                                                              # cipher_suite
    00                                                                # compression_method
    [000d]                                                            # extensions
      0017 [0000]                                                     # extended_master_secret
      0010 [0005] 0003 02 6832                                        # application_layer_protocol_negotiation
    """)
}

@Suite("ServerHello") struct ServerHelloTests {
  private let start = "0303 \(String(repeating: "00", count: 32))"

  @Test("a session id of 33 bytes is refused")
  func sessionIDLength() {
    let bytes = hex("\(start) 21 \(String(repeating: "ab", count: 33)) c02b 00")
    #expect(
      decodeError { () throws(DecodeError) in try decode(ServerHello.self, bytes) }
        == .badLength(field: "session_id", length: 33))
  }

  @Test("a suite and a compression method that nobody knows survive")
  func unknownChoices() throws {
    let bytes = hex("0304 \(String(repeating: "5a", count: 32)) 00 8a8a 40")
    let hello = try decode(ServerHello.self, bytes)
    #expect(hello.cipherSuite.rawValue == 0x8a8a)
    #expect(hello.compressionMethod.rawValue == 0x40)
    #expect(hello.version == .tls13)
    #expect(hello.extensions == nil)
    #expect(hello.encoded() == bytes)
  }

  @Test("the same extension twice is refused")
  func duplicate() {
    let bytes = hex("\(start) 00 c02b 00 000a ff010001 00 ff010001 00")
    #expect(
      decodeError { () throws(DecodeError) in try decode(ServerHello.self, bytes) }
        == .duplicateExtension(.renegotiationInfo))
  }

  @Test("a ServerHello with the random that RFC 9846 §4.2.3 sets aside asks for another ClientHello")
  func retryRequest() {
    // sha256sum of the text HelloRetryRequest
    let random = hex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")
    #expect(ServerHello.retryRandom == random)
    var hello = ServerHello(
      version: .tls12, random: random, sessionID: [], cipherSuite: .aes128GCMSHA256, extensions: nil)
    #expect(hello.isRetryRequest)
    for index in random.indices {
      hello.random = random
      hello.random[index] ^= 1
      #expect(!hello.isRetryRequest)
    }
  }
}
