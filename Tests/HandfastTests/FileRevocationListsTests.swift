import Foundation
import Handfast
import HandfastTestKit
import HandfastTrust
import Synchronization
import TestTurns
import Testing

@Suite("Revocation lists from files", .inTurn) final class FileRevocationListsTests: Sendable {
  private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("handfast-\(UUID().uuidString)")
    .path
  private let pki: DevelopmentPKI

  init() throws {
    pki = try DevelopmentPKI()
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }
  deinit { try? FileManager.default.removeItem(atPath: folder) }

  @discardableResult private func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    let path = "\(folder)/\(name)"
    try Data(bytes).write(to: URL(fileURLWithPath: path), options: .atomic)
    return path
  }

  @Test func `are read again when replaced`() throws {
    let seen = Mutex<[Int]>([])
    let path = try write("a.crl", pki.revocationList())
    let lists = try FileRevocationLists(paths: [path], checkSeconds: 0) { change in
      if case .replaced(let all) = change { seen.withLock { $0.append(all.reduce(0) { $0 + $1.count }) } }
    }
    #expect(lists.revocationLists.descriptions.map(\.count) == [0])
    try write("a.crl", pki.revocationList(revoking: [pki.issue(.client("alice")).chain[0]]))
    lists.reload()
    #expect(lists.revocationLists.descriptions.map(\.count) == [1])
    #expect(seen.withLock { $0 } == [1])
  }

  @Test func `are noticed without anybody's asking`() async throws {
    let path = try write("a.crl", pki.revocationList())
    let (changes, continuation) = AsyncStream.makeStream(of: Int.self)
    let lists = try FileRevocationLists(paths: [path], checkSeconds: 1) { change in
      if case .replaced(let all) = change { continuation.yield(all[0].count) }
    }
    try write("a.crl", pki.revocationList(revoking: [pki.issue(.client("alice")).chain[0]]))
    var iterator = changes.makeAsyncIterator()
    #expect(await iterator.next() == 1)
    #expect(lists.revocationLists.descriptions.map(\.count) == [1])
  }

  @Test func `stay when the files can no longer be used, and that is said once`() throws {
    let errors = Mutex<[RevocationFileError]>([])
    let path = try write("a.crl", pki.revocationList())
    let lists = try FileRevocationLists(paths: [path], checkSeconds: 0) { change in
      if case .kept(let error) = change { errors.withLock { $0.append(error) } }
    }
    try write("a.crl", Array("nonsense".utf8))
    lists.reload()
    lists.reload()
    #expect(errors.withLock { $0 } == [.unusable(path: path, .noList)])
    #expect(lists.revocationLists.descriptions.count == 1)
    try FileManager.default.removeItem(atPath: path)
    lists.reload()
    #expect(errors.withLock { $0.count } == 2)
    #expect(lists.revocationLists.descriptions.count == 1)
  }

  @Test func `that are missing, no files, or no lists are refused by name`() throws {
    let good = try write("a.crl", pki.revocationList())
    let bad = try write("b.crl", [1, 2, 3])
    #expect(throws: RevocationFileError.unusable(path: bad, .noList)) {
      try FileRevocationLists(paths: [good, bad], checkSeconds: 0)
    }
    #expect(throws: RevocationFileError.notAFile(path: folder)) {
      try FileRevocationLists(paths: [folder], checkSeconds: 0)
    }
    #expect(throws: RevocationFileError.self) { try FileRevocationLists(paths: ["\(folder)/c.crl"], checkSeconds: 0) }
  }
}
