public import Handfast
import HandfastCore
public import HandfastWire

/// A message that did not arrive as it was sent: where it differs first, and in which field that is.
public struct MessageDifference: Hashable, Sendable {
  public let type: HandshakeType
  public let sender: Side
  /// The message's place among its sender's, from 0.
  public let ordinal: Int
  public let sentByteCount: Int
  public let receivedByteCount: Int
  /// The first byte that differs, counted from the message's header. Lengths are passed over as long as something else differs;
  /// where one message is the beginning of the other, it is the length of the shorter.
  public let offset: Int
  /// The field that byte belongs to, as it was sent: "cipher_suites, suite 2".
  public let field: String
  /// The field's value on either side, of a long one the byte at `offset`; nil when there is none at that place.
  public let sentValue: String?
  public let receivedValue: String?

  init(sent: MessageFact, received: MessageFact, sender: Side, form: MessageLayout.Form) {
    type = sent.type
    self.sender = sender
    ordinal = sent.ordinal
    sentByteCount = sent.bytes.count
    receivedByteCount = received.bytes.count
    let layout = MessageLayout(type: sent.type, bytes: sent.bytes, form: form)
    let differing = zip(sent.bytes, received.bytes).enumerated().filter { $0.element.0 != $0.element.1 }.map(\.offset)
    let end = min(sent.bytes.count, received.bytes.count)
    // What was taken out or put in changes the lengths around it first; it is what stands there that matters.
    let telling = differing.first { layout.part(at: $0).map { !$0.isLength } ?? false }
    offset = telling ?? (sent.bytes.count == received.bytes.count ? differing.first : nil) ?? end
    guard let part = layout.part(at: offset) ?? layout.parts.last else {
      (field, sentValue, receivedValue) = ("body", nil, nil)
      return
    }
    field = part.name
    sentValue = part.value(in: sent.bytes, at: offset)
    receivedValue = part.value(in: received.bytes, at: offset)
  }
}

extension MessageDifference: CustomStringConvertible {
  public var description: String {
    let size =
      sentByteCount == receivedByteCount ? "" : " \(sentByteCount) bytes became \(receivedByteCount) on the way."
    var text = "The \(sender)'s \(type) differs from byte \(offset) on, in \(field)"
    if let sentValue, let receivedValue { text += ": sent \(sentValue), received \(receivedValue)" }
    return text + "." + size
  }
}
