private import Synchronization

/// A place for one ticket key that is read without a lock while somebody may be writing it.
///
/// A sequence lock: the number is odd while the words are being written, and has changed afterwards. A reader that finds it odd, or
/// changed when it has read all words, has read nothing. The words are atomics as well, so that reading them amid a write is no
/// data race, and every access is sequentially consistent: in the one order that all threads agree on, words read between two
/// equal even numbers belong together.
package final class TicketKeySlot: Sendable {
  /// 0: nothing was ever written. Odd: being written.
  private let sequence = Atomic<UInt64>(0)
  private let name0 = Atomic<UInt64>(0)
  private let name1 = Atomic<UInt64>(0)
  private let key0 = Atomic<UInt64>(0)
  private let key1 = Atomic<UInt64>(0)
  private let key2 = Atomic<UInt64>(0)
  private let key3 = Atomic<UInt64>(0)
  private let sealsUntil = Atomic<UInt64>(0)
  private let opensUntil = Atomic<UInt64>(0)

  package init() {}

  /// The key; nil when there is none, it has another name, or it is being written just now.
  package func read(named name: TicketKeyName? = nil) -> TicketKey? {
    let before = sequence.load(ordering: .sequentiallyConsistent)
    guard before != 0, before & 1 == 0 else { return nil }
    let found = TicketKeyName(
      name0.load(ordering: .sequentiallyConsistent), name1.load(ordering: .sequentiallyConsistent))
    guard name == nil || name == found else { return nil }
    let words = (
      key0.load(ordering: .sequentiallyConsistent), key1.load(ordering: .sequentiallyConsistent),
      key2.load(ordering: .sequentiallyConsistent), key3.load(ordering: .sequentiallyConsistent)
    )
    let sealsUntil = sealsUntil.load(ordering: .sequentiallyConsistent)
    let opensUntil = opensUntil.load(ordering: .sequentiallyConsistent)
    guard sequence.load(ordering: .sequentiallyConsistent) == before else { return nil }
    var key: [UInt8] = []
    key.append(addingCapacity: TicketKey.keyByteCount) { output in
      append(words.0, to: &output)
      append(words.1, to: &output)
      append(words.2, to: &output)
      append(words.3, to: &output)
    }
    return TicketKey(name: found.bytes, key: key, sealsUntil: sealsUntil, opensUntil: opensUntil)
  }

  /// The times of the key of that name; nil when there is none, it has another name, or it is being written just now. The key itself is
  /// not read.
  package func times(named name: TicketKeyName) -> (sealsUntil: UInt64, opensUntil: UInt64)? {
    let before = sequence.load(ordering: .sequentiallyConsistent)
    guard before != 0, before & 1 == 0 else { return nil }
    let found = TicketKeyName(
      name0.load(ordering: .sequentiallyConsistent), name1.load(ordering: .sequentiallyConsistent))
    let times = (
      sealsUntil.load(ordering: .sequentiallyConsistent), opensUntil.load(ordering: .sequentiallyConsistent)
    )
    return found == name && sequence.load(ordering: .sequentiallyConsistent) == before ? times : nil
  }

  /// Puts `key` in the place of what is there. False when somebody else is writing.
  @discardableResult
  package func write(_ key: TicketKey) -> Bool {
    guard let name = TicketKeyName(key.name) else { return false }
    let words = key.secret.withSpan { (word(0, of: $0), word(1, of: $0), word(2, of: $0), word(3, of: $0)) }
    return writing {
      name0.store(name.first, ordering: .sequentiallyConsistent)
      name1.store(name.second, ordering: .sequentiallyConsistent)
      store(words)
      sealsUntil.store(key.sealsUntil, ordering: .sequentiallyConsistent)
      opensUntil.store(key.opensUntil, ordering: .sequentiallyConsistent)
    }
  }

  /// Overwrites a key that opens nothing any more. Its name stays, so that a ticket of its is known as old; and it can never count
  /// as valid again, whatever the clock says: anybody could seal with zeros.
  package func eraseIfExpired(at now: UInt64) {
    guard let key = read(), key.opensUntil != 0, now >= key.opensUntil else { return }
    erase()
  }

  /// Overwrites the key, likewise for good.
  package func erase() {
    guard sequence.load(ordering: .sequentiallyConsistent) != 0 else { return }
    writing {
      opensUntil.store(0, ordering: .sequentiallyConsistent)
      sealsUntil.store(0, ordering: .sequentiallyConsistent)
      store((0, 0, 0, 0))
    }
  }

  private func store(_ words: (UInt64, UInt64, UInt64, UInt64)) {
    key0.store(words.0, ordering: .sequentiallyConsistent)
    key1.store(words.1, ordering: .sequentiallyConsistent)
    key2.store(words.2, ordering: .sequentiallyConsistent)
    key3.store(words.3, ordering: .sequentiallyConsistent)
  }

  /// `body` with the slot to itself; false, without it, when somebody else has the slot.
  @discardableResult
  private func writing(_ body: () -> Void) -> Bool {
    let before = sequence.load(ordering: .sequentiallyConsistent)
    guard before & 1 == 0 else { return false }
    let claim = sequence.compareExchange(
      expected: before, desired: before &+ 1, ordering: .sequentiallyConsistent)
    guard claim.exchanged else { return false }
    body()
    // 64 bits of writes: it does not come back to 0.
    sequence.store(before &+ 2, ordering: .sequentiallyConsistent)
    return true
  }
}

/// A ticket key's name as two words.
package struct TicketKeyName: Hashable, Sendable {
  package let first: UInt64
  package let second: UInt64

  package init(_ first: UInt64, _ second: UInt64) { (self.first, self.second) = (first, second) }

  /// Nil unless there are 16 bytes.
  package init?(_ bytes: [UInt8]) {
    guard bytes.count == TicketKey.nameByteCount else { return nil }
    self.init(word(0, of: bytes.span), word(1, of: bytes.span))
  }

  package var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(addingCapacity: TicketKey.nameByteCount) { output in
      append(first, to: &output)
      append(second, to: &output)
    }
    return bytes
  }
}

/// The eight bytes from `8 * index` on.
private func word(_ index: Int, of bytes: Span<UInt8>) -> UInt64 {
  var word: UInt64 = 0
  for offset in 8 * index..<8 * index + 8 { word = word << 8 | UInt64(bytes[offset]) }
  return word
}

private func append(_ word: UInt64, to output: inout OutputSpan<UInt8>) {
  for shift in stride(from: 56, through: 0, by: -8) { output.append(UInt8(truncatingIfNeeded: word >> shift)) }
}
