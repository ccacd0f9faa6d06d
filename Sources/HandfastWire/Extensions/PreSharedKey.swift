/// The pre-shared keys the client knows, best first, and for each a MAC over the hello up to here.
///
///     opaque PskBinderEntry<32..255>;
///     struct {
///         PskIdentity identities<7..2^16-1>;
///         PskBinderEntry binders<33..2^16-1>;
///     } OfferedPsks;
///
/// RFC 9846 §4.3.11. Must be the last extension of its hello: the binders cover everything before them.
package struct OfferedPSKs: ExtensionBody, Equatable {
  package static let type = ExtensionType.preSharedKey

  package var identities: [PSKIdentity]
  /// One for each identity, in their order.
  package var binders: [[UInt8]]

  package init(identities: [PSKIdentity], binders: [[UInt8]]) {
    self.identities = identities
    self.binders = binders
  }

  package init(from reader: inout WireReader) throws(DecodeError) {
    identities = try reader.nested(.two, "identities") { reader throws(DecodeError) in
      var identities: [PSKIdentity] = []
      while !reader.isAtEnd { identities.append(try PSKIdentity(from: &reader)) }
      guard !identities.isEmpty else { throw .badLength(field: "identities", length: 0) }
      return identities
    }
    binders = try reader.nested(.two, "binders") { reader throws(DecodeError) in
      var binders: [[UInt8]] = []
      while !reader.isAtEnd {
        // Not checked for the 32 bytes it must have at least: one that is too short does not prove anything, and one for a
        // session that is not resumed does not matter.
        binders.append(try reader.filledBytes(.one, "PskBinderEntry"))
      }
      guard !binders.isEmpty else { throw .badLength(field: "binders", length: 0) }
      return binders
    }
  }

  package func encode(into writer: inout WireWriter) {
    writer.nested(.two) { for identity in identities { identity.encode(into: &$0) } }
    writer.nested(.two) { for binder in binders { $0.opaque(.one, binder) } }
  }
}

/// A name for a pre-shared key: a ticket, or what both sides agreed on beforehand.
///
///     struct {
///         opaque identity<1..2^16-1>;
///         uint32 obfuscated_ticket_age;
///     } PskIdentity;
///
/// RFC 9846 §4.3.11.
package struct PSKIdentity: WireCodable, Equatable, Sendable {
  package var identity: [UInt8]
  /// Milliseconds since the ticket came, plus its `ageAdd`, modulo 2^32 (RFC 9846 §4.3.11.1).
  package var obfuscatedTicketAge: UInt32

  package init(identity: [UInt8], obfuscatedTicketAge: UInt32) {
    self.identity = identity
    self.obfuscatedTicketAge = obfuscatedTicketAge
  }

  package init(from reader: inout WireReader) throws(DecodeError) {
    identity = try reader.filledBytes(.two, "identity")
    obfuscatedTicketAge = try reader.u32("obfuscated_ticket_age")
  }

  package func encode(into writer: inout WireWriter) {
    writer.opaque(.two, identity)
    writer.u32(obfuscatedTicketAge)
  }
}

/// Which of the offered keys the server took, counted from 0.
///
///     uint16 selected_identity;
///
/// RFC 9846 §4.3.11.
package struct SelectedPSK: ExtensionBody, Equatable {
  package static let type = ExtensionType.preSharedKey

  package var index: UInt16

  package init(index: UInt16) { self.index = index }

  package init(from reader: inout WireReader) throws(DecodeError) { index = try reader.u16("selected_identity") }

  package func encode(into writer: inout WireWriter) { writer.u16(index) }
}
