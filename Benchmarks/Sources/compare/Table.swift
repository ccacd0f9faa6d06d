import Foundation

/// The results as text, one block a scenario.
struct Table {
  func text(_ result: ScenarioResult) -> String {
    let unit = result.writeSize == nil ? "us a connection" : "us a write"
    var lines = [
      result.scenario,
      pad("  \(unit)", 32)
        + ["client", "server", "both", "allocs", "spread", "x", "x rem."].map { left($0, 10) }.joined(),
    ]
    for row in result.measurements {
      let cells = [
        number(row.client), number(row.server), number(row.both), String(format: "%.1f", row.allocations),
        String(format: "%.1f%%", row.spread * 100),
        row.ratio.map { String(format: "%.2f", $0) } ?? "",
        row.ratioToRemembered.map { String(format: "%.2f", $0) } ?? "",
      ]
      lines.append(pad("  " + row.stack, 32) + cells.map { left($0, 10) }.joined())
    }
    return lines.joined(separator: "\n")
  }

  private func number(_ value: Double) -> String { String(format: value < 10 ? "%.3f" : "%.1f", value) }
  private func pad(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(width - text.count, 0))
  }
  private func left(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(width - text.count, 0)) + text
  }
}
