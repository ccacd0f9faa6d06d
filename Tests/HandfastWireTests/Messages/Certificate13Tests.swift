import HandfastWire
import Testing

extension Codec {
  static let certificate13 = Codec(
    Certificate13(
      context: [0xc0, 0xc1],
      entries: [
        CertificateEntry(
          certificate: [0x30, 0x01, 0x02],
          extensions: {
            var block = ExtensionBlock()
            block.set(StapledResponse(response: [0x30]))
            return block
          }()),
        CertificateEntry(certificate: [0x30], extensions: ExtensionBlock()),
      ]),
    """
    [02] c0c1                             # certificate_request_context
    [000017]                              # certificate_list
      [000003] 300102                     # cert_data
      [0009] 0005 [0005] 01 [000001] 30   # extensions: status_request
      [000001] 30                         # cert_data
      [0000]                              # extensions
    """)

  static let certificateEntry = Codec(
    CertificateEntry(
      certificate: [0x30, 0x00],
      extensions: {
        var block = ExtensionBlock()
        block.set(ExtensionType(rawValue: 18), [1])
        return block
      }()),
    """
    [000002] 3000           # cert_data
    [0005] 0012 [0001] 01   # extensions: signed_certificate_timestamp
    """)

  static let certificateRequest13 = Codec(
    CertificateRequest13(
      context: [0x01],
      extensions: {
        var block = ExtensionBlock()
        block.set(SignatureAlgorithms(schemes: [.ecdsaSecp256r1SHA256]))
        block.set(StatusRequestAcknowledgement())
        return block
      }()),
    """
    [01] 01                    # certificate_request_context
    [000c]                     # extensions
      000d [0004] 0002 0403    # signature_algorithms
      0005 [0000]              # status_request
    """)

  static let certificateStatus = Codec(
    CertificateStatus(response: [0x30, 0x03, 0x0a]),
    """
    01                # status_type: ocsp
    [000003] 30030a   # OCSPResponse
    """)
}

@Suite("Certificate and CertificateRequest of TLS 1.3, CertificateStatus") struct Certificate13Tests {
  private func error<C: WireCodable>(_ kind: C.Type, _ text: String) -> DecodeError? {
    decodeError { () throws(DecodeError) in try decode(C.self, hex(text)) }
  }

  @Test("no context and no certificate is a value: the client that has none sends it")
  func emptyChain() throws {
    let certificate = try decode(Certificate13.self, [0, 0, 0, 0])
    #expect(certificate == Certificate13(context: [], entries: []))
    #expect(certificate.message() == hex("0b 000004 00 000000"))
  }

  @Test("an empty certificate within a chain is refused, at its start and at its end")
  func emptyCertificate() {
    #expect(error(Certificate13.self, "00 000005 000000 0000") == .badLength(field: "cert_data", length: 0))
    #expect(
      error(Certificate13.self, "00 00000b 000001 30 0000 000000 0000") == .badLength(field: "cert_data", length: 0))
  }

  @Test("a certificate without its extension block is refused")
  func missingExtensions() {
    #expect(error(Certificate13.self, "00 000004 000001 30") == .truncated(field: "extensions"))
  }

  @Test("the same extension twice beside one certificate is refused; beside two certificates it is not")
  func duplicates() throws {
    #expect(
      error(Certificate13.self, "00 00000e 000001 30 0008 00120000 00120000")
        == .duplicateExtension(ExtensionType(rawValue: 18)))
    let chain = hex("00 000014 000001 30 0004 00120000 000001 31 0004 00120000")
    #expect(try decode(Certificate13.self, chain).entries.count == 2)
  }

  @Test("the longest context is 255 bytes; a longer one is not encoded")
  func contextLength() throws {
    let longest = [UInt8](repeating: 7, count: 255)
    let request = CertificateRequest13(context: longest, extensions: ExtensionBlock())
    let bytes = try #require(request.encoded())
    #expect(try decode(CertificateRequest13.self, bytes) == request)
    #expect(CertificateRequest13(context: longest + [7], extensions: ExtensionBlock()).message() == nil)
    #expect(Certificate13(context: longest + [7], entries: []).message() == nil)
  }

  @Test("the same extension twice in a request is refused")
  func duplicateInRequest() {
    #expect(
      error(CertificateRequest13.self, "00 0008 002f0000 002f0000") == .duplicateExtension(.certificateAuthorities))
  }

  @Test("a status that is not OCSP is refused, and so is an empty response", arguments: [UInt8(0), 2, 255])
  func status(type: UInt8) {
    #expect(
      decodeError { () throws(DecodeError) in try decode(CertificateStatus.self, [type, 0, 0, 1, 0]) }
        == .badValue(field: "status_type", value: UInt32(type)))
    #expect(error(CertificateStatus.self, "01 000000") == .badLength(field: "OCSPResponse", length: 0))
  }
}
