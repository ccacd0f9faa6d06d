/// Words to look for in an error line; "*" stands for anything in between, "|" parts alternatives. Letter case, underscores and runs
/// of spaces make no difference, and a match does not begin or end within a word.
struct PhrasePattern: Sendable {
  private let alternatives: [[[UInt8]]]
  let text: String

  init(_ text: String) {
    self.text = text
    alternatives = text.split(separator: "|").map { alternative in
      // A trailing colon or parenthesis of a pattern may be followed by anything; its own spaces at the edges don't count.
      alternative.split(separator: "*").map { ErrorLine.normalised(String($0)) }.filter { !$0.isEmpty }
    }
  }

  /// How many signs of the line are the pattern's, for the best of its alternatives; nil: it does not match.
  func score(in line: ErrorLine) -> Int? {
    alternatives.compactMap { Self.score($0, in: line.bytes) }.max()
  }

  /// The first alternative as people write it.
  var example: String { text.split(separator: "|").first.map { $0.trimmingSpaces } ?? text }

  private static func score(_ parts: [[UInt8]], in bytes: [UInt8]) -> Int? {
    var start = 0
    var score = 0
    for part in parts {
      guard let end = end(of: part, in: bytes, from: start) else { return nil }
      score += part.count
      start = end
    }
    return parts.isEmpty ? nil : score
  }

  static func end(of part: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
    guard let first = part.first, let last = part.last, part.count <= bytes.count - start else { return nil }
    var index = start
    while index + part.count <= bytes.count {
      if bytes[index] == first, bytes[index..<index + part.count].elementsEqual(part),
        !(isWord(first) && index > 0 && isWord(bytes[index - 1])),
        !(isWord(last) && index + part.count < bytes.count && isWord(bytes[index + part.count]))
      {
        return index + part.count
      }
      index += 1
    }
    return nil
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
      || byte >= 0x80
  }
}

extension Substring {
  fileprivate var trimmingSpaces: String {
    var text = self
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}

/// One line of what was pasted.
struct ErrorLine {
  /// Counted from 1.
  let number: Int
  let text: String
  /// For comparison: lower case, "_" as space, one space for many.
  let bytes: [UInt8]

  /// Longer lines are cut before they are looked at.
  static let lengthLimit = 2000

  init(number: Int, _ text: Substring) {
    self.number = number
    self.text = String(text.prefix(Self.lengthLimit))
    bytes = Self.normalised(self.text)
  }

  static func normalised(_ text: String) -> [UInt8] {
    var bytes: [UInt8] = []
    var isSpaced = true
    for scalar in text.unicodeScalars {
      switch scalar {
      case "_", " ", "\t", "\u{0}"..."\u{1f}", "\u{7f}", "\u{a0}":
        if !isSpaced { bytes.append(UInt8(ascii: " ")) }
        isSpaced = true
        continue
      case "\u{2018}", "\u{2019}", "`": bytes.append(UInt8(ascii: "'"))
      case "\u{201c}", "\u{201d}": bytes.append(UInt8(ascii: "\""))
      case "A"..."Z": bytes.append(UInt8(truncatingIfNeeded: scalar.value + 32))
      default: bytes.append(contentsOf: Array(String(scalar).utf8))
      }
      isSpaced = false
    }
    if bytes.last == UInt8(ascii: " ") { bytes.removeLast() }
    return bytes
  }
}
