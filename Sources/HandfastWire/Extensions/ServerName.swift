/// Which server the client wants.
///
///     struct {
///         NameType name_type;        /* host_name(0) */
///         opaque HostName<1..2^16-1>;
///     } ServerName;
///     ServerName server_name_list<1..2^16-1>;
///
/// RFC 6066 §3. Only host names are defined, and at most one; the server's answer is empty.
package struct ServerName: ExtensionBody, Equatable {
  package static let type = ExtensionType.serverName

  package var hostName: [UInt8]

  package init(hostName: [UInt8]) { self.hostName = hostName }

  package init(from reader: inout WireReader) throws(DecodeError) {
    hostName = try reader.nested(.two, "server_name_list") { reader throws(DecodeError) in
      let type = try reader.u8("name_type")
      guard type == 0 else { throw .badValue(field: "name_type", value: UInt32(type)) }
      return try reader.filledBytes(.two, "HostName")
    }
  }

  package func encode(into writer: inout WireWriter) {
    writer.nested(.two) {
      $0.u8(0)
      $0.opaque(.two, hostName)
    }
  }
}
