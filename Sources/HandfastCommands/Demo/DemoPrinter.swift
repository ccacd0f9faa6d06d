import Handfast
import HandfastCore
import HandfastInspect

/// Whether what happened is what was to be shown.
struct DemoVerdict {
  let isAsTold: Bool
  /// The last line of the story.
  let summary: String
  /// What to complain about when it did not go as told.
  let surprise: String

  init(_ outcome: DemoRun.Outcome, _ breakage: Breakage?) {
    guard let breakage else {
      isAsTold = outcome.failures.isEmpty
      let isMutual = outcome.entries.contains { entry in
        if case .handshakeCompleted(let settled) = entry.event { settled.clientSignatureScheme != nil } else { false }
      }
      summary =
        !isAsTold
        ? "This was not meant to happen."
        : isMutual
          ? "Both sides know each other, have spoken, and have said goodbye."
          : "The client knows the server; both have spoken, and have said goodbye."
      surprise = outcome.failures.values.first.map { "the \($0.side) failed: \($0.diagnosis.explanation)" } ?? ""
      return
    }
    let failure = outcome.failures[breakage.finder]
    isAsTold = failure.map { breakage.isFound(by: $0.error) } ?? false
    let alert =
      failure?.alertSent.map { "and says no more to its peer than \($0)" } ?? "and there is nothing to say any more"
    summary =
      isAsTold
      ? "As told: \(breakage.summary). The \(breakage.finder) finds it, \(alert)."
      : "NOT as told: \(breakage.summary), but the \(breakage.finder) did not find it."
    surprise =
      "--break \(breakage.rawValue) should fail at the \(breakage.finder); "
      + (failure.map { "it failed otherwise: \($0.error)" } ?? "it did not")
  }
}

/// Prints the narrative with its beginning and its end.
struct DemoPrinter {
  let terminal: Terminal
  let showsBytes: Bool
  let waits: Bool

  func print(_ outcome: DemoRun.Outcome, _ verdict: DemoVerdict, _ command: DemoCommand) {
    let renderer = NarrativeRenderer(width: terminal.width, usesColour: terminal.usesColour, showsBytes: showsBytes)
    let narrative = Narrative(outcome.entries, extras: outcome.extras)
    guard terminal.write(renderer.render(introduction(outcome, command)) + "\n") else { return }
    for step in narrative.steps {
      guard terminal.write(renderer.render(step) + "\n") else { return }
      if waits, step.number < narrative.steps.count, !terminal.waitForKey() { return }
    }
    terminal.write(renderer.render(conclusion(verdict)))
  }

  private func introduction(_ outcome: DemoRun.Outcome, _ command: DemoCommand) -> [NarrativeLine] {
    var lines = [
      NarrativeLine(
        text: "A client and a server shake hands in TLS 1.2, over TCP on 127.0.0.1 port \(outcome.port).",
        tone: .strong),
      NarrativeLine(
        text: "Root, intermediate and certificates were made in memory for this and are gone when it ends.",
        tone: .faint
      ),
    ]
    lines.append(
      NarrativeLine(text: "Marks: ✓ good, · considered and passed over, ! take note, ✗ refused.", tone: .faint))
    if let breakage = command.breakage {
      lines.append(NarrativeLine(mark: .warned, text: "Broken on purpose: \(breakage.summary).", tone: .caution))
    }
    if command.paper {
      lines.append(
        NarrativeLine(
          mark: .warned,
          text:
            "RSA key transport, as in the paper. RFC 10015 forbids it: one stolen key opens every recorded connection, "
            + "and its padding has leaked secrets for decades. It is off everywhere but here.", tone: .caution))
    }
    if command.showSecrets {
      lines.append(
        NarrativeLine(
          mark: .warned, text: "Secrets are shown: whoever reads this can read the connection.", tone: .caution))
    }
    return lines
  }

  private func conclusion(_ verdict: DemoVerdict) -> [NarrativeLine] {
    [
      NarrativeLine(
        mark: verdict.isAsTold ? .passed : .failed, text: verdict.summary, tone: verdict.isAsTold ? .good : .bad)
    ]
  }
}
