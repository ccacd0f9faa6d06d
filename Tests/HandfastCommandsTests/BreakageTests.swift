import ArgumentParser
import Handfast
import HandfastInspect
import TestTurns
import Testing

@testable import HandfastCommands

/// Each story is really played, over sockets on the loopback interface.
@Suite(.inTurn) struct BreakageTests {
  @Test func `the plain demo ends well on both sides`() async throws {
    let outcome = try await DemoRun(DemoCommand.parse([]).plan, showsSecrets: false).run()
    #expect(outcome.failures.isEmpty)
    #expect(Narrative(outcome.entries).steps.count == 21)
    #expect(DemoVerdict(outcome, nil).isAsTold)
  }

  static let kinds = VersionArgument.allCases.flatMap { version in
    Breakage.allCases.filter { $0.absence(in: version) == nil }.map { (version, $0) }
  }

  @Test(arguments: kinds)
  func `what is broken fails as told, and both sides see it`(
    _ version: VersionArgument, _ breakage: Breakage
  ) async throws {
    let arguments = ["--version", version.rawValue, "--break", breakage.rawValue]
    let outcome = try await DemoRun(DemoCommand.parse(arguments).plan, showsSecrets: false).run()
    let verdict = DemoVerdict(outcome, breakage)
    #expect(verdict.isAsTold, "\(verdict.surprise)")
    let narrative = Narrative(outcome.entries)
    let last = try #require(narrative.steps.last)
    #expect(last.isFailure)
    for side in Side.allCases { #expect(last[side]?.lines.isEmpty == false, "\(side)") }
    let text = NarrativeRenderer(width: 120).render(last)
    #expect(text.contains("whose fault"))
    #expect(text.contains("what to do"))
  }

  @Test(arguments: [Breakage.noClientCert, .untrustedClient, .expiredClient, .wrongEKUClient])
  func `in TLS 1.3 a client learns late that it is refused, and the end of the story says so`(
    _ breakage: Breakage
  ) async throws {
    let arguments = ["--version", "1.3", "--break", breakage.rawValue]
    let outcome = try await DemoRun(DemoCommand.parse(arguments).plan, showsSecrets: false).run()
    #expect(outcome.settled(1, on: .client) != nil && outcome.settled(1, on: .server) == nil)
    #expect(outcome.failures[.client]?.step == .awaitingConfirmation)
    #expect(DemoVerdict(outcome, breakage).summary.contains("took the handshake for complete"))
    let confirmed = outcome.entries.contains { if case .confirmed = $0.event { true } else { false } }
    #expect(!confirmed)
  }

  @Test func `what a version does not have cannot be broken in it, and that is said`() throws {
    let absent = VersionArgument.allCases.flatMap { version in
      Breakage.allCases.filter { $0.absence(in: version) != nil }.map { (version, $0) }
    }
    #expect(
      Set(absent.map { "\($0.0.rawValue) \($0.1.rawValue)" }) == [
        "1.2 downgrade", "1.3 key-transport", "1.3 no-ems", "1.3 tampered-certificate",
      ])
    for (version, breakage) in absent {
      let error = #expect(throws: (any Error).self) {
        try DemoCommand.parse(["--version", version.rawValue, "--break", breakage.rawValue])
      }
      #expect(error.map { DemoCommand.message(for: $0) }?.contains("--break \(breakage.rawValue): ") == true)
    }
  }
}
