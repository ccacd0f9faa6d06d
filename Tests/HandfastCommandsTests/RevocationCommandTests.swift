import ArgumentParser
import Foundation
import Handfast
import HandfastCore
import HandfastNIO
import HandfastTrust
import NIOCore
import TestTurns
import Testing

@testable import HandfastCommands

/// `pki revoke`, and what `serve` and `connect` make of its lists and of stapled responses.
@Suite(.timeLimit(.minutes(20)), .inTurn) struct RevocationCommandTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func make() async throws {
    try await PKIMakeCommand.parse(["--directory", folder.path, "--keep-authority-keys"]).run()
  }

  private func path(_ name: String) -> String { "\(folder.path)/\(name)" }
  private func bytes(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: path(name)))) }

  private func revoke(_ arguments: String..., authority: String = "intermediate") async throws {
    try await PKIRevokeCommand.parse(
      arguments + ["--authority", path("\(authority).pem"), "--crl", path("\(authority).crl")]
    ).run()
  }

  private func lists(_ name: String) throws -> [RevocationListDescription] {
    try RevocationLists([bytes(name)]).descriptions
  }

  // MARK: Lists

  @Test func `a list is made, and continued with what stood on it and a higher number`() async throws {
    try await make()
    try await revoke(path("client.pem"), "--reason", "keyCompromise")
    #expect(try lists("intermediate.crl").map(\.count) == [1])
    try await revoke(path("server.pem"), path("client.pem"), "--days", "30")
    let list = try #require(try lists("intermediate.crl").first)
    #expect(list.count == 2 && list.number == "2" && list.problem == nil)
    #expect(try #require(list.nextUpdate) - list.thisUpdate == 30 * 86_400)
    try await revoke()
    #expect(try lists("intermediate.crl").map(\.number) == ["3"])
  }

  @Test func `what a list holds is said in JSON too`() async throws {
    try await make()
    let command = try PKIRevokeCommand.parse([
      path("client.pem"), "--authority", path("intermediate.pem"), "--crl", path("a.crl"), "--json",
    ])
    let issued = try command.revoke()
    #expect(try JSONDecoder().decode(PKIRevokeCommand.Issued.self, from: Data(prettyJSON(issued).utf8)) == issued)
    let list = try #require(try lists("a.crl").first)
    #expect(issued.revoked == 1 && issued.number == list.number && issued.nextUpdate == list.nextUpdate)
    #expect(issued.list == path("a.crl") && issued.issuer == list.issuer)
  }

  @Test func `the authorities' keys are written only when they are wanted, and for their owner's eyes`() async throws {
    try await PKIMakeCommand.parse(["--directory", folder.path]).run()
    #expect(!FileManager.default.fileExists(atPath: path("root-key.pem")))
    await #expect(throws: ExitStatus.noInput.exitCode) { try await revoke() }
    try await PKIMakeCommand.parse(["--directory", folder.path, "--keep-authority-keys", "--force"]).run()
    for name in ["root-key.pem", "intermediate-key.pem"] {
      #expect(try FileManager.default.attributesOfItem(atPath: path(name))[.posixPermissions] as? Int == 0o600)
    }
  }

  @Test func `an authority revokes only what it has issued, and continues only its own lists`() async throws {
    try await make()
    await #expect(throws: ExitStatus.badInput.exitCode) { try await revoke(path("client.pem"), authority: "root") }
    #expect(!FileManager.default.fileExists(atPath: path("root.crl")))
    try await revoke(path("intermediate.pem"), authority: "root")
    try FileManager.default.copyItem(atPath: path("root.crl"), toPath: path("intermediate.crl"))
    await #expect(throws: ExitStatus.badInput.exitCode) { try await revoke(path("client.pem")) }
    #expect(try bytes("root.crl") == bytes("intermediate.crl"))
  }

  @Test(arguments: [
    ["--reason", "boredom"], ["--reason", "superseded"], ["--days", "0"], ["--reason", "removeFromCRL"],
  ])
  func `a command line that makes no sense is refused`(_ arguments: [String]) {
    #expect(throws: (any Error).self) { try PKIRevokeCommand.parse(arguments + ["--authority", "a", "--crl", "b"]) }
  }

  // MARK: serve and connect

  private func visit(server: [String] = [], client: [String] = []) async throws -> (
    client: HandfastCommands.ExitStatus, server: HandfastCommands.ExitStatus
  ) {
    func certificate(_ name: String) -> [String] { ["--cert", path("\(name).pem"), "--key", path("\(name)-key.pem")] }
    let command = try ServeCommand.parse(certificate("server") + ["--client-ca", path("root.pem")] + server)
    let run = ServeRun(
      service: .echo, report: ConnectionReport(format: .json, side: .server), traces: try TraceWriter(.off, path: nil),
      limit: 1)
    let tls = try TLSServer(try command.configuration())
    var status = HandfastCommands.ExitStatus.failure
    let served = try await run.serve(tls) { port in
      let connect = try ConnectCommand.parse(
        ["localhost:\(port)", "--ca", path("root.pem"), "--json"] + certificate("client") + client)
      do {
        status = try await connect.connect(reading: { send in try await send(ByteBuffer(string: "hello")) })
      } catch {
        status = HandfastCommands.status(of: error)
      }
    }
    return (status, served)
  }

  @Test func `a server lets in whom its lists do not name, and refuses whom they do`() async throws {
    try await make()
    try await revoke(authority: "root")
    try await revoke()
    let options = ["--crl", path("root.crl"), "--crl", path("intermediate.crl")]
    #expect(try await visit(server: options).client == .success)
    try await revoke(path("client.pem"))
    #expect(try await visit(server: options).client == .refusedByPeer)
  }

  @Test func `without a list of every authority, hard refuses and soft does not`() async throws {
    try await make()
    try await revoke()
    let list = ["--crl", path("intermediate.crl")]
    #expect(try await visit(client: list).client == .peerRefused)
    #expect(try await visit(client: list + ["--crl-policy", "hard"]).client == .peerRefused)
    #expect(try await visit(client: list + ["--crl-policy", "soft"]).client == .success)
  }

  @Test func `a stapled response is sent, asked for and judged`() async throws {
    try await make()
    let authority = try IssuingAuthority(
      certificatePEM: String(decoding: try bytes("intermediate.pem"), as: UTF8.self),
      privateKeyPEM: String(decoding: try bytes("intermediate-key.pem"), as: UTF8.self))
    let certificate = try IssuingAuthority.firstCertificate(in: try bytes("server.pem"))
    let now = Int64(Date().timeIntervalSince1970)
    for (status, expected) in [
      (OCSPRequest.Status.good, HandfastCommands.ExitStatus.success), (.revoked(at: now, reason: nil), .peerRefused),
    ] {
      let response = try authority.ocspResponse(
        about: certificate, OCSPRequest(status, thisUpdate: now, nextUpdate: now + 3600))
      try Data(response).write(to: URL(fileURLWithPath: path("staple.der")))
      let staple = ["--ocsp-staple", path("staple.der")]
      #expect(try await visit(server: staple, client: ["--ocsp"]).client == expected)
      #expect(try await visit(server: staple).client == .success)
    }
  }

  @Test func `options that do not fit together or name no lists are refused`() async throws {
    let base = ["--cert", "a", "--key", "b"]
    for arguments in [
      ["--crl", "x"], ["--ocsp"], ["--crl-policy", "soft"], ["--ocsp-staple", "x", "--ocsp-staple", "y"],
    ] {
      #expect(throws: (any Error).self) { try ServeCommand.parse(base + arguments) }
    }
    try await make()
    // Before anybody is called.
    for (option, name, status) in [
      ("--crl", "nowhere.crl", HandfastCommands.ExitStatus.noInput), ("--crl", "root.pem", .badInput),
      ("--ocsp-staple", "root.pem", .badInput),
    ] {
      let identity = ["--cert", path("client.pem"), "--key", path("client-key.pem")]
      let command = try ConnectCommand.parse(
        ["localhost:1", "--ca", path("root.pem"), option, path(name)] + identity)
      await #expect {
        _ = try await command.connect(reading: { _ in })
      } throws: { error in
        HandfastCommands.status(of: error) == status
      }
    }
  }
}
