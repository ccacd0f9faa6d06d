/// TLS 1.2's Certificate where raw public keys were agreed on: a key without a list around it.
///
///     opaque ASN.1_subjectPublicKeyInfo<1..2^24-1>;
///
/// RFC 7250 §3. A client without a key sends what it sends without a certificate: a length of zero (RFC 5246 §7.4.6).
package struct RawPublicKey12: HandshakeBody, Equatable {
  package static let type = HandshakeType.certificate

  /// DER; empty: none.
  package var subjectPublicKeyInfo: [UInt8]

  package init(subjectPublicKeyInfo: [UInt8]) { self.subjectPublicKeyInfo = subjectPublicKeyInfo }

  package init(from reader: inout WireReader) throws(DecodeError) {
    subjectPublicKeyInfo = try reader.bytes(.three, "ASN.1_subjectPublicKeyInfo")
  }

  package func encode(into writer: inout WireWriter) { writer.opaque(.three, subjectPublicKeyInfo) }
}
