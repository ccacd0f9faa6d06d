/// A number from one of IANA's TLS registries. A struct rather than an enum, so that values nobody knows yet, and GREASE
/// (RFC 8701), survive decoding and are sent on or shown as they came.
public protocol CodePoint: RawRepresentable, Hashable, Sendable, CustomStringConvertible
where RawValue: FixedWidthInteger & UnsignedInteger & Sendable {
  init(rawValue: RawValue)
  /// The registry's name of each value this library knows.
  static var names: [RawValue: String] { get }
}

extension CodePoint {
  /// The registry's name, or nil for a value this library does not know.
  public var name: String? { Self.names[rawValue] }

  /// The registry's name; "GREASE (0x0a0a)" or "unknown (0x1234)" where there is none.
  public var description: String {
    name ?? "\(isGREASE ? "GREASE" : "unknown") (\(hex))"
  }

  /// The value in hexadecimal, as wide as its field: "0x0403".
  public var hex: String {
    let digits = String(rawValue, radix: 16)
    return "0x" + String(repeating: "0", count: RawValue.bitWidth / 4 - digits.count) + digits
  }

  /// Whether this is one of the 16-bit values that RFC 8701 §2 reserves to keep peers tolerant of the unknown.
  @inlinable public var isGREASE: Bool {
    guard RawValue.bitWidth == 16 else { return false }
    return rawValue & 0x0f0f == 0x0a0a && rawValue >> 8 == rawValue & 0xff
  }
}
