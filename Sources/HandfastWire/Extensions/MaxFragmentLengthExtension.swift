/// The client asks for small records; the server repeats the value if it agrees.
///
///     enum { 2^9(1), 2^10(2), 2^11(3), 2^12(4), (255) } MaxFragmentLength;
///
/// RFC 6066 §4.
package struct MaxFragmentLengthExtension: ExtensionBody, Equatable {
  package static let type = ExtensionType.maxFragmentLength

  package var length: MaxFragmentLength

  package init(length: MaxFragmentLength) { self.length = length }

  package init(from reader: inout WireReader) throws(DecodeError) {
    length = MaxFragmentLength(rawValue: try reader.u8("MaxFragmentLength"))
  }

  package func encode(into writer: inout WireWriter) { writer.u8(length.rawValue) }
}
