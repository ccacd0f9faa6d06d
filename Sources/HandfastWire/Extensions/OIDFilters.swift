/// What the server wants to find in the extensions of the client's certificate.
///
///     OIDFilter filters<0..2^16-1>;
///
/// RFC 9846 §4.3.5.
package struct OIDFilters: ExtensionBody, Equatable {
  package static let type = ExtensionType.oidFilters

  package var filters: [OIDFilter]

  package init(filters: [OIDFilter]) { self.filters = filters }

  package init(from reader: inout WireReader) throws(DecodeError) {
    filters = try reader.nested(.two, "filters") { reader throws(DecodeError) in
      var filters: [OIDFilter] = []
      while !reader.isAtEnd { filters.append(try OIDFilter(from: &reader)) }
      return filters
    }
  }

  package func encode(into writer: inout WireWriter) {
    writer.nested(.two) { for filter in filters { filter.encode(into: &$0) } }
  }
}

/// A certificate extension, and the values it is to have.
///
///     struct {
///         opaque certificate_extension_oid<1..2^8-1>;
///         opaque certificate_extension_values<0..2^16-1>;
///     } OIDFilter;
///
/// RFC 9846 §4.3.5.
package struct OIDFilter: WireCodable, Equatable, Sendable {
  /// DER.
  package var oid: [UInt8]
  /// DER; empty when the extension is to be there with any value.
  package var values: [UInt8]

  package init(oid: [UInt8], values: [UInt8]) {
    self.oid = oid
    self.values = values
  }

  package init(from reader: inout WireReader) throws(DecodeError) {
    oid = try reader.filledBytes(.one, "certificate_extension_oid")
    values = try reader.bytes(.two, "certificate_extension_values")
  }

  package func encode(into writer: inout WireWriter) {
    writer.opaque(.one, oid)
    writer.opaque(.two, values)
  }
}
