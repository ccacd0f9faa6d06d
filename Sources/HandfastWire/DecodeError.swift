/// Why bytes are not the message they claim to be. `field` is the RFC's name of the field that went wrong.
@nonexhaustive public enum DecodeError: Error, Hashable, Sendable {
  /// The field claims more bytes than there are.
  case truncated(field: String)
  /// Bytes are left after the structure's end.
  case trailingBytes(field: String, count: Int)
  /// A list is shorter or longer than its definition allows, or no whole number of elements.
  case badLength(field: String, length: Int)
  /// A value that the definition excludes.
  case badValue(field: String, value: UInt32)
  /// The same extension twice in one message (RFC 5246 §7.4.1.4).
  case duplicateExtension(ExtensionType)
}

extension DecodeError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .truncated(let field): "\(field) ends before its length says"
    case .trailingBytes(let field, let count): "\(count) byte\(count == 1 ? "" : "s") after the end of \(field)"
    case .badLength(let field, let length): "\(field) has length \(length), which its definition does not allow"
    case .badValue(let field, let value): "\(field) has value \(value), which its definition does not allow"
    case .duplicateExtension(let type): "extension \(type) stands twice in one message"
    }
  }
}
