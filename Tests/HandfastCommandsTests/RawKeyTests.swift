import ArgumentParser
import Foundation
import Handfast
import HandfastInspect
import HandfastNIO
import HandfastTrust
import HandfastWire
import NIOCore
import TestTurns
import Testing

@testable import HandfastCommands

/// `serve` and `connect` with keys in the place of certificates, as both run from the command line.
@Suite(.timeLimit(.minutes(20)), .inTurn) struct RawKeyTests {
  private let folder: TemporaryFolder
  private let pki: DevelopmentPKI

  init() throws {
    folder = try TemporaryFolder()
    pki = try DevelopmentPKI()
    try folder.write(pki.rootPEM, as: "root.pem")
    for name in ["server", "client", "other"] {
      let issued = try pki.issueWithPEM(name == "server" ? .server("localhost") : .client(name))
      try folder.write(issued.certificateChainPEM, as: "\(name).pem")
      try folder.write(issued.privateKeyPEM, as: "\(name).key")
      let key = Data(try Identity.rawPublicKey(privateKeyPEM: issued.privateKeyPEM).chain[0])
      let lines = key.base64EncodedString(options: [.lineLength64Characters, .endLineWithLineFeed])
      try folder.write("-----BEGIN PUBLIC KEY-----\n\(lines)\n-----END PUBLIC KEY-----\n", as: "\(name).pub")
    }
  }

  private func path(_ name: String) -> String { "\(folder.path)/\(name)" }
  private func raw(_ name: String) -> [String] { ["--raw-key", path("\(name).key")] }
  private func pin(_ name: String) -> [String] { ["--peer-key", path("\(name).pub")] }
  private func certificate(_ name: String) -> [String] {
    ["--cert", path("\(name).pem"), "--key", path("\(name).key")]
  }

  private struct Visit {
    let client: HandfastCommands.ExitStatus
    let server: HandfastCommands.ExitStatus
    /// How the last connection ended on the client's side.
    let settled: NegotiatedParameters?
    let shown: [CertificateDescription]
  }

  private func visit(_ serve: [String], _ connect: [String], connections: Int = 1) async throws -> Visit {
    let server = try TLSServer(try ServeCommand.parse(serve).configuration())
    let run = ServeRun(
      service: .echo, report: ConnectionReport(format: .json, side: .server), traces: try TraceWriter(.off, path: nil),
      limit: connections)
    var status = HandfastCommands.ExitStatus.failure
    let serverStatus = try await run.serve(server) { port in
      let trace = ["--trace", "json", "--trace-file", path("trace.jsonl"), "--json"]
      let command = try ConnectCommand.parse(["localhost:\(port)"] + trace + connect)
      let (noInterrupts, _) = AsyncStream.makeStream(of: Void.self)
      status = try await command.connect(reading: { try await $0(ByteBuffer(string: "hi")) }, until: noInterrupts)
    }
    var (settled, shown) = (NegotiatedParameters?.none, [CertificateDescription]())
    for entry in try TraceFile.entries(in: String(contentsOfFile: path("trace.jsonl"), encoding: .utf8)) {
      if case .handshakeCompleted(let parameters) = entry.event { settled = parameters }
      if case .peerJudged(let fact) = entry.event { shown = fact.presented }
    }
    return Visit(client: status, server: serverStatus, settled: settled, shown: shown)
  }

  @Test(arguments: ["1.3", "1.2"]) func `two that know each other's keys meet, and resume`(version: String) async throws
  {
    let visit = try await visit(
      raw("server") + pin("other") + pin("client"),
      raw("client") + pin("server") + ["--version", version, "--resume", "1"], connections: 2)
    #expect(visit.client == .success && visit.server == .success)
    #expect(visit.settled?.isResumed == true && visit.settled?.version.description == "TLS \(version)")
    #expect(visit.shown.map(\.isRawPublicKey) == [true])
  }

  @Test func `a key that nobody has pinned is refused, by either side`() async throws {
    let byClient = try await visit(raw("server"), pin("other"))
    #expect(byClient.client == .peerRefused && byClient.settled == nil)
    let byServer = try await visit(raw("server") + pin("other"), raw("client") + pin("server"))
    #expect(byServer.client == .refusedByPeer && byServer.server == .peerRefused)
  }

  @Test func `a server with both shows each client what it wants`() async throws {
    let both = raw("server") + certificate("server")
    #expect(try await visit(both, pin("server")).shown.map(\.isRawPublicKey) == [true])
    let chain = try await visit(both, ["--ca", path("root.pem")])
    #expect(chain.client == .success && chain.shown.count == 2 && !chain.shown[0].isRawPublicKey)
    // Who takes either gets what the server has first.
    let either = try await visit(both, ["--ca", path("root.pem")] + pin("other") + pin("server"))
    #expect(either.client == .success && either.shown.map(\.isRawPublicKey) == [true])
  }

  @Test func `a server takes keys and certificates of clients, where it is told of both`() async throws {
    let serve = certificate("server") + pin("client") + ["--client-ca", path("root.pem")]
    for own in [raw("client"), certificate("other")] {
      let visit = try await visit(serve, own + ["--ca", path("root.pem")])
      #expect(visit.client == .success && visit.server == .success)
    }
    #expect(try await visit(serve, raw("other") + ["--ca", path("root.pem")]).client == .refusedByPeer)
  }

  @Test func `a client that shows nothing is let in where that is allowed`() async throws {
    let visit = try await visit(raw("server") + pin("client") + ["--optional-client-cert"], pin("server"))
    #expect(visit.client == .success && visit.server == .success)
  }

  @Test func `a name that only a key would be good for is no name of the certificate`() {
    let serve = raw("server") + certificate("server") + ["--server-name", "elsewhere.example"]
    #expect(throws: CommandError.self) { try ServeCommand.parse(serve).configuration() }
  }

  @Test func `without roots, a certificate from anywhere is none of the keys`() async throws {
    let visit = try await visit(certificate("server"), pin("server"))
    #expect(visit.client != .success && visit.settled == nil)
  }

  @Test func `what is wrong with a file is said of that file`() throws {
    func complaint(_ arguments: [String]) -> String? {
      do { _ = try ServeCommand.parse(arguments).configuration() } catch { return "\(error)" }
      return nil
    }
    let noKeys = complaint(raw("server") + pin("client") + ["--peer-key", path("root.pem")])
    #expect(noKeys?.hasPrefix(path("root.pem")) == true)
    #expect(complaint(["--raw-key", path("server.pub")])?.hasPrefix(path("server.pub")) == true)
    #expect(complaint(["--raw-key", path("nowhere")])?.contains("nowhere") == true)
    #expect(complaint(raw("server") + pin("client")) == nil)
  }
}
