package import ArgumentParser
import Foundation
import Handfast
import HandfastInspect
import HandfastTrust

/// `handfast pki show`: a certificate or a chain as TLS sees it.
package struct PKIShowCommand: AsyncParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Explain a certificate or a chain: what it is fit for, what not, and why.",
    discussion: """
      Examples:
        handfast pki show pki/server.pem
        handfast pki show pki/server.pem --ca pki/root.pem --name localhost --key pki/server-key.pem
        handfast pki show chain-and-key.pem --json

      The file is PEM (certificates, and keys if there are some), or one certificate in DER. The rules are those by which \
      handfast judges peers: dates, key strength, signature algorithms, key usage, extended key usage, names, and the path up \
      to where the file ends; with --ca up to the root. Keys are never shown.

      Exit status 65: the file holds no certificate, or is damaged. What a certificate is fit for does not change the exit \
      status; --json tells it to scripts.
      """)

  @Argument(help: ArgumentHelp("What to explain.", valueName: "file"))
  package var file: String

  @Option(
    help: ArgumentHelp("The private key in PEM that should belong to it, if it is in another file.", valueName: "file"))
  package var key: String?

  @Option(help: ArgumentHelp("Roots in PEM that the chain must lead to.", valueName: "file"))
  package var ca: String?

  @Option(help: ArgumentHelp("A name or address that clients reach the server by.", valueName: "name"))
  package var name: String?

  @Flag(help: "Print one JSON object instead.")
  package var json = false

  @Option(help: ArgumentHelp("Columns to write for; if absent, the terminal's, or 80.", valueName: "columns"))
  package var width: Int?

  @Option(help: ArgumentHelp("auto, always or never. NO_COLOR is respected.", valueName: "when"))
  package var color = ColourChoice.auto

  package init() {}

  package func validate() throws {
    guard (40...1000).contains(width ?? 80) else { throw ValidationError("--width takes 40 to 1000") }
    if let name, (try? ServerReference(name)) == nil {
      throw ValidationError("--name '\(name)' is neither a host name nor an IP address")
    }
  }

  package func run() async throws {
    do {
      let report = try await report()
      let terminal = Terminal(width: width, colour: color)
      if json {
        terminal.write(try report.json() + "\n")
      } else {
        let renderer = NarrativeRenderer(width: terminal.width, usesColour: terminal.usesColour)
        terminal.write(renderer.render(report.lines))
      }
    } catch {
      complain("handfast pki show: \(error)")
      throw HandfastCommands.status(of: error).exitCode
    }
  }

  /// More than any chain or bundle in use.
  private static let byteLimit = 4 << 20

  func report() async throws -> CertificateFileReport {
    let content = try Self.content(of: file)
    guard !content.certificates.isEmpty || !content.keys.isEmpty else {
      throw CommandError("\(file): there is no certificate in it, neither in PEM nor in DER", .badInput)
    }
    let keys = try key.map { path in
      let keys = try Self.content(of: path).keys
      guard !keys.isEmpty else { throw CommandError("\(path): there is no private key in it", .badInput) }
      return keys
    }
    let explanation = await ChainExplanation(
      content.certificates, trust: try ca.map { try trust(in: $0) }, reference: try name.map { try ServerReference($0) }
    )
    return CertificateFileReport(
      file: file, explanation: explanation, keys: content.keys + (keys ?? []), otherBlocks: content.otherBlocks)
  }

  private static func content(of path: String) throws(CommandError) -> CertificateFile {
    let input = try InputFile(path, limit: byteLimit)
    do {
      return try CertificateFile(input.bytes)
    } catch {
      throw CommandError("\(path): \(error)", .badInput)
    }
  }
}
