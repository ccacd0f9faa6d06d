/// What a HelloRetryRequest asks the client to say again in its next hello.
///
///     opaque cookie<1..2^16-1>;
///
/// RFC 9846 §4.3.2.
package struct Cookie: ExtensionBody, Equatable {
  package static let type = ExtensionType.cookie

  package var cookie: [UInt8]

  package init(cookie: [UInt8]) { self.cookie = cookie }

  package init(from reader: inout WireReader) throws(DecodeError) {
    cookie = try reader.filledBytes(.two, "cookie")
  }

  package func encode(into writer: inout WireWriter) { writer.opaque(.two, cookie) }
}
