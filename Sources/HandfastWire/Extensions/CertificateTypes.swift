/// What a client says, and a server answers, about the types of one side's certificates. Two extensions, one for each side, have the
/// same content:
///
///     select(ClientOrServerExtension) {
///         case client: CertificateType certificate_types<1..2^8-1>;
///         case server: CertificateType certificate_type;
///     }
///
/// RFC 7250 §3.
package protocol CertificateTypeList: ExtensionBody, Equatable {
  /// Best first.
  var types: [CertificateType] { get set }
  init(types: [CertificateType])
}

extension CertificateTypeList {
  package init(from reader: inout WireReader) throws(DecodeError) {
    let types: [CertificateType] = try reader.list(.one, "certificate_types")
    // RFC 7250 §4.1: a client with nothing but the default leaves the extension out.
    guard types != [.x509] else { throw .badValue(field: "certificate_types", value: 0) }
    self.init(types: types)
  }

  package func encode(into writer: inout WireWriter) { writer.list(.one, types) }
}

/// What the client can authenticate with.
package struct ClientCertificateTypes: CertificateTypeList {
  package static let type = ExtensionType.clientCertificateType
  package var types: [CertificateType]
  package init(types: [CertificateType]) { self.types = types }
}

/// What the client accepts of its server.
package struct ServerCertificateTypes: CertificateTypeList {
  package static let type = ExtensionType.serverCertificateType
  package var types: [CertificateType]
  package init(types: [CertificateType]) { self.types = types }
}

package protocol CertificateTypeChoice: ExtensionBody, Equatable {
  var certificateType: CertificateType { get set }
  init(certificateType: CertificateType)
}

extension CertificateTypeChoice {
  package init(from reader: inout WireReader) throws(DecodeError) {
    self.init(certificateType: CertificateType(rawValue: try reader.u8("certificate_type")))
  }

  package func encode(into writer: inout WireWriter) { writer.u8(certificateType.rawValue) }
}

/// What the client is to authenticate with.
package struct ClientCertificateTypeChoice: CertificateTypeChoice {
  package static let type = ExtensionType.clientCertificateType
  package var certificateType: CertificateType
  package init(certificateType: CertificateType) { self.certificateType = certificateType }
}

/// What the server authenticates with.
package struct ServerCertificateTypeChoice: CertificateTypeChoice {
  package static let type = ExtensionType.serverCertificateType
  package var certificateType: CertificateType
  package init(certificateType: CertificateType) { self.certificateType = certificateType }
}
