import HandfastCore
import HandfastTrust
import HandfastWire

extension ErrorReader.Answer {
  /// One object; its keys are stable. Nil where there is nothing to explain.
  package var encodable: (any Encodable & Sendable)? {
    switch self {
    case .cause(let cause): JSONValue.object(["about": .string("cause"), "cause": cause.explanationJSON])
    case .alert(let alert): JSONValue.object(["about": .string("alert"), "alert": alert.json])
    case .lines(let lines): JSONValue.object(["about": .string("lines"), "lines": .array(lines.map(\.json))])
    case .unassignedAlert, .unknown: nil
    }
  }

  /// All that can be explained by name.
  package static var index: some Encodable & Sendable {
    JSONValue.object([
      "causes": .array(
        FailureCause.allCases.map { .object(["code": .string($0.rawValue), "title": .string($0.title)]) }),
      "alerts": .array(
        AlertExplanation.everyone.map {
          .object([
            "name": .string("\($0.alert)"), "number": .int(Int($0.alert.rawValue)), "meaning": .string($0.meaning),
          ])
        }),
    ])
  }
}

extension Explanation {
  var json: JSONValue {
    .object([
      "line": .int(line), "text": .string(text), "tool": .text(tool?.rawValue), "library": .text(library?.rawValue),
      "speaker": .string(speaker.rawValue), "speakerText": .string(speakerText), "side": .text(side?.rawValue),
      "alert": alert.map { .object(["name": .string("\($0)"), "number": .int(Int($0.rawValue))]) } ?? .null,
      "says": .string(says), "causes": .array(candidates.map(\.json)), "misreadings": .strings(misreadings),
      "hints": .strings(hints), "next": .array(next.map { $0.json(side) }),
    ])
  }
}

extension Candidate {
  fileprivate var json: JSONValue {
    .object([
      "code": .string(cause.rawValue), "title": .string(cause.title), "certainty": .string(certainty.rawValue),
      "reason": .string(cause.hint),
    ])
  }
}

extension NextStep {
  fileprivate func json(_ printer: Side?) -> JSONValue {
    let side: Side? =
      switch place {
      case .here: printer
      case .peer: printer?.peer
      case .both: nil
      }
    return .object([
      "where": .string(place.rawValue), "side": .text(side?.rawValue), "text": .string(text), "command": .text(command),
    ])
  }
}

extension AlertExplanation {
  fileprivate var json: JSONValue {
    func list(_ side: Side) -> JSONValue {
      .array(
        causes(receivedBy: side).map {
          .object(["code": .string($0.rawValue), "title": .string($0.title), "reason": .string($0.hint)])
        })
    }
    return .object([
      "name": .string("\(alert)"), "number": .int(Int(alert.rawValue)), "rule": .string(rule),
      "meaning": .string(meaning), "usually": .string(usually), "receivedByClient": list(.client),
      "receivedByServer": list(.server), "misreadings": .strings(misreadings),
    ])
  }
}

extension FailureCause {
  fileprivate var explanationJSON: JSONValue {
    .object([
      "code": .string(rawValue), "title": .string(title), "meaning": .string(meaning), "check": .string(check),
      "command": .text(command), "fix": .string(fix),
      "alerts": .array(
        tellings.map {
          .object([
            "implementation": .string($0.implementation), "alerts": .codes($0.alerts), "note": .text($0.note),
          ])
        }),
      "elsewhere": .array(
        PhraseBook.examples(of: self).map {
          .object(["tool": .string($0.tool.rawValue), "text": .string($0.text)])
        }),
    ])
  }
}
