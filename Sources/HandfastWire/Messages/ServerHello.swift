/// The server chooses.
///
///     struct {
///         ProtocolVersion server_version;
///         Random random;
///         SessionID session_id;                       /* <0..32> */
///         CipherSuite cipher_suite;
///         CompressionMethod compression_method;
///         Extension extensions<0..2^16-1>;            /* may be missing */
///     } ServerHello;
///
/// RFC 5246 §7.4.1.3; RFC 9846 §4.2.3 keeps the layout.
package struct ServerHello: HandshakeBody, Equatable {
  package static let type = HandshakeType.serverHello

  package var version: ProtocolVersion
  package var random: [UInt8]
  package var sessionID: [UInt8]
  package var cipherSuite: CipherSuite
  package var compressionMethod: CompressionMethod
  package var extensions: ExtensionBlock?

  package init(
    version: ProtocolVersion, random: [UInt8], sessionID: [UInt8], cipherSuite: CipherSuite,
    compressionMethod: CompressionMethod = .null, extensions: ExtensionBlock?
  ) {
    self.version = version
    self.random = random
    self.sessionID = sessionID
    self.cipherSuite = cipherSuite
    self.compressionMethod = compressionMethod
    self.extensions = extensions
  }

  package init(from reader: inout WireReader) throws(DecodeError) {
    version = ProtocolVersion(rawValue: try reader.u16("server_version"))
    random = try reader.bytes(count: 32, "random")
    sessionID = try reader.sessionID()
    cipherSuite = CipherSuite(rawValue: try reader.u16("cipher_suite"))
    compressionMethod = CompressionMethod(rawValue: try reader.u8("compression_method"))
    extensions = reader.isAtEnd ? nil : try ExtensionBlock(from: &reader)
  }

  package func encode(into writer: inout WireWriter) {
    writer.u16(version.rawValue)
    writer.raw(random)
    writer.opaque(.one, sessionID)
    writer.u16(cipherSuite.rawValue)
    writer.u8(compressionMethod.rawValue)
    extensions?.encode(into: &writer)
  }
}

extension ServerHello {
  /// The SHA-256 of "HelloRetryRequest": a ServerHello with this random asks for another ClientHello (RFC 9846 §4.2.3).
  package static let retryRandom: [UInt8] = [
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
    0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
  ]

  /// Whether this is a HelloRetryRequest, which has a ServerHello's form (RFC 9846 §4.2.4).
  package var isRetryRequest: Bool { random == Self.retryRandom }
}
