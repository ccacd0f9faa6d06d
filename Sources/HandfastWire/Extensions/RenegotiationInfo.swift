/// Ties a renegotiation to the handshake before it; empty in an initial handshake.
///
///     opaque renegotiated_connection<0..255>;
///
/// RFC 5746 §3.2.
package struct RenegotiationInfo: ExtensionBody, Equatable {
  package static let type = ExtensionType.renegotiationInfo

  package var renegotiatedConnection: [UInt8]

  package init(renegotiatedConnection: [UInt8] = []) { self.renegotiatedConnection = renegotiatedConnection }

  package init(from reader: inout WireReader) throws(DecodeError) {
    renegotiatedConnection = try reader.bytes(.one, "renegotiated_connection")
  }

  package func encode(into writer: inout WireWriter) { writer.opaque(.one, renegotiatedConnection) }
}
