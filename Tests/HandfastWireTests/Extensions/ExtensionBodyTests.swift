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

  static let clientCertificateTypes = Codec(
    ClientCertificateTypes(types: [.rawPublicKey, .x509]), "[02] 02 00  # certificate_types")
  static let serverCertificateTypes = Codec(
    ServerCertificateTypes(types: [.rawPublicKey]), "[01] 02  # certificate_types")
  static let clientCertificateTypeChoice = Codec(
    ClientCertificateTypeChoice(certificateType: .rawPublicKey), "02  # certificate_type")
  static let serverCertificateTypeChoice = Codec(
    ServerCertificateTypeChoice(certificateType: .x509), "00  # certificate_type")

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

  static let signatureAlgorithmsCert = Codec(
    SignatureAlgorithmsCert(schemes: [.rsaPKCS1SHA256, .ed25519]),
    """
    [0004] 0401 0807  # supported_signature_algorithms
    """)

  static let cookie = Codec(
    Cookie(cookie: [0xc0, 0x0c]),
    """
    [0002] c00c  # cookie
    """)

  static let certificateAuthorities = Codec(
    CertificateAuthorities(names: [[0x30, 0x00], [0x30]]),
    """
    [0007]          # authorities
      [0002] 3000   # DistinguishedName
      [0001] 30     # DistinguishedName
    """)

  static let oidFilters = Codec(
    OIDFilters(filters: [
      OIDFilter(oid: [0x06, 0x01, 0x2a], values: [0x30, 0x00]), OIDFilter(oid: [0x06], values: []),
    ]),
    """
    [000c]          # filters
      [03] 06012a   # certificate_extension_oid
      [0002] 3000   # certificate_extension_values
      [01] 06       # certificate_extension_oid
      [0000]        # certificate_extension_values
    """)

  static let oidFilter = Codec(
    OIDFilter(oid: [0x06, 0x01], values: [0x05]),
    """
    [02] 0601   # certificate_extension_oid
    [0001] 05   # certificate_extension_values
    """)

  static let postHandshakeAuth = Codec(PostHandshakeAuth(), "")
  static let recordSizeLimit = Codec(RecordSizeLimit(limit: 0x4001), "4001  # RecordSizeLimit")

  static let sessionTicketExtension = Codec(
    SessionTicketExtension(ticket: [0x71, 0x72, 0x73]), wholePrefixes: Set(0..<3), "717273  # ticket")
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
    #expect(error(SignatureAlgorithmsCert.self, "0000") == .badLength(field: algorithms, length: 0))
    #expect(error(SignatureAlgorithmsCert.self, "0003 040108") == .badLength(field: algorithms, length: 3))
    #expect(error(SupportedVersions.self, "01 03") == .badLength(field: "versions", length: 1))
  }

  @Test("application_layer_protocol_negotiation: no empty list and no empty name")
  func applicationProtocols() {
    #expect(error(ApplicationProtocols.self, "0000") == .badLength(field: "protocol_name_list", length: 0))
    #expect(error(ApplicationProtocols.self, "0001 00") == .badLength(field: "ProtocolName", length: 0))
    #expect(error(ApplicationProtocols.self, "0003 01 61 00") == .badLength(field: "ProtocolName", length: 0))
  }

  @Test("client_certificate_type and server_certificate_type: no empty list, and none of the default alone")
  func certificateTypes() {
    #expect(error(ClientCertificateTypes.self, "00") == .badLength(field: "certificate_types", length: 0))
    #expect(error(ServerCertificateTypes.self, "01 00") == .badValue(field: "certificate_types", value: 0))
    #expect(error(ServerCertificateTypes.self, "02 05 00") == nil)
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

  @Test("cookie, certificate_authorities, oid_filters: nothing empty that their definitions want filled")
  func emptyFields() {
    #expect(error(Cookie.self, "0000") == .badLength(field: "cookie", length: 0))
    #expect(error(CertificateAuthorities.self, "0000") == .badLength(field: "authorities", length: 0))
    #expect(error(CertificateAuthorities.self, "0002 0000") == .badLength(field: "DistinguishedName", length: 0))
    #expect(error(OIDFilters.self, "0003 00 0000") == .badLength(field: "certificate_extension_oid", length: 0))
  }

  @Test("oid_filters: no filter at all is a value")
  func noFilters() throws {
    #expect(try decode(OIDFilters.self, [0, 0]).filters.isEmpty)
    #expect(OIDFilters(filters: []).encoded() == [0, 0])
  }

  @Test("session_ticket: empty asks for a ticket, and content of any length is one")
  func sessionTicket() throws {
    #expect(SessionTicketExtension().encoded() == [])
    let ticket = [UInt8](repeating: 0x74, count: 0xffff)
    #expect(try decode(SessionTicketExtension.self, ticket).ticket == ticket)
  }

  @Test("record_size_limit: a limit that is too small decodes, so that its receiver can name the right alert")
  func smallLimit() throws { #expect(try decode(RecordSizeLimit.self, [0, 63]).limit == 63) }
}
