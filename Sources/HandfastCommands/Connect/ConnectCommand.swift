package import ArgumentParser
import Foundation
import Handfast
import HandfastNIO
import NIOCore

/// `handfast connect`: a TLS client between standard input and standard output.
package struct ConnectCommand: AsyncParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "connect",
    abstract: "Connect with TLS; standard input is sent, what comes goes to standard output.",
    discussion: "Exit status:\n" + ExitStatus.table)

  @Argument(help: ArgumentHelp("Where to connect to.", valueName: "host:port"))
  package var target: Target

  @OptionGroup package var options: ConnectionOptions

  @Option(
    help: ArgumentHelp(
      "Roots in PEM that the server's certificate must lead to; if absent, the system's.", valueName: "file"))
  package var ca: String?

  @Option(help: ArgumentHelp("What the server's certificate must name; if absent, the host.", valueName: "name"))
  package var serverName: String?

  @Option(help: ArgumentHelp("Ask for records of at most 512, 1024, 2048 or 4096 bytes.", valueName: "bytes"))
  package var maxFragmentLength: Int?

  @Flag(help: "Say goodbye when standard input ends, instead of waiting for the server to.")
  package var closeAtEnd = false

  package init() {}

  package func validate() throws {
    guard maxFragmentLength == nil || fragmentLength != nil else {
      throw ValidationError("--max-fragment-length takes 512, 1024, 2048 or 4096")
    }
  }

  package func run() async throws {
    let status: ExitStatus
    do {
      status = try await connect()
    } catch {
      complain("handfast connect: \(error)")
      status = HandfastCommands.status(of: error)
    }
    if status != .success { throw status.exitCode }
  }

  private var fragmentLength: MaxFragmentLength? {
    [.bytes512, .bytes1024, .bytes2048, .bytes4096].first { $0.byteCount == maxFragmentLength }
  }

  private func configuration() throws -> ClientConfiguration {
    var configuration = ClientConfiguration(trust: try trust(in: ca))
    configuration.identities = .these(try options.identities())
    configuration.applicationProtocols = options.alpn
    configuration.cipherSuites = options.cipherSuites
    configuration.groups = options.groups
    configuration.rsaKeyTransport = options.rsaKeyTransport
    configuration.maxFragmentLength = fragmentLength
    configuration.limits = options.limits
    configuration.secretSink = try options.secretSink()
    return configuration
  }

  private func connect() async throws -> ExitStatus {
    let client = try TLSClient(try configuration())
    let reference = try ServerReference(serverName ?? target.host)
    let report = ConnectionReport(format: options.summary, side: .client)
    do {
      let connection = try await SecureConnection.connect(client, host: target.host, port: target.port, as: reference)
      report.connected(connection)
      let (received, sent) = try await converse(over: connection)
      report.closed(connection, received: received, sent: sent)
      return .success
    } catch let error as TLSFailure {
      return report.failed(error, remote: target.description)
    } catch let error as NetworkError {
      return report.failed(error, remote: target.description)
    }
  }

  private func converse(over connection: SecureConnection) async throws -> (received: Int, sent: Int) {
    let closesAtEnd = closeAtEnd
    let sending = Task {
      var sent = 0
      do {
        try await StandardInput().forEachPiece { piece in
          try await connection.write(piece)
          sent += piece.readableBytes
        }
      } catch {
        try? await connection.close()
        throw error
      }
      if closesAtEnd { try await connection.closeOutput() }
      return sent
    }
    // Once the server has closed, whatever standard input still holds has nowhere to go.
    defer { sending.cancel() }
    var received = 0
    while let data = try await connection.read() {
      received += data.readableBytes
      try FileHandle.standardOutput.write(contentsOf: Data(data.readableBytesView))
    }
    sending.cancel()
    try? await connection.close()
    do {
      return (received, try await sending.value)
    } catch let error as CommandError {
      throw error
    } catch {
      return (received, 0)
    }
  }
}

/// Where to connect to: "host:port", "[::1]:port".
package struct Target: ExpressibleByArgument, CustomStringConvertible, Sendable {
  package let host: String
  package let port: Int

  package init?(argument: String) {
    guard let colon = argument.lastIndex(of: ":"), let port = Int(argument[argument.index(after: colon)...]),
      (1...65_535).contains(port)
    else { return nil }
    var host = argument[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
    guard !host.isEmpty, host.contains(":") == argument.hasPrefix("[") else { return nil }
    (self.host, self.port) = (String(host), port)
  }

  package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
