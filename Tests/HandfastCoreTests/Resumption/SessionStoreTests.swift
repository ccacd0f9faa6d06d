import Handfast
@_spi(Handfast) import HandfastCore
import HandfastCrypto
import HandfastTestKit
import HandfastWire
import Testing

@Suite("Stores of sessions") struct SessionStoreTests {
  private func configuration() throws -> ClientConfiguration {
    var configuration = ClientConfiguration(trust: try TestIdentities.shared.trust)
    configuration.applicationProtocols = ["h2"]
    return configuration
  }

  private func key(
    _ name: String = "a.example", id: [UInt8]? = nil, _ change: (inout ClientConfiguration) throws -> Void = { _ in }
  ) throws -> SessionKey {
    var configuration = try configuration()
    configuration.sessionScope = id
    try change(&configuration)
    return try #require(SessionKey(.init(name), under: SessionTerms(configuration), trust: configuration.trust))
  }

  private func mark(_ session: ClientSession?) -> UInt8? { session?.ticket.first }

  @Test func `a TLS 1.3 ticket is given out once, the newest first`() throws {
    let (store, key) = (InMemoryClientSessions(), try key())
    for mark in 1...3 { store.put(Sample.client(mark: UInt8(mark)), for: key) }
    #expect((0..<4).map { _ in mark(store.take(for: key, at: Sample.now)) } == [3, 2, 1, nil])
  }

  @Test func `so many tickets are kept for a server, and the oldest go`() throws {
    let (store, key) = (InMemoryClientSessions(sessionsPerKey: 2), try key())
    for mark in 1...5 { store.put(Sample.client(mark: UInt8(mark)), for: key) }
    #expect((0..<3).map { _ in mark(store.take(for: key, at: Sample.now)) } == [5, 4, nil])
  }

  @Test func `a TLS 1.2 session is given out again and again, until a newer one takes its place`() throws {
    let (store, key) = (InMemoryClientSessions(), try key())
    store.put(Sample.client(version: .tls12, mark: 1), for: key)
    #expect((0..<3).map { _ in mark(store.take(for: key, at: Sample.now)) } == [1, 1, 1])
    store.put(Sample.client(version: .tls12, mark: 2), for: key)
    #expect(mark(store.take(for: key, at: Sample.now)) == 2)
    store.put(Sample.client(mark: 3), for: key)
    #expect((0..<2).map { _ in mark(store.take(for: key, at: Sample.now)) } == [3, nil])
  }

  @Test func `what has expired is not given out`() throws {
    let (store, key) = (InMemoryClientSessions(), try key())
    store.put(Sample.client(mark: 1, lifetime: 100), for: key)
    store.put(Sample.client(mark: 2, lifetime: 10), for: key)
    #expect(mark(store.take(for: key, at: Sample.now + 10_000)) == 1)
    store.put(Sample.client(mark: 3, lifetime: 10), for: key)
    #expect(store.take(for: key, at: Sample.now + 10_000) == nil)
  }

  @Test func `what was not used for longest makes room`() throws {
    let store = InMemoryClientSessions(limit: 2)
    let (one, two, three) = (try key("one.example"), try key("two.example"), try key("three.example"))
    store.put(Sample.client(version: .tls12, mark: 1), for: one)
    store.put(Sample.client(version: .tls12, mark: 2), for: two)
    #expect(mark(store.take(for: one, at: Sample.now)) == 1)
    store.put(Sample.client(version: .tls12, mark: 3), for: three)
    #expect(store.take(for: two, at: Sample.now) == nil)
    #expect(mark(store.take(for: one, at: Sample.now)) == 1)
    store.remove(for: one)
    #expect(store.take(for: one, at: Sample.now) == nil)
    #expect(mark(store.take(for: three, at: Sample.now)) == 3)
  }

  @Test func `a single-use session goes to one of many that ask at once`() async throws {
    let (store, key) = (InMemoryClientSessions(sessionsPerKey: 100), try key())
    for mark in 0..<100 { store.put(Sample.client(mark: UInt8(mark)), for: key) }
    let taken = await withTaskGroup(of: [UInt8].self) { group in
      for _ in 0..<8 {
        group.addTask {
          var taken: [UInt8] = []
          while let session = store.take(for: key, at: Sample.now) { taken += session.ticket }
          return taken
        }
      }
      return await group.reduce([], +)
    }
    #expect(taken.sorted() == Array(0..<100))
  }

  @Test func `a session does not cross name, protocols, trust, identity or settings`() throws {
    let shared = try TestIdentities.shared
    let otherTrust = try DevelopmentPKI(name: "Other").trust
    let keys = [
      try key(), try key("b.example"), try key("192.0.2.1"),
      try key { $0.applicationProtocols = [] },
      try key { $0.applicationProtocols = ["h2", "http/1.1"] },
      try key { $0.applicationProtocols = ["http/1.1", "h2"] },
      try key { configuration in
        var other = ClientConfiguration(trust: otherTrust)
        other.applicationProtocols = configuration.applicationProtocols
        configuration = other
      },
      try key { $0.identities = .these([try shared.client()]) },
      try key { $0.identities = .these([try shared.client(.ed25519)]) },
      try key { $0.extendedMasterSecret = .preferred },
      try key { $0.secureRenegotiation = .preferred },
      try key { $0.cipherSuites.removeLast() },
      try key { $0.signatureSchemes.removeLast() },
      try key(id: [1]), try key(id: [2]),
    ]
    #expect(Set(keys).count == keys.count)
    #expect(try key() == key())
    // An id that is the scope by chance, or by design, is still an id.
    let scope = try #require(shared.trust.sessionScope)
    #expect(try key(id: scope) != key())
  }

  @Test func `nothing is resumed where nobody can say what it is bound to`() throws {
    struct Silent: PeerTrust {
      var authorities: [[UInt8]] { [] }
      func judgeInline(_ request: PeerVerification) -> Verdict? { nil }
    }
    let reference = try ServerReference("a.example")
    var asked = try configuration()
    asked.identities = .asked
    for var configuration in [ClientConfiguration(trust: Silent()), asked] {
      #expect(SessionKey(reference, under: SessionTerms(configuration), trust: configuration.trust) == nil)
      configuration.sessionScope = [1]
      #expect(SessionKey(reference, under: SessionTerms(configuration), trust: configuration.trust) != nil)
    }
  }

  @Test func `a server's cache finds by id, until the session ends or is removed`() {
    let cache = InMemoryServerSessions(limit: 2)
    cache.put(Sample.bareServer(), for: [1])
    #expect(cache.find([1], at: Sample.now)?.bytes == Sample.bareServer().bytes)
    #expect(cache.find([2], at: Sample.now) == nil)
    cache.remove([1])
    #expect(cache.find([1], at: Sample.now) == nil)
    cache.put(Sample.bareServer(), for: [1])
    #expect(cache.find([1], at: Sample.now + Sample.day) == nil)
    #expect(cache.find([1], at: Sample.now) == nil)
    for id in [[], [UInt8](repeating: 1, count: 33)] as [[UInt8]] {
      cache.put(Sample.bareServer(), for: id)
      #expect(cache.find(id, at: Sample.now) == nil)
    }
    for id in 1...3 as ClosedRange<UInt8> { cache.put(Sample.bareServer(), for: [id]) }
    #expect((1...3 as ClosedRange<UInt8>).map { cache.find([$0], at: Sample.now) != nil } == [false, true, true])
  }

  @Test func `a bounded dictionary behaves as a slow one would`() {
    var random = SplitMix(seed: 3)
    var fast = LeastRecentlyUsed<Int, Int>(limit: 8)
    var slow: [(key: Int, value: Int)] = []
    for step in 0..<20_000 {
      let key = random.below(16)
      switch random.below(5) {
      case 0, 1:
        fast.set(step, for: key)
        slow.removeAll { $0.key == key }
        slow.append((key, step))
        if slow.count > 8 { slow.removeFirst() }
      case 2:
        let expected = slow.first { $0.key == key }
        #expect(fast[key] == expected?.value)
        slow.removeAll { $0.key == key }
        if let expected { slow.append(expected) }
      case 3:
        let changed = fast.change(key) { value in
          value += 1
          return value
        }
        let expected = slow.first { $0.key == key }.map { (key: $0.key, value: $0.value + 1) }
        #expect(changed == expected?.value)
        slow.removeAll { $0.key == key }
        if let expected { slow.append(expected) }
      default:
        fast.remove(key)
        slow.removeAll { $0.key == key }
      }
      #expect(fast.count == slow.count)
    }
  }
}
