/// Bytes written by hand the way the RFC writes its structures: hexadecimal, one field a line, `#` and its name after it, and
/// each length prefix in square brackets.
struct Vector: Sendable {
  /// A length prefix: where it stands, and how many bytes it takes.
  struct Length: Sendable {
    let offset: Int
    let width: Int
  }
  private(set) var bytes: [UInt8] = []
  private(set) var lengths: [Length] = []

  init(_ text: String) {
    var digits = ""
    var mark = 0
    for line in text.split(separator: "\n") {
      for character in line.prefix(while: { $0 != "#" }) where !character.isWhitespace {
        switch character {
        case "[": mark = bytes.count
        case "]": lengths.append(Length(offset: mark, width: bytes.count - mark))
        default:
          digits.append(character)
          guard digits.count == 2 else { continue }
          guard let byte = UInt8(digits, radix: 16) else { preconditionFailure("not hexadecimal: \(line)") }
          bytes.append(byte)
          digits = ""
        }
      }
    }
    precondition(digits.isEmpty, "half a byte")
  }

  /// The bytes with one length prefix set to `value`.
  func setting(_ length: Length, to value: Int) -> [UInt8] {
    var changed = bytes
    for index in 0..<length.width {
      changed[length.offset + index] = UInt8(truncatingIfNeeded: value >> (8 * (length.width - 1 - index)))
    }
    return changed
  }

  func value(of length: Length) -> Int {
    bytes[length.offset..<length.offset + length.width].reduce(0) { $0 << 8 | Int($1) }
  }
}

func hex(_ text: String) -> [UInt8] { Vector(text).bytes }
