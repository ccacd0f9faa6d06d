import ArgumentParser
import Handfast
import HandfastInspect
import Testing

@testable import HandfastCommands

/// Each story is really played, over sockets on the loopback interface.
struct BreakageTests {
  @Test func `the plain demo ends well on both sides`() async throws {
    let outcome = try await DemoRun(DemoCommand.parse([]).plan, showsSecrets: false).run()
    #expect(outcome.failures.isEmpty)
    #expect(Narrative(outcome.entries).steps.count == 21)
    #expect(DemoVerdict(outcome, nil).isAsTold)
  }

  @Test(arguments: Breakage.allCases)
  func `what is broken fails as told, and both sides see it`(_ breakage: Breakage) async throws {
    let outcome = try await DemoRun(DemoCommand.parse(["--break", breakage.rawValue]).plan, showsSecrets: false).run()
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
}
