package import HandfastCore
import HandfastTrust
package import HandfastWire

/// What is known of an error line that somebody found in a log.
package struct Explanation: Sendable {
  /// The line, cut and safe to show.
  package let text: String
  /// Its place in what was pasted, from 1.
  package let line: Int
  /// Whose words these are; nil for a bare name.
  package let tool: ErrorTool?
  package let speaker: Speaker
  /// The side that prints it, where only one can.
  package let side: Side?
  package let alert: AlertDescription?
  package let says: String
  package let candidates: [Candidate]
  package let misreadings: [String]
  package let hints: [String]
  let isVague: Bool

  /// The library whose words the tool passes on.
  package var library: ErrorTool? { tool?.library }
}

extension Explanation {
  static let textLimit = 400

  init(_ line: ErrorLine, phrase: ErrorPhrase, mark: ToolMark?, alert: AlertDescription?) {
    self.line = line.number
    text = Self.cut(line.text)
    tool = mark?.tool ?? phrase.tool
    speaker = phrase.speaker
    side = phrase.side ?? mark?.side
    self.alert = alert
    says = phrase.says
    candidates = phrase.candidates
    misreadings = phrase.misreadings
    hints = phrase.hints
    isVague = phrase.isVague
  }

  /// An alert, by itself or in a line.
  init(_ line: ErrorLine, _ alert: AlertExplanation, tool: ErrorTool?, side: Side?, wasReceived: Bool?) {
    self.line = line.number
    text = Self.cut(line.text)
    self.tool = tool
    speaker = wasReceived.map { $0 ? .refused : .judged } ?? .unclear
    self.side = side
    self.alert = alert.alert
    says = alert.usually
    // What was sent by this side reached the other.
    let receiver = wasReceived == false ? side?.peer : side
    let causes = alert.causes(receivedBy: receiver)
    candidates = causes.map { Candidate(cause: $0, certainty: causes.count == 1 ? .likely : .possible) }
    misreadings = wasReceived == true || tool == nil ? alert.misreadings : Array(alert.misreadings.dropFirst())
    hints = []
    isVague = false
  }

  private static func cut(_ text: String) -> String {
    let shown = text.safeForDisplay
    return shown.count <= textLimit ? shown : shown.prefix(textLimit) + "…"
  }
}
