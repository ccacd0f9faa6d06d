/// The five bytes before each record's fragment.
///
///     struct {
///         ContentType type;
///         ProtocolVersion version;
///         uint16 length;
///     }
///
/// RFC 5246 §6.2.1.
package struct RecordHeader: WireCodable, Equatable, Sendable {
  @inlinable package static var byteCount: Int { 5 }

  package var type: ContentType
  package var version: ProtocolVersion
  package var length: UInt16

  package init(type: ContentType, version: ProtocolVersion, length: UInt16) {
    self.type = type
    self.version = version
    self.length = length
  }

  /// The header at the start of `bytes`; nil when it is not all there. Without a reader, since it comes with each record.
  package init?(startOf bytes: Span<UInt8>) {
    guard bytes.count >= Self.byteCount else { return nil }
    type = ContentType(rawValue: bytes[0])
    version = ProtocolVersion(rawValue: UInt16(bytes[1]) << 8 | UInt16(bytes[2]))
    length = UInt16(bytes[3]) << 8 | UInt16(bytes[4])
  }

  package init(from reader: inout WireReader) throws(DecodeError) {
    type = ContentType(rawValue: try reader.u8("type"))
    version = ProtocolVersion(rawValue: try reader.u16("version"))
    length = try reader.u16("length")
  }

  package func encode(into writer: inout WireWriter) {
    writer.u8(type.rawValue)
    writer.u16(version.rawValue)
    writer.u16(length)
  }
}
