package import ArgumentParser
import Foundation
import Handfast
import HandfastInspect
import HandfastTrust

/// `handfast explain`: what an alert, a cause or somebody else's error line means.
package struct ExplainCommand: AsyncParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Say what an alert, a cause or another tool's error line means in a mutual handshake.",
    discussion: """
      Examples:
        handfast explain bad_certificate
            an alert, by name or number: 42, "SSL alert number 42"
        handfast explain certificate-expired
            a cause, as diagnoses name it: what it means, how to check, what others say
        handfast explain "remote error: tls: bad certificate"
            an error line: who speaks, the likely causes, what it does not mean, what to look at next
        journalctl -u nginx | tail | handfast explain -
            lines from standard input
        handfast explain --list

      Lines of OpenSSL, Go, Java, curl, nginx, GnuTLS, rustls, Node.js, Python, HAProxy and stunnel are known. Nothing is sent \
      anywhere. Of the input 64 KiB are read, and of several lines those that say most are explained.

      Exit status 64: there is nothing in it that is known.
      """)

  @Argument(help: ArgumentHelp("What to explain; - for standard input.", valueName: "words"))
  package var words: [String] = []

  @Flag(help: "List all causes and all alerts.")
  package var list = false

  @Flag(help: "Print one JSON object instead.")
  package var json = false

  @Option(help: ArgumentHelp("Columns to write for; if absent, the terminal's, or 80.", valueName: "columns"))
  package var width: Int?

  @Option(help: ArgumentHelp("auto, always or never. NO_COLOR is respected.", valueName: "when"))
  package var color = ColourChoice.auto

  package init() {}

  package func validate() throws {
    guard (40...1000).contains(width ?? 80) else { throw ValidationError("--width takes 40 to 1000") }
    guard list != !words.isEmpty else {
      throw ValidationError(
        list ? "--list goes without words" : "name an alert, a cause or an error line; - reads standard input")
    }
  }

  package func run() async throws {
    let terminal = Terminal(width: width, colour: color)
    do {
      terminal.write(try text(terminal, input: words == ["-"] ? Self.standardInput() : words.joined(separator: " ")))
    } catch {
      complain("handfast explain: \(error)")
      throw HandfastCommands.status(of: error).exitCode
    }
  }

  /// All that is printed.
  func text(_ terminal: Terminal, input: String) throws -> String {
    let renderer = NarrativeRenderer(width: terminal.width, usesColour: terminal.usesColour)
    if list {
      return json ? try prettyJSON(ErrorReader.Answer.index) + "\n" : renderer.render(Self.index)
    }
    let answer = ErrorReader.answer(input)
    if let complaint = Self.complaint(about: answer, input) { throw CommandError(complaint, .usage) }
    if json, let encodable = answer.encodable { return try prettyJSON(encodable) + "\n" }
    return renderer.render(answer.lines)
  }

  private static func complaint(about answer: ErrorReader.Answer, _ input: String) -> String? {
    switch answer {
    case .cause, .alert, .lines: return nil
    case .unassignedAlert(let number): return "\(number) is no alert: no RFC assigns it (see --list)"
    case .unknown:
      let shown = input.prefix(60).safeForDisplay.trimmingCharacters(in: .whitespaces)
      guard !shown.isEmpty else { return "there is nothing to explain" }
      return
        "nothing in '\(shown)\(input.count > 60 ? "…" : "")' is known here: give an alert, a cause (see --list), or the "
        + "line of the log that names the reason"
    }
  }

  /// The first 64 KiB; who pipes more has the rest read by nobody.
  private static func standardInput() throws -> String {
    var data = Data()
    while data.count < ErrorReader.byteLimit {
      let piece: Data?
      do {
        piece = try FileHandle.standardInput.read(upToCount: ErrorReader.byteLimit - data.count)
      } catch {
        throw CommandError("standard input cannot be read: it is closed, or a directory", .noInput)
      }
      guard let piece, !piece.isEmpty else { break }
      data += piece
    }
    return String(decoding: data, as: UTF8.self)
  }

  private static var index: [NarrativeLine] {
    [NarrativeLine(text: "Causes", tone: .strong)]
      + FailureCause.allCases.map { NarrativeLine(depth: 1, mark: .item, text: "\($0.rawValue): \($0.title)") }
      + [NarrativeLine(text: ""), NarrativeLine(text: "Alerts", tone: .strong)]
      + AlertExplanation.everyone.map {
        NarrativeLine(depth: 1, label: "\($0.alert.rawValue)", text: "\($0.alert): \($0.meaning)")
      }
  }
}

extension ErrorReader.Answer {
  fileprivate var lines: [NarrativeLine] {
    switch self {
    case .cause(let cause): cause.explanationLines
    case .alert(let alert): alert.lines
    case .lines(let lines):
      Array(lines.map(\.lines).joined(separator: [NarrativeLine(text: ""), NarrativeLine(text: "")]))
    case .unassignedAlert, .unknown: []
    }
  }
}

extension Substring {
  fileprivate var safeForDisplay: String { String(self).safeForDisplay }
}
