import ArgumentParser
import Foundation

/// Handfast beside the TLS stacks that can run in one process with it, and beside the bare cryptography that the same work takes.
@main struct Compare: ParsableCommand {
  @Flag(help: "Only what has a target, and fewer rounds.") var quick = false
  @Option(help: "Only scenarios whose name has every one of these words.") var filter: [String] = []
  @Option(help: "Only this stack, by its whole name: for a profiler.") var stack: String?
  @Option(help: "Rounds in which every stack has its turn.") var rounds: Int?
  @Option(help: "Where to write the figures, as JSON.") var json: String?
  @Option(help: "Where to write the plot, as SVG.") var plot: String?
  @Option(help: "Draw the plot from this JSON, and measure nothing.") var from: String?
  @Option(help: "The revision that is measured, for the JSON.") var revision = "unknown"
  @Flag(help: "Print the names of the scenarios and stop.") var list = false

  struct Evidence: Codable {
    let revision: String
    let command: String
    let versions: [String: String]
    let rounds: Int
    let results: [ScenarioResult]
  }

  private var stacks: [any Stack] {
    let floors = [false, true].flatMap { isPublicKeyOnly in
      [false, true].map { Floor(isPublicKeyOnly: isPublicKeyOnly, remembersChains: $0) }
    }
    let own: [any Stack] = [HandfastStack(remembersChains: false), HandfastStack(remembersChains: true)]
    let others: [(any Stack)?] = [
      CStack.boringSSL, NIOSSLStack(), CStack.openSSL, CStack.gnuTLS, BareAEAD(),
    ]
    return own + floors + others.compactMap(\.self)
  }

  func run() throws {
    if let from, let plot {
      let evidence = try JSONDecoder().decode(Evidence.self, from: Data(contentsOf: URL(fileURLWithPath: from)))
      return try Plot(evidence.results).svg.write(toFile: plot, atomically: true, encoding: .utf8)
    }
    let scenarios = (quick ? Scenario.quick : Scenario.all).filter { scenario in
      filter.allSatisfy { scenario.name.contains($0) }
    }
    if list { return print(scenarios.map(\.name).joined(separator: "\n")) }
    var effort = Effort()
    effort.rounds = rounds ?? (quick ? 9 : 15)
    print("Medians of \(effort.rounds) rounds. x: times Handfast's own in the same round; x rem.: chains remembered.\n")
    let measuring = Measuring(stacks: stacks.filter { stack == nil || $0.name == stack }, effort: effort)
    var credentials: [Scenario.KeyKind: Credentials] = [:]
    var results: [ScenarioResult] = []
    for scenario in scenarios {
      let own = try credentials[scenario.keyKind] ?? Credentials(scenario.keyKind)
      credentials[scenario.keyKind] = own
      let result = try measuring.measure(scenario, own)
      print(Table().text(result) + "\n")
      results.append(result)
    }
    try write(results, rounds: effort.rounds)
  }

  private func write(_ results: [ScenarioResult], rounds: Int) throws {
    if let json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      let libraries: [CStack?] = [.openSSL, .boringSSL, .gnuTLS]
      let evidence = Evidence(
        revision: revision, command: "compare " + CommandLine.arguments.dropFirst().joined(separator: " "),
        versions: Dictionary(
          uniqueKeysWithValues: libraries.compactMap(\.self).map { ($0.name, $0.version) }),
        rounds: rounds,
        results: results)
      try encoder.encode(evidence).write(to: URL(fileURLWithPath: json))
    }
    if let plot { try Plot(results).svg.write(toFile: plot, atomically: true, encoding: .utf8) }
  }
}
