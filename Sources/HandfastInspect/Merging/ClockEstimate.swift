import Handfast
import HandfastCore

/// How two hosts' clocks stand to each other, as far as the messages between them tell: nothing arrives before it was sent, so
/// each message from the client bounds the difference from above, and each from the server from below.
public struct ClockEstimate: Hashable, Sendable {
  public enum Basis: String, Hashable, Sendable {
    /// The clocks may agree: no message seems to arrive before it was sent. Nothing is moved.
    case agree
    /// Between two bounds.
    case bounded
    /// Messages went one way only: the least difference there must be.
    case oneWay
    /// No difference explains all times: a clock was set meanwhile.
    case contradictory
    /// There is nothing to compare.
    case unknown
  }
  /// The server's clock minus the client's, in nanoseconds: what was taken from the server's times.
  public let offset: Int64
  /// How far off `offset` may be, in nanoseconds; nil where nobody knows.
  public let uncertainty: Int64?
  public let basis: Basis

  init(_ client: [CausalOrder.Item], _ server: [CausalOrder.Item]) {
    let upper = Self.leastDelay(from: client, to: server)
    let lower = Self.leastDelay(from: server, to: client).map { -$0 }
    switch (lower, upper) {
    case (nil, nil): (offset, uncertainty, basis) = (0, nil, .unknown)
    case (let lower?, nil): (offset, uncertainty, basis) = (max(lower, 0), nil, lower <= 0 ? .agree : .oneWay)
    case (nil, let upper?): (offset, uncertainty, basis) = (min(upper, 0), nil, upper >= 0 ? .agree : .oneWay)
    case (let lower?, let upper?):
      let middle = lower / 2 + upper / 2
      if lower > upper {
        (offset, uncertainty, basis) = (middle, nil, .contradictory)
      } else if lower <= 0, upper >= 0 {
        (offset, uncertainty, basis) = (0, max(-lower, upper), .agree)
      } else {
        (offset, uncertainty, basis) = (middle, (upper - lower) / 2 + 1, .bounded)
      }
    }
  }

  /// The shortest time, by two clocks, from a sending to its arrival; times that no clock shows are passed over.
  private static func leastDelay(from sender: [CausalOrder.Item], to receiver: [CausalOrder.Item]) -> Int64? {
    var sent: [CausalOrder.Crossing: Int64] = [:]
    for item in sender where item.isSending {
      if let crossing = item.crossing, sent[crossing] == nil { sent[crossing] = item.entry.time }
    }
    var least: Int64?
    for item in receiver where !item.isSending {
      guard let crossing = item.crossing, let departure = sent.removeValue(forKey: crossing) else { continue }
      let (delay, overflow) = item.entry.time.subtractingReportingOverflow(departure)
      guard !overflow, delay > .min / 4, delay < .max / 4 else { continue }
      least = min(least ?? delay, delay)
    }
    return least
  }
}

extension ClockEstimate: CustomStringConvertible {
  public var description: String {
    let amount = Self.text(offset)
    let direction = offset < 0 ? "behind" : "ahead of"
    switch basis {
    case .agree:
      let bound = uncertainty.map { " to within \(Self.text($0))" } ?? ""
      return "The two clocks agree\(bound), as far as the messages tell."
    case .bounded:
      let bound = uncertainty.map { " (give or take \(Self.text($0)))" } ?? ""
      return
        "The server's clock is \(amount) \(direction) the client's\(bound); its times are told on the client's clock."
    case .oneWay:
      return
        "The server's clock is at least \(amount) \(direction) the client's; messages went one way only, so nobody "
        + "knows how much more. Its times are told on the client's clock."
    case .contradictory:
      return
        "No difference between the clocks explains all times: one was set during the connection. The order is that of "
        + "cause and effect all the same; the times are not to be trusted."
    case .unknown: return "Nothing tells how the two clocks stand to each other."
    }
  }

  /// "3.204 s", "1.250 ms", "37 µs".
  static func text(_ nanoseconds: Int64) -> String {
    let amount = nanoseconds.magnitude
    func fixed(_ unit: UInt64) -> String {
      let digits = String(amount % (unit * 1000) / unit)
      return "\(amount / (unit * 1000)).\(String(repeating: "0", count: 3 - digits.count))\(digits)"
    }
    switch amount {
    case 0..<1_000_000: return "\(max(amount / 1000, amount == 0 ? 0 : 1)) µs"
    case 1_000_000..<1_000_000_000: return "\(fixed(1000)) ms"
    default: return "\(fixed(1_000_000)) s"
    }
  }
}
