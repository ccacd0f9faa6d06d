import HandfastWire
import Testing

extension Codec {
  static let statusRequest = Codec(
    StatusRequest(),
    """
    01        # status_type: ocsp
    [0000]    # responder_id_list
    [0000]    # request_extensions
    """)

  static let statusRequestAcknowledgement = Codec(StatusRequestAcknowledgement(), "")

  static let stapledResponse = Codec(
    StapledResponse(response: [0x30, 0x00]),
    """
    01              # status_type: ocsp
    [000002] 3000   # OCSPResponse
    """)
}

@Suite("status_request") struct StatusRequestTests {
  private func error<E: ExtensionBody>(_ kind: E.Type, _ text: String) -> DecodeError? {
    decodeError { () throws(DecodeError) in try decode(E.self, hex(text)) }
  }

  @Test("responders and extensions of a request are kept as they came")
  func responders() throws {
    let bytes = hex("01 0007 0001 aa 0002 bbcc 0003 010203")
    let request = try decode(StatusRequest.self, bytes)
    #expect(request.statusType == .ocsp)
    #expect(request.request == Array(bytes.dropFirst()))
    #expect(request.encoded() == bytes)
  }

  @Test("an OCSP request that is not what RFC 6066 §8 says is refused")
  func framing() {
    #expect(error(StatusRequest.self, "01") == .truncated(field: "responder_id_list"))
    #expect(error(StatusRequest.self, "01 0002 0000 0000") == .badLength(field: "ResponderID", length: 0))
    #expect(error(StatusRequest.self, "01 0002 0001 0000") == .truncated(field: "ResponderID"))
    #expect(error(StatusRequest.self, "01 0000") == .truncated(field: "request_extensions"))
    #expect(error(StatusRequest.self, "01 0000 0000 ff") == .trailingBytes(field: "request", count: 1))
  }

  @Test("a status type that nobody knows survives with what it asks", arguments: ["02", "ff 010203"])
  func unknownType(text: String) throws {
    let bytes = hex(text)
    let request = try decode(StatusRequest.self, bytes)
    #expect(
      request
        == StatusRequest(statusType: CertificateStatusType(rawValue: bytes[0]), request: Array(bytes.dropFirst())))
    #expect(request.encoded() == bytes)
  }

  @Test("a stapled response that is empty or not OCSP is refused")
  func stapled() {
    #expect(error(StapledResponse.self, "01 000000") == .badLength(field: "OCSPResponse", length: 0))
    #expect(error(StapledResponse.self, "02 000001 30") == .badValue(field: "status_type", value: 2))
  }
}
