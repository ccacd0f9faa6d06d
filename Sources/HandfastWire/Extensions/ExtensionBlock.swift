/// The extensions of a hello in the order they were sent, each still as bytes.
///
///     struct {
///         ExtensionType extension_type;
///         opaque extension_data<0..2^16-1>;
///     } Extension;
///     Extension extensions<0..2^16-1>;
///
/// RFC 5246 §7.4.1.4. What nobody knows, and GREASE, stays; the same type twice cannot be represented.
package struct ExtensionBlock: WireCodable, Equatable, Sendable {
  package struct Entry: Equatable, Sendable {
    package let type: ExtensionType
    package let data: [UInt8]
    /// The content was longer than its own length prefixes can say: `data` is not to be sent.
    fileprivate var overflow = false
  }

  package private(set) var entries: [Entry] = []

  package init() {}
  /// With room for so many.
  package init(capacity: Int) { entries.reserveCapacity(capacity) }

  package init(from reader: inout WireReader) throws(DecodeError) {
    entries = try reader.nested(.two, "extensions") { reader throws(DecodeError) in
      var entries: [Entry] = []
      entries.reserveCapacity(min(reader.remaining / 4, 16))
      // A hello has a dozen or two, quickly compared one by one; thousands, as only an attacker sends, are hashed.
      var many: Set<UInt16> = []
      while !reader.isAtEnd {
        let type = ExtensionType(rawValue: try reader.u16("extension_type"))
        let data = try reader.bytes(.two, "extension_data")
        if entries.count == 32 { many = Set(entries.map(\.type.rawValue)) }
        let isNew =
          entries.count < 32 ? !entries.contains { $0.type == type } : many.insert(type.rawValue).inserted
        guard isNew else { throw .duplicateExtension(type) }
        entries.append(Entry(type: type, data: data))
      }
      return entries
    }
  }

  package func encode(into writer: inout WireWriter) {
    writer.nested(.two) {
      for entry in entries {
        $0.u16(entry.type.rawValue)
        $0.opaque(.two, entry.data)
        if entry.overflow { $0.noteOverflow() }
      }
    }
  }

  package var types: [ExtensionType] { entries.map(\.type) }

  package func contains(_ type: ExtensionType) -> Bool { entries.contains { $0.type == type } }

  /// The bytes of one extension, if it was sent.
  @usableFromInline package subscript(_ type: ExtensionType) -> [UInt8]? { entries.first { $0.type == type }?.data }

  /// Adds an extension, in the place of one of the same type if there is one.
  package mutating func set(_ type: ExtensionType, _ data: [UInt8]) { set(Entry(type: type, data: data)) }

  package mutating func set<E: ExtensionBody>(_ body: E) {
    var writer = WireWriter()
    body.encode(into: &writer)
    set(Entry(type: E.type, data: writer.bytes, overflow: writer.overflow))
  }

  package mutating func remove(_ type: ExtensionType) { entries.removeAll { $0.type == type } }

  private mutating func set(_ entry: Entry) {
    if let index = entries.firstIndex(where: { $0.type == entry.type }) {
      entries[index] = entry
    } else {
      entries.append(entry)
    }
  }

  /// The extension of that kind, or nil if it was not sent. Inlinable, since most were not: that is then all it takes to know.
  @inlinable package func decode<E: ExtensionBody>(_ kind: E.Type) throws(DecodeError) -> E? {
    guard let data = self[E.type] else { return nil }
    return try E(decoding: data.span, "extension_data")
  }
}

/// The content of one extension, as one side sends it.
package protocol ExtensionBody: WireCodable, Sendable {
  static var type: ExtensionType { get }
}
