package import ArgumentParser
import Handfast
import HandfastCore
import HandfastNIO

/// `handfast serve`: a TLS server in front of standard input and output, a tiny web page, a command, or an echo.
package struct ServeCommand: AsyncParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Serve TLS: a terminal, a tiny web page, a command for each client, or an echo.",
    discussion: """
      Examples:
        handfast serve --cert server.pem --key server-key.pem
            what clients send goes to standard output, standard input to them
        handfast serve --cert s.pem --key s.key --client-ca root.pem --www
            answer curl and browsers: who they are, and what was negotiated
        handfast serve --cert a.pem --key a.key --cert b.pem --key b.key --echo
            two certificates; the client's server_name decides
        handfast serve --raw-key s.key --peer-key a.pub --peer-key b.pub --echo
            no certificates: keys that both sides know (RFC 7250)
        handfast serve --cert s.pem --key s.key --client-ca root.pem --crl ca.crl
            refuse clients whose certificates, or their issuer's, are revoked
        handfast serve --cert s.pem --key s.key --trace text
            tell every handshake as the server sees it
        handfast serve --cert s.pem --key s.key --ticket-keys new --ticket-keys old
            tickets under keys that several servers share
        handfast serve --cert s.pem --key s.key --early-data 16384 --echo
            take data with a resuming client's first bytes, each only once
        handfast serve --cert s.pem --key s.key --exec wc -c
            a command for each client; HANDFAST_PEER_SUBJECT tells it whose

      Ctrl-C says goodbye to everyone and ends with 0.

      Exit status:
      \(ExitStatus.table)
      """)

  @OptionGroup package var options: ConnectionOptions
  @OptionGroup package var revocation: RevocationOptions

  @Option(help: "The address to listen on.")
  package var host = "127.0.0.1"

  @Option(help: "The port to listen on; 0: any that is free.")
  package var port = 4433

  @Option(help: ArgumentHelp("Roots in PEM that clients' certificates must lead to.", valueName: "file"))
  package var clientCa: String?

  @Flag(help: "Refuse clients without a certificate (the default with --client-ca and --peer-key).")
  package var requireClientCert = false

  @Flag(help: "Ask clients for a certificate, and let in those without.")
  package var optionalClientCert = false

  @Option(
    help: ArgumentHelp(
      "A name that clients will ask for. May be repeated. Refuses to start when no --cert is for it.",
      valueName: "name"))
  package var serverName: [String] = []

  @Option(
    help: ArgumentHelp(
      """
      Seal tickets with the key in this file, 80 random bytes, and open those of all such files: the first seals. They are \
      read again when they change. If absent, keys of this process's own.
      """, valueName: "file"))
  package var ticketKeys: [String] = []

  @Option(
    help: ArgumentHelp(
      "Give each TLS 1.3 client so many tickets after a full handshake, 0 to 8; 2, if absent. A resumption gives one.",
      valueName: "count"))
  package var tickets: Int?

  @Flag(help: "Give no tickets and keep no sessions: every handshake is a full one.")
  package var noTickets = false

  @Option(
    help: ArgumentHelp(
      "Take so many bytes of early data (TLS 1.3). It may be a copy; this process takes none twice.", valueName: "bytes"
    ))
  package var earlyData: UInt32?

  @Flag(help: "Send back what comes.")
  package var echo = false

  @Flag(help: "Answer an HTTP request with what was negotiated; as JSON, if that is accepted.")
  package var www = false

  @Option(
    parsing: .remaining,
    help: ArgumentHelp(
      "Run this for each client; its standard input and output go to the client. Comes last. No shell is involved.",
      valueName: "command ..."))
  package var exec: [String] = []

  @Flag(help: "Stop after one connection.")
  package var once = false

  @Option(help: ArgumentHelp("Stop after so many connections, failed ones included.", valueName: "count"))
  package var connections: Int?

  package init() {}

  package func validate() throws {
    guard !(options.cert.isEmpty && options.rawKey.isEmpty) else {
      throw ValidationError("a server needs --cert and --key, or --raw-key")
    }
    guard !(requireClientCert && optionalClientCert) else {
      throw ValidationError("--require-client-cert and --optional-client-cert contradict each other")
    }
    guard asksClients || !(requireClientCert || optionalClientCert) else {
      throw ValidationError(
        "to ask clients for certificates, pass the roots to trust, --client-ca, or the keys, --peer-key")
    }
    guard clientCa != nil || !revocation.isAboutPeers else {
      throw ValidationError("--crl, --crl-policy and --ocsp are about clients' certificates, and go with --client-ca")
    }
    guard revocation.ocspStaple.count <= options.cert.count else {
      throw ValidationError("there are more --ocsp-staple than --cert")
    }
    guard [echo, www, !exec.isEmpty].count(where: \.self) <= 1 else {
      throw ValidationError("--echo, --www and --exec contradict each other")
    }
    guard serverName.isEmpty || !options.cert.isEmpty else {
      throw ValidationError("--server-name is about certificates, and goes with --cert: a --raw-key names nobody")
    }
    for name in serverName where (try? ServerReference(name)) == nil {
      throw ValidationError("--server-name '\(name)' is neither a host name nor an IP address")
    }
    guard !(once && connections != nil) else { throw ValidationError("--once and --connections contradict each other") }
    guard connections ?? 1 > 0 else { throw ValidationError("--connections takes 1 or more") }
    guard (0...65_535).contains(port) else { throw ValidationError("--port takes 0 to 65535") }
    guard (0...8).contains(tickets ?? 0) else { throw ValidationError("--tickets takes 0 to 8") }
    guard !noTickets || (tickets == nil && ticketKeys.isEmpty) else {
      throw ValidationError("--no-tickets contradicts --tickets and --ticket-keys")
    }
    guard earlyData == nil || (!noTickets && tickets != 0 && options.versions.contains(.tls13)) else {
      throw ValidationError("--early-data needs TLS 1.3 and tickets")
    }
    guard earlyData != 0 else { throw ValidationError("--early-data takes 1 or more; leave it out to take none") }
  }

  package func run() async throws {
    let status: ExitStatus
    do {
      status = try await serve()
    } catch {
      ConnectionReport(format: options.summaryFormat, side: .server).stopped(error, "serve")
      status = HandfastCommands.status(of: error)
    }
    if status != .success { throw status.exitCode }
  }

  private var asksClients: Bool { clientCa != nil || !options.peerKey.isEmpty }

  func configuration() throws -> ServerConfiguration {
    let report = ConnectionReport(format: options.summaryFormat, side: .server)
    let authentication: ClientAuthentication
    if asksClients {
      let store = try clientCa.map { path throws(CommandError) in try TrustStore(path) }
      let trust = try TrustedPeers(store, keys: options.peerKey) { trust throws(CommandError) in
        try revocation.inform(trust, report)
      }.trust
      authentication = optionalClientCert ? .optional(trust) : .required(trust)
    } else {
      authentication = .none
    }
    let identities = try IdentityFiles(options).readAll(revocation, warn: options.warn)
    let certified = identities.filter { $0.certificateType == .x509 }
    for name in serverName where !certified.contains(where: { $0.isFor(name) }) {
      throw CommandError(
        "--server-name \(name): no --cert is for it, only for "
          + certified.map(\.label).joined(separator: ", ") + "; have one issued that names it", .badInput)
    }
    var configuration = ServerConfiguration(
      identities: .these(identities), clientAuthentication: authentication)
    configuration.applicationProtocols = options.alpn
    configuration.versions = options.versions
    configuration.cipherSuites = options.cipherSuites
    configuration.groups = options.groups
    configuration.rsaKeyTransport = options.rsaKeyTransport
    configuration.extendedMasterSecret = options.extendedMasterSecret.requirement
    configuration.recordSizeLimit = options.recordSizeLimit
    configuration.recordPaddingMultiple = options.padding ?? 1
    configuration.requestsCertificateStatus = revocation.ocsp
    try keepSessions(&configuration)
    configuration.limits = options.limits
    configuration.secretSink = try options.secretSink()
    return configuration
  }

  private func keepSessions(_ configuration: inout ServerConfiguration) throws {
    if let tickets { configuration.ticketCount = tickets }
    if noTickets {
      configuration.sessionTickets = .off
      configuration.sessionCache = nil
    } else if !ticketKeys.isEmpty {
      configuration.sessionTickets = .keys(try ticketKeySource())
    }
    guard let earlyData else { return }
    // Under keys from elsewhere an earlier process may have taken a copy, so that for a while all is refused. Under keys that
    // are as young as this process nothing can have come before.
    let (now, window) = (SystemWallClock().now(), UInt64(10_000))
    let start = ticketKeys.isEmpty ? now.subtractingSaturated(2 * window) : now
    let register = StrikeRegister(window: window, startedAt: start)
    configuration.earlyData = .accepted(upTo: earlyData, replayGuard: register)
    if !ticketKeys.isEmpty {
      options.warn("servers that share ticket keys do not share what they remember of early data: each takes it once")
    }
  }

  private func ticketKeySource() throws(CommandError) -> FileTicketKeys {
    let report = ConnectionReport(format: options.summaryFormat, side: .server)
    do throws(TicketKeyFileError) {
      return try FileTicketKeys(paths: ticketKeys) { change in
        switch change {
        case .replaced: report.noted("the ticket keys are new")
        case .kept(let error): report.warned("the ticket keys stay as they were: \(error)")
        @unknown default: break
        }
      }
    } catch {
      throw CommandError("--ticket-keys \(error)", error.isUnreadable ? .noInput : .badInput)
    }
  }

  private func serve() async throws -> ExitStatus {
    let service: ServeRun.Service =
      if echo {
        .echo
      } else if www {
        .web
      } else if !exec.isEmpty {
        .command(try ChildCommand(exec))
      } else {
        .standardInput(SharedInput())
      }
    let server = try TLSServer(try configuration())
    let run = ServeRun(
      service: service, report: ConnectionReport(format: options.summaryFormat, side: .server),
      traces: try options.traceWriter(), limit: once ? 1 : connections,
      updatesKeys: options.updateKeys)
    return try await run.serve(server, host: host, port: port, until: Interrupts.requests())
  }
}

extension TicketKeyFileError {
  fileprivate var isUnreadable: Bool { if case .unreadable = self { true } else { false } }
}

extension Identity {
  /// Whether the certificate is for this DNS name or IP address.
  fileprivate func isFor(_ name: String) -> Bool {
    switch try? ServerReference(name) {
    case .dnsName(let name): covers(name)
    case .ipAddress(let bytes):
      certificates.first?.names.contains("IP:\(ServerReference.ipAddress(bytes))") ?? false
    case nil: false
    }
  }
}
