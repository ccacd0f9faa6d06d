package import ArgumentParser
import Handfast
import HandfastCore
import HandfastInspect

/// `handfast demo`: a handshake between a client and a server in this process, over a real socket, told step by step.
package struct DemoCommand: AsyncParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "demo", abstract: "Show a TLS 1.2 handshake with mutual authentication, every step on both sides.",
    discussion: discussion)

  @Flag(help: "Print the events as JSON Lines instead (docs/trace-format.md). They hold no secrets.")
  package var json = false

  @Flag(help: "Add each message's bytes.")
  package var hex = false

  @Flag(help: "Wait for Return between steps; only on a terminal.")
  package var step = false

  @Flag(help: "Show the values of the secrets, too.")
  package var showSecrets = false

  @Option(help: ArgumentHelp("The cipher suite that the server prefers.", valueName: "name"))
  package var suite: SuiteArgument?

  @Option(help: ArgumentHelp("The group that the server prefers.", valueName: "name"))
  package var group: GroupArgument?

  @Option(help: ArgumentHelp("The kind of key in both sides' certificates.", valueName: "kind"))
  package var keyType: KeyType?

  @Flag(help: "The client has no certificate, and the server lets it in all the same.")
  package var noClientCert = false

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
      serverKey: keyType?.kind ?? (needsRSA ? .rsa(bits: 2048) : .ecdsa(.secp256r1)),
      clientKey: keyType?.kind ?? .ecdsa(.secp256r1))
    if paper {
      plan.suites = (.rsaKeyTransport, .rsaKeyTransport)
      plan.rsaKeyTransport = (.allowedAgainstRFC10015, .allowedAgainstRFC10015)
    }
    if let suite { plan.suites.server = [suite.suite] + plan.suites.server.filter { $0 != suite.suite } }
    if let group { plan.groups.server = [group.group] + plan.groups.server.filter { $0 != group.group } }
    if noClientCert { (plan.clientHasFittingIdentity, plan.isClientCertificateRequired) = (false, false) }
    breakage?.bend(&plan)
    return plan
  }

  private var contradictions: [(holds: Bool, text: String)] {
    let parameters = suite.flatMap { CipherSuiteParameters($0.suite) }
    let isKeyTransport = parameters?.keyExchange == .rsa
    let rules = breakage?.contradicts
    let kind = breakage?.rawValue ?? ""
    let fits = keyType.map { key in parameters.map { $0.authentication == key.kind.authentication } ?? true } ?? true
    return [
      (json && hex, "--hex adds bytes to the narrative; --json has them anyway"),
      (json && step, "--step waits between the narrative's steps; --json has none"),
      (json && showSecrets, "--json never holds secrets; --show-secrets goes with the narrative"),
      (json && (width != nil || color != .auto), "--width and --color lay out the narrative; --json has no layout"),
      (paper && group != nil, "--paper has no ephemeral key exchange, so --group says nothing"),
      (paper && keyType.map { !$0.kind.isRSA } ?? false, "--paper needs an RSA key: --key-type rsa-2048 or rsa-3072"),
      (paper && suite != nil && !isKeyTransport, "--paper is RSA key transport; \(name) is not"),
      (
        !paper && isKeyTransport, "\(name) is RSA key transport, which RFC 10015 forbids; --paper shows it all the same"
      ),
      (!fits, "\(name) does not go with a certificate for \(keyType?.rawValue ?? "")"),
      (rules?.suite == true && suite != nil, "--break \(kind) chooses the suites itself; leave --suite out"),
      (rules?.group == true && group != nil, "--break \(kind) chooses the groups itself; leave --group out"),
      (rules?.keyType == true && keyType != nil, "--break \(kind) chooses the keys itself; leave --key-type out"),
      (
        rules?.noClientCert == true && noClientCert,
        "--break \(kind) is about the client's certificate; leave --no-client-cert out"
      ), (rules?.paper == true && paper, "--break \(kind) has nothing to break with --paper"),
    ]
  }

  private var name: String { suite?.suite.description ?? "" }

  private static var discussion: String {
    let widest = Breakage.allCases.map(\.rawValue.count).max() ?? 0
    let kinds = Breakage.allCases.map { kind in
      "  \(kind.rawValue)\(String(repeating: " ", count: widest - kind.rawValue.count))  \(kind.summary)"
    }
    return """
      Examples:
        handfast demo
            the whole story; in two columns where there are 110 or more
        handfast demo --step --hex
            one step at a time, with the bytes
        handfast demo --break expired
            how a handshake fails, and what each side learns of it
        handfast demo --suite ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256 --group P-384
            another suite and another group
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
