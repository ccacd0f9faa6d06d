import HandfastCore
import HandfastCrypto
import HandfastTestKit
import HandfastWire
import Testing

@Suite("A ticket") struct TicketSealerTests {
  /// Keys that are what they are.
  struct FixedKeys: TicketKeySource {
    var keys: [TicketKey]
    func sealingKey(at now: UInt64) -> TicketKey? { keys.first }
    func openingKey(named name: [UInt8], at now: UInt64) -> TicketKey? { keys.first { $0.name == name } }
  }

  private let provider = DefaultCryptoProvider()

  private func key(_ mark: UInt8, opensUntil: UInt64 = .max) throws -> TicketKey {
    try #require(
      TicketKey(
        name: [UInt8](repeating: mark, count: 16), key: [UInt8](repeating: mark ^ 0xff, count: 32),
        opensUntil: opensUntil))
  }

  private func sealer(_ keys: TicketKey...) -> TicketSealer {
    TicketSealer(keys: FixedKeys(keys: keys), provider: provider)
  }

  @Test func `opens to the session that was sealed`() throws {
    let sealer = sealer(try key(1))
    let ticket = try #require(sealer.seal(Sample.server(), at: Sample.now))
    let session = try sealer.open(ticket.span, at: Sample.now + 1)
    #expect(session.bytes == Sample.server().bytes)
    #expect(ticket.count < 1024)
  }

  @Test func `shows nothing of the session, and differs each time`() throws {
    let sealer = sealer(try key(1))
    let secret = [UInt8](repeating: 0xa5, count: 48)
    let session = Sample.server(secret: secret)
    let tickets = try (0..<100).map { _ in try #require(sealer.seal(session, at: Sample.now)) }
    #expect(Set(tickets).count == 100)
    #expect(Set(tickets.map { Array($0[17..<45]) }).count == 100)
    for ticket in tickets {
      #expect(ticket.firstRange(of: Array("client.example".utf8)) == nil)
      #expect(ticket.firstRange(of: [0xa5, 0xa5, 0xa5, 0xa5, 0xa5, 0xa5]) == nil)
    }
  }

  @Test func `is not sealed with less randomness than it takes, or more`() throws {
    let sealer = sealer(try key(1))
    for count in [0, TicketSealer.randomByteCount - 1, TicketSealer.randomByteCount + 1] {
      #expect(sealer.seal(Sample.server(), at: Sample.now, random: [UInt8](repeating: 1, count: count)[...]) == nil)
    }
  }

  @Test func `opens with any key of the source that it was sealed with, and with no other`() throws {
    let (old, new) = (try key(1), try key(2))
    let ticket = try #require(sealer(old).seal(Sample.server(), at: Sample.now))
    _ = try sealer(new, old).open(ticket.span, at: Sample.now)
    #expect(throws: TicketRefusal.unknownKey) { _ = try sealer(new).open(ticket.span, at: Sample.now) }
  }

  @Test func `under a key of the same name with other bytes is a forgery`() throws {
    let ticket = try #require(sealer(try key(1)).seal(Sample.server(), at: Sample.now))
    let other = try #require(TicketKey(name: [UInt8](repeating: 1, count: 16), key: [UInt8](repeating: 9, count: 32)))
    #expect(throws: TicketRefusal.badTag) { _ = try sealer(other).open(ticket.span, at: Sample.now) }
  }

  @Test func `is refused when any single byte was changed`() throws {
    let sealer = sealer(try key(1))
    let ticket = try #require(sealer.seal(Sample.bareServer(), at: Sample.now))
    for index in ticket.indices {
      var changed = ticket
      changed[index] ^= 1
      let expected: TicketRefusal = index == 0 ? .malformed : index < 17 ? .unknownKey : .badTag
      #expect(throws: expected) { _ = try sealer.open(changed.span, at: Sample.now) }
    }
  }

  @Test func `is refused at every length but its own`() throws {
    let sealer = sealer(try key(1))
    let ticket = try #require(sealer.seal(Sample.bareServer(), at: Sample.now))
    for count in 0..<ticket.count {
      #expect(throws: TicketRefusal.self) { _ = try sealer.open(ticket.span.extracting(first: count), at: Sample.now) }
    }
    let longer = ticket + [0]
    #expect(throws: TicketRefusal.badTag) { _ = try sealer.open(longer.span, at: Sample.now) }
    let huge = [1] + [UInt8](repeating: 1, count: 70_000)
    #expect(throws: TicketRefusal.malformed) { _ = try sealer.open(huge.span, at: Sample.now) }
  }

  @Test func `does not outlive its key`() throws {
    let sealer = sealer(try key(1, opensUntil: Sample.now + 10))
    let ticket = try #require(sealer.seal(Sample.server(), at: Sample.now))
    _ = try sealer.open(ticket.span, at: Sample.now + 9)
    #expect(throws: TicketRefusal.expiredKey) { _ = try sealer.open(ticket.span, at: Sample.now + 10) }
    #expect(sealer.seal(Sample.server(), at: Sample.now + 10) == nil)
  }

  @Test func `does not outlive its session`() throws {
    let sealer = sealer(try key(1))
    let ends: [(ServerSession, TicketRefusal)] = [
      (Sample.server(lifetime: 2000), .expiredSession),
      (Sample.server(peer: Sample.peer(notAfter: Sample.now + 2000)), .expiredCertificate),
    ]
    for (session, refusal) in ends {
      let ticket = try #require(sealer.seal(session, at: Sample.now))
      _ = try sealer.open(ticket.span, at: Sample.now + 1999)
      #expect(throws: refusal) { _ = try sealer.open(ticket.span, at: Sample.now + 2000) }
    }
  }

  @Test func `is outdated when another key seals now`() throws {
    let ticket = try #require(sealer(try key(1)).seal(Sample.server(), at: Sample.now))
    #expect(!sealer(try key(1)).isOutdated(ticket, at: Sample.now))
    #expect(sealer(try key(2), try key(1)).isOutdated(ticket, at: Sample.now))
    #expect(!sealer().isOutdated(ticket, at: Sample.now))
  }

  @Test func `is not made without a key, or for more than a ClientHello should carry`() throws {
    #expect(sealer().seal(Sample.server(), at: Sample.now) == nil)
    let crowd = (0..<60).map { Sample.certificate(String(repeating: "x", count: 100 + $0)) }
    let session = Sample.server(peer: RememberedPeer(presented: crowd, path: crowd, signatureScheme: nil))
    #expect(session.bytes != nil)
    #expect(sealer(try key(1)).seal(session, at: Sample.now) == nil)
  }

  @Test func `key of another length is none`() {
    #expect(TicketKey(name: [], key: [UInt8](repeating: 0, count: 32)) == nil)
    #expect(TicketKey(name: [UInt8](repeating: 0, count: 16), key: [UInt8](repeating: 0, count: 16)) == nil)
  }

  @Test func `refusal says why in words of its own`() {
    #expect(Set(TicketRefusal.allCases.map(\.description)).count == TicketRefusal.allCases.count)
  }
}
