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
  }

  /// Where the data of one extension lies.
  private struct Place: Sendable {
    let type: ExtensionType
    var data: Range<Int>
    /// The content was longer than its own length prefixes can say, or than an extension may be: it is not to be sent.
    var overflow = false
  }

  /// All of them as they go on the wire, but for the length of the whole: a dozen extensions in one array, and not in a dozen.
  private var bytes: [UInt8] = []
  private var places: [Place] = []

  package init() {}
  /// With room for so many, with so many bytes of data together.
  package init(capacity: Int, dataByteCount: Int) { reserve(capacity, dataByteCount: dataByteCount) }

  package init(from reader: inout WireReader) throws(DecodeError) {
    let content = try reader.vector(.two, "extensions")
    var reader = WireReader(content)
    places.reserveCapacity(min(content.count / 4, 16))
    // A hello has a dozen or two, quickly compared one by one; thousands, as only an attacker sends, are hashed.
    var many: Set<UInt16> = []
    while !reader.isAtEnd {
      let type = ExtensionType(rawValue: try reader.u16("extension_type"))
      let count = try reader.vector(.two, "extension_data").count
      if places.count == 32 { many = Set(places.map(\.type.rawValue)) }
      let isNew = places.count < 32 ? place(of: type) == nil : many.insert(type.rawValue).inserted
      guard isNew else { throw .duplicateExtension(type) }
      let end = content.count - reader.remaining
      places.append(Place(type: type, data: end - count..<end))
    }
    bytes = [UInt8](copying: content)
  }

  package func encode(into writer: inout WireWriter) {
    writer.opaque(.two, bytes)
    if places.contains(where: \.overflow) { writer.noteOverflow() }
  }

  package static func == (one: Self, other: Self) -> Bool {
    one.bytes == other.bytes && one.places.map(\.overflow) == other.places.map(\.overflow)
  }

  package var entries: [Entry] { places.map { Entry(type: $0.type, data: Array(bytes[$0.data])) } }

  package var types: [ExtensionType] { places.map(\.type) }

  /// The first type of which that is true, in their order.
  package func firstType(where isWanted: (ExtensionType) -> Bool) -> ExtensionType? {
    places.first { isWanted($0.type) }?.type
  }

  package var isEmpty: Bool { places.isEmpty }

  /// Of all of them on the wire, without the length of the whole.
  var byteCount: Int { bytes.count }

  package func contains(_ type: ExtensionType) -> Bool { place(of: type) != nil }

  /// The bytes of one extension, if it was sent.
  package subscript(_ type: ExtensionType) -> [UInt8]? { place(of: type).map { Array(bytes[places[$0].data]) } }

  /// Adds an extension, in the place of one of the same type if there is one.
  package mutating func set(_ type: ExtensionType, _ data: [UInt8]) { set(type) { $0.raw(data) } }

  package mutating func set<E: ExtensionBody>(_ body: E) { set(E.type) { body.encode(into: &$0) } }

  /// Puts other bytes in the place of the last ones: a binder in that of its placeholder.
  package mutating func replaceEnd(with end: [UInt8]) {
    bytes.replaceSubrange(max(bytes.count - end.count, 0)..., with: end)
  }

  package mutating func remove(_ type: ExtensionType) {
    guard let index = place(of: type) else { return }
    let old = wholeRange(of: places.remove(at: index))
    bytes.removeSubrange(old)
    move(from: index, by: -old.count)
  }

  /// The extension of that kind, or nil if it was not sent.
  package func decode<E: ExtensionBody>(_ kind: E.Type) throws(DecodeError) -> E? {
    guard let index = place(of: E.type) else { return nil }
    return try E(decoding: bytes.span.extracting(places[index].data), "extension_data")
  }

  private func place(of type: ExtensionType) -> Int? { places.firstIndex { $0.type == type } }

  /// The data is written where it stays: behind all others, and then moved if it takes the place of an older one.
  private mutating func set(_ type: ExtensionType, _ write: (inout WireWriter) -> Void) {
    if places.isEmpty { reserve(4, dataByteCount: 64) }
    let old = place(of: type)
    // The last of all needs no place kept.
    if let old, old == places.count - 1 {
      remove(type)
      return set(type, write)
    }
    let start = bytes.count
    var all: [UInt8] = []
    swap(&all, &bytes)
    var writer = WireWriter(appendingTo: consume all)
    writer.u16(type.rawValue)
    writer.nested(.two, write)
    let overflow = writer.overflow
    bytes = writer.finish()
    let place = Place(type: type, data: start + 4..<bytes.count, overflow: overflow)
    guard let old else { return places.append(place) }
    let written = Array(bytes[start...])
    bytes.removeSubrange(start...)
    let range = wholeRange(of: places[old])
    bytes.replaceSubrange(range, with: written)
    places[old] = Place(
      type: type, data: range.lowerBound + 4..<range.lowerBound + written.count, overflow: overflow)
    move(from: old + 1, by: written.count - range.count)
  }

  private mutating func reserve(_ capacity: Int, dataByteCount: Int) {
    places.reserveCapacity(capacity)
    bytes.reserveCapacity(4 * capacity + dataByteCount)
  }

  /// The bytes of an extension with its type and length.
  private func wholeRange(of place: Place) -> Range<Int> { place.data.lowerBound - 4..<place.data.upperBound }

  private mutating func move(from index: Int, by distance: Int) {
    for index in index..<places.count {
      let data = places[index].data
      places[index].data = data.lowerBound + distance..<data.upperBound + distance
    }
  }
}

/// The content of one extension, as one side sends it.
package protocol ExtensionBody: WireCodable, Sendable {
  static var type: ExtensionType { get }
}
