/// The ticket the client comes back with; empty asks for one, and is the server's promise to send one.
///
/// RFC 5077 §3.2. The ticket is the whole content: it has no length prefix of its own.
package struct SessionTicketExtension: ExtensionBody, Equatable {
  package static let type = ExtensionType.sessionTicket

  package var ticket: [UInt8]

  package init(ticket: [UInt8] = []) { self.ticket = ticket }

  package init(from reader: inout WireReader) throws(DecodeError) { ticket = try reader.rest("ticket") }

  package func encode(into writer: inout WireWriter) { writer.raw(ticket) }
}
