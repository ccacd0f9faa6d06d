/// The server passes on what its certificate's issuer says about the certificate (TLS 1.2).
///
///     struct {
///         CertificateStatusType status_type = ocsp;
///         opaque OCSPResponse<1..2^24-1>;
///     } CertificateStatus;
///
/// RFC 6066 §8. In TLS 1.3 the same structure is an extension of a certificate: `StapledResponse`.
package struct CertificateStatus: HandshakeBody, Equatable {
  package static let type = HandshakeType.certificateStatus

  /// An OCSP response in DER.
  package var response: [UInt8]

  package init(response: [UInt8]) { self.response = response }

  package init(from reader: inout WireReader) throws(DecodeError) {
    let type = CertificateStatusType(rawValue: try reader.u8("status_type"))
    guard type == .ocsp else { throw .badValue(field: "status_type", value: UInt32(type.rawValue)) }
    response = try reader.filledBytes(.three, "OCSPResponse")
  }

  package func encode(into writer: inout WireWriter) {
    writer.u8(CertificateStatusType.ocsp.rawValue)
    writer.opaque(.three, response)
  }
}
