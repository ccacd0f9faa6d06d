import ArgumentParser
import TestTurns
import Testing

@testable import HandfastCommands

@Suite(.inTurn) struct CommandLineTests {
  static let mistakes = [
    ["demo", "--suite", "NOPE"], ["demo", "--group", "P-999"], ["demo", "--key-type", "dsa"],
    ["demo", "--break", "nope"],
    ["demo", "--color", "blue"], ["demo", "--width", "3"], ["demo", "--width", "wide"], ["demo", "--bogus"],
    ["demo", "extra"], ["nonsense"], ["demo", "--json", "--hex"], ["demo", "--json", "--step"],
    ["demo", "--json", "--show-secrets"], ["demo", "--json", "--width", "100"],
    ["demo", "--json", "--color", "always"],
    ["demo", "--paper", "--group", "x25519"], ["demo", "--paper", "--key-type", "ed25519"],
    ["demo", "--paper", "--suite", "ECDHE_RSA_WITH_AES_128_GCM_SHA256"],
    ["demo", "--suite", "TLS_RSA_WITH_AES_128_GCM_SHA256"],
    ["demo", "--suite", "ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "--key-type", "rsa-2048"],
    ["demo", "--break", "no-common-suite", "--suite", "ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"],
    ["demo", "--break", "no-common-group", "--group", "P-256"],
    ["demo", "--break", "no-common-signature", "--key-type", "ed25519"],
    ["demo", "--version", "1.1"], ["demo", "--version", "1.3", "--paper"], ["demo", "--hello-retry"],
    ["demo", "--early-data"], ["demo", "--group", "X25519MLKEM768"], ["demo", "--suite", "TLS_AES_128_GCM_SHA256"],
    ["demo", "--version", "1.3", "--suite", "ECDHE_RSA_WITH_AES_128_GCM_SHA256"],
    ["demo", "--version", "1.3", "--break", "no-ems"], ["demo", "--break", "downgrade"],
    ["demo", "--resume", "--break", "expired"], ["demo", "--version", "1.3", "--early-data", "--hello-retry"],
    ["demo", "--version", "1.3", "--hello-retry", "--break", "expired"],
    ["demo", "--break", "expired-client", "--no-client-cert"], ["demo", "--break", "tampered-key-exchange", "--paper"],
  ]

  @Test(arguments: mistakes)
  func `a mistake gets one line and exit status 64`(_ arguments: [String]) throws {
    let error = #expect(throws: (any Error).self) { _ = try HandfastCommand.parseAsRoot(arguments) }
    let found = try #require(error)
    #expect(HandfastCommand.exitCode(for: found) == .validationFailure)
    #expect(ExitStatus.usage.exitCode == .validationFailure)
    let complaint = try #require(HandfastCommand.complaint(about: found))
    #expect(complaint.hasPrefix("handfast: "))
    #expect(!complaint.contains { $0.isNewline })
  }

  @Test func `a command's own exit status and a request for help are no mistakes`() {
    #expect(HandfastCommand.complaint(about: ExitStatus.notAsTold.exitCode) == nil)
    #expect(HandfastCommand.complaint(about: ExitStatus.usage.exitCode) == nil)
    #expect(HandfastCommand.complaint(about: CleanExit.helpRequest()) == nil)
  }

  @Test func `the help begins with examples and names everything that can break`() throws {
    let help = DemoCommand.helpMessage(columns: 200)
    let examples = try #require(help.firstRange(of: "handfast demo --break expired"))
    let usage = try #require(help.firstRange(of: "USAGE"))
    #expect(examples.lowerBound < usage.lowerBound)
    for kind in Breakage.allCases { #expect(help.contains("  \(kind.rawValue)"), "\(kind)") }
    for status in ExitStatus.allCases { #expect(help.contains("\(status.rawValue)  \(status.meaning)")) }
  }

  @Test func `the help fits a terminal of 80 columns`() {
    for help in [
      DemoCommand.helpMessage(columns: 80), HandfastCommand.helpMessage(columns: 80),
      ServeCommand.helpMessage(columns: 80), ConnectCommand.helpMessage(columns: 80),
    ] {
      // ArgumentParser never wraps its usage line.
      for line in help.split(separator: "\n") where !line.hasPrefix("USAGE") { #expect(line.count <= 80, "\(line)") }
    }
  }

  @Test func `exit statuses are distinct`() {
    #expect(Set(ExitStatus.allCases.map(\.rawValue)).count == ExitStatus.allCases.count)
  }

  @Test(arguments: [
    (ColourChoice.auto, true, [String: String](), true), (.auto, false, [:], false),
    (.auto, true, ["NO_COLOR": "1"], false), (.auto, true, ["NO_COLOR": ""], true),
    (.auto, true, ["TERM": "dumb"], false),
    (.always, false, ["NO_COLOR": "1"], true), (.never, true, [:], false),
  ])
  func `colour is for terminals, and not where NO_COLOR is set`(
    _ choice: ColourChoice, isTerminal: Bool, environment: [String: String], expected: Bool
  ) {
    #expect(Terminal.usesColour(choice, isTerminal: isTerminal, environment) == expected)
  }
}
