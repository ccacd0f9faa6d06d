import HandfastWire
import Testing

extension Codec {
  static let certificate = Codec(
    Certificate12(chain: [[0x30, 0x01, 0x02], [0x30]]),
    """
    [00000a]            # certificate_list
      [000003] 300102   # ASN.1Cert
      [000001] 30       # ASN.1Cert
    """)

  static let rawPublicKey = Codec(
    RawPublicKey12(subjectPublicKeyInfo: [0x30, 0x01, 0x02]),
    "[000003] 300102   # ASN.1_subjectPublicKeyInfo")

  static let certificateRequest = Codec(
    CertificateRequest12(
      certificateTypes: [.ecdsaSign, .rsaSign], signatureAlgorithms: [.ecdsaSecp256r1SHA256, .rsaPSSRSAESHA256],
      authorities: [[0x30, 0x00], [0x30, 0x01, 0xff]]),
    """
    [02] 40 01            # certificate_types
    [0004] 0403 0804      # supported_signature_algorithms
    [0009]                # certificate_authorities
      [0002] 3000         # DistinguishedName
      [0003] 3001ff       # DistinguishedName
    """)

  static let certificateVerify = Codec(
    CertificateVerify(algorithm: .ed25519, signature: [0xde, 0xad, 0xbe, 0xef]),
    """
    0807              # algorithm
    [0004] deadbeef   # signature
    """)
}

@Suite("Certificate, CertificateRequest, CertificateVerify") struct CertificateTests {
  private func certificateError(_ text: String) -> DecodeError? {
    decodeError { () throws(DecodeError) in try decode(Certificate12.self, hex(text)) }
  }

  private func requestError(_ text: String) -> DecodeError? {
    decodeError { () throws(DecodeError) in
      try decode(CertificateRequest12.self, hex(text))
    }
  }

  @Test("an empty chain is a value: the client that has no certificate sends it")
  func emptyChain() throws {
    #expect(try decode(Certificate12.self, [0, 0, 0]).chain.isEmpty)
    #expect(Certificate12(chain: []).encoded() == [0, 0, 0])
  }

  @Test("an empty certificate within a chain is refused")
  func emptyCertificate() {
    #expect(certificateError("000003 000000") == .badLength(field: "ASN.1Cert", length: 0))
    #expect(certificateError("000007 000001 30 000000") == .badLength(field: "ASN.1Cert", length: 0))
  }

  @Test("a certificate that reaches over the end of its list is refused, though the bytes are there")
  func certificateOverTheEnd() {
    #expect(certificateError("000004 000002 30 01") == .truncated(field: "ASN.1Cert"))
  }

  @Test("a request without certificate types is refused")
  func noTypes() { #expect(requestError("00 0002 0403 0000") == .badLength(field: "certificate_types", length: 0)) }

  @Test("a request without signature algorithms, or with half of one, is refused")
  func noAlgorithms() {
    let field = "supported_signature_algorithms"
    #expect(requestError("01 40 0000 0000") == .badLength(field: field, length: 0))
    #expect(requestError("01 40 0001 04 0000") == .badLength(field: field, length: 1))
  }

  @Test("a request that names no authority is a value: any authority will do")
  func anyAuthority() throws {
    let bytes = hex("01 40 0002 0403 0000")
    let request = try decode(CertificateRequest12.self, bytes)
    #expect(request.authorities.isEmpty)
    #expect(request.encoded() == bytes)
  }

  @Test("an empty name among the authorities is refused")
  func emptyName() {
    #expect(requestError("01 40 0002 0403 0002 0000") == .badLength(field: "DistinguishedName", length: 0))
  }

  @Test("an empty signature decodes: whoever verifies it refuses it")
  func emptySignature() throws {
    let verify = try decode(CertificateVerify.self, [4, 3, 0, 0])
    #expect(verify == CertificateVerify(algorithm: .ecdsaSecp256r1SHA256, signature: []))
  }
}
