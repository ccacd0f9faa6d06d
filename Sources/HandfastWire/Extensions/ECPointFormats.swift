/// The ways of writing a point that the sender reads; uncompressed must be among them.
///
///     ECPointFormat ec_point_format_list<1..2^8-1>;
///
/// RFC 8422 §5.1.2.
package struct ECPointFormats: ExtensionBody, Equatable {
  package static let type = ExtensionType.ecPointFormats
  /// What nearly all say.
  package static let uncompressedOnly = Self(formats: [.uncompressed])

  package var formats: [ECPointFormat]

  package init(formats: [ECPointFormat]) { self.formats = formats }

  package init(from reader: inout WireReader) throws(DecodeError) {
    formats = try reader.list(.one, "ec_point_format_list", usual: Self.uncompressedOnly.formats)
  }

  package func encode(into writer: inout WireWriter) { writer.list(.one, formats) }
}
