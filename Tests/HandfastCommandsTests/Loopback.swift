import Foundation
import Handfast
import HandfastNIO
import HandfastTrust
import NIOCore
import Synchronization

@testable import HandfastCommands

/// A server as `serve` runs it, on a port of its own.
struct Loopback {
  let pki: DevelopmentPKI
  let client: Identity
  let server: TLSServer
  let folder: URL

  init(identities: [LeafRequest]? = nil) throws {
    let pki = try DevelopmentPKI()
    let requests = identities ?? [LeafRequest(names: ["DNS:localhost"], purpose: .serverAuth)]
    let identities = try requests.map { try pki.issue($0) }
    self.pki = pki
    client = try pki.issue(LeafRequest.client("alice"))
    server = try TLSServer(
      ServerConfiguration(identities: .these(identities), clientAuthentication: .optional(try pki.trust)))
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("handfast-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  /// Serves `count` connections while `body` runs with the port; `stop` interrupts.
  func serve(
    _ service: ServeRun.Service, connections count: Int? = nil, trace: TraceFormat = .off,
    _ body: (_ port: Int, _ stop: @Sendable () -> Void) async throws -> Void
  ) async throws -> (status: ExitStatus, trace: String) {
    let path = trace == .off ? nil : folder.appendingPathComponent("trace").path
    let run = ServeRun(
      service: service, report: ConnectionReport(format: .json, side: .server),
      traces: try TraceWriter(trace, path: path), limit: count)
    let (ports, port) = AsyncStream.makeStream(of: Int.self)
    let (interrupts, interrupt) = AsyncStream.makeStream(of: Void.self)
    async let status = run.serve(server, host: "127.0.0.1", port: 0, until: interrupts) { number in
      port.yield(number)
      port.finish()
    }
    for await number in ports { try await body(number) { interrupt.yield() } }
    let result = try await status
    let text = try path.map { String(decoding: try Data(contentsOf: URL(fileURLWithPath: $0)), as: UTF8.self) }
    try FileManager.default.removeItem(at: folder)
    return (result, text ?? "")
  }

  func connect(
    _ port: Int, as identity: Identity? = nil, to name: String = "localhost", trust: Trust? = nil
  ) async throws -> SecureConnection {
    var configuration = ClientConfiguration(trust: try trust ?? pki.trust)
    configuration.identities = .these(identity.map { [$0] } ?? [])
    return try await SecureConnection.connect(
      try TLSClient(configuration), host: "127.0.0.1", port: port, as: try ServerReference(name))
  }

  /// Sends `text`, and returns all that comes until the server's goodbye.
  func ask(_ connection: SecureConnection, _ text: String, thenCloses: Bool = false) async throws -> String {
    try await connection.write(Array(text.utf8))
    if thenCloses { try await connection.closeOutput() }
    var answer: [UInt8] = []
    while let data = try await connection.read() { answer.append(contentsOf: data.readableBytesView) }
    try? await connection.close()
    return String(decoding: answer, as: UTF8.self)
  }
}

extension ServeRun {
  /// Serves on a port of its own, with which `body` runs, until as many connections have come as there are to be.
  func serve(_ server: TLSServer, while body: (_ port: Int) async throws -> Void) async throws -> ExitStatus {
    let (ports, port) = AsyncStream.makeStream(of: Int.self)
    let (interrupts, _) = AsyncStream.makeStream(of: Void.self)
    async let served = serve(server, host: "127.0.0.1", port: 0, until: interrupts) { number in
      port.yield(number)
      port.finish()
    }
    for await number in ports { try await body(number) }
    return try await served
  }
}
