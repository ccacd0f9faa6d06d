/// The application protocols on offer, or the one the server chose.
///
///     opaque ProtocolName<1..2^8-1>;
///     ProtocolName protocol_name_list<2..2^16-1>;
///
/// RFC 7301 §3.1.
package struct ApplicationProtocols: ExtensionBody, Equatable {
  package static let type = ExtensionType.applicationLayerProtocolNegotiation

  package var names: [[UInt8]]

  package init(names: [[UInt8]]) { self.names = names }

  package init(from reader: inout WireReader) throws(DecodeError) {
    names = try reader.nested(.two, "protocol_name_list") { reader throws(DecodeError) in
      var names: [[UInt8]] = []
      while !reader.isAtEnd { names.append(try reader.filledBytes(.one, "ProtocolName")) }
      guard !names.isEmpty else { throw .badLength(field: "protocol_name_list", length: 0) }
      return names
    }
  }

  package func encode(into writer: inout WireWriter) {
    writer.nested(.two) { for name in names { $0.opaque(.one, name) } }
  }
}
