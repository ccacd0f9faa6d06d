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
    self = breakage.map { Self(of: $0, outcome) } ?? Self(outcome)
  }

  private init(isAsTold: Bool, summary: String, surprise: String) {
    (self.isAsTold, self.summary, self.surprise) = (isAsTold, summary, surprise)
  }

  /// Nothing is broken on purpose.
  private init(_ outcome: DemoRun.Outcome) {
    guard outcome.failures.isEmpty else {
      self.init(
        isAsTold: false, summary: Self.unmeant,
        surprise: outcome.failures.values.first.map { "the \($0.side) failed: \($0.diagnosis.explanation)" } ?? "")
      return
    }
    switch outcome.plan.sessions {
    case .unused:
      let isMutual = outcome.settled(1).contains { $0.clientSignatureScheme != nil }
      self.init(
        isAsTold: true,
        summary: isMutual
          ? "Both sides know each other, have spoken, and have said goodbye."
          : "The client knows the server; both have spoken, and have said goodbye.", surprise: "")
    case .resumed: self.init(resumed: outcome)
    case .earlyData: self.init(early: outcome)
    }
  }

  private init(resumed outcome: DemoRun.Outcome) {
    let settled = outcome.settled(2)
    guard settled.count == 2, settled.allSatisfy(\.isResumed) else {
      self.init(isAsTold: false, summary: Self.unmeant, surprise: "the second connection resumed no session")
      return
    }
    self.init(
      isAsTold: true,
      summary:
        "The second connection resumed the first one's session: no certificate, no signature, and each side takes "
        + "the other for \(outcome.resumedPeers).",
      surprise: "")
  }

  private init(early outcome: DemoRun.Outcome) {
    let settled = outcome.settled(2)
    guard settled.count == 2, settled.allSatisfy(\.isEarlyDataAccepted) else {
      self.init(isAsTold: false, summary: Self.unmeant, surprise: "the second connection's early data was not taken")
      return
    }
    guard outcome.earlyData(of: 3) == .rejected(.replayed) else {
      self.init(isAsTold: false, summary: Self.unmeant, surprise: "the server did not recognise the replay")
      return
    }
    self.init(
      isAsTold: true,
      summary: "The early data was taken once: its copy came too late, since the server remembered the ClientHello.",
      surprise: "")
  }

  private init(of breakage: Breakage, _ outcome: DemoRun.Outcome) {
    let finder = breakage.finder(in: outcome.plan.version)
    let failure = outcome.failures[finder]
    guard let failure, breakage.isFound(by: failure.error) else {
      self.init(
        isAsTold: false, summary: "NOT as told: \(breakage.summary), but the \(finder) did not find it.",
        surprise: "--break \(breakage.rawValue) should fail at the \(finder); "
          + (failure.map { "it failed otherwise: \($0.error)" } ?? "it did not"))
      return
    }
    let alert =
      failure.alertSent.map { "and says no more to its peer than \($0)" } ?? "and there is nothing to say any more"
    let isLate = finder == .server && outcome.settled(1, on: .client) != nil
    let late =
      isLate
      ? " The client took the handshake for complete: in TLS 1.3 it is done before the server has judged its certificate."
      : ""
    self.init(
      isAsTold: true, summary: "As told: \(breakage.summary). The \(finder) finds it, \(alert).\(late)", surprise: "")
  }

  private static let unmeant = "This was not meant to happen."
}

extension DemoRun.Outcome {
  /// What each side that completed the handshake settled.
  func settled(_ connection: Int) -> [NegotiatedParameters] {
    Side.allCases.compactMap { settled(connection, on: $0) }
  }

  func settled(_ connection: Int, on side: Side) -> NegotiatedParameters? {
    entries(of: connection).lazy.compactMap { entry in
      if entry.side == side, case .handshakeCompleted(let settled) = entry.event { settled } else { nil }
    }.first
  }

  /// What the server made of the early data.
  func earlyData(of connection: Int) -> EarlyDataFact.Outcome? {
    entries(of: connection).lazy.compactMap { entry in
      if entry.side == .server, case .earlyData(let fact) = entry.event { fact.outcome } else { nil }
    }.last
  }

  /// "CN=server (the client) and CN=alice (the server)".
  fileprivate var resumedPeers: String {
    let names = Side.allCases.map { side in
      let fact = entries(of: 2).lazy.compactMap { entry -> ResumptionFact? in
        if entry.side == side, case .resumption(let fact) = entry.event, fact.outcome == .resumed { fact } else { nil }
      }.last
      return "\(fact?.peer ?? "nobody in particular") (the \(side))"
    }
    return names.joined(separator: " and ")
  }
}
