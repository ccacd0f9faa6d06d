/// A named part of a message, as a person reads it.
public struct Field: Hashable, Sendable {
  /// The RFC's name where there is one: "cipher_suites".
  public let name: String
  /// The value in words, in hexadecimal, or empty when `fields` says it all.
  public let value: String
  /// What the value means, where the value alone does not say it.
  public let note: String?
  public let fields: [Field]
  /// The bytes are not what they claim to be; `value` says what is wrong.
  public let isMalformed: Bool

  package init(_ name: String, _ value: String, note: String? = nil, fields: [Field] = [], isMalformed: Bool = false) {
    self.name = name
    self.value = value
    self.note = note
    self.fields = fields
    self.isMalformed = isMalformed
  }
}

extension [Field] {
  /// The first field of that name.
  public subscript(name: String) -> Field? { first { $0.name == name } }
}

/// Lower-case hexadecimal, without separators.
package func hexText(_ bytes: some Sequence<UInt8>) -> String {
  var text = ""
  for byte in bytes {
    if byte < 16 { text += "0" }
    text += String(byte, radix: 16)
  }
  return text
}

/// The beginning and the end of something long, in hexadecimal.
package func shortHex(_ bytes: [UInt8], keeping count: Int = 8) -> String {
  guard bytes.count > count * 2 + 2 else { return hexText(bytes) }
  return "\(hexText(bytes.prefix(count)))…\(hexText(bytes.suffix(4)))"
}

package func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

/// Bytes that should be text: quoted as text when they are, as hexadecimal when not.
package func nameText(_ bytes: [UInt8]) -> String {
  guard let text = String(validating: bytes, as: UTF8.self) else { return "0x\(hexText(bytes))" }
  return text
}
