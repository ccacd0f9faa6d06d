import ArgumentParser
import Handfast
import HandfastInspect
import TestTurns
import Testing

@testable import HandfastCommands

/// Each story is really played, over sockets on the loopback interface.
@Suite(.inTurn) struct DemoTests {
  private func play(_ arguments: [String], showsSecrets: Bool = false) async throws -> DemoRun.Outcome {
    try await DemoRun(DemoCommand.parse(arguments).plan, showsSecrets: showsSecrets).run()
  }

  @Test(arguments: KeyType.allCases)
  func `every kind of key authenticates both sides`(_ key: KeyType) async throws {
    let outcome = try await play(["--key-type", key.rawValue])
    #expect(DemoVerdict(outcome, nil).isAsTold)
    let text = NarrativeRenderer(width: 200, layout: .stacked).render(Narrative(outcome.entries))
    #expect(text.contains("mutual authentication is done"))
  }

  @Test(
    arguments: zip(
      SuiteArgument.allValueStrings.filter { SuiteArgument(argument: $0)?.suite.isTLS13 == false },
      ["x25519", "P-256", "P-384", "P-521", "P-256", "x25519", "x25519", "x25519"]))
  func `the suite and the group that are asked for are the ones chosen`(_ suite: String, _ group: String) async throws {
    let isPaper = suite.hasPrefix("TLS_RSA_")
    let outcome = try await play(["--suite", suite] + (isPaper ? ["--paper"] : ["--group", group]))
    #expect(DemoVerdict(outcome, nil).isAsTold)
    let settled = outcome.entries.compactMap { entry in
      if case .handshakeCompleted(let settled) = entry.event { settled } else { nil }
    }
    #expect(settled.count == 2)
    #expect(settled.allSatisfy { $0.cipherSuite.description == suite })
    #expect(settled.allSatisfy { $0.group == (isPaper ? nil : GroupArgument(argument: group)?.group) })
  }

  @Test func `the paper's story has no ServerKeyExchange and says what RFC 10015 says`() async throws {
    let narrative = Narrative(try await play(["--paper"]).entries)
    #expect(!narrative.steps.contains { $0.title == "ServerKeyExchange" })
    #expect(NarrativeRenderer(width: 120).render(narrative).contains("RFC 10015  must not be used any more"))
  }

  @Test func `a client without a certificate is let in where that is optional`() async throws {
    let outcome = try await play(["--no-client-cert"])
    #expect(DemoVerdict(outcome, nil).isAsTold)
    let narrative = Narrative(outcome.entries)
    #expect(!narrative.steps.contains { $0.title == "CertificateVerify" })
    #expect(NarrativeRenderer(width: 120).render(narrative).contains("Sends an empty list"))
  }

  @Test func `secrets are shown only when asked for, and are the same on both sides`() async throws {
    let outcome = try await play([], showsSecrets: true)
    for kind in [DisclosedSecret.Kind.preMasterSecret, .masterSecret, .keyBlock] {
      let values = Side.allCases.compactMap { side in outcome.extras.secrets[side]?.first { $0.kind == kind }?.bytes }
      #expect(values.count == 2)
      #expect(values.first == values.last)
      let start = hexText(values.first?.prefix(12) ?? [])
      #expect(start.count == 24)
      #expect(NarrativeRenderer(width: 120).render(Narrative(outcome.entries, extras: outcome.extras)).contains(start))
      #expect(!NarrativeRenderer(width: 120).render(Narrative(outcome.entries)).contains(start))
      #expect(!(try TraceFile.text(outcome.entries)).contains(start))
    }
  }

  @Test func `a real trace survives its file`() async throws {
    for arguments in [[], ["--break", "expired"], ["--break", "tampered-record"], ["--paper"]] {
      let entries = try await play(arguments).entries
      #expect(try TraceFile.entries(in: try TraceFile.text(entries)) == entries)
    }
  }

  @Test func `what both sides say to each other is told`() async throws {
    let outcome = try await play([])
    let text = NarrativeRenderer(width: 200, layout: .stacked).render(
      Narrative(outcome.entries, extras: outcome.extras))
    #expect(text.contains(#"Well met, CN=alice.\n"#))
  }
}
