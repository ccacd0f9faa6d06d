/// The first message under the new keys: a MAC over all the handshake messages before it.
///
///     struct { opaque verify_data[verify_data_length]; } Finished;
///
/// RFC 5246 §7.4.9. Its length is the cipher suite's to say; whoever awaits it checks that.
package struct Finished: HandshakeBody, Equatable {
  package static let type = HandshakeType.finished

  package var verifyData: [UInt8]

  package init(verifyData: [UInt8]) { self.verifyData = verifyData }

  package init(from reader: inout WireReader) throws(DecodeError) { verifyData = try reader.rest("verify_data") }

  package func encode(into writer: inout WireWriter) { writer.raw(verifyData) }
}
