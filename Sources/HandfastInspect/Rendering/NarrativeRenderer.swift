import Handfast
import HandfastCore

/// Turns the story into text: two columns side by side where there is room, one below the other where not.
public struct NarrativeRenderer: Sendable {
  public enum Layout: Hashable, Sendable {
    /// Two columns from 110 on.
    case automatic
    case twoColumns
    case stacked
  }
  /// Columns of the terminal.
  public var width: Int
  /// Whether escape sequences for colour may be used.
  public var usesColour: Bool
  public var layout: Layout
  /// Whether each message's bytes follow it.
  public var showsBytes: Bool

  /// The narrowest terminal on which two columns read well.
  public static let twoColumnWidth = 110
  static let narrowest = 40
  /// Whole sentences are not read well over wider lines.
  static let widestText = 120

  public init(width: Int = 80, usesColour: Bool = false, layout: Layout = .automatic, showsBytes: Bool = false) {
    self.width = max(width, Self.narrowest)
    self.usesColour = usesColour
    self.layout = layout
    self.showsBytes = showsBytes
  }

  /// The whole story, a blank line after each step.
  public func render(_ narrative: Narrative) -> String {
    narrative.steps.map { render($0) + "\n" }.joined()
  }

  /// One step; every line ends with a line feed.
  public func render(_ step: NarrativeStep) -> String {
    var lines = heading(of: step)
    switch (step.client, step.server) {
    case (let client?, let server?):
      lines +=
        isWide
        ? sideBySide(client, server, step)
        : stack(
          step.direction.startsAtServer
            ? [(.server, server), (.client, client)] : [(.client, client), (.server, server)])
    case (let client?, nil): lines += stack([(.client, client)])
    case (nil, let server?): lines += stack([(.server, server)])
    case (nil, nil): break
    }
    if showsBytes { lines += dumps(of: step) }
    return lines.map { $0.text(colour: usesColour) + "\n" }.joined()
  }

  /// Lines that belong to no step.
  public func render(_ lines: [NarrativeLine]) -> String {
    LineLayout(width: min(width, Self.widestText)).lay(lines).map { $0.text(colour: usesColour) + "\n" }.joined()
  }

  private var isWide: Bool {
    switch layout {
    case .automatic: width >= Self.twoColumnWidth
    case .twoColumns: true
    case .stacked: false
    }
  }
}

// MARK: - Heading

extension NarrativeRenderer {
  private func heading(of step: NarrativeStep) -> [StyledLine] {
    var line = StyledLine("━━ ", .faint)
    line.append("\(step.number)  ", .bold)
    line.append(step.title, step.isFailure ? .bad : .bold)
    line.append("  ")
    let direction = StyledLine(step.direction.text, .faint)
    let reference = step.reference ?? ""
    let right = reference.isEmpty ? 0 : displayWidth(reference) + 1
    var lines: [StyledLine] = []
    if isWide || line.width + right + 4 + direction.width <= width {
      if !isWide {
        line.append(direction)
        line.append(" ")
      }
      line.append(String(repeating: "━", count: max(2, width - line.width - right)), .faint)
      if !reference.isEmpty { line.append(" \(reference)", .faint) }
      lines.append(line)
    } else {
      if line.width <= width {
        line.append(String(repeating: "━", count: width - line.width), .faint)
        lines.append(line)
      } else {
        lines += TextWrapping.wrap("━━ \(step.number) \(step.title)", width: width).map {
          StyledLine($0, step.isFailure ? .bad : .bold)
        }
      }
      let second = step.direction.text + (reference.isEmpty ? "" : " · \(reference)")
      lines += TextWrapping.wrap(second, width: width - 3).map {
        StyledLine("   \($0)", .faint)
      }
    }
    let gist = TextWrapping.wrap(step.gist, width: min(width, Self.widestText) - 3)
    lines += gist.map { StyledLine("   " + $0, .faint) }
    lines.append(StyledLine())
    return lines
  }

  private func elapsedText(_ nanoseconds: Int64) -> String {
    let microseconds = max(0, nanoseconds / 1000)
    let fraction = String(microseconds % 1000)
    return "+\(microseconds / 1000)." + String(repeating: "0", count: 3 - fraction.count) + fraction + " ms"
  }

  /// The side, what it does, and when, as far as there is room.
  private func headline(_ side: Side, _ column: NarrativeStep.Column, width: Int) -> StyledLine {
    var line = StyledLine(side.rawValue.uppercased(), side == .client ? .client : .server)
    if !column.headline.isEmpty { line.append("  \(column.headline)", .bold) }
    guard let elapsed = column.elapsed.map(elapsedText), line.width + 2 + elapsed.count <= width else { return line }
    line.pad(to: width - elapsed.count)
    line.append(elapsed, .faint)
    return line
  }
}

// MARK: - Columns

extension NarrativeRenderer {
  private static let gutter = 7

  private func sideBySide(
    _ client: NarrativeStep.Column, _ server: NarrativeStep.Column, _ step: NarrativeStep
  ) -> [StyledLine] {
    let columnWidth = (width - 3 - Self.gutter) / 2
    let layout = LineLayout(width: columnWidth)
    let left = [headline(.client, client, width: columnWidth)] + layout.lay(client.lines)
    let right = [headline(.server, server, width: columnWidth)] + layout.lay(server.lines)
    return (0..<max(left.count, right.count)).map { row in
      var line = StyledLine("   ")
      if row < left.count { line.append(left[row]) }
      line.pad(to: 3 + columnWidth)
      if row == 0 {
        line.append(step.direction.arrow, step.isFailure ? .bad : .bold)
      } else {
        line.append("   │   ", .faint)
      }
      if row < right.count { line.append(right[row]) }
      return line
    }
  }

  private func stack(_ columns: [(side: Side, column: NarrativeStep.Column)]) -> [StyledLine] {
    let layout = LineLayout(width: width - 5)
    var lines: [StyledLine] = []
    for (side, column) in columns where !column.isEmpty {
      if !lines.isEmpty { lines.append(StyledLine()) }
      var head = StyledLine("   ")
      head.append(headline(side, column, width: width - 3))
      lines.append(head)
      for line in layout.lay(column.lines) {
        var indented = StyledLine("     ")
        indented.append(line)
        lines.append(indented)
      }
    }
    return lines
  }

  private func dumps(of step: NarrativeStep) -> [StyledLine] {
    step.bytes.flatMap { dump -> [StyledLine] in
      let label = TextWrapping.wrap("\(dump.label), \(counted(dump.bytes.count, "byte"))", width: width - 3)
      return [StyledLine()] + label.map { StyledLine("   " + $0, .bold) }
        + lines(of: dump).map { StyledLine("   " + $0, .faint) }
    }
  }

  private func lines(of dump: NarrativeStep.Bytes) -> [String] {
    switch dump.form {
    case .hexadecimal: HexDump.lines(dump.bytes, width: width - 3)
    case .pem: PEMText.lines(ofCertificate: dump.bytes)
    }
  }
}

extension NarrativeStep.Direction {
  /// Seven columns between the two sides.
  fileprivate var arrow: String {
    switch self {
    case .clientToServer: " ━━━━▶ "
    case .serverToClient: " ◀━━━━ "
    case .client: " ●     "
    case .server: "     ● "
    case .both: " ●   ● "
    }
  }

  /// Whoever acts is told first.
  fileprivate var startsAtServer: Bool { self == .serverToClient || self == .server }

  fileprivate var text: String {
    switch self {
    case .clientToServer: "client ──▶ server"
    case .serverToClient: "client ◀── server"
    case .client: "client"
    case .server: "server"
    case .both: "client and server"
    }
  }
}
