import HandfastCore
import HandfastTrust
import HandfastWire

extension Explanation {
  /// For a person to read.
  package var lines: [NarrativeLine] {
    var lines = [NarrativeLine.heading(text), .say("")]
    if let words { lines.append(.field("whose words", words)) }
    lines.append(.field("who speaks", speakerText))
    if let alert, let known = AlertExplanation.of(alert) {
      lines.append(.field("alert", "\(alert) (\(alert.rawValue)), \(known.rule): \(known.meaning)"))
    }
    lines.append(.field(speaker == .refused || (alert != nil && speaker == .unclear) ? "usually" : "it says", says))
    return lines + Self.list("Causes, the likeliest first", candidates.map(\.text))
      + Self.list("What it does not mean", misreadings, .passedOver) + Self.list("Good to know", hints)
      + Self.steps(next) { place in
        switch place {
        case .here: side.map { "On the \($0), here" } ?? "Here"
        case .peer: side.map { "On the \($0.peer)" } ?? "On the other side"
        case .both: "On both sides"
        }
      }
  }

  private var words: String? {
    guard let tool else { return nil }
    return library.map { "\(tool.name), with the words of \($0.name)" } ?? tool.name
  }

  /// Which side did what.
  package var speakerText: String {
    let here = side.map { "This \($0)" } ?? "The program that prints it"
    let other = side.map { "the \($0.peer)" } ?? "the other side"
    return switch speaker {
    case .judged:
      "\(here) judged: it refused what came from \(other). At most an alert told \(other) so."
    case .refused:
      "\(other.prefix(1).uppercased())\(other.dropFirst()) refused: the line repeats the alert that came from there. "
        + "\(here) only learned of it."
    case .own:
      "\(here) speaks of its own files or configuration. \(side.map { "The \($0.peer)" } ?? "The other side") is not to blame."
    case .ended: "Nobody, as far as the line tells: the connection ended, and no reason came with it."
    case .unclear: "Not told: it may be the verdict of the side that prints it, or what the other side sent."
    }
  }

  static func list(_ title: String, _ items: [String], _ mark: NarrativeLine.Mark = .item) -> [NarrativeLine] {
    guard !items.isEmpty else { return [] }
    return [.say(""), .heading(title)] + items.map { NarrativeLine(depth: 1, mark: mark, text: $0) }
  }

  static func steps(_ steps: [NextStep], _ name: (NextStep.Place) -> String) -> [NarrativeLine] {
    guard !steps.isEmpty else { return [] }
    return [.say(""), .heading("What to look at next")]
      + steps.flatMap { step in
        [NarrativeLine(depth: 1, mark: .item, text: "\(name(step.place)): \(step.text)")]
          + (step.command.map { [NarrativeLine(depth: 3, text: $0, tone: .strong)] } ?? [])
      }
  }
}

extension Candidate {
  var text: String { "\(cause.rawValue), \(certainty.rawValue): \(cause.hint)" }
}

extension AlertExplanation {
  package var lines: [NarrativeLine] {
    let client = causes(receivedBy: .client)
    let server = causes(receivedBy: .server)
    let lists =
      client == server
      ? Explanation.list("Causes in a mutual handshake, the likeliest first", client.map(\.line))
      : Explanation.list("When a client receives it, the likeliest cause first", client.map(\.line))
        + Explanation.list("When a server receives it, the likeliest cause first", server.map(\.line))
    let steps = [
      NextStep(
        place: .peer, text: "Look into its log: it judged, and only it has the reason. Have the line explained.",
        command: "handfast explain -"),
      NextStep(
        place: .here, text: client.first.map { "\($0.rawValue): \($0.check)" } ?? "", command: client.first?.command),
    ]
    return [
      .heading("\(alert), alert \(alert.rawValue)"), .say(""), .field("defined in", rule), .field("meaning", meaning),
      .field("usually", usually),
      .field("who speaks", "The side that sends it refuses; the side that prints it as received is the one refused."),
    ] + lists + Explanation.list("What it does not mean", misreadings, .passedOver)
      + (client == [.peerClosed, .peerCanceled]
        ? [] : Explanation.steps(steps) { $0 == .peer ? "On the side that sent it" : "On the side that received it" })
  }
}

extension FailureCause {
  var line: String { "\(rawValue): \(hint)" }

  /// What `handfast explain` says of a code.
  package var explanationLines: [NarrativeLine] {
    let sent = tellings.map { telling in
      let alerts = telling.alerts.map { "\($0) (\($0.rawValue))" }.joined(separator: ", ")
      return (
        telling.implementation,
        [alerts, telling.note].compactMap { $0.flatMap { $0.isEmpty ? nil : $0 } }.joined(separator: "; ")
      )
    }
    var lines: [NarrativeLine] = [
      .heading("\(rawValue): \(title)"), .say(""), .field("meaning", meaning), .field("how to check", check),
    ]
    if let command { lines.append(.field("command", command)) }
    lines.append(.field("what to do", fix))
    if !sent.isEmpty {
      lines += [.say(""), .heading("What the side that is refused gets to see")]
      lines += sent.map { .field($0.0, $0.1, depth: 1) }
    }
    let elsewhere = PhraseBook.examples(of: self).map { "\($0.tool.name): \($0.text)" }
    return lines + Explanation.list("How others say it", elsewhere)
  }
}

extension PhraseBook {
  /// Lines of which this is the first cause, one or two of each tool.
  static func examples(of cause: FailureCause) -> [(tool: ErrorTool, text: String)] {
    var counts: [ErrorTool: Int] = [:]
    return all.filter { $0.causes.first == cause && !$0.isVague }.compactMap { phrase in
      counts[phrase.tool, default: 0] += 1
      return counts[phrase.tool, default: 0] <= 2 ? (phrase.tool, phrase.pattern.example) : nil
    }
  }
}
