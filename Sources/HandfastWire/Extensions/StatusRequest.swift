/// The client would like to see what the certificate's issuer says about the certificate (the form of a ClientHello).
///
///     struct {
///         CertificateStatusType status_type;     /* ocsp(1) */
///         ResponderID responder_id_list<0..2^16-1>;      /* each opaque<1..2^16-1> */
///         Extensions request_extensions<0..2^16-1>;
///     } CertificateStatusRequest;
///
/// RFC 6066 §8. What it asks of the OCSP responder is kept as bytes and not acted upon; what a status type that nobody
/// knows asks is kept as well.
package struct StatusRequest: ExtensionBody, Equatable {
  package static let type = ExtensionType.statusRequest

  package var statusType: CertificateStatusType
  /// What follows the status type.
  package var request: [UInt8]

  /// Asks for an OCSP response of any responder.
  package init() {
    statusType = .ocsp
    request = [0, 0, 0, 0]
  }

  package init(statusType: CertificateStatusType, request: [UInt8]) {
    self.statusType = statusType
    self.request = request
  }

  package init(from reader: inout WireReader) throws(DecodeError) {
    statusType = CertificateStatusType(rawValue: try reader.u8("status_type"))
    request = try reader.rest("request")
    if statusType == .ocsp { try Self.checkOCSPRequest(request.span) }
  }

  package func encode(into writer: inout WireWriter) {
    writer.u8(statusType.rawValue)
    writer.raw(request)
  }

  private static func checkOCSPRequest(_ bytes: Span<UInt8>) throws(DecodeError) {
    var reader = WireReader(bytes)
    try reader.nested(.two, "responder_id_list") { reader throws(DecodeError) in
      while !reader.isAtEnd { _ = try reader.filledBytes(.two, "ResponderID") }
    }
    _ = try reader.bytes(.two, "request_extensions")
    guard reader.isAtEnd else { throw .trailingBytes(field: "request", count: reader.remaining) }
  }
}

/// "I will send a CertificateStatus" in a TLS 1.2 ServerHello (RFC 6066 §8); in a TLS 1.3 CertificateRequest, "send me
/// an OCSP response with your certificate" (RFC 9846 §4.5.1.1). Always empty.
package struct StatusRequestAcknowledgement: ExtensionBody, Equatable {
  package static let type = ExtensionType.statusRequest

  package init() {}
  package init(from reader: inout WireReader) throws(DecodeError) {}
  package func encode(into writer: inout WireWriter) {}
}

/// What the issuer says about a certificate, beside that certificate (TLS 1.3): a CertificateStatus as an extension.
///
/// RFC 9846 §4.5.1.1, RFC 6066 §8.
package struct StapledResponse: ExtensionBody, Equatable {
  package static let type = ExtensionType.statusRequest

  /// An OCSP response in DER.
  package var response: [UInt8]

  package init(response: [UInt8]) { self.response = response }

  package init(from reader: inout WireReader) throws(DecodeError) {
    response = try CertificateStatus(from: &reader).response
  }

  package func encode(into writer: inout WireWriter) { CertificateStatus(response: response).encode(into: &writer) }
}
