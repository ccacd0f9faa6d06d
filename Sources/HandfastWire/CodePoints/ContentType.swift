/// What a record carries (RFC 5246 §6.2.1).
public struct ContentType: CodePoint {
  public var rawValue: UInt8
  @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

  // Inlinable, and no constants in memory, since each record asks for one.
  @inlinable public static var changeCipherSpec: Self { Self(rawValue: 20) }
  @inlinable public static var alert: Self { Self(rawValue: 21) }
  @inlinable public static var handshake: Self { Self(rawValue: 22) }
  @inlinable public static var applicationData: Self { Self(rawValue: 23) }

  public static let names: [UInt8: String] = [
    20: "change_cipher_spec", 21: "alert", 22: "handshake", 23: "application_data", 24: "heartbeat",
  ]
}
