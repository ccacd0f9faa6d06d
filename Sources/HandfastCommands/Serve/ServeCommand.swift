package import ArgumentParser
import Foundation
import Handfast
import HandfastNIO
import NIOCore
import Synchronization

/// `handfast serve`: a TLS server that echoes, or answers every client with a line.
package struct ServeCommand: AsyncParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Serve TLS: echo what clients send, or answer each with a line.",
    discussion: "Exit status:\n" + ExitStatus.table)

  @OptionGroup package var options: ConnectionOptions

  @Option(help: "The address to listen on.")
  package var host = "127.0.0.1"

  @Option(help: "The port to listen on; 0: any that is free.")
  package var port = 4433

  @Option(help: ArgumentHelp("Roots in PEM that clients' certificates must lead to.", valueName: "file"))
  package var clientCa: String?

  @Flag(help: "Refuse clients without a certificate (the default with --client-ca).")
  package var requireClientCert = false

  @Flag(help: "Ask clients for a certificate, and let in those without.")
  package var optionalClientCert = false

  @Flag(help: "Send back what comes.")
  package var echo = false

  @Flag(help: "Stop after one connection.")
  package var once = false

  @Option(help: ArgumentHelp("Stop after so many connections, failed ones included.", valueName: "count"))
  package var connections: Int?

  package init() {}

  package func validate() throws {
    guard !options.cert.isEmpty else { throw ValidationError("a server needs --cert and --key") }
    guard !(requireClientCert && optionalClientCert) else {
      throw ValidationError("--require-client-cert and --optional-client-cert contradict each other")
    }
    guard clientCa != nil || !(requireClientCert || optionalClientCert) else {
      throw ValidationError("to ask clients for certificates, pass the roots to trust: --client-ca")
    }
    guard !(once && connections != nil) else { throw ValidationError("--once and --connections contradict each other") }
    guard connections ?? 1 > 0 else { throw ValidationError("--connections takes 1 or more") }
    guard (0...65_535).contains(port) else { throw ValidationError("--port takes 0 to 65535") }
  }

  package func run() async throws {
    let status: ExitStatus
    do {
      status = try await serve()
    } catch {
      complain("handfast serve: \(error)")
      status = HandfastCommands.status(of: error)
    }
    if status != .success { throw status.exitCode }
  }

  private func configuration() throws -> ServerConfiguration {
    let authentication: ClientAuthentication =
      if let clientCa {
        optionalClientCert ? .optional(try trust(in: clientCa)) : .required(try trust(in: clientCa))
      } else {
        .none
      }
    var configuration = ServerConfiguration(
      identities: .these(try options.identities()), clientAuthentication: authentication)
    configuration.applicationProtocols = options.alpn
    configuration.cipherSuites = options.cipherSuites
    configuration.groups = options.groups
    configuration.rsaKeyTransport = options.rsaKeyTransport
    configuration.limits = options.limits
    configuration.secretSink = try options.secretSink()
    return configuration
  }

  private func serve() async throws -> ExitStatus {
    let server = try TLSServer(try configuration())
    let report = ConnectionReport(format: options.summary, side: .server)
    let tally = Tally(limit: once ? 1 : connections)
    let listener = try await SecureListener.bind(
      server, host: host, port: port,
      onFailure: { failed in tally.finish(report.failed(failed.error, remote: failed.remoteAddress)) })
    tally.onLimit { Task { await listener.close() } }
    report.listening(host: listener.host, port: listener.port)
    await withDiscardingTaskGroup { group in
      for await connection in listener {
        report.connected(connection)
        group.addTask { tally.finish(await converse(with: connection, report)) }
      }
    }
    return tally.status
  }

  private func converse(with connection: SecureConnection, _ report: ConnectionReport) async -> ExitStatus {
    var (received, sent) = (0, 0)
    do {
      while let data = try await connection.read() {
        received += data.readableBytes
        let answer = echo ? data : ByteBuffer(string: Self.answer(to: connection))
        try await connection.write(answer)
        sent += answer.readableBytes
        if !echo { break }
      }
      try await connection.close()
    } catch {
      return report.failed(error, remote: connection.remoteAddress)
    }
    report.closed(connection, received: received, sent: sent)
    return .success
  }

  private static func answer(to connection: SecureConnection) -> String {
    let body = "Handfast greets \(connection.peer?.presented.first?.subject ?? "a client without a certificate").\n"
    return "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
  }
}

/// Counts connections, and remembers the first that went wrong.
private final class Tally: Sendable {
  private struct State {
    var finished = 0
    var status = ExitStatus.success
    var onLimit: (@Sendable () -> Void)?
  }
  private let limit: Int?
  private let state = Mutex(State())

  init(limit: Int?) { self.limit = limit }

  var status: ExitStatus { state.withLock { $0.status } }

  func onLimit(_ action: @escaping @Sendable () -> Void) {
    let isReached = state.withLock { state in
      state.onLimit = action
      return limit.map { state.finished >= $0 } ?? false
    }
    if isReached { action() }
  }

  func finish(_ status: ExitStatus) {
    let action = state.withLock { state in
      state.finished += 1
      if state.status == .success { state.status = status }
      return state.finished == limit ? state.onLimit : nil
    }
    action?()
  }
}
