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
        handfast connect localhost:4433 --raw-key me.key --peer-key server.pub
            the same without certificates, among those who know each other's keys
        handfast connect localhost:4433 --ca root.pem --trace text < /dev/null
            tell the handshake as the client sees it, and leave
        handfast connect localhost:4433 --ca root.pem --resume 2 < /dev/null
            a full handshake, and two that resume its session
        handfast connect localhost:4433 --ca root.pem --early-data request.txt
            the file's bytes go with the first bytes of a resumed session
        printf 'GET / HTTP/1.0\\r\\n\\r\\n' | handfast connect a.example:443 --json
            one request; what was negotiated as JSON on standard error

      Exit status:
      \(ExitStatus.table)
      """)

  @Argument(
    help: ArgumentHelp("Where to connect to, such as localhost:4433.", valueName: "host:port"),
    transform: Target.parsed)
  package var target: Target

  @OptionGroup package var options: ConnectionOptions
  @OptionGroup package var revocation: RevocationOptions

  @Option(
    help: ArgumentHelp(
      "Roots in PEM that the server's certificate must lead to; if absent, the system's.", valueName: "file"))
  package var ca: String?

  @Option(help: ArgumentHelp("What the server's certificate must name; if absent, the host.", valueName: "name"))
  package var serverName: String?

  @Option(help: ArgumentHelp("Ask for records of at most 512, 1024, 2048 or 4096 bytes.", valueName: "bytes"))
  package var maxFragmentLength: Int?

  @Option(
    help: ArgumentHelp(
      """
      Make so many connections more, one after the other, each resuming a session of the one before. Standard input goes over \
      the last.
      """, valueName: "count"))
  package var resume: Int?

  @Option(
    help: ArgumentHelp(
      """
      Send this file with the first bytes of a resumed session (TLS 1.3; implies --resume 1). Whoever records it can send it \
      again.
      """, valueName: "file"))
  package var earlyData: String?

  @Flag(
    inversion: .prefixedNo,
    help: """
      Say goodbye as soon as standard input ends, or leave it to the server; if absent, once the server has been silent for \
      a second. Some servers answer nothing after a goodbye.
      """)
  package var closeAtEnd: Bool?

  package init() {}

  package func validate() throws {
    guard revocation.ocspStaple.count <= options.cert.count else {
      throw ValidationError("there are more --ocsp-staple than --cert")
    }
    guard ca != nil || options.peerKey.isEmpty || !revocation.isAboutPeers else {
      throw ValidationError(
        "--crl, --crl-policy and --ocsp are about certificates: with --peer-key, pass the roots to trust as well: --ca")
    }
    guard maxFragmentLength == nil || fragmentLength != nil else {
      throw ValidationError("--max-fragment-length takes 512, 1024, 2048 or 4096")
    }
    guard (0...1000).contains(resume ?? 0) else { throw ValidationError("--resume takes 0 to 1000") }
    guard earlyData == nil || resume != 0 else { throw ValidationError("--early-data goes with a resumed session") }
    guard earlyData == nil || options.versions.contains(.tls13) else {
      throw ValidationError("--early-data is about TLS 1.3, which --version leaves out")
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

  private func trustedPeers() throws(CommandError) -> TrustedPeers {
    let report = ConnectionReport(format: options.summaryFormat, side: .client)
    // With keys alone the system's roots are not asked: whoever has a name from anywhere would be let in beside them.
    let store = ca == nil && !options.peerKey.isEmpty ? nil : try TrustStore(ca)
    return try TrustedPeers(store, keys: options.peerKey) { trust throws(CommandError) in
      try revocation.inform(trust, report)
    }
  }

  private func configuration(_ trusted: TrustedPeers) throws -> ClientConfiguration {
    var configuration = ClientConfiguration(trust: trusted.trust)
    configuration.identities = .these(try IdentityFiles(options).readAll(revocation, warn: options.warn))
    configuration.requestsCertificateStatus = revocation.ocsp
    configuration.applicationProtocols = options.alpn
    configuration.versions = options.versions
    configuration.cipherSuites = options.cipherSuites
    configuration.groups = options.groups
    configuration.rsaKeyTransport = options.rsaKeyTransport
    configuration.maxFragmentLength = fragmentLength
    configuration.extendedMasterSecret = options.extendedMasterSecret.requirement
    configuration.recordSizeLimit = options.recordSizeLimit
    configuration.recordPaddingMultiple = options.padding ?? 1
    configuration.offersEarlyData = earlyData != nil
    configuration.limits = options.limits
    configuration.secretSink = try options.secretSink()
    return configuration
  }

  /// How many connections there are to be.
  private var rounds: Int { 1 + (resume ?? (earlyData == nil ? 0 : 1)) }

  /// - Parameters:
  ///   - input: Calls its argument with each piece of standard input.
  ///   - interrupts: Says when to stop.
  func connect(
    reading input: @escaping @Sendable (@escaping @Sendable (ByteBuffer) async throws -> Void) async throws -> Void = {
      try await StandardInput().forEachPiece($0)
    }, until interrupts: AsyncStream<Void> = Interrupts.requests()
  ) async throws -> ExitStatus {
    let trusted = try trustedPeers()
    let caller = Caller(
      command: self, client: try TLSClient(try configuration(trusted)),
      reference: try ServerReference(serverName ?? target.host), trusted: trusted,
      early: try earlyData.map { path throws(CommandError) in ByteBuffer(bytes: try bytes(of: path)) }, input: input)
    let traces = try options.traceWriter()
    let talking = Task {
      for round in 1...rounds {
        let status = try await caller.call(traces.begin(with: target.description), isLast: round == rounds)
        guard status == .success else { return status }
      }
      return .success
    }
    let watching = Task {
      for await _ in interrupts { talking.cancel() }
    }
    defer { watching.cancel() }
    return try await talking.value
  }
}
