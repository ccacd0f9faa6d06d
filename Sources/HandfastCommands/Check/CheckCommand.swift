package import ArgumentParser
import Foundation
import Handfast
import HandfastInspect
import HandfastTrust

/// `handfast check`: what a mutual handshake with a peer needs, before it is needed.
package struct CheckCommand: AsyncParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Say what a mutual handshake with a peer would need, and whether it would work.",
    discussion: """
      Examples:
        handfast check localhost:4433 --ca pki/root.pem
            what the server accepts, how its chain is judged, and what it wants from its clients
        handfast check localhost:4433 --ca pki/root.pem --cert pki/client.pem --key pki/client-key.pem
            the same, and whether this certificate would be sent and let in
        handfast check --as-server 127.0.0.1:4433 --ca pki/root.pem --cert pki/server.pem --key pki/server-key.pem
            wait for a client, and say what it offers and how its certificate is judged

      A server is asked by a few connections, one after the other (about thirty, never more than --connections), each with a \
      ClientHello that leaves out what is known already. No data is sent, and a client's certificate only to a server whose \
      own is trusted. Check only peers that are yours to check.

      Exit status: 0 when a mutual handshake with what was given works, 10 when this side would refuse the peer, 11 when the \
      peer would refuse this side, or has nothing in common with it, 69 when nobody answers.
      """)

  @Argument(
    help: ArgumentHelp(
      "The server to check; with --as-server where to listen, if not on 127.0.0.1:4433.", valueName: "host:port"),
    transform: CheckedPlace.parsed)
  package var target: CheckedPlace?

  @Flag(help: "Be the server: wait for clients and check them.")
  package var asServer = false

  @Option(
    help: ArgumentHelp(
      "A certificate chain in PEM to check with. Repeat it, with --key, for several.", valueName: "file"))
  package var cert: [String] = []

  @Option(help: ArgumentHelp("The private key in PEM of the --cert in the same place.", valueName: "file"))
  package var key: [String] = []

  @Option(help: ArgumentHelp("Roots in PEM to judge the peer by; if absent, the system's.", valueName: "file"))
  package var ca: String?

  @Option(help: ArgumentHelp("What the server's certificate must name; if absent, the host.", valueName: "name"))
  package var serverName: String?

  @Option(help: ArgumentHelp("An application protocol (ALPN) to ask for. May be repeated.", valueName: "name"))
  package var alpn: [String] = []

  @Option(help: ArgumentHelp("At most so many connections; with --as-server: so many clients.", valueName: "count"))
  package var connections: Int?

  @Option(
    help: ArgumentHelp(
      "Seconds that each connection may take; with --as-server: to wait for clients.", valueName: "count"))
  package var seconds: Int?

  @Flag(help: "Print one JSON object instead.")
  package var json = false

  @Option(help: ArgumentHelp("Columns to write for; if absent, the terminal's, or 80.", valueName: "columns"))
  package var width: Int?

  @Option(help: ArgumentHelp("auto, always or never. NO_COLOR is respected.", valueName: "when"))
  package var color = ColourChoice.auto

  package init() {}

  package func validate() throws {
    guard asServer || target != nil else { throw ValidationError("which server? Pass HOST:PORT, or --as-server") }
    guard asServer || target?.port != 0 else { throw ValidationError("no server has port 0") }
    guard cert.count == key.count else {
      throw ValidationError("--cert and --key go together: \(cert.count) of the one and \(key.count) of the other")
    }
    guard (1...64).contains(connections ?? 1) else { throw ValidationError("--connections takes 1 to 64") }
    guard (1...3600).contains(seconds ?? 1) else { throw ValidationError("--seconds takes 1 to 3600") }
    guard (40...1000).contains(width ?? 80) else { throw ValidationError("--width takes 40 to 1000") }
    guard !asServer || serverName == nil else {
      throw ValidationError("--server-name is about a server; with --as-server the client says what it wants")
    }
    if let serverName, (try? ServerReference(serverName)) == nil {
      throw ValidationError("--server-name '\(serverName)' is neither a host name nor an IP address")
    }
    for name in alpn where !(1...255).contains(name.utf8.count) {
      throw ValidationError("--alpn takes names of 1 to 255 bytes")
    }
  }

  package func run() async throws {
    let status: ExitStatus
    do {
      status = asServer ? try await watchClients() : try await checkServer()
    } catch {
      complain("handfast check: \(error)")
      status = HandfastCommands.status(of: error)
    }
    if status != .success { throw status.exitCode }
  }

  var identities: [Identity] {
    get throws { try IdentityFiles(certs: cert, keys: key, passphrases: Passphrases(file: nil)).read() }
  }

  // MARK: - A server

  private func checkServer() async throws -> ExitStatus {
    let terminal = Terminal(width: width, colour: color)
    let showsProgress = terminal.isInteractive && !json
    let report = try await survey { step in
      if showsProgress { complain("asking about \(step) ...") }
    }
    if json {
      terminal.write(try report.json() + "\n")
    } else {
      let renderer = NarrativeRenderer(width: terminal.width, usesColour: terminal.usesColour)
      terminal.write(renderer.render(report.lines))
    }
    return report.status
  }

  func survey(progress: (String) -> Void = { _ in }) async throws -> SurveyReport {
    guard let target else { throw CommandError("which server? Pass HOST:PORT", .usage) }
    let reference = try ServerReference(serverName ?? target.host)
    var surveyor = Surveyor(
      reference: reference, identities: try identities, trust: try trust(in: ca), protocols: alpn,
      prober: Prober(host: target.host, port: target.port, seconds: seconds ?? 5, limit: connections ?? 48))
    return SurveyReport(
      target: "\(target)", reference: reference, trustName: ca ?? "the system's roots",
      hasIdentities: !cert.isEmpty, survey: try await surveyor.run(progress: progress))
  }

  // MARK: - Clients

  private func watchClients() async throws -> ExitStatus {
    let terminal = Terminal(width: width, colour: color)
    let renderer = NarrativeRenderer(width: terminal.width, usesColour: terminal.usesColour)
    let watch = ClientWatch(
      host: target?.host ?? "127.0.0.1", port: target?.port ?? 4433, identities: try identities,
      trust: try trust(in: ca), announcesAuthorities: ca != nil, protocols: alpn, count: connections ?? 1,
      seconds: seconds ?? 300)
    var status = ExitStatus.success
    let seen = try await watch.run { host, port in
      complain("listening on \(host.contains(":") ? "[\(host)]" : host):\(port)")
    } onClient: { client in
      let report = ClientReport(client: client, trustName: ca ?? "the system's roots")
      if status == .success { status = report.status }
      if let text = json ? try? report.json() + "\n" : renderer.render(report.lines) + "\n" { terminal.write(text) }
    }
    guard seen > 0 else { throw CommandError("no client came within \(seconds ?? 300) seconds", .timedOut) }
    return status
  }
}

/// "host:port"; port 0 is for listening on any that is free.
package struct CheckedPlace: ExpressibleByArgument, CustomStringConvertible, Sendable {
  package let host: String
  package let port: Int

  package init?(argument: String) {
    let isAnyPort = argument.hasSuffix(":0")
    guard let target = Target(argument: isAnyPort ? argument.dropLast() + "1" : argument) else { return nil }
    (host, port) = (target.host, isAnyPort ? 0 : target.port)
  }

  static func parsed(_ argument: String) throws -> CheckedPlace {
    guard let place = CheckedPlace(argument: argument) else { throw Target.misfit(argument) }
    return place
  }

  package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
