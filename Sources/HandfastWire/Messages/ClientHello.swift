/// The client opens: what it can do, and 32 random bytes.
///
///     struct {
///         ProtocolVersion client_version;
///         Random random;
///         SessionID session_id;                       /* <0..32> */
///         CipherSuite cipher_suites<2..2^16-2>;
///         CompressionMethod compression_methods<1..2^8-1>;
///         Extension extensions<0..2^16-1>;            /* may be missing */
///     } ClientHello;
///
/// RFC 5246 §7.4.1.2; RFC 9846 §4.2.2 keeps the layout.
package struct ClientHello: HandshakeBody, Equatable {
  package static let type = HandshakeType.clientHello
  /// The compression methods of nearly all.
  package static let noCompression = [CompressionMethod.null]

  package var version: ProtocolVersion
  package var random: [UInt8]
  package var sessionID: [UInt8]
  package var cipherSuites: [CipherSuite]
  package var compressionMethods: [CompressionMethod]
  /// Nil when the block is missing, as old clients leave it.
  package var extensions: ExtensionBlock?

  package init(
    version: ProtocolVersion, random: [UInt8], sessionID: [UInt8], cipherSuites: [CipherSuite],
    compressionMethods: [CompressionMethod] = noCompression, extensions: ExtensionBlock?
  ) {
    self.version = version
    self.random = random
    self.sessionID = sessionID
    self.cipherSuites = cipherSuites
    self.compressionMethods = compressionMethods
    self.extensions = extensions
  }

  package init(from reader: inout WireReader) throws(DecodeError) {
    version = ProtocolVersion(rawValue: try reader.u16("client_version"))
    random = try reader.bytes(count: 32, "random")
    sessionID = try reader.sessionID()
    cipherSuites = try reader.list(.two, "cipher_suites")
    compressionMethods = try reader.list(.one, "compression_methods", usual: Self.noCompression)
    extensions = reader.isAtEnd ? nil : try ExtensionBlock(from: &reader)
  }

  package var expectedByteCount: Int { 80 + 2 * cipherSuites.count + (extensions?.byteCount ?? 0) }

  package func encode(into writer: inout WireWriter) {
    writer.u16(version.rawValue)
    writer.raw(random)
    writer.opaque(.one, sessionID)
    writer.list(.two, cipherSuites)
    writer.list(.one, compressionMethods)
    extensions?.encode(into: &writer)
  }
}

extension ClientHello {
  /// How many bytes at the end of a whole ClientHello message are `binders`, which cover all the bytes before them.
  /// They stand at the very end, since pre_shared_key is the last extension (RFC 9846 §4.3.11.2).
  package static func binderListByteCount(_ binders: [[UInt8]]) -> Int { binders.reduce(2) { $0 + 1 + $1.count } }
}

extension WireReader {
  mutating func sessionID() throws(DecodeError) -> [UInt8] {
    let id = try bytes(.one, "session_id")
    guard id.count <= 32 else { throw .badLength(field: "session_id", length: id.count) }
    return id
  }
}
