public import ArgumentParser

/// The root of the command line: `handfast`.
public struct HandfastCommand: AsyncParsableCommand {
  public static let configuration = CommandConfiguration(
    commandName: "handfast",
    abstract: "Mutual TLS that shows its work on both sides.",
    discussion: "Exit status:\n" + ExitStatus.table,
    subcommands: [DemoCommand.self, ServeCommand.self, ConnectCommand.self])

  public init() {}

  /// Runs the command that the process' arguments name, and ends the process.
  public static func start() async { await main() }
}
