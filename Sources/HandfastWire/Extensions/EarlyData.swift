/// "I send early data" in a ClientHello, "I take it" in EncryptedExtensions. Always empty.
///
/// RFC 9846 §4.3.10.
package struct EarlyDataIndication: ExtensionBody, Equatable {
  package static let type = ExtensionType.earlyData

  package init() {}
  package init(from reader: inout WireReader) throws(DecodeError) {}
  package func encode(into writer: inout WireWriter) {}
}

/// How many bytes of early data a ticket is good for (the form of a NewSessionTicket).
///
///     uint32 max_early_data_size;
///
/// RFC 9846 §4.3.10.
package struct TicketEarlyData: ExtensionBody, Equatable {
  package static let type = ExtensionType.earlyData

  package var maxSize: UInt32

  package init(maxSize: UInt32) { self.maxSize = maxSize }

  package init(from reader: inout WireReader) throws(DecodeError) { maxSize = try reader.u32("max_early_data_size") }

  package func encode(into writer: inout WireWriter) { writer.u32(maxSize) }
}
