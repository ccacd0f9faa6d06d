/// Proof that the sender holds the private key of the certificate it just sent.
///
///     struct {
///         SignatureScheme algorithm;
///         opaque signature<0..2^16-1>;
///     } CertificateVerify;
///
/// RFC 5246 §7.4.8; the same layout as RFC 9846 §4.5.2.
package struct CertificateVerify: HandshakeBody, Equatable {
  package static let type = HandshakeType.certificateVerify

  package var algorithm: SignatureScheme
  package var signature: [UInt8]

  package init(algorithm: SignatureScheme, signature: [UInt8]) {
    self.algorithm = algorithm
    self.signature = signature
  }

  package init(from reader: inout WireReader) throws(DecodeError) {
    algorithm = SignatureScheme(rawValue: try reader.u16("algorithm"))
    signature = try reader.bytes(.two, "signature")
  }

  package func encode(into writer: inout WireWriter) {
    writer.u16(algorithm.rawValue)
    writer.opaque(.two, signature)
  }
}
