import HandfastCore
package import HandfastTrust
import HandfastWire

/// Reads what people find in logs: a name, a number, a code of ours, or lines of other tools.
package enum ErrorReader {
  /// What was asked about.
  package enum Answer: Sendable {
    case cause(FailureCause)
    case alert(AlertExplanation)
    /// Lines, those that say most first; never empty.
    case lines([Explanation])
    /// A number that no alert has.
    case unassignedAlert(UInt8)
    case unknown
  }

  /// More than this is not read.
  package static let byteLimit = 64 << 10
  /// More lines than this are not looked at, and more explanations not given.
  static let lineLimit = 400
  static let answerLimit = 5

  package static func answer(_ text: String) -> Answer {
    let lines = lines(of: text)
    guard !lines.isEmpty else { return .unknown }
    if lines.count == 1, let answer = bare(lines[0]) { return answer }
    let explanations = lines.compactMap(explanation)
    if explanations.isEmpty { return .unknown }
    return .lines(best(of: explanations))
  }

  private static func lines(of text: String) -> [ErrorLine] {
    let cut = text.utf8.count <= byteLimit ? text[...] : Substring(decoding: text.utf8.prefix(byteLimit), as: UTF8.self)
    return cut.split(maxSplits: lineLimit, whereSeparator: \.isNewline).prefix(lineLimit).enumerated().map {
      ErrorLine(number: $0.offset + 1, $0.element)
    }.filter { !$0.bytes.isEmpty }
  }

  /// A name and nothing else. A cause has hyphens, an alert has not: certificate-expired, certificate_expired.
  private static func bare(_ line: ErrorLine) -> Answer? {
    let word = String(decoding: line.bytes, as: UTF8.self)
    if let cause = FailureCause(rawValue: word) { return .cause(cause) }
    if let alert = AlertWords.alone(line.text) {
      return AlertExplanation.of(alert).map { .alert($0) } ?? .unassignedAlert(alert.rawValue)
    }
    return FailureCause(rawValue: word.split(separator: " ").joined(separator: "-")).map { .cause($0) }
  }

  /// The most specific thing that is known of a line; nil: nothing is.
  static func explanation(of line: ErrorLine) -> Explanation? {
    let mark = ToolMark.all.first { $0.pattern.score(in: line) != nil }
    let side = ToolMark.all.lazy.filter { $0.tool == mark?.tool || $0.tool == mark?.tool.library }
      .filter { $0.side != nil && $0.pattern.score(in: line) != nil }.first?.side
    let phrase = bestPhrase(in: line, mark)
    let mention = AlertWords.mention(in: line)
    // "tlsv1 alert unknown ca" is an alert whatever else stands there; a vague phrase is less than any alert.
    if let mention, mention.tool != nil || phrase == nil || phrase?.phrase.isVague == true,
      !(phrase.map { !$0.phrase.isVague && ($0.score > mention.score || mention.wasReceived == false) } ?? false),
      let alert = AlertExplanation.of(mention.alert)
    {
      return Explanation(
        line, alert, tool: mark?.tool ?? mention.tool, side: side ?? phrase?.phrase.side,
        wasReceived: mention.wasReceived)
    }
    guard let phrase else { return nil }
    let alert = mention?.wasReceived == false ? mention?.alert : nil
    return Explanation(line, phrase: phrase.phrase, mark: mark.map { ToolMark($0, side: side) }, alert: alert)
  }

  private static func bestPhrase(in line: ErrorLine, _ mark: ToolMark?) -> (phrase: ErrorPhrase, score: Int)? {
    var best: (phrase: ErrorPhrase, score: Int)?
    for phrase in PhraseBook.all {
      guard var score = phrase.pattern.score(in: line) else { continue }
      // Where two tools use the same words, the one that shows otherwise goes first.
      if phrase.tool == mark?.tool { score += 12 }
      guard let current = best else {
        best = (phrase, score)
        continue
      }
      let isBetter =
        phrase.isVague == current.phrase.isVague ? score > current.score : current.phrase.isVague
      if isBetter { best = (phrase, score) }
    }
    return best
  }

  /// What several lines say the same is said once, and a line that only says that something failed gives way to those that say what.
  private static func best(of explanations: [Explanation]) -> [Explanation] {
    var kept: [Explanation] = []
    for explanation in explanations
    where !kept.contains(where: { $0.says == explanation.says && $0.alert == explanation.alert }) {
      kept.append(explanation)
    }
    let clear = kept.filter { !$0.isVague }
    let ranked = (clear.isEmpty ? kept : clear).enumerated().sorted {
      let (one, other) = ($0.element.weight, $1.element.weight)
      return one == other ? $0.offset < $1.offset : one > other
    }
    return Array(ranked.map(\.element).prefix(answerLimit))
  }
}

extension ToolMark {
  fileprivate init(_ other: ToolMark, side: Side?) {
    tool = other.tool
    pattern = other.pattern
    self.side = side
  }
}

extension Explanation {
  /// A judge's own words say most, an alert less, the end of a connection least.
  fileprivate var weight: Int {
    switch speaker {
    case .judged, .own: 3
    case .refused: 2
    case .unclear: 1
    case .ended: 0
    }
  }
}
