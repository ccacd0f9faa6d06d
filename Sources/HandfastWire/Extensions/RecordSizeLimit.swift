/// The largest record plaintext the sender takes; in TLS 1.3 the content type and the padding count too.
///
///     uint16 RecordSizeLimit;
///
/// RFC 8449 §4. Less than 64 asks for illegal_parameter; whoever receives it judges it.
package struct RecordSizeLimit: ExtensionBody, Equatable {
  package static let type = ExtensionType.recordSizeLimit

  /// In bytes.
  package var limit: UInt16

  package init(limit: UInt16) { self.limit = limit }

  package init(from reader: inout WireReader) throws(DecodeError) { limit = try reader.u16("RecordSizeLimit") }

  package func encode(into writer: inout WireWriter) { writer.u16(limit) }
}
