/// The server hands out its state of the session, sealed with a key that only it knows.
///
///     struct {
///         uint32 ticket_lifetime_hint;     /* seconds; 0 says nothing */
///         opaque ticket<0..2^16-1>;
///     } NewSessionTicket;
///
/// RFC 5077 §3.3. Empty when the server had promised a ticket and then has none to give.
package struct NewSessionTicket12: HandshakeBody, Equatable {
  package static let type = HandshakeType.newSessionTicket

  package var lifetimeHint: UInt32
  package var ticket: [UInt8]

  package init(lifetimeHint: UInt32, ticket: [UInt8]) {
    self.lifetimeHint = lifetimeHint
    self.ticket = ticket
  }

  package init(from reader: inout WireReader) throws(DecodeError) {
    lifetimeHint = try reader.u32("ticket_lifetime_hint")
    ticket = try reader.bytes(.two, "ticket")
  }

  package func encode(into writer: inout WireWriter) {
    writer.u32(lifetimeHint)
    writer.opaque(.two, ticket)
  }
}
