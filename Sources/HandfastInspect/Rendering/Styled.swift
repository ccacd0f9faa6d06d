/// How a piece of output looks; becomes nothing at all without colour.
enum Style: Hashable {
  case plain
  case bold
  case faint
  case label
  case good
  case bad
  case caution
  case client
  case server

  /// The parameters of "Select Graphic Rendition" (ECMA-48 §8.3.117).
  private var parameters: String? {
    switch self {
    case .plain: nil
    case .bold: "1"
    case .faint: "2"
    case .label: "2"
    case .good: "32"
    case .bad: "1;31"
    case .caution: "33"
    case .client: "1;36"
    case .server: "1;35"
    }
  }

  func apply(to text: String, colour: Bool) -> String {
    guard colour, !text.isEmpty, let parameters else { return text }
    return "\u{1b}[\(parameters)m\(text)\u{1b}[0m"
  }
}

/// A laid-out line: pieces with their looks, and the width they take.
struct StyledLine {
  private(set) var pieces: [(text: String, style: Style)] = []
  private(set) var width = 0

  init() {}

  init(_ text: String, _ style: Style = .plain) { append(text, style) }

  mutating func append(_ text: String, _ style: Style = .plain) {
    guard !text.isEmpty else { return }
    pieces.append((text, style))
    width += displayWidth(text)
  }

  mutating func append(_ other: StyledLine) {
    for piece in other.pieces { append(piece.text, piece.style) }
  }

  mutating func pad(to target: Int) {
    if width < target { append(String(repeating: " ", count: target - width)) }
  }

  func text(colour: Bool) -> String {
    var text = pieces.map { $0.style.apply(to: $0.text, colour: colour) }.joined()
    while text.last == " " { text.removeLast() }
    return text
  }
}
