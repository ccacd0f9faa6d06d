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
}
