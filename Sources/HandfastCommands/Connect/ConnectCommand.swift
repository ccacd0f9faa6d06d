package import ArgumentParser
import Foundation
import Handfast
import HandfastNIO
import HandfastTrust
import NIOCore

/// `handfast connect`: a TLS client between standard input and standard output.
package struct ConnectCommand: AsyncParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "connect",
    abstract: "Connect with TLS; standard input is sent, what comes goes to standard output.",
    discussion: """
      Examples:
        handfast connect example.com:443
            trust the system's roots, and say which one it was
        handfast connect localhost:4433 --ca root.pem --cert me.pem --key me.key
            mutual authentication
        handfast connect localhost:4433 --ca root.pem --trace text < /dev/null
            tell the handshake as the client sees it, and leave
        printf 'GET / HTTP/1.0\\r\\n\\r\\n' | handfast connect a.example:443 --json
            one request; what was negotiated as JSON on standard error

      Exit status:
      \(ExitStatus.table)
      """)

  @Argument(help: ArgumentHelp("Where to connect to, such as localhost:4433.", valueName: "host:port"))
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

  @Flag(
    inversion: .prefixedNo,
    help: """
      Say goodbye as soon as standard input ends, or leave it to the server; if absent, once the server has been silent for \
      a second. Some servers answer nothing after a goodbye.
      """)
  package var closeAtEnd: Bool?

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
      ConnectionReport(format: options.summaryFormat, side: .client).stopped(error, "connect")
      status = HandfastCommands.status(of: error)
    }
    if status != .success { throw status.exitCode }
  }

  private var fragmentLength: MaxFragmentLength? {
    [.bytes512, .bytes1024, .bytes2048, .bytes4096].first { $0.byteCount == maxFragmentLength }
  }

  private func configuration(_ store: TrustStore) throws -> ClientConfiguration {
    var configuration = ClientConfiguration(trust: store.trust)
    configuration.identities = .these(try IdentityFiles(options).read(warn: options.warn))
    configuration.applicationProtocols = options.alpn
    configuration.cipherSuites = options.cipherSuites
    configuration.groups = options.groups
    configuration.rsaKeyTransport = options.rsaKeyTransport
    configuration.maxFragmentLength = fragmentLength
    configuration.extendedMasterSecret = options.extendedMasterSecret.requirement
    configuration.limits = options.limits
    configuration.secretSink = try options.secretSink()
    return configuration
  }

  private func connect() async throws -> ExitStatus {
    let store = try TrustStore(ca)
    let client = try TLSClient(try configuration(store))
    let reference = try ServerReference(serverName ?? target.host)
    let report = ConnectionReport(format: options.summaryFormat, side: .client)
    let trace = try options.traceWriter().begin(with: target.description)
    let interrupts = Interrupts.requests()
    let talking = Task {
      try await talk(client, as: reference, report, trace, store)
    }
    let watching = Task {
      for await _ in interrupts { talking.cancel() }
    }
    defer { watching.cancel() }
    do {
      try await talking.value
      trace.end()
      return .success
    } catch is CancellationError {
      trace.end()
      return .interrupted
    } catch {
      trace.end(error)
      guard error is TLSFailure || error is NetworkError else { throw error }
      if report.notes(error, remote: target.description, after: trace) { return .success }
      return report.failed(error, remote: target.description, number: trace.number)
    }
  }

  private func talk(
    _ client: TLSClient, as reference: ServerReference, _ report: ConnectionReport, _ trace: ConnectionTrace,
    _ store: TrustStore
  ) async throws {
    let connection = try await SecureConnection.connect(
      client, host: target.host, port: target.port, as: reference, tracing: trace.tracing)
    report.connected(connection, number: trace.number)
    if let anchor = connection.peer?.path.last { report.trusted(because: anchor, in: store) }
    report.showed(OwnCertificate(connection.ownIdentity, trace.clientIdentity))
    let traffic = Traffic()
    try await converse(over: connection, traffic)
    report.closed(connection, number: trace.number, traffic)
  }

  private func converse(over connection: SecureConnection, _ traffic: Traffic) async throws {
    let closesAtEnd = closeAtEnd
    let sending = Task {
      do {
        try await StandardInput().forEachPiece { piece in
          try await connection.write(piece)
          traffic.send(piece.readableBytes)
        }
      } catch {
        if !Task.isCancelled { try? await connection.close() }
        throw error
      }
      guard closesAtEnd ?? true else { return }
      if closesAtEnd == nil { try await traffic.silence(of: .seconds(1)) }
      try await connection.closeOutput()
    }
    do {
      while let data = try await connection.read() {
        traffic.receive(data.readableBytes)
        try FileHandle.standardOutput.write(contentsOf: Data(data.readableBytesView))
      }
    } catch {
      // In a task of its own, since this one may be cancelled and could not wait.
      await Task.detached { try? await connection.close(within: 1) }.value
      sending.cancel()
      _ = await sending.result
      throw error
    }
    // Once the server has closed, whatever standard input still holds has nowhere to go.
    sending.cancel()
    try? await connection.close()
    do {
      try await sending.value
    } catch let error as CommandError {
      throw error
    } catch {
      // What could not be sent any more: the server has closed, and that is no failure.
    }
  }
}

/// Which certificate the client showed, or why none.
struct OwnCertificate: Encodable {
  var event = "ownCertificate"
  let wasRequested: Bool
  /// Nil: none.
  let sent: String?
  let text: String

  /// - Parameter choice: Nil when the server asked for none.
  init(_ identity: Identity?, _ choice: Choice?) {
    wasRequested = choice != nil
    sent = identity?.label
    guard let choice else {
      text = "no certificate sent: the server asked for none"
      return
    }
    if let identity {
      text = "sent the certificate of \(identity.label)"
    } else if choice.candidates.isEmpty {
      text = "no certificate sent, though the server asked for one: none was given; pass --cert and --key"
    } else {
      let reasons = choice.candidates.map { candidate in
        "\(candidate.label): \(candidate.ruledOut?.description ?? "fits")"
      }
      text = "no certificate sent, since none fits what the server accepts: " + reasons.joined(separator: "; ")
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
