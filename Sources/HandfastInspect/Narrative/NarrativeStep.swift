public import Handfast

/// One numbered step of the story, told from both sides.
public struct NarrativeStep: Hashable, Sendable {
  /// Who acts.
  public enum Direction: String, Hashable, Sendable {
    case clientToServer
    case serverToClient
    case client
    case server
    case both
  }
  /// What one side does and sees in this step.
  public struct Column: Hashable, Sendable {
    /// "sends 187 bytes"; empty when the side has no part in the step.
    public var headline: String
    public var lines: [NarrativeLine]
    /// Nanoseconds from the first entry of the trace, on this side's clock; nil when the side records nothing of the step.
    public var elapsed: Int64?

    public init(headline: String = "", lines: [NarrativeLine] = []) {
      self.headline = headline
      self.lines = lines
    }

    var isEmpty: Bool { headline.isEmpty && lines.isEmpty }
  }
  /// Bytes that belong to the step, for a hex dump.
  public struct Bytes: Hashable, Sendable {
    /// How bytes are best written down.
    public enum Form: Hashable, Sendable {
      case hexadecimal
      /// A certificate, to be copied from the screen.
      case pem
    }
    public let label: String
    public let bytes: [UInt8]
    public var form = Form.hexadecimal
  }

  /// From 1, in the order things happened.
  public let number: Int
  public let title: String
  /// What the step is for, in a sentence or two.
  public let gist: String
  /// "RFC 5246 §7.4.1.2"; nil where no section says it.
  public let reference: String?
  public let direction: Direction
  /// Nil when the trace does not hold that side's view.
  public let client: Column?
  /// Nil when the trace does not hold that side's view.
  public let server: Column?
  public let bytes: [Bytes]
  /// Whether the handshake, or the connection, fails in this step.
  public let isFailure: Bool

  public subscript(side: Side) -> Column? { side == .client ? client : server }
}
