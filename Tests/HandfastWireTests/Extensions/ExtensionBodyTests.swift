import HandfastWire
import Testing

extension Codec {
  static let serverName = Codec(
    ServerName(hostName: Array("a.example".utf8)),
    """
    [000c]                        # server_name_list
      00                          # name_type: host_name
      [0009] 612e6578616d706c65   # HostName
    """)

  static let serverNameAcknowledgement = Codec(ServerNameAcknowledgement(), "")
  static let extendedMasterSecret = Codec(ExtendedMasterSecret(), "")

  static let maxFragmentLength = Codec(MaxFragmentLengthExtension(length: .bytes2048), "03  # MaxFragmentLength")

  static let supportedGroups = Codec(
    SupportedGroups(groups: [NamedGroup(rawValue: 0x2a2a), .x25519, .secp256r1]),
    """
    [0006] 2a2a 001d 0017  # named_group_list
    """)

  static let ecPointFormats = Codec(
    ECPointFormats(formats: [.uncompressed, ECPointFormat(rawValue: 1)]),
    """
    [02] 00 01  # ec_point_format_list
    """)

  static let signatureAlgorithms = Codec(
    SignatureAlgorithms(schemes: [.ecdsaSecp256r1SHA256, .rsaPSSRSAESHA512]),
    """
    [0004] 0403 0806  # supported_signature_algorithms
    """)

  static let applicationProtocols = Codec(
    ApplicationProtocols(names: [Array("h2".utf8), Array("http/1.1".utf8)]),
    """
    [000c]                      # protocol_name_list
      [02] 6832                 # ProtocolName
      [08] 687474702f312e31     # ProtocolName
    """)

  static let supportedVersions = Codec(
    SupportedVersions(versions: [.tls13, .tls12]),
    """
    [04] 0304 0303  # versions
    """)

  static let renegotiationInfo = Codec(
    RenegotiationInfo(renegotiatedConnection: [1, 2, 3]),
    """
    [03] 010203  # renegotiated_connection
    """)
}

@Suite("Extension bodies") struct ExtensionBodyTests {
  private func error<E: ExtensionBody>(_ kind: E.Type, _ text: String) -> DecodeError? {
    decodeError { () throws(DecodeError) in try decode(E.self, hex(text)) }
  }

  @Test("server_name: only host names are known, just one, and never an empty one")
  func serverName() {
    #expect(error(ServerName.self, "0004 01 0001 61") == .badValue(field: "name_type", value: 1))
    #expect(
      error(ServerName.self, "0008 00 0001 61 00 0001 62") == .trailingBytes(field: "server_name_list", count: 4))
    #expect(error(ServerName.self, "0003 00 0000") == .badLength(field: "HostName", length: 0))
    #expect(error(ServerName.self, "0000") == .truncated(field: "name_type"))
  }

  @Test("lists of code points are refused when empty, and when they end within an element")
  func emptyAndOddLists() {
    #expect(error(SupportedGroups.self, "0000") == .badLength(field: "named_group_list", length: 0))
    #expect(error(SupportedGroups.self, "0003 001d00") == .badLength(field: "named_group_list", length: 3))
    let algorithms = "supported_signature_algorithms"
    #expect(error(SignatureAlgorithms.self, "0000") == .badLength(field: algorithms, length: 0))
    #expect(error(SignatureAlgorithms.self, "0001 04") == .badLength(field: algorithms, length: 1))
    #expect(error(ECPointFormats.self, "00") == .badLength(field: "ec_point_format_list", length: 0))
    #expect(error(SupportedVersions.self, "00") == .badLength(field: "versions", length: 0))
    #expect(error(SupportedVersions.self, "01 03") == .badLength(field: "versions", length: 1))
  }

  @Test("application_layer_protocol_negotiation: no empty list and no empty name")
  func applicationProtocols() {
    #expect(error(ApplicationProtocols.self, "0000") == .badLength(field: "protocol_name_list", length: 0))
    #expect(error(ApplicationProtocols.self, "0001 00") == .badLength(field: "ProtocolName", length: 0))
    #expect(error(ApplicationProtocols.self, "0003 01 61 00") == .badLength(field: "ProtocolName", length: 0))
  }

  @Test("empty extensions refuse content")
  func contentWhereNoneIs() {
    #expect(error(ExtendedMasterSecret.self, "00") == .trailingBytes(field: "structure", count: 1))
    #expect(error(ServerNameAcknowledgement.self, "0000") == .trailingBytes(field: "structure", count: 2))
  }

  @Test("max_fragment_length: a code that RFC 6066 does not define survives, without a length", arguments: [0, 5, 255])
  func unknownFragmentLength(code: UInt8) throws {
    let body = try decode(MaxFragmentLengthExtension.self, [code])
    #expect(body.length.rawValue == code)
    #expect(body.length.byteCount == nil)
    #expect(body.encoded() == [code])
  }

  @Test("max_fragment_length: the four codes stand for 512 to 4096 bytes")
  func fragmentLengths() {
    let lengths: [MaxFragmentLength] = [.bytes512, .bytes1024, .bytes2048, .bytes4096]
    #expect(lengths.map(\.byteCount) == [512, 1024, 2048, 4096])
  }

  @Test("renegotiation_info is empty in an initial handshake")
  func initialRenegotiationInfo() throws {
    #expect(RenegotiationInfo().encoded() == [0])
    #expect(try decode(RenegotiationInfo.self, [0]).renegotiatedConnection.isEmpty)
  }
}
