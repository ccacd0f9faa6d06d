package import ArgumentParser
import Handfast
import HandfastCore
import HandfastInspect

/// `handfast demo`: a handshake between a client and a server in this process, over a real socket, told step by step.
package struct DemoCommand: AsyncParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "demo", abstract: "Show a TLS handshake with mutual authentication, every step on both sides.",
    discussion: discussion)

  @Flag(help: "Print the events as JSON Lines instead (docs/trace-format.md). They hold no secrets.")
  package var json = false

  @Flag(help: "Add each message's bytes.")
  package var hex = false

  @Flag(help: "Wait for Return between steps; only on a terminal.")
  package var step = false

  @Flag(help: "Show the values of the secrets, too.")
  package var showSecrets = false

  @Option(
    help: ArgumentHelp("The version of TLS: 1.2, the paper's story, or 1.3, the modern one.", valueName: "version"))
  package var version = VersionArgument.tls12

  @Option(help: ArgumentHelp("The cipher suite that the server prefers.", valueName: "name"))
  package var suite: SuiteArgument?

  @Option(help: ArgumentHelp("The group that the server prefers; in TLS 1.3 the client, too.", valueName: "name"))
  package var group: GroupArgument?

  @Flag(help: "The client sends a key share that the server does not want, and is asked again (TLS 1.3).")
  package var helloRetry = false

  @Option(help: ArgumentHelp("The kind of key in both sides' certificates.", valueName: "kind"))
  package var keyType: KeyType?

  @Flag(help: "The client has no certificate, and the server lets it in all the same.")
  package var noClientCert = false

  @Flag(help: "Two connections: the second resumes the session of the first.")
  package var resume = false

  @Flag(help: "The same, with early data, and somebody who sends it again (TLS 1.3).")
  package var earlyData = false

  @Flag(help: "The paper's own key exchange, RSA key transport. RFC 10015: MUST NOT. To learn from, only.")
  package var paper = false

  @Option(name: .customLong("break"), help: ArgumentHelp("What to break; see above.", valueName: "kind"))
  package var breakage: Breakage?

  @Option(help: ArgumentHelp("Columns to write for; if absent, the terminal's, or 80.", valueName: "columns"))
  package var width: Int?

  @Option(help: ArgumentHelp("auto, always or never. NO_COLOR is respected.", valueName: "when"))
  package var color = ColourChoice.auto

  package init() {}

  package func validate() throws {
    for contradiction in contradictions where contradiction.holds { throw ValidationError(contradiction.text) }
    guard (40...1000).contains(width ?? 80) else { throw ValidationError("--width takes 40 to 1000") }
  }

  package func run() async throws {
    let status: ExitStatus
    do {
      status = try await tell()
    } catch {
      complain("handfast demo: \(error)")
      status = HandfastCommands.status(of: error)
    }
    if status != .success { throw status.exitCode }
  }

  private func tell() async throws -> ExitStatus {
    let terminal = Terminal(width: width, colour: color)
    guard !step || terminal.isInteractive else { throw CommandError("--step needs a terminal", .usage) }
    let outcome = try await DemoRun(plan, showsSecrets: showSecrets).run()
    let verdict = DemoVerdict(outcome, breakage)
    if json {
      terminal.write(try TraceFile.text(outcome.entries))
    } else {
      DemoPrinter(terminal: terminal, showsBytes: hex, waits: step).print(outcome, verdict, self)
    }
    if !verdict.isAsTold { complain("handfast demo: \(verdict.surprise)") }
    return verdict.isAsTold ? .success : .notAsTold
  }
}

// MARK: - What to show

extension DemoCommand {
  var plan: DemoPlan {
    let parameters = suite.flatMap { CipherSuiteParameters($0.suite) }
    let needsRSA = paper || parameters?.authentication == .rsa
    var plan = DemoPlan(
      version.version, serverKey: keyType?.kind ?? (needsRSA ? .rsa(bits: 2048) : .ecdsa(.secp256r1)),
      clientKey: keyType?.kind ?? .ecdsa(.secp256r1))
    if paper {
      plan.suites = (.rsaKeyTransport, .rsaKeyTransport)
      plan.rsaKeyTransport = (.allowedAgainstRFC10015, .allowedAgainstRFC10015)
    }
    if let suite { plan.suites.server = [suite.suite] + plan.suites.server.filter { $0 != suite.suite } }
    if let group {
      plan.groups.server = [group.group] + plan.groups.server.filter { $0 != group.group }
      // Otherwise a group of which the client has sent a share would go first.
      if version == .tls13 { plan.groups.client = plan.groups.server }
    }
    if helloRetry { plan.provokeRetry(for: group?.group ?? .x25519MLKEM768) }
    if noClientCert { (plan.clientHasFittingIdentity, plan.isClientCertificateRequired) = (false, false) }
    if resume || earlyData { (plan.sessions, plan.givesTicket) = (earlyData ? .earlyData : .resumed, true) }
    breakage?.bend(&plan)
    return plan
  }

  static var discussion: String {
    let widest = Breakage.allCases.map(\.rawValue.count).max() ?? 0
    let kinds = Breakage.allCases.map { kind in
      "  \(kind.rawValue)\(String(repeating: " ", count: widest - kind.rawValue.count))  \(kind.summary)"
    }
    return """
      Examples:
        handfast demo
            the whole story; in two columns where there are 110 or more
        handfast demo --version 1.3
            the modern one
        handfast demo --step --hex
            one step at a time, with the bytes
        handfast demo --break expired
            how a handshake fails, and what each side learns of it
        handfast demo --version 1.3 --break untrusted-client
            a client that is refused when it believes that all is done
        handfast demo --suite ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256 --group P-384
            another suite and another group
        handfast demo --version 1.3 --group P-384 --hello-retry
            the server asks for another key share
        handfast demo --resume
            two connections, and what of the first is good for the second
        handfast demo --version 1.3 --early-data
            data in the first bytes, and what stops its replay
        handfast demo --paper
            RSA key transport, as in the paper
        handfast demo --json | jq .event
            the events themselves

      What --break can break:
      \(kinds.joined(separator: "\n"))

      With --break the exit status is 0 when the failure comes as it is told here.

      Exit status:
      \(ExitStatus.table)
      """
  }
}
