import HandfastCore
private import Synchronization

/// A clock that stands still until it is told otherwise.
package final class SettableClock: WallClock {
  private let milliseconds: Atomic<UInt64>

  package init(_ milliseconds: UInt64 = 1_800_000_000_000) { self.milliseconds = Atomic(milliseconds) }

  package func now() -> UInt64 { milliseconds.load(ordering: .sequentiallyConsistent) }
  package func set(_ value: UInt64) { milliseconds.store(value, ordering: .sequentiallyConsistent) }
  package func advance(by value: UInt64) { milliseconds.add(value, ordering: .sequentiallyConsistent) }
}
