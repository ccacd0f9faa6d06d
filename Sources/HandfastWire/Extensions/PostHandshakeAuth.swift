/// The client would authenticate after the handshake, if asked. Always empty.
///
/// RFC 9846 §4.3.6.
package struct PostHandshakeAuth: ExtensionBody, Equatable {
  package static let type = ExtensionType.postHandshakeAuth

  package init() {}
  package init(from reader: inout WireReader) throws(DecodeError) {}
  package func encode(into writer: inout WireWriter) {}
}
