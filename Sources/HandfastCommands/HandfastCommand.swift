public import ArgumentParser

/// The root of the command line: `handfast`.
public struct HandfastCommand: AsyncParsableCommand {
  public static let configuration = CommandConfiguration(
    commandName: "handfast",
    abstract: "Mutual TLS that shows its work on both sides.",
    discussion: """
      Examples:
        handfast demo
            a whole handshake over TCP on 127.0.0.1, every step told
        handfast demo --break expired
            one that fails, and what each side learns of it
        handfast serve --cert chain.pem --key key.pem --client-ca root.pem
        handfast connect localhost:4433 --ca root.pem --cert me.pem --key me.key
        handfast explain "remote error: tls: bad certificate"
            what somebody's error line means, and what to look at next

      Exit status:
      \(ExitStatus.table)
      """,
    subcommands: [
      DemoCommand.self, ServeCommand.self, ConnectCommand.self, PKICommand.self, MergeCommand.self, CheckCommand.self,
      ExplainCommand.self,
    ])

  public init() {}

  /// Runs the command that the process' arguments name, and ends the process. A mistake on the command line gets one line.
  public static func start() async {
    do {
      var command = try parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch {
      guard let complaint = complaint(about: error) else { exit(withError: error) }
      complain(complaint)
      exit(withError: ExitStatus.usage.exitCode)
    }
  }

  /// The line that a mistake on the command line gets; nil for all else: a request for help, or a command's own exit status.
  static func complaint(about error: any Error) -> String? {
    guard !(error is ExitCode), exitCode(for: error) == .validationFailure else { return nil }
    return "handfast: \(oneLine(message(for: error))) (see --help)"
  }

  /// ArgumentParser lists what an option takes on lines of their own: "- one", "- two".
  static func oneLine(_ message: String) -> String {
    let lines = message.split(whereSeparator: \.isNewline).map { $0.drop(while: \.isWhitespace) }
    let items = lines.filter { $0.hasPrefix("- ") }.map { String($0.dropFirst(2)) }
    let text = lines.filter { !$0.hasPrefix("- ") }.joined(separator: " ")
    return items.isEmpty ? text : text + " " + items.joined(separator: ", ")
  }
}
