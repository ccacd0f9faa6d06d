/// Both sides bind the master secret to the whole handshake. Always empty.
///
/// RFC 7627 §5.1.
package struct ExtendedMasterSecret: ExtensionBody, Equatable {
  package static let type = ExtensionType.extendedMasterSecret

  package init() {}
  package init(from reader: inout WireReader) throws(DecodeError) {}
  package func encode(into writer: inout WireWriter) {}
}

/// The server's answer to server_name: "I have used it". Always empty.
///
/// RFC 6066 §3.
package struct ServerNameAcknowledgement: ExtensionBody, Equatable {
  package static let type = ExtensionType.serverName

  package init() {}
  package init(from reader: inout WireReader) throws(DecodeError) {}
  package func encode(into writer: inout WireWriter) {}
}
