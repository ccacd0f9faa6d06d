/// Bytes with their offsets and, beside them, what is printable: sixteen to a line, fewer where it is narrow.
public enum HexDump {
  public static func lines(_ bytes: [UInt8], width: Int = 80) -> [String] {
    let perLine = width >= 76 ? 16 : width >= 44 ? 8 : 4
    return stride(from: 0, to: bytes.count, by: perLine).map { offset in
      let row = bytes[offset..<min(offset + perLine, bytes.count)]
      let number = String(offset, radix: 16)
      var hex = ""
      for (index, byte) in row.enumerated() {
        if index > 0 { hex += index % 8 == 0 ? "  " : " " }
        hex += hexText([byte])
      }
      let full = perLine == 16 ? 48 : perLine * 3 - 1
      let text = row.map { (0x20...0x7e).contains($0) ? Character(Unicode.Scalar($0)) : "." }
      return String(repeating: "0", count: max(0, 4 - number.count)) + number + "  " + hex
        + String(repeating: " ", count: full - hex.count) + "  |" + String(text) + "|"
    }
  }
}
