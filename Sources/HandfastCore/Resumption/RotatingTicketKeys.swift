private import Synchronization

/// Ticket keys that this process makes for itself: a new one each hour, the old ones open for a day.
///
/// There is no lock. The keys stand in a ring of slots; whoever finds the current one too old and wins the right to replace it
/// makes the next, while all others go on with the old one. Keys are overwritten when they have expired and the next one is made.
package final class RotatingTicketKeys: TicketKeySource {
  private let provider: any CryptoProvider
  private let interval: UInt64
  private let retention: UInt64
  private let slots: [TicketKeySlot]
  /// How many keys there have been; the current one's slot is this modulo their number.
  private let generation = Atomic<UInt64>(0)
  private let isRotating = Atomic<Bool>(false)

  /// A key seals for `interval` milliseconds (at least a second), and opens for `retention` more. There are never more than 1,024
  /// keys: a longer retention ends with the oldest of them.
  package init(
    provider: any CryptoProvider, interval: UInt64 = 3_600_000, retention: UInt64 = 86_400_000, at now: UInt64
  ) {
    self.provider = provider
    self.interval = max(interval, 1000)
    self.retention = retention
    // The ones that open, the one that seals, and the one in the making.
    slots = (0..<Int(min(retention / self.interval + 3, 1024))).map { _ in TicketKeySlot() }
    if let key = freshKey(at: now) { slots[0].write(key) }
  }

  package func sealingKey(at now: UInt64) -> TicketKey? {
    // More than one round only when the ring has gone all the way round during a read, or after this caller's own rotation.
    for _ in 0..<4 {
      let current = generation.load(ordering: .sequentiallyConsistent)
      guard let key = slots[slot(current)].read(), key.opensUntil != 0 else { continue }
      guard isDue(key.sealsUntil, at: now), rotate(from: current, at: now) else { return key }
    }
    return nil
  }

  package func openingKey(named name: [UInt8], at now: UInt64) -> TicketKey? {
    guard let name = TicketKeyName(name) else { return nil }
    for slot in slots { if let key = slot.read(named: name) { return key } }
    return nil
  }

  package func isOutdated(keyNamed name: [UInt8], at now: UInt64) -> Bool {
    // The usual case, without reading a key. Else there may be one to be made.
    let current = slots[slot(generation.load(ordering: .sequentiallyConsistent))]
    if let words = TicketKeyName(name), let times = current.times(named: words), times.opensUntil != 0,
      !isDue(times.sealsUntil, at: now)
    {
      return false
    }
    guard let key = sealingKey(at: now) else { return false }
    return key.name != name
  }

  /// A key that has sealed long enough; or one from the future, after the clock was set back.
  private func isDue(_ sealsUntil: UInt64, at now: UInt64) -> Bool {
    now >= sealsUntil || now.addingSaturated(interval.multipliedSaturated(by: 2)) < sealsUntil
  }

  /// Whether there is a newer key than `current`'s now. False: somebody else is at it.
  private func rotate(from current: UInt64, at now: UInt64) -> Bool {
    let claim = isRotating.compareExchange(expected: false, desired: true, ordering: .sequentiallyConsistent)
    guard claim.exchanged else { return false }
    defer { isRotating.store(false, ordering: .sequentiallyConsistent) }
    guard generation.load(ordering: .sequentiallyConsistent) == current else { return true }
    guard let key = freshKey(at: now), slots[slot(current &+ 1)].write(key) else { return false }
    generation.store(current &+ 1, ordering: .sequentiallyConsistent)
    for slot in slots { slot.eraseIfExpired(at: now) }
    return true
  }

  private func slot(_ generation: UInt64) -> Int { Int(generation % UInt64(slots.count)) }

  private func freshKey(at now: UInt64) -> TicketKey? {
    let sealsUntil = now.addingSaturated(interval)
    return TicketKey(
      name: provider.randomBytes(TicketKey.nameByteCount), key: provider.randomBytes(TicketKey.keyByteCount),
      sealsUntil: sealsUntil, opensUntil: sealsUntil.addingSaturated(retention))
  }
}
