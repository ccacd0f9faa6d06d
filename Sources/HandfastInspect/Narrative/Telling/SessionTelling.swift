import Handfast
import HandfastCore
import HandfastWire

/// Resumption, early data, tickets, KeyUpdate, and how a TLS 1.3 client learns that it is accepted.
extension StepTeller {
  /// What is said of sessions in this step, in either version.
  func sessionLines(on side: Side) -> [NarrativeLine] {
    material.events(of: side).flatMap { event -> [NarrativeLine] in
      switch event {
      case .resumption(let fact): lines(of: fact, on: side)
      case .earlyData(let fact): lines(of: fact, on: side)
      case .issuedTicket(let fact), .receivedTicket(let fact):
        context.isTLS13 ? [] : side == .server ? [.field("SHA-256", shortHex(fact.digest))] : lines(of: fact)
      default: []
      }
    }
  }

  private func lines(of fact: ResumptionFact, on side: Side) -> [NarrativeLine] {
    var lines: [NarrativeLine]
    switch fact.outcome {
    case .offered: lines = [.heading("Offers to resume a session")]
    case .resumed:
      lines = [
        .passed(
          "resumption", side == .server ? "it knows the session and resumes it" : "the server resumes the session")
      ]
    case .declined(let refusal):
      return [.passedOver("No session is resumed: \(refusal.phrase). A full handshake follows.")]
    }
    if let mechanism = fact.mechanism { lines.append(.field("by", mechanism.rawValue, depth: 1)) }
    if let age = fact.age {
      lines.append(.field("made", age == 0 ? "just now" : "\(counted(Int(clamping: age), "second")) ago", depth: 1))
    }
    if let skew = fact.ageSkew, skew.magnitude >= 1000 {
      let text = "\(counted(Int(clamping: skew.magnitude / 1000), "second")) \(skew > 0 ? "more" : "less")"
      lines.append(.warned("the client counts", "\(text): clocks apart, or a ClientHello held up", depth: 1))
    }
    let identity =
      fact.peer.map { "\($0): verified when the session was made, not again now" }
      ?? "nobody: the \(side.peer) did not authenticate then"
    lines.append(.field("speaks with", identity, depth: 1))
    return lines
  }

  private func lines(of fact: EarlyDataFact, on side: Side) -> [NarrativeLine] {
    switch fact.outcome {
    case .offered: [.field("early data", "follows at once, at most \(counted(Int(fact.limit), "byte"))", .caution)]
    case .accepted:
      [
        .passed(
          "early data", side == .server ? "taken, at most \(counted(Int(fact.limit), "byte"))" : "the server takes it")
      ]
    case .rejected(let refusal):
      [
        .warned("early data", "not taken: \(refusal.rawValue)"),
        .say("What was sent so is dropped unread; the application has to send it again.", depth: 1, .faint),
      ]
    }
  }

  // MARK: - Tickets

  private func lines(of fact: TicketFact) -> [NarrativeLine] {
    var lines: [NarrativeLine] = [
      .field("ticket", "\(counted(fact.byteCount, "byte")), good for \(counted(Int(fact.lifetime), "second"))"),
      .field("SHA-256", shortHex(fact.digest)),
    ]
    if fact.maxEarlyData > 0 {
      lines.append(.field("early data", "at most \(counted(Int(fact.maxEarlyData), "byte")) next time"))
    }
    return lines
  }

  func ticketLines(_ fact: MessageFact, _ dissection: MessageDissection, on side: Side) -> [NarrativeLine] {
    let isServer = side == .server
    var lines: [NarrativeLine] = []
    if isServer {
      lines += self.lines(of: dissection.fields.filter { $0.name != "extensions" })
      if let extensions = dissection.fields["extensions"], !extensions.fields.isEmpty {
        lines += self.lines(ofExtensions: extensions)
      }
    }
    for event in material.events(of: side) {
      switch event {
      case .issuedTicket(let fact), .receivedTicket(let fact):
        lines += isServer ? [.field("SHA-256", shortHex(fact.digest))] : self.lines(of: fact)
      case .derivedSecret(let fact): lines += self.lines(of: fact, on: side)
      default: continue
      }
    }
    if !isServer { lines.append(.say("It may resume this session later, once with this ticket.", .faint)) }
    return lines
  }

  // MARK: - KeyUpdate

  func keyUpdateLines(_ fact: MessageFact, from sender: Side, on side: Side) -> [NarrativeLine] {
    var lines: [NarrativeLine] = []
    if fact.bytes.count > 4, let update = try? KeyUpdate(decoding: Array(fact.bytes[4...]).span, "KeyUpdate") {
      switch update.request {
      case .updateRequested: lines.append(.field("asks", "the \(sender.peer) to change its keys too"))
      case .updateNotRequested: lines.append(.field("asks", "nothing in return"))
      default: lines.append(.failed("asks", "\(update.request), which means nothing"))
      }
    }
    return lines + keyLines(on: side)
  }

  // MARK: - The end of the handshake

  var completedGist13: String {
    if context.completions[.server] == nil {
      return
        "The client has verified the server and given its own proof: by itself it is ready. Whether the server accepts it is not "
        + "known yet. TLS 1.3 has no message that says so."
    }
    let isMutual = context.negotiated?.clientSignatureScheme != nil || (context.sessionPeers[.server] ?? nil) != nil
    return
      (isMutual
      ? "Both sides know with whom they speak, "
      : "The client knows with whom it speaks; to the server the client is anonymous, ")
      + "and nobody changed a byte of the handshake. The server is sure of it now; the client has said all, and learns with what "
      + "comes next that the server has accepted it."
  }

  /// What a TLS 1.3 client does not know yet at its handshake's end.
  func confirmationLine(on side: Side) -> NarrativeLine? {
    guard context.isTLS13, side == .client else { return nil }
    // One side's story may be told while it happens, and must not say then what it cannot know.
    guard context.recordedSides.count == 2 else {
      return .warned("not known yet", "whether the server accepts it: the first ticket or data will tell")
    }
    let number = context.numbers[.confirmed].map { "it learns that in step \($0)" }
    let end = context.isLateRejection ? "at the end only" : context.failures[.client] != nil ? "never" : nil
    return .warned(
      "not known yet",
      "whether the server accepts it: "
        + (number ?? end.map { "it learns that \($0)" } ?? "the first ticket or data will tell"))
  }

  func confirmedColumn(on side: Side) -> NarrativeStep.Column {
    guard side == .client else { return NarrativeStep.Column() }
    var column = NarrativeStep.Column(headline: "knows now")
    for case .confirmed(let how) in material.events(of: side) {
      let why =
        switch how {
        case .newSessionTicket:
          "A server that asks who the client is sends tickets only once it knows (RFC 9846 §4.7.1)."
        case .applicationData: "A server that asks who the client is has something to say only once it knows."
        }
      column.lines.append(.passed("accepted", "as the first \(how.rawValue) shows"))
      column.lines.append(.say(why, .faint))
    }
    return column
  }

  /// How long the client was wrong, if its rejection came after its handshake's end.
  func lateRejectionLines(_ entry: TraceEntry) -> [NarrativeLine] {
    guard entry.side == .client, context.isUnconfirmed, let completion = context.completions[.client],
      let number = context.numbers[.completed]
    else { return [] }
    let (elapsed, overflow) = entry.time.subtractingReportingOverflow(completion.time)
    let time = overflow || elapsed < 0 ? "" : ", for \(ClockEstimate.text(elapsed))"
    return [
      .warned(
        "too late",
        "it has taken the handshake for complete since step \(number)\(time), and "
          + (context.isLateRejection
            ? "learns only now that the server has not accepted it" : "never learns whether the server accepts it"))
    ]
  }
}
