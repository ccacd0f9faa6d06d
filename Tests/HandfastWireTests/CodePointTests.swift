import HandfastWire
import Testing

@Suite("Code points") struct CodePointTests {
  @Test("a known value goes by the registry's name")
  func known() {
    #expect(CipherSuite.ecdheECDSAWithAES128GCMSHA256.description == "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256")
    #expect("\(NamedGroup.x25519)" == "x25519")
    #expect("\(SignatureScheme.rsaPSSRSAESHA256)" == "rsa_pss_rsae_sha256")
    #expect("\(HandshakeType.certificateRequest)" == "CertificateRequest")
    #expect("\(AlertDescription.noApplicationProtocol)" == "no_application_protocol")
    #expect("\(ExtensionType.extendedMasterSecret)" == "extended_master_secret")
    #expect("\(ProtocolVersion.tls12)" == "TLS 1.2")
    #expect("\(ContentType.applicationData)" == "application_data")
    #expect("\(ClientCertificateType.ecdsaSign)" == "ecdsa_sign")
    #expect("\(PSKKeyExchangeMode.pskDHEKE)" == "psk_dhe_ke")
    #expect("\(KeyUpdateRequest.updateRequested)" == "update_requested")
    #expect("\(CertificateStatusType.ocsp)" == "ocsp")
  }

  @Test("an unknown value goes by its number, as wide as its field")
  func unknown() {
    #expect(CipherSuite(rawValue: 0x1234).name == nil)
    #expect(CipherSuite(rawValue: 0x1234).description == "unknown (0x1234)")
    #expect(CipherSuite(rawValue: 0x0001).hex == "0x0001")
    #expect(HandshakeType(rawValue: 99).description == "unknown (0x63)")
    #expect(HandshakeType(rawValue: 3).hex == "0x03")
    #expect(AlertDescription(rawValue: 255).hex == "0xff")
    #expect(NamedGroup(rawValue: 0xffff).hex == "0xffff")
  }

  @Test("exactly the sixteen values of RFC 8701 are GREASE")
  func grease() {
    let reserved: Set<UInt16> = [
      0x0a0a, 0x1a1a, 0x2a2a, 0x3a3a, 0x4a4a, 0x5a5a, 0x6a6a, 0x7a7a, 0x8a8a, 0x9a9a, 0xaaaa, 0xbaba, 0xcaca, 0xdada,
      0xeaea, 0xfafa,
    ]
    let found = (UInt16.min...UInt16.max).filter { CipherSuite(rawValue: $0).isGREASE }
    #expect(Set(found) == reserved)
    #expect(NamedGroup(rawValue: 0x5a5a).description == "GREASE (0x5a5a)")
  }

  @Test("one-byte code points are never GREASE")
  func noGreaseInOneByte() {
    #expect(!(UInt8.min...UInt8.max).contains { HandshakeType(rawValue: $0).isGREASE })
  }

  @Test("no GREASE value has a name")
  func greaseIsNameless() {
    for value in CipherSuite.names.keys { #expect(!CipherSuite(rawValue: value).isGREASE) }
    for value in ExtensionType.names.keys { #expect(!ExtensionType(rawValue: value).isGREASE) }
    for value in NamedGroup.names.keys { #expect(!NamedGroup(rawValue: value).isGREASE) }
  }

  @Test("no two values of one registry share a name")
  func distinctNames() {
    func distinct<C: CodePoint>(_ kind: C.Type) -> Bool { Set(C.names.values).count == C.names.count }
    #expect(distinct(CipherSuite.self) && distinct(SignatureScheme.self) && distinct(NamedGroup.self))
    #expect(distinct(ExtensionType.self) && distinct(HandshakeType.self) && distinct(AlertDescription.self))
    #expect(distinct(ContentType.self) && distinct(ClientCertificateType.self) && distinct(ProtocolVersion.self))
    #expect(distinct(CompressionMethod.self) && distinct(ECPointFormat.self) && distinct(ECCurveType.self))
    #expect(distinct(MaxFragmentLength.self) && distinct(AlertLevel.self) && distinct(PSKKeyExchangeMode.self))
    #expect(distinct(KeyUpdateRequest.self) && distinct(CertificateStatusType.self))
  }

  @Test("the numbers are IANA's")
  func numbers() {
    #expect([CipherSuite.rsaWithAES128GCMSHA256, .rsaWithAES256GCMSHA384].map(\.rawValue) == [0x009c, 0x009d])
    #expect(CipherSuite.fallbackSCSV.rawValue == 0x5600)
    #expect([NamedGroup.secp256r1, .secp384r1, .secp521r1, .x25519].map(\.rawValue) == [23, 24, 25, 29])
    #expect([ContentType.changeCipherSpec, .alert, .handshake, .applicationData].map(\.rawValue) == [20, 21, 22, 23])
    #expect(
      [HandshakeType.helloRequest, .clientHello, .serverHello, .certificate, .serverKeyExchange].map(\.rawValue)
        == [0, 1, 2, 11, 12])
    #expect(
      [HandshakeType.certificateRequest, .serverHelloDone, .certificateVerify, .clientKeyExchange, .finished].map(
        \.rawValue) == [13, 14, 15, 16, 20])
    #expect(
      [AlertDescription.unexpectedMessage, .badRecordMAC, .recordOverflow, .handshakeFailure].map(\.rawValue)
        == [10, 20, 22, 40])
    #expect(
      [AlertDescription.illegalParameter, .unknownCA, .decodeError, .decryptError, .protocolVersion].map(\.rawValue)
        == [47, 48, 50, 51, 70])
    #expect(
      [AlertDescription.noRenegotiation, .unsupportedExtension, .noApplicationProtocol].map(\.rawValue)
        == [100, 110, 120])
    #expect(ExtensionType.renegotiationInfo.rawValue == 0xff01)
  }

  @Test("the numbers of TLS 1.3 and of sessions are IANA's")
  func numbers13() {
    #expect(
      [CipherSuite.aes128GCMSHA256, .aes256GCMSHA384, .chaCha20Poly1305SHA256].map(\.rawValue)
        == [0x1301, 0x1302, 0x1303])
    #expect([NamedGroup.secp256r1MLKEM768, .x25519MLKEM768].map(\.rawValue) == [0x11eb, 0x11ec])
    #expect(
      [HandshakeType.newSessionTicket, .endOfEarlyData, .encryptedExtensions, .certificateStatus].map(\.rawValue)
        == [4, 5, 8, 22])
    #expect([HandshakeType.keyUpdate, .messageHash].map(\.rawValue) == [24, 254])
    #expect(
      [ExtensionType.statusRequest, .recordSizeLimit, .sessionTicket, .preSharedKey, .earlyData].map(\.rawValue)
        == [5, 28, 35, 41, 42])
    #expect([ExtensionType.cookie, .pskKeyExchangeModes, .certificateAuthorities].map(\.rawValue) == [44, 45, 47])
    #expect(
      [ExtensionType.oidFilters, .postHandshakeAuth, .signatureAlgorithmsCert, .keyShare].map(\.rawValue)
        == [48, 49, 50, 51])
    #expect(
      [AlertDescription.missingExtension, .badCertificateStatusResponse, .unknownPSKIdentity].map(\.rawValue)
        == [109, 113, 115])
    #expect([AlertDescription.certificateRequired, .generalError].map(\.rawValue) == [116, 117])
    #expect([PSKKeyExchangeMode.pskKE, .pskDHEKE].map(\.rawValue) == [0, 1])
    #expect([KeyUpdateRequest.updateNotRequested, .updateRequested].map(\.rawValue) == [0, 1])
    #expect(CertificateStatusType.ocsp.rawValue == 1)
  }

  @Test("versions are ordered as they came")
  func versionOrder() {
    #expect(ProtocolVersion.ssl30 < .tls10 && .tls10 < .tls11 && .tls11 < .tls12 && .tls12 < .tls13)
  }
}

@Suite("What a decoding error says") struct DecodeErrorTests {
  @Test(
    "each case names its field in a plain sentence",
    arguments: [
      (DecodeError.truncated(field: "random"), "random ends before its length says"),
      (.trailingBytes(field: "extensions", count: 1), "1 byte after the end of extensions"),
      (.trailingBytes(field: "extensions", count: 7), "7 bytes after the end of extensions"),
      (.badLength(field: "session_id", length: 33), "session_id has length 33, which its definition does not allow"),
      (.badValue(field: "curve_type", value: 1), "curve_type has value 1, which its definition does not allow"),
      (.duplicateExtension(.serverName), "extension server_name stands twice in one message"),
    ])
  func description(error: DecodeError, text: String) { #expect(error.description == text) }
}
