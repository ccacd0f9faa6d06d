/// The authorities the sender trusts, by name.
///
///     opaque DistinguishedName<1..2^16-1>;
///     DistinguishedName authorities<3..2^16-1>;
///
/// RFC 9846 §4.3.4.
package struct CertificateAuthorities: ExtensionBody, Equatable {
  package static let type = ExtensionType.certificateAuthorities

  /// DER, never empty: who trusts any authority leaves the extension out.
  package var names: [[UInt8]]

  package init(names: [[UInt8]]) { self.names = names }

  package init(from reader: inout WireReader) throws(DecodeError) {
    names = try reader.nested(.two, "authorities") { reader throws(DecodeError) in
      var names: [[UInt8]] = []
      while !reader.isAtEnd { names.append(try reader.filledBytes(.two, "DistinguishedName")) }
      guard !names.isEmpty else { throw .badLength(field: "authorities", length: 0) }
      return names
    }
  }

  package func encode(into writer: inout WireWriter) {
    writer.nested(.two) { for name in names { $0.opaque(.two, name) } }
  }
}
