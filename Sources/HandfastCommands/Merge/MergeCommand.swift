package import ArgumentParser
import Handfast
import HandfastInspect

/// `handfast merge`: two traces of one connection, recorded on two hosts, as one story.
package struct MergeCommand: AsyncParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "merge", abstract: "Tell one story from two hosts' traces, and say where they differ.",
    discussion: """
      Examples:
        handfast merge client.jsonl server.jsonl
            the story from both sides, and what differs between them
        handfast merge client.jsonl server.jsonl --client-random 5f2a
            one connection of several
        handfast merge client.jsonl server.jsonl --json > both.jsonl
            one trace with both sides

      Traces are made with `handfast serve --trace json`, `handfast connect --trace json` or `handfast demo --json`, and \
      described in docs/trace-format.md. Connections are matched by client random, messages by sender, number and hash. The \
      hosts' clocks need not agree: the order is that of cause and effect, and the difference is estimated and said.

      Exit status 65: the files are no traces, or do not belong together.
      """)

  @Argument(help: ArgumentHelp("The client's trace.", valueName: "client.jsonl"))
  package var client: String

  @Argument(help: ArgumentHelp("The server's trace.", valueName: "server.jsonl"))
  package var server: String

  @Option(
    help: ArgumentHelp(
      "The beginning of the client random of the one connection to tell, in hexadecimal.", valueName: "hex"))
  package var clientRandom: String?

  @Flag(help: "Print one merged trace as JSON Lines (docs/trace-format.md).")
  package var json = false

  @Flag(help: "Add each message's bytes.")
  package var hex = false

  @Option(help: ArgumentHelp("Columns to write for; if absent, the terminal's, or 80.", valueName: "columns"))
  package var width: Int?

  @Option(help: ArgumentHelp("auto, always or never. NO_COLOR is respected.", valueName: "when"))
  package var color = ColourChoice.auto

  package init() {}

  package func validate() throws {
    guard (40...1000).contains(width ?? 80) else { throw ValidationError("--width takes 40 to 1000") }
    guard !(json && hex) else { throw ValidationError("--hex adds bytes to the story; --json has them anyway") }
    if let clientRandom, clientRandom.isEmpty || !clientRandom.allSatisfy(\.isHexDigit) {
      throw ValidationError("--client-random takes hexadecimal digits")
    }
  }

  package func run() async throws {
    do {
      try tell()
    } catch {
      complain("handfast merge: \(error)")
      throw HandfastCommands.status(of: error).exitCode
    }
  }

  private func tell() throws {
    let terminal = Terminal(width: width, colour: color)
    let merge = try Self.merge(client, server, clientRandom)
    guard !json else {
      terminal.write(try TraceFile.text(merge))
      return
    }
    let renderer = NarrativeRenderer(width: terminal.width, usesColour: terminal.usesColour, showsBytes: hex)
    for connection in merge.connections {
      guard terminal.write(renderer.render(connection.summary) + "\n") else { return }
      guard terminal.write(renderer.render(Narrative(connection.entries)) + "\n") else { return }
    }
    if !merge.unmatched.isEmpty { terminal.write(renderer.render(merge.remainder)) }
  }

  /// A trace of a busy server; each entry takes a few times as much in memory.
  private static let byteLimit = 256 << 20

  static func merge(_ client: String, _ server: String, _ clientRandom: String?) throws(CommandError) -> TraceMerge {
    let (one, other) = (try entries(in: client), try entries(in: server))
    do {
      return try TraceMerge(client: one, server: other, clientRandom: clientRandom)
    } catch {
      throw CommandError("\(client), \(server): \(error)", .badInput)
    }
  }

  private static func entries(in path: String) throws(CommandError) -> [TraceEntry] {
    let file = try InputFile(path, limit: byteLimit)
    do {
      return try TraceFile.entries(in: file.text)
    } catch {
      throw CommandError("\(path): \(error)", .badInput)
    }
  }
}
