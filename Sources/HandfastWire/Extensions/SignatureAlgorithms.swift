/// The signatures the sender can verify, best first.
///
///     SignatureScheme supported_signature_algorithms<2..2^16-2>;
///
/// RFC 5246 §7.4.1.4.1, RFC 9846 §4.3.3.
package struct SignatureAlgorithms: ExtensionBody, Equatable {
  package static let type = ExtensionType.signatureAlgorithms

  package var schemes: [SignatureScheme]

  package init(schemes: [SignatureScheme]) { self.schemes = schemes }

  package init(from reader: inout WireReader) throws(DecodeError) {
    schemes = try reader.list(.two, "supported_signature_algorithms")
  }

  package func encode(into writer: inout WireWriter) { writer.list(.two, schemes) }
}

/// The signatures the sender can verify within a chain of certificates, best first, where they differ from those it
/// takes for the handshake itself.
///
///     SignatureScheme supported_signature_algorithms<2..2^16-2>;
///
/// RFC 9846 §4.3.3.
package struct SignatureAlgorithmsCert: ExtensionBody, Equatable {
  package static let type = ExtensionType.signatureAlgorithmsCert

  package var schemes: [SignatureScheme]

  package init(schemes: [SignatureScheme]) { self.schemes = schemes }

  package init(from reader: inout WireReader) throws(DecodeError) {
    schemes = try reader.list(.two, "supported_signature_algorithms")
  }

  package func encode(into writer: inout WireWriter) { writer.list(.two, schemes) }
}
