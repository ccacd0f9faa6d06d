/// A chain of certificates, the sender's own first, each with extensions of its own.
///
///     struct {
///         opaque certificate_request_context<0..2^8-1>;
///         CertificateEntry certificate_list<0..2^24-1>;
///     } Certificate;
///
/// RFC 9846 §4.5.1. A client with no fitting certificate sends an empty list.
package struct Certificate13: HandshakeBody, Equatable {
  package static let type = HandshakeType.certificate

  /// The context of the CertificateRequest that this answers; empty from a server.
  package var context: [UInt8]
  /// Leaf first.
  package var entries: [CertificateEntry]

  package init(context: [UInt8], entries: [CertificateEntry]) {
    self.context = context
    self.entries = entries
  }

  package init(from reader: inout WireReader) throws(DecodeError) {
    context = try reader.bytes(.one, "certificate_request_context")
    entries = try reader.nested(.three, "certificate_list") { reader throws(DecodeError) in
      var entries: [CertificateEntry] = []
      while !reader.isAtEnd { entries.append(try CertificateEntry(from: &reader)) }
      return entries
    }
  }

  package var expectedByteCount: Int {
    entries.reduce(4 + context.count) { $0 + 5 + $1.certificate.count + $1.extensions.byteCount }
  }

  package func encode(into writer: inout WireWriter) {
    writer.opaque(.one, context)
    writer.nested(.three) { for entry in entries { entry.encode(into: &$0) } }
  }
}

/// One certificate, and what the sender has to say about it.
///
///     struct {
///         opaque cert_data<1..2^24-1>;
///         Extension extensions<0..2^16-1>;
///     } CertificateEntry;
///
/// RFC 9846 §4.5.1, for certificates of type X509.
package struct CertificateEntry: WireCodable, Equatable, Sendable {
  /// DER.
  package var certificate: [UInt8]
  package var extensions: ExtensionBlock

  package init(certificate: [UInt8], extensions: ExtensionBlock) {
    self.certificate = certificate
    self.extensions = extensions
  }

  package init(from reader: inout WireReader) throws(DecodeError) {
    certificate = try reader.filledBytes(.three, "cert_data")
    extensions = try ExtensionBlock(from: &reader)
  }

  package func encode(into writer: inout WireWriter) {
    writer.opaque(.three, certificate)
    extensions.encode(into: &writer)
  }
}
