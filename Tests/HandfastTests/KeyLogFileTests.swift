import Foundation
import HandfastCore
import Testing

@testable import Handfast

@Suite struct KeyLogFileTests {
  let path = FileManager.default.temporaryDirectory.appendingPathComponent("handfast-\(UUID().uuidString).keys").path

  private func master(_ byte: UInt8) -> DisclosedSecret {
    DisclosedSecret(
      kind: .masterSecret, clientRandom: [UInt8](repeating: byte, count: 32),
      bytes: [UInt8](repeating: byte ^ 0xff, count: 48))
  }

  @Test func `a master secret becomes one line, and only it`() throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    let log = try KeyLogFile(path: path)
    log.receive(DisclosedSecret(kind: .preMasterSecret, clientRandom: [1], bytes: [2]))
    log.receive(master(0x0a))
    log.receive(DisclosedSecret(kind: .keyBlock, clientRandom: [1], bytes: [2]))
    let text = try String(contentsOfFile: path, encoding: .utf8)
    #expect(
      text == "CLIENT_RANDOM \(String(repeating: "0a", count: 32)) \(String(repeating: "f5", count: 48))\n")
    #expect(log.failure == nil)
  }

  @Test func `the file is its owner's alone, and is appended to`() throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    try KeyLogFile(path: path).receive(master(1))
    try KeyLogFile(path: path).receive(master(2))
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    #expect(lines.count == 2)
    let permissions = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    #expect(permissions == 0o600)
  }

  @Test func `a path that cannot be opened is named together with the reason`() {
    #expect {
      _ = try KeyLogFile(path: "/nowhere/at/all")
    } throws: { error in
      (error as? KeyLogFile.Failure)?.description == "/nowhere/at/all: No such file or directory"
    }
  }
}
