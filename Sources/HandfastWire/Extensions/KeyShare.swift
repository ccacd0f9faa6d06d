/// The client's half of one or more key exchanges, best first; empty asks the server to choose the group.
///
///     KeyShareEntry client_shares<0..2^16-1>;
///
/// RFC 9846 §4.3.8. The same group twice is refused.
package struct ClientKeyShares: ExtensionBody, Equatable {
  package static let type = ExtensionType.keyShare

  package var entries: [KeyShareEntry]

  package init(entries: [KeyShareEntry]) { self.entries = entries }

  package init(from reader: inout WireReader) throws(DecodeError) {
    entries = try reader.nested(.two, "client_shares") { reader throws(DecodeError) in
      var entries: [KeyShareEntry] = []
      // A client sends two or three, quickly compared one by one; thousands, as only an attacker sends, are hashed.
      var many: Set<NamedGroup> = []
      while !reader.isAtEnd {
        let entry = try KeyShareEntry(from: &reader)
        if entries.count == 16 { many = Set(entries.map(\.group)) }
        let isNew =
          entries.count < 16 ? !entries.contains { $0.group == entry.group } : many.insert(entry.group).inserted
        guard isNew else { throw .badValue(field: "client_shares", value: UInt32(entry.group.rawValue)) }
        entries.append(entry)
      }
      return entries
    }
  }

  package func encode(into writer: inout WireWriter) {
    writer.nested(.two) { for entry in entries { entry.encode(into: &$0) } }
  }
}

/// The server's half of the key exchange it chose.
///
///     KeyShareEntry server_share;
///
/// RFC 9846 §4.3.8.
package struct ServerKeyShare: ExtensionBody, Equatable {
  package static let type = ExtensionType.keyShare

  package var entry: KeyShareEntry

  package init(entry: KeyShareEntry) { self.entry = entry }

  package init(from reader: inout WireReader) throws(DecodeError) { entry = try KeyShareEntry(from: &reader) }

  package func encode(into writer: inout WireWriter) { entry.encode(into: &writer) }
}

/// The group that the next ClientHello is to bring a share for (the form of a HelloRetryRequest).
///
///     NamedGroup selected_group;
///
/// RFC 9846 §4.3.8.
package struct RetryKeyShare: ExtensionBody, Equatable {
  package static let type = ExtensionType.keyShare

  package var group: NamedGroup

  package init(group: NamedGroup) { self.group = group }

  package init(from reader: inout WireReader) throws(DecodeError) {
    group = NamedGroup(rawValue: try reader.u16("selected_group"))
  }

  package func encode(into writer: inout WireWriter) { writer.u16(group.rawValue) }
}

/// A public value for one group.
///
///     struct {
///         NamedGroup group;
///         opaque key_exchange<1..2^16-1>;
///     } KeyShareEntry;
///
/// RFC 9846 §4.3.8. Whether the value fits the group is the crypto provider's word.
package struct KeyShareEntry: WireCodable, Equatable, Sendable {
  package var group: NamedGroup
  package var keyExchange: [UInt8]

  package init(group: NamedGroup, keyExchange: [UInt8]) {
    self.group = group
    self.keyExchange = keyExchange
  }

  package init(from reader: inout WireReader) throws(DecodeError) {
    group = NamedGroup(rawValue: try reader.u16("group"))
    keyExchange = try reader.filledBytes(.two, "key_exchange")
  }

  package func encode(into writer: inout WireWriter) {
    writer.u16(group.rawValue)
    writer.opaque(.two, keyExchange)
  }
}
