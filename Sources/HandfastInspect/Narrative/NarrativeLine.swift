/// One line of the story, before it is laid out: what it says and how it weighs, not where it breaks.
public struct NarrativeLine: Hashable, Sendable {
  /// The sign before a line.
  public enum Mark: String, Hashable, Sendable {
    case none
    case passed
    case failed
    case warned
    /// Considered, and passed over.
    case passedOver
    case item
  }
  /// How a line weighs; what colour that is, is the renderer's to say.
  public enum Tone: String, Hashable, Sendable {
    case plain
    case strong
    case faint
    case good
    case bad
    case caution
  }
  /// How far the line is indented, in steps.
  public var depth: Int
  public var mark: Mark
  /// What the text is about, set in a column of its own.
  public var label: String?
  public var text: String
  public var tone: Tone

  public init(depth: Int = 0, mark: Mark = .none, label: String? = nil, text: String, tone: Tone = .plain) {
    self.depth = depth
    self.mark = mark
    self.label = label
    self.text = text
    self.tone = tone
  }
}

extension NarrativeLine {
  static func say(_ text: String, depth: Int = 0, _ tone: Tone = .plain) -> Self {
    Self(depth: depth, text: text, tone: tone)
  }
  static func heading(_ text: String, depth: Int = 0) -> Self { Self(depth: depth, text: text, tone: .strong) }
  static func field(_ label: String, _ text: String, depth: Int = 0, _ tone: Tone = .plain) -> Self {
    Self(depth: depth, label: label, text: text, tone: tone)
  }
  static func item(_ text: String, depth: Int = 0, _ tone: Tone = .plain) -> Self {
    Self(depth: depth, mark: .item, text: text, tone: tone)
  }
  static func passed(_ label: String? = nil, _ text: String, depth: Int = 0) -> Self {
    Self(depth: depth, mark: .passed, label: label, text: text, tone: .good)
  }
  static func failed(_ label: String? = nil, _ text: String, depth: Int = 0) -> Self {
    Self(depth: depth, mark: .failed, label: label, text: text, tone: .bad)
  }
  static func warned(_ label: String? = nil, _ text: String, depth: Int = 0) -> Self {
    Self(depth: depth, mark: .warned, label: label, text: text, tone: .caution)
  }
  static func passedOver(_ text: String, depth: Int = 0) -> Self {
    Self(depth: depth, mark: .passedOver, text: text, tone: .faint)
  }
}
