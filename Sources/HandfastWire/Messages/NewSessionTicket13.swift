/// The server hands out a ticket: a name for a pre-shared key that both sides derive from this connection.
///
///     struct {
///         uint32 ticket_lifetime;          /* seconds */
///         uint32 ticket_age_add;
///         opaque ticket_nonce<0..255>;
///         opaque ticket<1..2^16-1>;
///         Extension extensions<0..2^16-1>;
///     } NewSessionTicket;
///
/// RFC 9846 §4.7.1.
package struct NewSessionTicket13: HandshakeBody, Equatable {
  package static let type = HandshakeType.newSessionTicket

  /// In seconds; 0 asks to throw the ticket away. More than a week is the caller's to judge.
  package var lifetime: UInt32
  /// Added to the ticket's age, so that an observer cannot tie two connections together by it.
  package var ageAdd: UInt32
  package var nonce: [UInt8]
  package var ticket: [UInt8]
  package var extensions: ExtensionBlock

  package init(lifetime: UInt32, ageAdd: UInt32, nonce: [UInt8], ticket: [UInt8], extensions: ExtensionBlock) {
    self.lifetime = lifetime
    self.ageAdd = ageAdd
    self.nonce = nonce
    self.ticket = ticket
    self.extensions = extensions
  }

  package init(from reader: inout WireReader) throws(DecodeError) {
    lifetime = try reader.u32("ticket_lifetime")
    ageAdd = try reader.u32("ticket_age_add")
    nonce = try reader.bytes(.one, "ticket_nonce")
    ticket = try reader.filledBytes(.two, "ticket")
    extensions = try ExtensionBlock(from: &reader)
  }

  package func encode(into writer: inout WireWriter) {
    writer.u32(lifetime)
    writer.u32(ageAdd)
    writer.opaque(.one, nonce)
    writer.opaque(.two, ticket)
    extensions.encode(into: &writer)
  }
}
