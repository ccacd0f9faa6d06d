/// A protocol version as it stands on the wire (RFC 5246 §6.2.1, RFC 9846 §4.3.1).
public struct ProtocolVersion: CodePoint, Comparable {
  public var rawValue: UInt16
  public init(rawValue: UInt16) { self.rawValue = rawValue }

  public static let ssl30 = Self(rawValue: 0x0300)
  public static let tls10 = Self(rawValue: 0x0301)
  public static let tls11 = Self(rawValue: 0x0302)
  public static let tls12 = Self(rawValue: 0x0303)
  public static let tls13 = Self(rawValue: 0x0304)

  public static let names: [UInt16: String] = [
    0x0002: "SSL 2.0", 0x0300: "SSL 3.0", 0x0301: "TLS 1.0", 0x0302: "TLS 1.1", 0x0303: "TLS 1.2", 0x0304: "TLS 1.3",
  ]

  public static func < (lhs: Self, rhs: Self) -> Bool { lhs.rawValue < rhs.rawValue }
}
