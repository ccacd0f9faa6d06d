import ArgumentParser
import Foundation
import Handfast
import HandfastCore
import HandfastInspect
import TestTurns
import Testing

@testable import HandfastCommands

/// Real handshakes over sockets on the loopback interface, each side's trace in a file of its own.
@Suite(.inTurn) struct MergeCommandTests {
  private static func record(_ arguments: [String], in folder: TemporaryFolder) async throws -> (String, String) {
    let outcome = try await DemoRun(DemoCommand.parse(arguments).plan, showsSecrets: false).run()
    let paths = try Side.allCases.map { side in
      try folder.write(TraceFile.text(outcome.entries.filter { $0.side == side }), as: "\(side).jsonl")
    }
    return (paths[0], paths[1])
  }

  @Test func `two files of one handshake become one story`() async throws {
    let folder = try TemporaryFolder()
    let (client, server) = try await Self.record([], in: folder)
    let merge = try MergeCommand.merge(client, server, nil)
    let connection = try #require(merge.connections.first)
    #expect(merge.connections.count == 1 && merge.unmatched.isEmpty)
    #expect(connection.isUnchanged && connection.matchingMessages == 11)
    #expect(connection.clock.basis == .agree)
    #expect(Narrative(connection.entries).steps.count == 21)
  }

  @Test(arguments: [("tampered-hello", "ClientHello"), ("tampered-key-exchange", "ServerKeyExchange")])
  func `a message that was tampered with is pointed out`(_ breakage: String, _ message: String) async throws {
    let folder = try TemporaryFolder()
    let (client, server) = try await Self.record(["--break", breakage], in: folder)
    let connection = try #require(try MergeCommand.merge(client, server, nil).connections.first)
    #expect(connection.differences.map(\.type.description) == [message])
    #expect(!connection.isUnchanged)
  }

  @Test func `files of two handshakes are refused as bad input, with the reason`() async throws {
    let (one, other) = (try TemporaryFolder(), try TemporaryFolder())
    let client = try await Self.record([], in: one).0
    let server = try await Self.record([], in: other).1
    let error = #expect(throws: CommandError.self) { try MergeCommand.merge(client, server, nil) }
    #expect(error?.status == .badInput)
    #expect(error?.description.contains("do not belong together") == true)
    #expect(error?.description.contains("\n") == false)
  }

  @Test func `a missing file, a folder and a file that is no trace get a line each`() throws {
    let folder = try TemporaryFolder()
    let text = try folder.write("hello", as: "text")
    for (path, status) in [("/nowhere/x.jsonl", ExitStatus.noInput), (folder.path, .noInput), (text, .badInput)] {
      let error = #expect(throws: CommandError.self) { try MergeCommand.merge(path, path, nil) }
      #expect(error?.status == status)
      #expect(error?.description.hasPrefix(path) == true)
    }
  }

  @Test(arguments: [
    ["a"], ["a", "b", "--client-random", "xyz"], ["a", "b", "--json", "--hex"], ["a", "b", "--width", "3"],
  ])
  func `a command line that makes no sense is refused`(_ arguments: [String]) {
    #expect(throws: (any Error).self) { try MergeCommand.parse(arguments) }
  }
}

/// A folder that goes with the test.
final class TemporaryFolder {
  let path: String

  init() throws {
    let url = FileManager.default.temporaryDirectory.appending(path: "handfast-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path(percentEncoded: false)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  @discardableResult func write(_ text: String, as name: String) throws -> String {
    let file = "\(path)/\(name)"
    try text.write(toFile: file, atomically: false, encoding: .utf8)
    return file
  }
}
