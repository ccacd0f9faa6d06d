import Foundation
import Handfast
import HandfastCore
import HandfastWire

/// JSON in memory; the trace format is written and read through it.
enum JSONValue: Hashable, Sendable, Codable {
  case null
  case bool(Bool)
  case int(Int64)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])

  init(from decoder: any Decoder) throws {
    // The most frequent first: every miss costs a thrown error.
    let container = try decoder.singleValueContainer()
    if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if let value = try? container.decode([String: JSONValue].self) {
      self = .object(value)
    } else if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Int64.self) {
      self = .int(value)
    } else {
      self = .array(try container.decode([JSONValue].self))
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .bool(let value): try container.encode(value)
    case .int(let value): try container.encode(value)
    case .string(let value): try container.encode(value)
    case .array(let values): try container.encode(values)
    case .object(let values): try container.encode(values)
    }
  }

  /// On one line, keys in alphabetical order.
  func line() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self)
  }
}

extension JSONValue {
  static func bytes(_ bytes: [UInt8]) -> Self { .string(hexText(bytes)) }
  static func int(_ value: Int) -> Self { .int(Int64(value)) }
  static func code(_ value: some CodePoint) -> Self { .string("\(value)") }
  static func code(_ value: (some CodePoint)?) -> Self { value.map { .string("\($0)") } ?? .null }
  static func text(_ value: String?) -> Self { value.map { .string($0) } ?? .null }
  static func strings(_ values: [String]) -> Self { .array(values.map { .string($0) }) }
  static func codes(_ values: [some CodePoint]) -> Self { .array(values.map { .string("\($0)") }) }
}

/// One object of a trace, being read. Every miss names the key.
struct JSONObject {
  let values: [String: JSONValue]

  init(_ value: JSONValue, _ name: String) throws(TraceFormatError) {
    guard case .object(let values) = value else { throw .wrongType(key: name) }
    self.values = values
  }

  func value(_ key: String) throws(TraceFormatError) -> JSONValue {
    guard let value = values[key] else { throw .missing(key: key) }
    return value
  }

  func has(_ key: String) -> Bool { values[key].map { $0 != .null } ?? false }

  func object(_ key: String) throws(TraceFormatError) -> JSONObject { try JSONObject(try value(key), key) }

  func objects(_ key: String) throws(TraceFormatError) -> [JSONObject] {
    try list(key) { value throws(TraceFormatError) in try JSONObject(value, key) }
  }

  func string(_ key: String) throws(TraceFormatError) -> String { try Self.string(try value(key), key) }

  func optionalString(_ key: String) throws(TraceFormatError) -> String? { has(key) ? try string(key) : nil }

  func strings(_ key: String) throws(TraceFormatError) -> [String] {
    try list(key) { value throws(TraceFormatError) in try Self.string(value, key) }
  }

  func int(_ key: String) throws(TraceFormatError) -> Int {
    guard case .int(let number) = try value(key), let value = Int(exactly: number) else { throw .wrongType(key: key) }
    return value
  }

  func optionalInt(_ key: String) throws(TraceFormatError) -> Int? { has(key) ? try int(key) : nil }

  func unsigned(_ key: String) throws(TraceFormatError) -> UInt64 {
    guard let value = UInt64(exactly: try int(key)) else { throw .wrongType(key: key) }
    return value
  }

  func number<N: FixedWidthInteger>(_ key: String) throws(TraceFormatError) -> N {
    guard let value = N(exactly: try int(key)) else { throw .wrongType(key: key) }
    return value
  }

  func bool(_ key: String) throws(TraceFormatError) -> Bool {
    guard case .bool(let value) = try value(key) else { throw .wrongType(key: key) }
    return value
  }

  /// Lower-case hexadecimal.
  func bytes(_ key: String) throws(TraceFormatError) -> [UInt8] {
    let digits = Array(try string(key).utf8)
    guard digits.count.isMultiple(of: 2) else { throw .wrongType(key: key) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(digits.count / 2)
    for index in stride(from: 0, to: digits.count, by: 2) {
      guard let high = Self.nibble(digits[index]), let low = Self.nibble(digits[index + 1]) else {
        throw .wrongType(key: key)
      }
      bytes.append(high << 4 | low)
    }
    return bytes
  }

  func raw<T: RawRepresentable>(_ key: String) throws(TraceFormatError) -> T where T.RawValue == String {
    let text = try string(key)
    guard let value = T(rawValue: text) else { throw .unknownValue(key: key, value: text) }
    return value
  }

  func code<C: CodePoint>(_ key: String) throws(TraceFormatError) -> C { try Self.code(try value(key), key) }
  func optionalCode<C: CodePoint>(_ key: String) throws(TraceFormatError) -> C? { has(key) ? try code(key) : nil }
  func codes<C: CodePoint>(_ key: String) throws(TraceFormatError) -> [C] {
    try list(key) { value throws(TraceFormatError) in try Self.code(value, key) }
  }

  private func list<T>(
    _ key: String, _ body: (JSONValue) throws(TraceFormatError) -> T
  ) throws(TraceFormatError) -> [T] {
    guard case .array(let values) = try value(key) else { throw .wrongType(key: key) }
    var result: [T] = []
    for value in values { result.append(try body(value)) }
    return result
  }

  private static func string(_ value: JSONValue, _ key: String) throws(TraceFormatError) -> String {
    guard case .string(let text) = value else { throw .wrongType(key: key) }
    return text
  }

  /// A registry's name, or "unknown (0x1234)".
  private static func code<C: CodePoint>(_ value: JSONValue, _ key: String) throws(TraceFormatError) -> C {
    let text = try string(value, key)
    if let known = C.names.first(where: { $0.value == text }) { return C(rawValue: known.key) }
    guard let open = text.firstRange(of: "(0x"), text.hasSuffix(")"),
      let number = C.RawValue(text[open.upperBound...].dropLast(), radix: 16)
    else { throw .unknownValue(key: key, value: text) }
    return C(rawValue: number)
  }

  private static func nibble(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    default: nil
    }
  }
}
