import HandfastCore
package import HandfastTrust

/// Who speaks in an error line: the most confusing thing about them.
package enum Speaker: String, Hashable, Sendable {
  /// The program that printed the line looked at what came, and refused it.
  case judged
  /// The other side refused, and the line repeats its alert.
  case refused
  /// The program speaks of its own files or configuration.
  case own
  /// The connection ended, and nobody said why.
  case ended
  /// The name alone does not tell.
  case unclear
}

/// What one of a tool's error lines means.
struct ErrorPhrase: Sendable {
  let tool: ErrorTool
  let pattern: PhrasePattern
  let speaker: Speaker
  /// Which side prints it, if only one can.
  let side: Side?
  /// In plain words.
  let says: String
  /// The likeliest first.
  let causes: [FailureCause]
  let misreadings: [String]
  let hints: [String]
  /// Says nothing by itself, but that something failed: anything more specific goes first.
  let isVague: Bool

  /// A judge that has words for one thing only is certain of it; words that stand for several things make none certain, and those
  /// who were refused can only guess.
  var candidates: [Candidate] {
    causes.enumerated().map { position, cause in
      let certainty: Diagnosis.Certainty =
        switch speaker {
        case .judged, .own: isVague ? .possible : causes.count == 1 ? .certain : position == 0 ? .likely : .possible
        case .refused: causes.count == 1 ? .likely : .possible
        case .ended, .unclear: .possible
        }
      return Candidate(cause: cause, certainty: certainty)
    }
  }
}

/// A cause that a line may stand for.
package struct Candidate: Hashable, Sendable {
  package let cause: FailureCause
  package let certainty: Diagnosis.Certainty
}

/// The phrases of one tool. They are added one by one, so that each is a statement of its own.
struct PhraseBook: Sendable {
  let tool: ErrorTool
  private(set) var phrases: [ErrorPhrase] = []

  init(_ tool: ErrorTool) { self.tool = tool }

  mutating func judged(
    _ pattern: String, _ causes: FailureCause..., by side: Side? = nil, says: String, not misreadings: String...,
    hint: String? = nil
  ) {
    add(pattern, .judged, side, says, causes, misreadings, hint)
  }

  mutating func refused(
    _ pattern: String, _ causes: FailureCause..., by side: Side? = nil, says: String, not misreadings: String...,
    hint: String? = nil
  ) {
    add(pattern, .refused, side, says, causes, misreadings, hint)
  }

  mutating func own(
    _ pattern: String, _ causes: FailureCause..., by side: Side? = nil, says: String, not misreadings: String...,
    hint: String? = nil
  ) {
    add(pattern, .own, side, says, causes, misreadings, hint)
  }

  mutating func ended(
    _ pattern: String, _ causes: FailureCause..., by side: Side? = nil, says: String, not misreadings: String...,
    hint: String? = nil
  ) {
    add(pattern, .ended, side, says, causes, misreadings, hint)
  }

  /// What it means is clear, but not who was the first to refuse.
  mutating func unsure(
    _ pattern: String, _ causes: FailureCause..., by side: Side? = nil, says: String, not misreadings: String...,
    hint: String? = nil
  ) {
    add(pattern, .unclear, side, says, causes, misreadings, hint)
  }

  /// Says by itself only that something failed.
  mutating func vague(
    _ pattern: String, _ speaker: Speaker, _ causes: FailureCause..., by side: Side? = nil, says: String,
    not misreadings: String..., hint: String? = nil
  ) {
    add(pattern, speaker, side, says, causes, misreadings, hint, isVague: true)
  }

  private mutating func add(
    _ pattern: String, _ speaker: Speaker, _ side: Side?, _ says: String, _ causes: [FailureCause],
    _ misreadings: [String], _ hint: String?, isVague: Bool = false
  ) {
    phrases.append(
      ErrorPhrase(
        tool: tool, pattern: PhrasePattern(pattern), speaker: speaker, side: side, says: says, causes: causes,
        misreadings: misreadings, hints: hint.map { [$0] } ?? [], isVague: isVague))
  }

  static let all: [ErrorPhrase] =
    openSSL.phrases + go.phrases + java.phrases + curl.phrases + nginx.phrases + gnuTLS.phrases + rustls.phrases
    + node.phrases + python.phrases + proxies
}
