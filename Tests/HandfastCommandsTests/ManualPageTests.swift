import ArgumentParser
import Foundation
import TestTurns
import Testing

@testable import HandfastCommands

@Suite(.inTurn) struct ManualPageTests {
  private static let page = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../docs/handfast.1").standardizedFileURL

  /// Each command with its parents' names, down to the last.
  private static func commands(
    under command: any ParsableCommand.Type, _ path: [String]
  ) -> [(path: [String], type: any ParsableCommand.Type)] {
    [(path, command)]
      + command.configuration.subcommands.flatMap { child in
        commands(under: child, path + [child.configuration.commandName ?? ""])
      }
  }

  @Test func `the manual page has every command, with its summary and its options`() throws {
    let text = String(decoding: try Data(contentsOf: Self.page), as: UTF8.self).replacing("\\-", with: "-")
    let sections = text.components(separatedBy: "\n.SH ").dropFirst()
    for (path, command) in Self.commands(under: HandfastCommand.self, ["handfast"]) {
      let title = path.count == 1 ? "HANDFAST" : path.joined(separator: " ")
      let section = try #require(sections.first { $0.hasPrefix(title + "\n") }, "\(title): run Scripts/man-page.py")
      #expect(section.contains(command.configuration.abstract))
      let usage = HandfastCommand.helpMessage(for: command, columns: 500)
      let options = Set(usage.matches(of: /(?m)^  (?:-h, )?(--[a-z-]+)/).map { String($0.output.1) })
      for option in options {
        #expect(section.contains("\\fB\(option)\\fR"), "\(title) \(option): run Scripts/man-page.py")
      }
      let told = Set(section.matches(of: /\\fB(--[a-z-]+)\\fR/).map { String($0.output.1) })
      // A flag with two names stands on one line of the help: "--a/--no-a".
      #expect(told.filter { !usage.contains($0) }.isEmpty)
    }
  }

  /// What ArgumentParser says of the commands, as far as the page shows it.
  private struct Description: Decodable {
    struct Argument: Decodable {
      let abstract: String?
      let shouldDisplay: Bool
    }
    struct Command: Decodable {
      let commandName: String
      let abstract: String?
      let discussion: String?
      let arguments: [Argument]?
      let subcommands: [Command]?

      var texts: [String] {
        guard commandName != "help" else { return [] }
        let own = [abstract, discussion] + (arguments ?? []).filter(\.shouldDisplay).map(\.abstract)
        return own.compactMap(\.self) + (subcommands ?? []).flatMap(\.texts)
      }
    }
    let command: Command
  }

  @Test func `the manual page says what the help says`() throws {
    let page = String(decoding: try Data(contentsOf: Self.page), as: UTF8.self)
      .replacing("\\-", with: "-").replacing("\\&", with: "").replacing("\\e", with: "\\")
    let help = try JSONDecoder().decode(Description.self, from: Data(HandfastCommand._dumpHelp().utf8))
    #expect(help.command.texts.count > 60)
    for text in help.command.texts { #expect(page.contains(text), "run Scripts/man-page.py: \(text)") }
  }

  @Test(arguments: [CompletionShell.bash, .zsh, .fish])
  func `shell completions know the commands`(shell: CompletionShell) {
    let script = HandfastCommand.completionScript(for: shell)
    for command in HandfastCommand.configuration.subcommands {
      #expect(script.contains(command.configuration.commandName ?? "?"))
    }
  }
}
