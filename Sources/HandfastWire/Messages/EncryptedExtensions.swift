/// The server answers the extensions that need no key to be read: the first message under the handshake keys.
///
///     struct { Extension extensions<0..2^16-1>; } EncryptedExtensions;
///
/// RFC 9846 §4.4.1.
package struct EncryptedExtensions: HandshakeBody, Equatable {
  package static let type = HandshakeType.encryptedExtensions

  package var extensions: ExtensionBlock

  package init(extensions: ExtensionBlock) { self.extensions = extensions }

  package init(from reader: inout WireReader) throws(DecodeError) { extensions = try ExtensionBlock(from: &reader) }

  package func encode(into writer: inout WireWriter) { extensions.encode(into: &writer) }
}
