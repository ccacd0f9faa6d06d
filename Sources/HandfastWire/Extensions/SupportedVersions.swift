/// The versions the client can do, best first (the ClientHello's form).
///
///     ProtocolVersion versions<2..254>;
///
/// RFC 9846 §4.3.1. A server without TLS 1.3 may read it too: it then knows a client that has left 1.2 behind.
package struct SupportedVersions: ExtensionBody, Equatable {
  package static let type = ExtensionType.supportedVersions

  package var versions: [ProtocolVersion]

  package init(versions: [ProtocolVersion]) { self.versions = versions }

  package init(from reader: inout WireReader) throws(DecodeError) {
    versions = try reader.list(.one, "versions")
  }

  package func encode(into writer: inout WireWriter) { writer.list(.one, versions) }
}

/// The version the server chose (the form of a ServerHello and of a HelloRetryRequest).
///
///     ProtocolVersion selected_version;
///
/// RFC 9846 §4.3.1.
package struct SelectedVersion: ExtensionBody, Equatable {
  package static let type = ExtensionType.supportedVersions

  package var version: ProtocolVersion

  package init(version: ProtocolVersion) { self.version = version }

  package init(from reader: inout WireReader) throws(DecodeError) {
    version = ProtocolVersion(rawValue: try reader.u16("selected_version"))
  }

  package func encode(into writer: inout WireWriter) { writer.u16(version.rawValue) }
}
