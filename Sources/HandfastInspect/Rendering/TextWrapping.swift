/// Breaks text into lines of at most `width` columns, at spaces. A word that is wider than a line is broken after a sign that
/// people break at ("_", ".", "-", "/", ",", ":"), long hexadecimal between two bytes, and anything else only when nothing
/// else is left.
enum TextWrapping {
  static func wrap(_ text: String, width: Int) -> [String] {
    let width = max(width, 4)
    var lines: [String] = []
    var line = ""
    var lineWidth = 0
    for word in text.split(separator: " ", omittingEmptySubsequences: true) {
      let wordWidth = displayWidth(word)
      if !line.isEmpty, lineWidth + 1 + wordWidth <= width {
        line += " " + word
        lineWidth += 1 + wordWidth
        continue
      }
      var rest = word[...]
      // Long hexadecimal starts on the line where it is named, if a good part of it fits there.
      if !line.isEmpty, wordWidth > width, isHexadecimal(rest), width - lineWidth - 1 >= 16 {
        let (head, tail) = cut(rest, width: width - lineWidth - 1)
        line += " " + head
        rest = tail
      }
      if !line.isEmpty { lines.append(line) }
      while displayWidth(rest) > width {
        let (head, tail) = cut(rest, width: width)
        lines.append(String(head))
        rest = tail
      }
      line = String(rest)
      lineWidth = displayWidth(rest)
    }
    if !line.isEmpty || lines.isEmpty { lines.append(line) }
    return lines
  }

  /// The width of the widest word that should not be cut: hexadecimal may be.
  static func longestWord(of text: String) -> Int {
    text.split(separator: " ").filter { !isHexadecimal($0) }.map { displayWidth($0) }.max() ?? 0
  }

  /// Splits a word that is too wide.
  private static func cut(_ word: Substring, width: Int) -> (Substring, Substring) {
    var end = word.startIndex
    var used = 0
    while end < word.endIndex {
      let next = displayWidth(word[end])
      if used + next > width { break }
      used += next
      end = word.index(after: end)
    }
    if end == word.startIndex { end = word.index(after: end) }
    if isHexadecimal(word) {
      let even = word.distance(from: word.startIndex, to: end) & ~1
      if even > 0 { end = word.index(word.startIndex, offsetBy: even) }
    } else if let sign = word[..<end].lastIndex(where: { "_.-/,:=".contains($0) }), sign > word.startIndex {
      end = word.index(after: sign)
    }
    return (word[..<end], word[end...])
  }

  private static func isHexadecimal(_ word: Substring) -> Bool {
    word.utf8.count > 8
      && word.utf8.prefix(16).allSatisfy { byte in
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
      }
  }
}

/// How many columns a terminal gives the text.
func displayWidth(_ text: some StringProtocol) -> Int { text.reduce(0) { $0 + displayWidth($1) } }

func displayWidth(_ character: Character) -> Int {
  guard let scalar = character.unicodeScalars.first else { return 0 }
  switch scalar.value {
  // Hangul Jamo, CJK, Hangul syllables, compatibility forms, full-width forms, emoji (UAX #11, coarsely).
  case 0x1100...0x115f, 0x2e80...0xa4cf, 0xac00...0xd7a3, 0xf900...0xfaff, 0xfe30...0xfe6f, 0xff00...0xff60,
    0xffe0...0xffe6, 0x1f300...0x1faff, 0x20000...0x3fffd:
    return 2
  default: return 1
  }
}
