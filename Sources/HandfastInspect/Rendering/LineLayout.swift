import Handfast

/// Lays narrative lines out in a column of a given width: marks, a column for labels, wrapped text with a hanging indent.
struct LineLayout {
  let width: Int

  private static let widestLabel = 18

  func lay(_ lines: [NarrativeLine]) -> [StyledLine] {
    var result: [StyledLine] = []
    var index = 0
    while index < lines.count {
      // Labels line up within a run of lines of one depth.
      let depth = lines[index].depth
      var end = index
      while end < lines.count, lines[end].label != nil, lines[end].depth == depth { end += 1 }
      let run = lines[index..<max(end, index + 1)]
      let labels = run.compactMap(\.label).map { displayWidth($0) }
      let widest = min(labels.max() ?? 0, Self.widestLabel, width / 3)
      let hasMarks = run.contains { $0.mark != .none }
      for line in run { result += lay(line, labelWidth: widest, hasMarks: hasMarks) }
      index += run.count
    }
    return result
  }

  private func lay(_ line: NarrativeLine, labelWidth: Int, hasMarks: Bool) -> [StyledLine] {
    let indent = String(repeating: " ", count: line.depth * 2)
    var head = StyledLine()
    head.append(indent)
    if hasMarks { head.append("\(line.mark.glyph) ", line.mark.style) }
    let text = line.text.safeForDisplay
    var result: [StyledLine] = []
    let longest = TextWrapping.longestWord(of: text)
    if let label = line.label?.safeForDisplay {
      // A label that is too wide, or that leaves too little room for an unbreakable word, gets a line of its own.
      let room = width - head.width - labelWidth - 2
      head.append(label, .label)
      if displayWidth(label) > labelWidth || longest > room {
        result.append(head)
        head = StyledLine(indent + (hasMarks ? "  " : "") + "  ")
      } else {
        head.pad(to: indent.count + (hasMarks ? 2 : 0) + labelWidth)
        head.append("  ")
      }
    }
    // A label column never leaves less than half a line for the text.
    let hanging = min(head.width, width - 8)
    let wrapped = TextWrapping.wrap(text, width: width - hanging)
    for (index, part) in wrapped.enumerated() {
      var styled = index == 0 ? head : StyledLine(String(repeating: " ", count: hanging))
      styled.append(part, line.tone.style)
      result.append(styled)
    }
    return result
  }
}

extension NarrativeLine.Mark {
  fileprivate var glyph: String {
    switch self {
    case .none: " "
    case .passed: "✓"
    case .failed: "✗"
    case .warned: "!"
    case .passedOver: "·"
    case .item: "•"
    }
  }
  fileprivate var style: Style {
    switch self {
    case .none, .item: .plain
    case .passed: .good
    case .failed: .bad
    case .warned: .caution
    case .passedOver: .faint
    }
  }
}

extension NarrativeLine.Tone {
  var style: Style {
    switch self {
    case .plain: .plain
    case .strong: .bold
    case .faint: .faint
    case .good: .good
    case .bad: .bad
    case .caution: .caution
    }
  }
}
