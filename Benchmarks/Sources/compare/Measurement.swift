import CAllocations
import CPair

/// One stack in one scenario, over all rounds.
struct Measurement: Codable {
  let stack: String
  /// Medians, microseconds of CPU time a connection, or a write and its reading.
  let client: Double
  let server: Double
  let both: Double
  /// Times that both sides asked for memory, a connection or a write.
  let allocations: Double
  /// Half the distance between the quartiles of `both`, as a share of it.
  let spread: Double
  /// The median over the rounds of this stack's time by Handfast's in the same round: above 1, Handfast is faster.
  let ratio: Double?
  /// The same against Handfast with chains remembered, where chains are judged.
  let ratioToRemembered: Double?
}

struct ScenarioResult: Codable {
  let scenario: String
  let isBulk: Bool
  let writeSize: Int?
  let measurements: [Measurement]

  subscript(stack: String) -> Measurement? { measurements.first { $0.stack == stack } }
}

struct Effort {
  var rounds = 15
  /// How long one stack's turn in a round should take, nanoseconds.
  var turn: UInt64 = 12_000_000
}

/// Rounds in which every stack has its turn: what disturbs the machine disturbs all of them.
struct Measuring {
  let stacks: [any Stack]
  let effort: Effort

  private final class Contestant {
    let name: String
    let pair: any Pair
    var turns = 1
    var samples: [(client: Double, server: Double, both: Double)] = []
    var allocations = 0.0
    init(name: String, pair: any Pair) { (self.name, self.pair) = (name, pair) }

    /// The figures of one operation, in microseconds of CPU time.
    func measure(_ scenario: Scenario) throws -> (client: Double, server: Double, both: Double) {
      var cost = Cost()
      var operations = 0
      let (time, cpuTime) = (pair_time(), pair_cpu_time())
      let start = allocation_count()
      for _ in 0..<turns {
        switch scenario.work {
        case .full, .resumed:
          try pair.handshake(&cost)
          operations += 1
        case .bulk(let size):
          let count = Self.batch(of: size)
          try pair.transfer(size: size, count: count, &cost)
          operations += count
        }
      }
      allocations = Double(allocation_count() - start) / Double(operations)
      // The steps are timed by a clock that costs nothing to read; of the whole turn it is known how much of it was ours.
      let share = min(Double(pair_cpu_time() - cpuTime) / Double(pair_time() - time), 1)
      let scale = share / (1000 * Double(operations))
      return (Double(cost.client) * scale, Double(cost.server) * scale, Double(cost.client + cost.server) * scale)
    }

    /// Enough that reading the clock doesn't count, and that it stays in the cache.
    private static func batch(of size: Int) -> Int { min(max(131_072 / size, 8), 512) }
  }

  func measure(_ scenario: Scenario, _ credentials: Credentials) throws -> ScenarioResult {
    let contestants = try stacks.compactMap { stack in
      try stack.pair(for: scenario, with: credentials).map { Contestant(name: stack.name, pair: $0) }
    }
    for contestant in contestants {
      // The first turn fills caches, and says how many a round's turn takes.
      for _ in 0..<4 { _ = try contestant.measure(scenario) }
      var spent: UInt64 = 0
      try charge(&spent) { _ = try contestant.measure(scenario) }
      contestant.turns = Int(max(effort.turn / max(spent, 1), 1))
    }
    for round in 0..<effort.rounds {
      // Nobody always comes after the same neighbour.
      for index in contestants.indices {
        let contestant = contestants[(index + round) % contestants.count]
        contestant.samples.append(try contestant.measure(scenario))
      }
    }
    let cold = contestants.first { $0.name == HandfastStack(remembersChains: false).name }
    let remembered = contestants.first { $0.name == HandfastStack(remembersChains: true).name }
    let size: Int? = if case .bulk(let size) = scenario.work { size } else { nil }
    return ScenarioResult(
      scenario: scenario.name, isBulk: scenario.isBulk, writeSize: size,
      measurements: contestants.map { contestant in
        let both = contestant.samples.map(\.both)
        return Measurement(
          stack: contestant.name, client: median(contestant.samples.map(\.client)),
          server: median(contestant.samples.map(\.server)), both: median(both),
          allocations: contestant.allocations,
          spread: (quantile(both, 0.75) - quantile(both, 0.25)) / 2 / median(both),
          ratio: cold.map { median(zip(both, $0.samples).map { $0 / $1.both }) },
          ratioToRemembered: remembered.map { median(zip(both, $0.samples).map { $0 / $1.both }) })
      })
  }
}

func median(_ values: [Double]) -> Double { quantile(values, 0.5) }

func quantile(_ values: [Double], _ share: Double) -> Double {
  let sorted = values.sorted()
  let position = share * Double(sorted.count - 1)
  let (low, high) = (Int(position), min(Int(position) + 1, sorted.count - 1))
  return sorted[low] + (sorted[high] - sorted[low]) * (position - Double(low))
}
