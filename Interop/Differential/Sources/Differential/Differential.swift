import ArgumentParser
import Foundation

/// The same changed ClientHello to Handfast's server and to NIOSSL's, in one process: both go on, or both refuse. What they differ
/// in is listed by what was changed, and has to be explained (`Explanation`).
@main struct Differential: ParsableCommand {
  @Option(help: "A folder that `handfast pki` has filled.") var pki = "pki"
  @Option(help: "How many flights.") var count = 20_000
  @Option(help: "The same flights for the same number.") var seed: UInt64 = 1
  @Option(help: "Where to write the figures, as JSON.") var json: String?
  @Option(help: "The revision that is tried, for the JSON.") var revision = "unknown"

  struct Difference: Codable {
    let change: String
    let ours: String
    let theirs: String
    var count: Int
    let explanation: String?
    /// The first such flight, hexadecimal.
    let example: String
  }

  struct Evidence: Codable {
    let revision: String
    let command: String
    let seed: UInt64
    let flights: Int
    let bothGoOn: Int
    let bothRefuse: Int
    let bothWait: Int
    let differences: [Difference]
  }

  struct NoFlight: Error, CustomStringConvertible {
    var description: String { "a client's first flight is no ClientHello in one record" }
  }

  func run() throws {
    let servers = try Servers(Credentials(chainPEM: text("server.pem"), keyPEM: text("server-key.pem")))
    let seeds = try Clients.flights(trusting: text("root.pem")).map { flight in
      guard let parts = ClientHelloParts(record: flight), parts.record == flight else { throw NoFlight() }
      return parts
    }
    var random = SeededGenerator(seed: seed)
    var (agreed, differences) = ([Answer: Int](), [String: Difference]())
    for number in 0..<count {
      var hello = seeds[number % seeds.count]
      // Mostly one change, so that a difference says what it comes from.
      let changes = (0...(number % 8 == 0 ? 1 : 0)).map { _ in Mutation.all.randomElement(using: &random)! }
      for mutation in changes { mutation.change(&hello, &random) }
      let record = hello.record
      let (ours, theirs) = (servers.ours(record), try servers.theirs(record))
      guard !ours.agrees(with: theirs) else {
        agreed[ours.kind, default: 0] += 1
        continue
      }
      let explanation = Explanation.of(hello, ours, theirs)
      let name = explanation ?? changes.map(\.name).joined(separator: ", ")
      let key = "\(name) \(ours) \(theirs)"
      if differences[key] == nil {
        differences[key] = Difference(
          change: changes.map(\.name).joined(separator: ", "), ours: ours.text, theirs: theirs.text, count: 0,
          explanation: explanation, example: record.map { String(format: "%02x", $0) }.joined())
      }
      differences[key]?.count += 1
    }
    let sorted = differences.values.sorted {
      ($0.explanation == nil ? 0 : 1, -$0.count) < ($1.explanation == nil ? 0 : 1, -$1.count)
    }
    let evidence = Evidence(
      revision: revision, command: "Differential " + CommandLine.arguments.dropFirst().joined(separator: " "),
      seed: seed,
      flights: count, bothGoOn: agreed[.goesOn] ?? 0, bothRefuse: agreed[.refused(alert: nil)] ?? 0,
      bothWait: agreed[.waits] ?? 0, differences: sorted)
    try report(evidence)
  }

  private func report(_ evidence: Evidence) throws {
    print(
      "\(evidence.flights) flights: both go on \(evidence.bothGoOn), both refuse \(evidence.bothRefuse), both wait "
        + "\(evidence.bothWait)")
    for difference in evidence.differences {
      print(
        "\(difference.count) x  Handfast \(difference.ours), NIOSSL \(difference.theirs): \(difference.explanation ?? "UNEXPLAINED")"
      )
      if difference.explanation == nil { print("    changed: \(difference.change)\n    \(difference.example)") }
    }
    if let json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      try encoder.encode(evidence).write(to: URL(fileURLWithPath: json))
    }
    if evidence.differences.contains(where: { $0.explanation == nil }) { throw ExitCode(1) }
  }

  private func text(_ name: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(fileURLWithPath: "\(pki)/\(name)")), as: UTF8.self)
  }
}

extension Answer {
  /// Without the alert.
  fileprivate var kind: Answer { if case .refused = self { .refused(alert: nil) } else { self } }

  fileprivate var text: String {
    switch self {
    case .goesOn: "goes on"
    case .refused(let alert?): "refuses with alert \(alert)"
    case .refused(nil): "refuses"
    case .waits: "waits"
    }
  }
}
