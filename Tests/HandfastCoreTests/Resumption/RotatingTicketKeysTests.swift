import HandfastCore
import HandfastCrypto
import HandfastTestKit
import HandfastWire
import TestTurns
import Testing

@Suite("Ticket keys that rotate by themselves", .inTurn) struct RotatingTicketKeysTests {
  private static let hour: UInt64 = 3_600_000
  private let clock = SettableClock()
  private let provider = DefaultCryptoProvider()

  private func bytes(_ key: TicketKey?) -> [UInt8]? { key?.secret.withSpan { [UInt8](copying: $0) } }

  @Test func `seal for an hour, and open for a day more`() throws {
    let keys = RotatingTicketKeys(provider: provider, at: clock.now())
    let first = try #require(keys.sealingKey(at: clock.now()))
    clock.advance(by: Self.hour - 1)
    #expect(keys.sealingKey(at: clock.now())?.name == first.name)
    clock.advance(by: 1)
    let second = try #require(keys.sealingKey(at: clock.now()))
    #expect(second.name != first.name)
    #expect(bytes(second) != bytes(first))
    for _ in 0..<23 {
      clock.advance(by: Self.hour)
      _ = keys.sealingKey(at: clock.now())
    }
    clock.advance(by: Self.hour - 1)
    let found = try #require(keys.openingKey(named: first.name, at: clock.now()))
    #expect(clock.now() < found.opensUntil)
    #expect(bytes(found) == bytes(first))
    clock.advance(by: 1)
    #expect(clock.now() >= found.opensUntil)
  }

  @Test func `are outdated as soon as another one seals, and that is made if it is time`() throws {
    let keys = RotatingTicketKeys(provider: provider, at: clock.now())
    let first = try #require(keys.sealingKey(at: clock.now()))
    for name in [[], [UInt8](repeating: 1, count: 16), first.name + [0]] {
      #expect(keys.isOutdated(keyNamed: name, at: clock.now()))
    }
    clock.advance(by: Self.hour - 1)
    #expect(!keys.isOutdated(keyNamed: first.name, at: clock.now()))
    clock.advance(by: 1)
    #expect(keys.isOutdated(keyNamed: first.name, at: clock.now()))
    let second = try #require(keys.sealingKey(at: clock.now()))
    #expect(second.name != first.name)
    #expect(!keys.isOutdated(keyNamed: second.name, at: clock.now()))
    #expect(keys.isOutdated(keyNamed: first.name, at: clock.now()))
    // From the future, after the clock was set back.
    #expect(keys.isOutdated(keyNamed: second.name, at: clock.now() - 100 * Self.hour))
  }

  @Test func `are overwritten when they have expired, and never count as valid again`() throws {
    let keys = RotatingTicketKeys(provider: provider, interval: 1000, retention: 3000, at: clock.now())
    let first = try #require(keys.sealingKey(at: clock.now()))
    clock.advance(by: 4000)
    _ = keys.sealingKey(at: clock.now())
    let erased = try #require(keys.openingKey(named: first.name, at: clock.now()))
    #expect(bytes(erased) == [UInt8](repeating: 0, count: 32))
    #expect(erased.opensUntil == 0)
    let sealer = TicketSealer(keys: keys, provider: provider)
    let ticket = try #require(sealer.seal(Sample.server(), at: clock.now()))
    var forged = ticket
    forged.replaceSubrange(1..<17, with: first.name)
    for now in [0, clock.now() - 4000, clock.now()] {
      #expect(throws: TicketRefusal.expiredKey) { _ = try sealer.open(forged.span, at: now) }
    }
  }

  @Test func `go on over a leap of the clock, forward and back`() throws {
    let keys = RotatingTicketKeys(provider: provider, at: clock.now())
    let first = try #require(keys.sealingKey(at: clock.now()))
    let later = clock.now() + 1000 * Self.hour
    let second = try #require(keys.sealingKey(at: later))
    #expect(second.name != first.name)
    let back = try #require(keys.sealingKey(at: clock.now()))
    #expect(back.name != second.name)
    #expect(back.sealsUntil == clock.now() + Self.hour)
    for now in [0, UInt64.max, clock.now()] {
      let key = keys.sealingKey(at: now)
      #expect(bytes(key) != [UInt8](repeating: 0, count: 32))
    }
  }

  @Test func `take any interval and retention`() throws {
    for (interval, retention) in [(0, 0), (0, .max), (.max, 0), (.max, .max), (1000, .max)] as [(UInt64, UInt64)] {
      let keys = RotatingTicketKeys(provider: provider, interval: interval, retention: retention, at: clock.now())
      let first = try #require(keys.sealingKey(at: clock.now()))
      #expect(first.sealsUntil >= clock.now() + 1000)
      #expect(keys.sealingKey(at: clock.now())?.name == first.name)
      #expect(keys.sealingKey(at: clock.now() + 999)?.name == first.name)
    }
  }

  @Test func `of two processes differ`() {
    let (one, other) = (
      RotatingTicketKeys(provider: provider, at: clock.now()), RotatingTicketKeys(provider: provider, at: clock.now())
    )
    #expect(one.sealingKey(at: clock.now())?.name != other.sealingKey(at: clock.now())?.name)
  }

  @Test func `are unknown by a name of another length`() {
    let keys = RotatingTicketKeys(provider: provider, at: clock.now())
    for name in [[], [UInt8](repeating: 0, count: 15), [UInt8](repeating: 0, count: 16), [1]] {
      #expect(keys.openingKey(named: name, at: clock.now()) == nil)
    }
  }

  @Test func `drop no ticket while many seal and open across rotations`() async {
    let clock = clock
    let provider = provider
    let keys = RotatingTicketKeys(provider: provider, interval: 1000, retention: 20_000, at: clock.now())
    let sealer = TicketSealer(keys: keys, provider: provider)
    let outcomes = await withTaskGroup(of: (sealed: Int, opened: Int, names: Set<[UInt8]>).self) { group in
      for task in 0..<8 {
        group.addTask {
          var (sealed, opened, names) = (0, 0, Set<[UInt8]>())
          for round in 0..<500 {
            // Each pushes the clock on, 4,000 times 10 ms in all, so that about forty rotations happen under the others' feet.
            clock.advance(by: 10)
            let session = Sample.server(peer: nil, secret: [UInt8(task), UInt8(round & 0xff)], issuedAt: clock.now())
            guard let ticket = sealer.seal(session, at: clock.now()) else { continue }
            sealed += 1
            names.insert(Array(ticket[1..<17]))
            await Task.yield()
            if let found = try? sealer.open(ticket.span, at: clock.now()), found.bytes == session.bytes { opened += 1 }
          }
          return (sealed, opened, names)
        }
      }
      return await group.reduce(into: (sealed: 0, opened: 0, names: Set<[UInt8]>())) { sum, part in
        sum = (sum.sealed + part.sealed, sum.opened + part.opened, sum.names.union(part.names))
      }
    }
    #expect(outcomes.sealed == 4000)
    #expect(outcomes.opened == 4000)
    #expect((20...45).contains(outcomes.names.count))
  }

  @Test func `are never read half-written`() async {
    // Every byte of a key is the same as of its name: a mixture would show.
    let slot = TicketKeySlot()
    let torn = await withTaskGroup(of: (reads: Int, torn: Int).self) { group in
      for writer in 0..<2 {
        group.addTask {
          for round in 0..<20_000 {
            let mark = UInt8(truncatingIfNeeded: 2 * round + writer)
            let key = TicketKey(
              name: [UInt8](repeating: mark, count: 16), key: [UInt8](repeating: mark, count: 32),
              sealsUntil: UInt64(mark), opensUntil: UInt64(mark))
            if let key { slot.write(key) }
          }
          return (0, 0)
        }
      }
      for _ in 0..<2 {
        group.addTask {
          var (reads, torn) = (0, 0)
          for _ in 0..<40_000 {
            guard let key = slot.read() else { continue }
            reads += 1
            let mark = key.name[0]
            let isWhole = key.secret.withSpan { span in span.indices.allSatisfy { span[$0] == mark } }
            if !isWhole || key.name != [UInt8](repeating: mark, count: 16) || key.opensUntil != UInt64(mark)
              || key.sealsUntil != UInt64(mark)
            {
              torn += 1
            }
          }
          return (reads, torn)
        }
      }
      return await group.reduce(into: (reads: 0, torn: 0)) { $0 = ($0.reads + $1.reads, $0.torn + $1.torn) }
    }
    #expect(torn.reads > 0)
    #expect(torn.torn == 0)
  }
}
