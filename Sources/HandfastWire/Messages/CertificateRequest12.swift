/// The server asks the client to authenticate, and says what it would accept.
///
///     struct {
///         ClientCertificateType certificate_types<1..2^8-1>;
///         SignatureAndHashAlgorithm supported_signature_algorithms<2..2^16-2>;
///         DistinguishedName certificate_authorities<0..2^16-1>;   /* each opaque<1..2^16-1> */
///     } CertificateRequest;
///
/// RFC 5246 §7.4.4.
package struct CertificateRequest12: HandshakeBody, Equatable {
  package static let type = HandshakeType.certificateRequest

  package var certificateTypes: [ClientCertificateType]
  package var signatureAlgorithms: [SignatureScheme]
  /// DER-encoded names; empty means that any authority will do.
  package var authorities: [[UInt8]]

  package init(
    certificateTypes: [ClientCertificateType], signatureAlgorithms: [SignatureScheme], authorities: [[UInt8]]
  ) {
    self.certificateTypes = certificateTypes
    self.signatureAlgorithms = signatureAlgorithms
    self.authorities = authorities
  }

  package init(from reader: inout WireReader) throws(DecodeError) {
    certificateTypes = try reader.list(.one, "certificate_types")
    signatureAlgorithms = try reader.list(.two, "supported_signature_algorithms")
    authorities = try reader.nested(.two, "certificate_authorities") { reader throws(DecodeError) in
      var names: [[UInt8]] = []
      while !reader.isAtEnd { names.append(try reader.filledBytes(.two, "DistinguishedName")) }
      return names
    }
  }

  package func encode(into writer: inout WireWriter) {
    writer.list(.one, certificateTypes)
    writer.list(.two, signatureAlgorithms)
    writer.nested(.two) { for name in authorities { $0.opaque(.two, name) } }
  }
}
