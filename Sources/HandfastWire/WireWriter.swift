/// Writes the TLS presentation language (RFC 5246 §4). Lengths that users decide are bounded where they enter the library
/// (names, protocols, chains); a vector that is too long all the same is noted in `overflow` and refused by whoever sends.
package struct WireWriter: ~Copyable {
  package private(set) var bytes: [UInt8] = []
  /// Whether some vector did not fit its length prefix; the bytes are then not to be sent.
  package private(set) var overflow = false

  package init(capacity: Int = 0) { bytes.reserveCapacity(capacity) }
  /// Goes on behind what is there.
  init(appendingTo bytes: consuming [UInt8]) { self.bytes = bytes }

  /// What has been written, handed over.
  consuming func finish() -> [UInt8] { bytes }

  package mutating func u8(_ value: UInt8) { bytes.append(value) }

  package mutating func u16(_ value: UInt16) {
    bytes.append(UInt8(value >> 8))
    bytes.append(UInt8(truncatingIfNeeded: value))
  }

  package mutating func u32(_ value: UInt32) {
    u16(UInt16(value >> 16))
    u16(UInt16(truncatingIfNeeded: value))
  }

  package mutating func u64(_ value: UInt64) {
    for shift in stride(from: 56, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
  }

  package mutating func raw(_ value: [UInt8]) { bytes += value }
  package mutating func raw(_ value: Span<UInt8>) { bytes.append(copying: value) }

  package mutating func utf8(_ text: String) { bytes += text.utf8 }

  package mutating func opaque(_ width: LengthWidth, _ value: [UInt8]) {
    length(width, value.count)
    bytes += value
  }

  private mutating func length(_ width: LengthWidth, _ count: Int) {
    if count >= 1 << (8 * width.rawValue) { overflow = true }
    for index in (0..<width.rawValue).reversed() { bytes.append(UInt8(truncatingIfNeeded: count >> (8 * index))) }
  }

  package mutating func nested(_ width: LengthWidth, _ body: (inout WireWriter) -> Void) {
    let mark = bytes.count
    for _ in 0..<width.rawValue { bytes.append(0) }
    body(&self)
    var length = bytes.count - mark - width.rawValue
    guard length < 1 << (8 * width.rawValue) else {
      overflow = true
      return
    }
    for index in (0..<width.rawValue).reversed() {
      bytes[mark + index] = UInt8(truncatingIfNeeded: length)
      length >>= 8
    }
  }

  /// For content that was written elsewhere and did not fit there.
  package mutating func noteOverflow() { overflow = true }

  package mutating func list<C: CodePoint>(_ width: LengthWidth, _ values: [C]) where C.RawValue == UInt16 {
    length(width, 2 * values.count)
    for value in values { u16(value.rawValue) }
  }

  package mutating func list<C: CodePoint>(_ width: LengthWidth, _ values: [C]) where C.RawValue == UInt8 {
    length(width, values.count)
    for value in values { u8(value.rawValue) }
  }
}
