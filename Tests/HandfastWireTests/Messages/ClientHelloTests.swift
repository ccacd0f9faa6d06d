import HandfastWire
import Testing

extension Codec {
  static let clientHello = Codec(
    ClientHello(
      version: .tls12, random: [UInt8](0..<32), sessionID: [0xaa, 0xbb, 0xcc, 0xdd],
      cipherSuites: [.ecdheECDSAWithAES128GCMSHA256, .ecdheRSAWithAES128GCMSHA256, .emptyRenegotiationInfoSCSV],
      compressionMethods: [.null, CompressionMethod(rawValue: 1)],
      extensions: {
        var block = ExtensionBlock()
        block.set(ServerName(hostName: Array("localhost".utf8)))
        block.set(RenegotiationInfo())
        block.set(ExtensionType(rawValue: 0x1a1a), [])
        return block
      }()),
    wholePrefixes: [2 + 32 + 5 + 8 + 3],
    """
    0303                                                              # client_version
    000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f  # random
    [04] aabbccdd                                                     # session_id
    [0006] c02b c02f 00ff                                             # cipher_suites
    [02] 00 01                                                        # compression_methods
    [001b]                                                            # extensions
      0000 [000e] 000c 00 0009 6c6f63616c686f7374                     # server_name
      ff01 [0001] 00                                                  # renegotiation_info
      1a1a [0000]                                                     # GREASE
    """)
}

@Suite("ClientHello") struct ClientHelloTests {
  private let start = "0303 \(String(repeating: "00", count: 32))"

  private func error(_ rest: String) -> DecodeError? {
    decodeError { () throws(DecodeError) in try decode(ClientHello.self, hex(start + rest)) }
  }

  @Test("a session id of 32 bytes is taken, one of 33 is refused")
  func sessionIDLength() throws {
    let longest = String(repeating: "ab", count: 32)
    let hello = try decode(ClientHello.self, hex("\(start) 20 \(longest) 0002 c02b 01 00"))
    #expect(hello.sessionID == [UInt8](repeating: 0xab, count: 32))
    #expect(error("21 \(longest)ab 0002 c02b 01 00") == .badLength(field: "session_id", length: 33))
  }

  @Test("no cipher suite at all is refused")
  func noSuites() { #expect(error("00 0000 01 00") == .badLength(field: "cipher_suites", length: 0)) }

  @Test("half a cipher suite is refused")
  func halfASuite() { #expect(error("00 0003 c02bc0 01 00") == .badLength(field: "cipher_suites", length: 3)) }

  @Test("no compression method at all is refused")
  func noCompression() { #expect(error("00 0002 c02b 00") == .badLength(field: "compression_methods", length: 0)) }

  @Test("a missing extension block and an empty one are different values, and stay so")
  func missingAndEmptyBlock() throws {
    let without = hex("\(start) 00 0002 c02b 01 00")
    let empty = without + [0, 0]
    let first = try decode(ClientHello.self, without)
    let second = try decode(ClientHello.self, empty)
    #expect(first.extensions == nil)
    #expect(second.extensions == ExtensionBlock())
    #expect(first.encoded() == without)
    #expect(second.encoded() == empty)
  }

  @Test("one byte where the extension block should be is refused")
  func halfABlock() { #expect(error("00 0002 c02b 01 00 00") == .truncated(field: "extensions")) }

  @Test("the same extension twice is refused")
  func duplicate() {
    #expect(
      error("00 0002 c02b 01 00 0008 00170000 00170000") == .duplicateExtension(.extendedMasterSecret))
  }

  @Test("every cipher suite there could be fits into one hello")
  func asManySuitesAsFit() throws {
    let suites = (0..<0x7fff).map { CipherSuite(rawValue: UInt16($0)) }
    let hello = ClientHello(
      version: .tls12, random: [UInt8](repeating: 7, count: 32), sessionID: [], cipherSuites: suites, extensions: nil)
    let bytes = try #require(hello.encoded())
    #expect(try decode(ClientHello.self, bytes) == hello)
  }

  @Test(
    "what binders take at the end of a hello is what they take in its bytes", arguments: [[32], [48], [32, 48, 255]])
  func binders(lengths: [Int]) throws {
    let binders = lengths.map { [UInt8](repeating: 0xb1, count: $0) }
    let identities = lengths.map { PSKIdentity(identity: [UInt8(truncatingIfNeeded: $0)], obfuscatedTicketAge: 0) }
    var block = ExtensionBlock()
    block.set(PSKKeyExchangeModes(modes: [.pskDHEKE]))
    block.set(OfferedPSKs(identities: identities, binders: binders))
    let hello = ClientHello(
      version: .tls12, random: [UInt8](repeating: 7, count: 32), sessionID: [], cipherSuites: [.aes128GCMSHA256],
      extensions: block)
    let message = try #require(hello.message())
    let binderBytes = binders.flatMap { [UInt8($0.count)] + $0 }
    let list = [UInt8(binderBytes.count >> 8), UInt8(binderBytes.count & 0xff)] + binderBytes
    #expect(ClientHello.binderListByteCount(binders) == list.count)
    #expect(Array(message.suffix(list.count)) == list)
  }
}
