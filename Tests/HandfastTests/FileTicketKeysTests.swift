import Foundation
import Handfast
import HandfastCore
import HandfastCrypto
import Synchronization
import TestTurns
import Testing

@Suite("Ticket keys from files", .inTurn) final class FileTicketKeysTests: Sendable {
  private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("handfast-\(UUID().uuidString)")
    .path
  private let provider = DefaultCryptoProvider()
  private let now: UInt64 = 1_800_000_000_000

  init() throws { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) }
  deinit { try? FileManager.default.removeItem(atPath: folder) }

  @discardableResult
  private func write(_ name: String, _ bytes: [UInt8], mode: Int = 0o600) throws -> String {
    let path = "\(folder)/\(name)"
    // Renamed into its place, as one should.
    try Data(bytes).write(to: URL(fileURLWithPath: path), options: .atomic)
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    return path
  }

  private func key(_ mark: UInt8, _ count: Int = 80) -> [UInt8] { (0..<count).map { mark &+ UInt8($0) } }
  private func name(_ mark: UInt8) -> [UInt8] { Array(key(mark).prefix(16)) }

  @Test func `the first file's key seals, and all open`() throws {
    let keys = try FileTicketKeys(paths: [write("a", key(1)), write("b", key(100, 48))], checkSeconds: 0)
    #expect(keys.sealingKey(at: now)?.name == name(1))
    #expect(keys.openingKey(named: name(1), at: now)?.name == name(1))
    #expect(keys.openingKey(named: name(100), at: now)?.name == name(100))
    #expect(keys.openingKey(named: name(50), at: now) == nil)
    #expect(keys.openingKey(named: [1], at: now) == nil)
  }

  @Test func `every byte of a file counts`() throws {
    for count in [48, 80] {
      var seen: Set<[UInt8]> = []
      for index in 15..<count {
        var bytes = key(1, count)
        bytes[index] ^= 1
        let keys = try FileTicketKeys(paths: [write("a", bytes)], checkSeconds: 0)
        let found = try #require(keys.sealingKey(at: now))
        seen.insert(found.name + found.secret.withSpan { [UInt8](copying: $0) })
      }
      #expect(seen.count == count - 15)
    }
  }

  @Test func `two servers with the same files open each other's tickets through a rotation`() throws {
    let (old, new) = (key(1), key(100))
    var servers: [(keys: FileTicketKeys, sealer: TicketSealer)] = []
    for server in 0..<2 {
      let keys = try FileTicketKeys(
        paths: [write("\(server)-1", old), write("\(server)-2", key(50))], checkSeconds: 0)
      servers.append((keys, TicketSealer(keys: keys, provider: provider)))
    }
    var tickets: [[UInt8]] = []
    func check() throws {
      for (_, sealer) in servers { tickets.append(try #require(sealer.seal(session, at: now))) }
      for (_, sealer) in servers { for ticket in tickets { _ = try sealer.open(ticket.span, at: now) } }
    }
    try check()
    // The new key in the second place, server by server; then in the first.
    for (first, second) in [(old, new), (new, old)] {
      for server in 0..<2 {
        try write("\(server)-1", first)
        try write("\(server)-2", second)
        servers[server].keys.reload()
        try check()
      }
    }
    #expect(servers[0].keys.sealingKey(at: now)?.name == name(100))
    // Without the old one its tickets are unknown.
    try write("0-2", key(200))
    servers[0].keys.reload()
    let (sealer, ticket) = (servers[0].sealer, tickets[0])
    #expect(throws: TicketRefusal.unknownKey) { _ = try sealer.open(ticket.span, at: now) }
  }

  private var session: ServerSession {
    ServerSession(
      version: .tls13, cipherSuite: CipherSuite(rawValue: 0x1301), secret: SessionSecret([1]),
      scope: [UInt8](repeating: 0, count: 32), serverName: nil, applicationProtocol: nil, lineageStartedAt: now,
      issuedAt: now, expiresAt: now + 1000, peer: nil)
  }

  @Test func `a file that cannot be used is named, with problem and way out`() throws {
    let good = try write("good", key(1))
    let cases: [([String], (TicketKeyFileError) -> Bool)] = [
      ([], { $0 == .noFiles }),
      (Array(repeating: good, count: 17), { $0 == .tooManyFiles(count: 17, limit: 16) }),
      (["\(folder)/missing"], { if case .unreadable(let path, _) = $0 { path.hasSuffix("missing") } else { false } }),
      ([good, folder], { [folder] in $0 == .notAFile(path: folder) }),
      ([try write("empty", [])], { if case .wrongSize(_, 0) = $0 { true } else { false } }),
      ([try write("short", key(1, 79))], { if case .wrongSize(_, 79) = $0 { true } else { false } }),
      ([try write("long", key(1, 81))], { if case .wrongSize(_, nil) = $0 { true } else { false } }),
      (
        [try write("open", key(1), mode: 0o644)], { if case .accessibleByOthers(_, 0o644) = $0 { true } else { false } }
      ),
      ([good, try write("twin", key(1))], { if case .sameName(_, good) = $0 { true } else { false } }),
    ]
    for (paths, isExpected) in cases {
      do {
        _ = try FileTicketKeys(paths: paths, checkSeconds: 0)
        Issue.record("\(paths) should be refused")
      } catch {
        #expect(isExpected(error), "\(error)")
        #expect(error.description.contains("openssl") || error.description.contains(": "))
      }
    }
    _ = try FileTicketKeys(paths: [write("group", key(1), mode: 0o640)], checkSeconds: 0)
  }

  @Test func `a bad replacement leaves the keys as they were, and is reported once`() throws {
    let changes = Mutex<[FileTicketKeys.Change]>([])
    let path = try write("a", key(1))
    let keys = try FileTicketKeys(paths: [path], checkSeconds: 0) { change in changes.withLock { $0.append(change) } }
    keys.reload()
    #expect(changes.withLock { $0 }.isEmpty)
    try write("a", key(1, 20))
    keys.reload()
    keys.reload()
    #expect(changes.withLock { $0 } == [.kept(.wrongSize(path: path, byteCount: 20))])
    #expect(keys.sealingKey(at: now)?.name == name(1))
    try write("a", key(1))
    keys.reload()
    #expect(changes.withLock { $0.count } == 1)
    try write("a", key(9))
    keys.reload()
    #expect(changes.withLock { $0.last } == .replaced)
    #expect(keys.sealingKey(at: now)?.name == name(9))
    #expect(keys.openingKey(named: name(1), at: now) == nil)
  }

  @Test(.timeLimit(.minutes(20)))
  func `a replacement is noticed without being told, and the watch ends with its owner`() async throws {
    final class Flag: Sendable {}
    let path = try write("a", key(1))
    weak var watched: Flag?
    do {
      let flag = Flag()
      watched = flag
      let (changes, told) = AsyncStream.makeStream(of: FileTicketKeys.Change.self)
      let keys = try FileTicketKeys(paths: [path], checkSeconds: 1) { [flag] change in
        _ = flag
        told.yield(change)
      }
      try write("a", key(9))
      var iterator = changes.makeAsyncIterator()
      #expect(await iterator.next() == .replaced)
      #expect(keys.sealingKey(at: now)?.name == name(9))
    }
    while watched != nil { await Task.yield() }
    #expect(watched == nil)
  }

  @Test func `readers see whole lists while lists are replaced`() async {
    // List n holds the keys n and n + 1, so that neighbours always share one.
    let published = PublishedTicketKeys(limit: 2)
    @Sendable func ticketKey(_ mark: Int) -> TicketKey? {
      let byte = UInt8(truncatingIfNeeded: mark)
      return TicketKey(name: [UInt8](repeating: byte, count: 16), key: [UInt8](repeating: byte, count: 32))
    }
    @Sendable func list(_ mark: Int) -> [TicketKey] { [ticketKey(mark + 1), ticketKey(mark)].compactMap(\.self) }
    published.publish(list(0))
    final class Latest: Sendable {
      let mark = Atomic(0)
    }
    let latest = Latest()
    let faults = await withTaskGroup(of: (reads: Int, faults: Int).self) { group in
      group.addTask {
        for mark in 1..<5000 {
          published.publish(list(mark))
          latest.mark.store(mark, ordering: .sequentiallyConsistent)
        }
        return (0, 0)
      }
      for _ in 0..<3 {
        group.addTask {
          var (reads, faults) = (0, 0)
          for _ in 0..<20_000 {
            let before = latest.mark.load(ordering: .sequentiallyConsistent)
            // The writer may be two lists ahead of what it has told; then this key is rightly gone.
            let name = TicketKeyName([UInt8](repeating: UInt8(truncatingIfNeeded: before + 1), count: 16))
            let found = name.flatMap { published.key(named: $0) }
            let after = latest.mark.load(ordering: .sequentiallyConsistent)
            reads += 1
            if found == nil, after - before < 1 { faults += 1 }
            if let found, !found.secret.withSpan({ span in span.indices.allSatisfy { span[$0] == found.name[0] } }) {
              faults += 1
            }
            if let first = published.first(),
              !first.secret.withSpan({ span in span.indices.allSatisfy { span[$0] == first.name[0] } })
            {
              faults += 1
            }
          }
          return (reads, faults)
        }
      }
      return await group.reduce(into: (reads: 0, faults: 0)) { $0 = ($0.reads + $1.reads, $0.faults + $1.faults) }
    }
    #expect(faults.reads == 60_000)
    #expect(faults.faults == 0)
  }
}
