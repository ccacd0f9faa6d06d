import HandfastWire
import Testing

extension Codec {
  static let serverHelloDone = Codec(ServerHelloDone(), "")
  static let helloRequest = Codec(HelloRequest(), "")

  static let finished = Codec(
    Finished(verifyData: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]), wholePrefixes: Set(0..<12),
    """
    000102030405060708090a0b  # verify_data
    """)

  static let endOfEarlyData = Codec(EndOfEarlyData(), "")

  static let encryptedExtensions = Codec(
    EncryptedExtensions(
      extensions: {
        var block = ExtensionBlock()
        block.set(ServerNameAcknowledgement())
        block.set(ApplicationProtocols(names: [Array("h2".utf8)]))
        return block
      }()),
    """
    [000d]                           # extensions
      0000 [0000]                    # server_name
      0010 [0005] 0003 02 6832       # application_layer_protocol_negotiation
    """)

  static let keyUpdate = Codec(KeyUpdate(request: .updateRequested), "01  # request_update")
}

@Suite("Whole messages") struct WholeMessageTests {
  @Test("a message is its type, its length in 24 bits, and its body")
  func framing() {
    #expect(ServerHelloDone().message() == hex("0e 000000"))
    #expect(HelloRequest().message() == hex("00 000000"))
    #expect(Finished(verifyData: [0xab, 0xcd]).message() == hex("14 000002 abcd"))
    #expect(ECDHClientKeyExchange(point: [4]).message() == hex("10 000002 01 04"))
    #expect(RSAClientKeyExchange(encryptedPreMasterSecret: [4]).message() == hex("10 000003 0001 04"))
    #expect(Certificate12(chain: []).message() == hex("0b 000003 000000"))
    #expect(CertificateVerify(algorithm: .ed25519, signature: []).message() == hex("0f 000004 0807 0000"))
    let params = ServerECDHParams(group: .x25519, point: [9])
    #expect(
      ServerKeyExchange(params: params, algorithm: .ed25519, signature: []).message()
        == hex("0c 000009 03 001d 01 09 0807 0000"))
    let request = CertificateRequest12(
      certificateTypes: [.rsaSign], signatureAlgorithms: [.rsaPKCS1SHA256], authorities: [])
    #expect(request.message() == hex("0d 000008 01 01 0002 0401 0000"))
    #expect(EndOfEarlyData().message() == hex("05 000000"))
    #expect(EncryptedExtensions(extensions: ExtensionBlock()).message() == hex("08 000002 0000"))
    #expect(CertificateStatus(response: [0x30]).message() == hex("16 000005 01 000001 30"))
    #expect(KeyUpdate(request: .updateNotRequested).message() == hex("18 000001 00"))
    let request13 = CertificateRequest13(context: [], extensions: ExtensionBlock())
    #expect(request13.message() == hex("0d 000003 00 0000"))
  }

  @Test("a hello's first byte is its type")
  func hellos() throws {
    let random = [UInt8](repeating: 1, count: 32)
    let client = ClientHello(
      version: .tls12, random: random, sessionID: [], cipherSuites: [.fallbackSCSV], extensions: nil)
    #expect(client.message()?.prefix(6) == [1, 0, 0, 41, 3, 3])
    let server = ServerHello(
      version: .tls12, random: random, sessionID: [], cipherSuite: .fallbackSCSV, extensions: nil)
    #expect(server.message()?.prefix(6) == [2, 0, 0, 38, 3, 3])
  }

  @Test("a KeyUpdate that asks for something nobody defined decodes: its receiver judges it", arguments: [2, 255])
  func undefinedKeyUpdate(value: UInt8) throws {
    let update = try decode(KeyUpdate.self, [value])
    #expect(update.request == KeyUpdateRequest(rawValue: value))
    #expect(update.request.name == nil)
  }

  @Test("EncryptedExtensions refuse the same extension twice")
  func duplicateEncryptedExtension() {
    #expect(
      decodeError { () throws(DecodeError) in try decode(EncryptedExtensions.self, hex("0008 002a0000 002a0000")) }
        == .duplicateExtension(.earlyData))
  }

  @Test("a message_hash holds the digest, of any hash, behind a message's head")
  func messageHash() {
    #expect(MessageHash.bytes(of: [0xab, 0xcd]) == hex("fe 000002 abcd"))
    let digest = [UInt8](0..<48)
    #expect(MessageHash.bytes(of: digest) == hex("fe 000030") + digest)
  }
}
