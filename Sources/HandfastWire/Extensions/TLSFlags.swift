/// Features of one bit each, by their numbers.
///
///     struct {
///       opaque flags<1..255>;
///     } FlagExtensions;
///
/// draft-ietf-tls-tlsflags §2, under the number that IANA has given it. Flag 0 is the first byte's lowest bit, and the last byte
/// is never zero. Unknown flags are kept.
package struct TLSFlags: ExtensionBody, Equatable {
  package static let type = ExtensionType.tlsFlags
  /// In a ticket: another server that its certificate names takes it as well (draft-ietf-tls-cross-sni-resumption).
  package static let resumptionAcrossNames: UInt16 = 8

  /// Below 2,040, rising.
  package let numbers: [UInt16]

  package init(numbers: Set<UInt16>) { self.numbers = numbers.filter { $0 < 2_040 }.sorted() }

  package init(from reader: inout WireReader) throws(DecodeError) {
    let bytes = try reader.filledBytes(.one, "flags")
    guard bytes.last != 0 else { throw .badValue(field: "flags", value: 0) }
    numbers = bytes.indices.flatMap { index in
      (0..<8).filter { bytes[index] >> $0 & 1 == 1 }.map { UInt16(truncatingIfNeeded: 8 * index + $0) }
    }
  }

  package func encode(into writer: inout WireWriter) {
    var bytes = [UInt8](repeating: 0, count: Int(numbers.last ?? 0) / 8 + 1)
    for number in numbers { bytes[Int(number) / 8] |= 1 << (number % 8) }
    writer.opaque(.one, bytes)
  }
}
