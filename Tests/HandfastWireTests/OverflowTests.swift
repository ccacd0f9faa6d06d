import HandfastWire
import Testing

/// A vector that is longer than its length prefix can say is noted, and nothing is handed out to be sent.
@Suite("Vectors that do not fit") struct OverflowTests {
  /// What `body` writes; nil when a vector did not fit.
  private func written(_ body: (inout WireWriter) -> Void) -> [UInt8]? {
    var writer = WireWriter()
    body(&writer)
    return writer.overflow ? nil : writer.bytes
  }

  @Test("the longest vector of each width is written, the next longer one is noted", arguments: [1, 2, 3])
  func longest(width: Int) throws {
    let width = try #require(LengthWidth(rawValue: width))
    let most = 1 << (8 * width.rawValue) - 1
    let fitting = written { $0.opaque(width, [UInt8](repeating: 0, count: most)) }
    #expect(fitting?.count == width.rawValue + most)
    #expect(fitting?.prefix(width.rawValue).allSatisfy { $0 == 0xff } == true)
    #expect(written { $0.opaque(width, [UInt8](repeating: 0, count: most + 1)) } == nil)
  }

  @Test("an overflow within a vector that fits is noted as well")
  func nested() {
    #expect(written { $0.nested(.two) { $0.opaque(.one, [UInt8](repeating: 0, count: 256)) } } == nil)
  }

  @Test("a message with a vector that does not fit is not encoded")
  func messages() {
    let random = [UInt8](repeating: 0, count: 32)
    let long = [UInt8](repeating: 0, count: 0x1_0000)
    let hello = ClientHello(
      version: .tls12, random: random, sessionID: long, cipherSuites: [.fallbackSCSV], extensions: nil)
    #expect(hello.encoded() == nil)
    #expect(hello.message() == nil)
    #expect(CertificateVerify(algorithm: .ed25519, signature: long).message() == nil)
    #expect(RSAClientKeyExchange(encryptedPreMasterSecret: long).message() == nil)
    #expect(ECDHClientKeyExchange(point: long).message() == nil)
    let suites = [CipherSuite](repeating: .fallbackSCSV, count: 0x8000)
    let many = ClientHello(version: .tls12, random: random, sessionID: [], cipherSuites: suites, extensions: nil)
    #expect(many.message() == nil)
    let request = CertificateRequest12(
      certificateTypes: [.rsaSign], signatureAlgorithms: [.ed25519], authorities: [long])
    #expect(request.message() == nil)
  }

  @Test("a body of more than 24 bits of length is not encoded as a message")
  func body() {
    let half = [UInt8](repeating: 0, count: 1 << 23)
    #expect(Certificate12(chain: [half, half]).message() == nil)
    let entry = CertificateEntry(certificate: half, extensions: ExtensionBlock())
    #expect(Certificate13(context: [], entries: [entry, entry]).message() == nil)
    #expect(CertificateStatus(response: half + half).message() == nil)
    #expect(Finished(verifyData: [UInt8](repeating: 0, count: 1 << 24)).message() == nil)
  }

  @Test("an extension whose content does not fit is noted by its block")
  func extensions() {
    let long = [UInt8](repeating: 0x61, count: 256)
    var names = ExtensionBlock()
    names.set(ApplicationProtocols(names: [long]))
    #expect(names.encoded() == nil)
    var renegotiation = ExtensionBlock()
    renegotiation.set(RenegotiationInfo(renegotiatedConnection: long))
    #expect(renegotiation.encoded() == nil)
    let longer = [UInt8](repeating: 0x61, count: 0x1_0000)
    #expect(Cookie(cookie: longer).encoded() == nil)
    #expect(CertificateAuthorities(names: [longer]).encoded() == nil)
    #expect(OIDFilters(filters: [OIDFilter(oid: long, values: [])]).encoded() == nil)
    #expect(OIDFilters(filters: [OIDFilter(oid: [6], values: longer)]).encoded() == nil)
    #expect(
      SignatureAlgorithmsCert(schemes: [SignatureScheme](repeating: .ed25519, count: 0x8000)).encoded() == nil)
    var ticket = ExtensionBlock()
    ticket.set(SessionTicketExtension(ticket: longer))
    #expect(ticket.encoded() == nil)
    #expect(EncryptedExtensions(extensions: ticket).message() == nil)
    var versions = ExtensionBlock()
    versions.set(SupportedVersions(versions: [ProtocolVersion](repeating: .tls12, count: 128)))
    #expect(versions.encoded() == nil)
    let hello = ServerHello(
      version: .tls12, random: [UInt8](repeating: 0, count: 32), sessionID: [], cipherSuite: .fallbackSCSV,
      extensions: names)
    #expect(hello.message() == nil)
  }

  @Test("extensions that fit one by one but not together are not encoded")
  func block() {
    var block = ExtensionBlock()
    block.set(.serverName, [UInt8](repeating: 0, count: 40_000))
    #expect(block.encoded() != nil)
    block.set(.supportedGroups, [UInt8](repeating: 0, count: 40_000))
    #expect(block.encoded() == nil)
  }

  @Test("an overflow that is replaced by what fits is forgotten")
  func replacedOverflow() {
    var block = ExtensionBlock()
    block.set(ApplicationProtocols(names: [[UInt8](repeating: 0x61, count: 256)]))
    block.set(ApplicationProtocols(names: [Array("h2".utf8)]))
    #expect(block.encoded() == hex("0009 0010 0005 0003 02 6832"))
  }
}
