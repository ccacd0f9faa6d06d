import Handfast
import HandfastCore
import HandfastInspect

/// Prints the narrative, or one after the other, with its beginning and its end.
struct DemoPrinter {
  let terminal: Terminal
  let showsBytes: Bool
  let waits: Bool

  func print(_ outcome: DemoRun.Outcome, _ verdict: DemoVerdict, _ command: DemoCommand) {
    let renderer = NarrativeRenderer(width: terminal.width, usesColour: terminal.usesColour, showsBytes: showsBytes)
    guard terminal.write(renderer.render(introduction(outcome, command)) + "\n") else { return }
    for connection in 1...max(outcome.connections, 1) {
      if let heading = heading(of: connection, outcome) {
        guard terminal.write(renderer.render(heading) + "\n") else { return }
      }
      let narrative = Narrative(outcome.entries(of: connection), extras: outcome.extras(of: connection))
      for step in narrative.steps {
        guard terminal.write(renderer.render(step) + "\n") else { return }
        let isLast = connection == outcome.connections && step.number == narrative.steps.count
        if waits, !isLast, !terminal.waitForKey() { return }
      }
    }
    terminal.write(renderer.render(conclusion(verdict)))
  }

  private func introduction(_ outcome: DemoRun.Outcome, _ command: DemoCommand) -> [NarrativeLine] {
    var lines = [
      NarrativeLine(
        text:
          "A client and a server shake hands in \(outcome.plan.version), over TCP on 127.0.0.1 port \(outcome.port).",
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

  /// What each of several connections is about.
  private func heading(of connection: Int, _ outcome: DemoRun.Outcome) -> [NarrativeLine]? {
    let (title, lines): (String, [String])
    switch (outcome.plan.sessions, connection) {
    case (.unused, _): return nil
    case (_, 1):
      title = "Connection 1: a full handshake, which makes a session"
      lines = [
        "The server seals what it has to remember, the client's identity included, into a ticket under a key of its own. "
          + "The client keeps the ticket and the secret that goes with it."
      ]
    case (.resumed, _):
      title = "Connection 2: the session is resumed"
      lines = [
        "Nobody shows a certificate, and nobody signs. What is proved is that both sides hold the session's secret; each "
          + "takes the other for who it was in connection 1.",
        "The ticket holds under the same trust, names and identities only, and never longer than the certificates. "
          + "Otherwise a full handshake would follow.",
      ]
    case (.earlyData, 2):
      title = "Connection 2: the session is resumed, with early data"
      lines = [
        "The client's request travels with its first bytes, a round trip sooner. It is encrypted with the session's "
          + "secret, and with nothing that the server has just made up.",
        "So whoever records these bytes can send them again, and no key tells the copy from the original (RFC 9846 §8). "
          + "Only what may be done twice belongs into early data.",
      ]
    case (.earlyData, _):
      title = "Connection 3: somebody else sends the first bytes of connection 2 again"
      lines = [
        "They were recorded on the way, and nothing in them was changed. The server's strike register remembers each "
          + "ClientHello with early data for as long as it would take it, and so takes no early data twice.",
        "The handshake goes on without early data, and comes to nothing: whoever has only recorded holds no key.",
      ]
    }
    return [NarrativeLine(text: title, tone: .strong)] + lines.map { NarrativeLine(depth: 1, text: $0, tone: .faint) }
  }

  private func conclusion(_ verdict: DemoVerdict) -> [NarrativeLine] {
    [
      NarrativeLine(
        mark: verdict.isAsTold ? .passed : .failed, text: verdict.summary, tone: verdict.isAsTold ? .good : .bad)
    ]
  }
}
