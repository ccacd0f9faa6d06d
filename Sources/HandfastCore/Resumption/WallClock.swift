/// The time of day, for what must not live too long: sessions, tickets and their keys. Core reads no clock by itself.
public protocol WallClock: Sendable {
  /// Milliseconds since 1970-01-01T00:00:00Z.
  func now() -> UInt64
}

extension UInt64 {
  /// The sum, or the largest value where that would be more: times from peers and files must not trap.
  package func addingSaturated(_ other: UInt64) -> UInt64 {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }

  /// The difference, or zero where that would be less.
  package func subtractingSaturated(_ other: UInt64) -> UInt64 { self > other ? self - other : 0 }

  /// The product, or the largest value where that would be more.
  package func multipliedSaturated(by other: UInt64) -> UInt64 {
    let (product, overflow) = multipliedReportingOverflow(by: other)
    return overflow ? .max : product
  }
}
