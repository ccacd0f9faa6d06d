/// The server asks the client to authenticate; what it would accept stands in the extensions.
///
///     struct {
///         opaque certificate_request_context<0..2^8-1>;
///         Extension extensions<0..2^16-1>;
///     } CertificateRequest;
///
/// RFC 9846 §4.4.2.
package struct CertificateRequest13: HandshakeBody, Equatable {
  package static let type = HandshakeType.certificateRequest

  /// Empty within a handshake; afterwards it tells one request from the other.
  package var context: [UInt8]
  package var extensions: ExtensionBlock

  package init(context: [UInt8], extensions: ExtensionBlock) {
    self.context = context
    self.extensions = extensions
  }

  package init(from reader: inout WireReader) throws(DecodeError) {
    context = try reader.bytes(.one, "certificate_request_context")
    extensions = try ExtensionBlock(from: &reader)
  }

  package func encode(into writer: inout WireWriter) {
    writer.opaque(.one, context)
    extensions.encode(into: &writer)
  }
}
