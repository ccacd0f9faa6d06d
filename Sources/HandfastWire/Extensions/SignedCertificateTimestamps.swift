/// "I take proofs that your certificate was logged": in a ClientHello, and in TLS 1.3's CertificateRequest. Always empty.
///
/// RFC 6962 §3.3.1, RFC 9846 §4.3.
package struct TimestampsRequest: ExtensionBody, Equatable {
  package static let type = ExtensionType.signedCertificateTimestamp

  package init() {}
  package init(from reader: inout WireReader) throws(DecodeError) {}
  package func encode(into writer: inout WireWriter) {}
}

/// What certificate logs have promised for a certificate: in TLS 1.2's ServerHello, or beside the certificate in TLS 1.3.
///
///     opaque SerializedSCT<1..2^16-1>;
///     struct {
///         SerializedSCT sct_list<1..2^16-1>;
///     } SignedCertificateTimestampList;
///
/// RFC 6962 §3.3.
package struct SignedCertificateTimestamps: ExtensionBody, Equatable {
  package static let type = ExtensionType.signedCertificateTimestamp

  package var timestamps: [[UInt8]]

  package init(timestamps: [[UInt8]]) { self.timestamps = timestamps }

  package init(from reader: inout WireReader) throws(DecodeError) {
    timestamps = try reader.nested(.two, "sct_list") { reader throws(DecodeError) in
      var timestamps: [[UInt8]] = []
      while !reader.isAtEnd { timestamps.append(try reader.filledBytes(.two, "SerializedSCT")) }
      guard !timestamps.isEmpty else { throw .badLength(field: "sct_list", length: 0) }
      return timestamps
    }
  }

  package func encode(into writer: inout WireWriter) {
    writer.nested(.two) { for timestamp in timestamps { $0.opaque(.two, timestamp) } }
  }
}
