private import Synchronization

/// A list of ticket keys that is replaced as a whole while others read it, without a lock.
///
/// There are two tables, and the generation's last bit says which of them counts. A new list goes into the other one, then the
/// generation moves on, and the old table is overwritten. A reader that finds the generation moved after its look reads again.
package final class PublishedTicketKeys: Sendable {
  private let tables: [[TicketKeySlot]]
  private let generation = Atomic<UInt64>(0)
  private let isPublishing = Atomic<Bool>(false)

  /// For lists of up to `limit` keys; empty at first.
  package init(limit: Int) {
    tables = (0..<2).map { _ in (0..<max(limit, 1)).map { _ in TicketKeySlot() } }
  }

  /// The list's first key.
  package func first() -> TicketKey? { read { $0[0].read() } }

  package func key(named name: TicketKeyName) -> TicketKey? {
    read { table in
      for slot in table { if let key = slot.read(named: name) { return key } }
      return nil
    }
  }

  /// Replaces the list. False when it is too long, or somebody else is replacing it.
  @discardableResult
  package func publish(_ keys: [TicketKey]) -> Bool {
    guard keys.count <= tables[0].count else { return false }
    let claim = isPublishing.compareExchange(expected: false, desired: true, ordering: .sequentiallyConsistent)
    guard claim.exchanged else { return false }
    defer { isPublishing.store(false, ordering: .sequentiallyConsistent) }
    let current = generation.load(ordering: .sequentiallyConsistent)
    // Nobody reads this one but a reader that was overtaken twice, who will notice.
    for (slot, key) in zip(tables[table(current &+ 1)], keys) { slot.write(key) }
    generation.store(current &+ 1, ordering: .sequentiallyConsistent)
    for slot in tables[table(current)] { slot.erase() }
    return true
  }

  private func table(_ generation: UInt64) -> Int { Int(generation & 1) }

  private func read(_ body: ([TicketKeySlot]) -> TicketKey?) -> TicketKey? {
    // Lists are replaced seconds apart: a second round is rare, and a fifth would be a fault.
    for _ in 0..<4 {
      let current = generation.load(ordering: .sequentiallyConsistent)
      let key = body(tables[table(current)])
      if generation.load(ordering: .sequentiallyConsistent) == current { return key?.opensUntil == 0 ? nil : key }
    }
    return nil
  }
}
