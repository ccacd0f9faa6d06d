/// How a record is compressed; since RFC 3749's lessons always null (RFC 5246 §6.2.2).
public struct CompressionMethod: CodePoint {
  public var rawValue: UInt8
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  public static let null = Self(rawValue: 0)

  public static let names: [UInt8: String] = [0: "null", 1: "DEFLATE"]
}

/// How a point of an elliptic curve is written (RFC 8422 §5.1.2).
public struct ECPointFormat: CodePoint {
  public var rawValue: UInt8
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  public static let uncompressed = Self(rawValue: 0)

  public static let names: [UInt8: String] = [
    0: "uncompressed", 1: "ansiX962_compressed_prime", 2: "ansiX962_compressed_char2",
  ]
}

/// How a ServerKeyExchange names its curve (RFC 8422 §5.4).
public struct ECCurveType: CodePoint {
  public var rawValue: UInt8
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  public static let namedCurve = Self(rawValue: 3)

  public static let names: [UInt8: String] = [1: "explicit_prime", 2: "explicit_char2", 3: "named_curve"]
}

/// The largest record plaintext that a client with little memory asks for (RFC 6066 §4).
public struct MaxFragmentLength: CodePoint {
  public var rawValue: UInt8
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  public static let bytes512 = Self(rawValue: 1)
  public static let bytes1024 = Self(rawValue: 2)
  public static let bytes2048 = Self(rawValue: 3)
  public static let bytes4096 = Self(rawValue: 4)

  public static let names: [UInt8: String] = [1: "2^9", 2: "2^10", 3: "2^11", 4: "2^12"]

  /// The length in bytes; nil for a code that RFC 6066 does not define.
  public var byteCount: Int? { (1...4).contains(rawValue) ? 256 << Int(rawValue) : nil }
}

/// How a pre-shared key is used: alone, or with a fresh key exchange beside it (RFC 9846 §4.3.9).
public struct PSKKeyExchangeMode: CodePoint {
  public var rawValue: UInt8
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// No fresh key exchange: no forward secrecy.
  public static let pskKE = Self(rawValue: 0)
  public static let pskDHEKE = Self(rawValue: 1)

  public static let names: [UInt8: String] = [0: "psk_ke", 1: "psk_dhe_ke"]
}

/// Whether the sender of a KeyUpdate wants one in return (RFC 9846 §4.7.3).
public struct KeyUpdateRequest: CodePoint {
  public var rawValue: UInt8
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  public static let updateNotRequested = Self(rawValue: 0)
  public static let updateRequested = Self(rawValue: 1)

  public static let names: [UInt8: String] = [0: "update_not_requested", 1: "update_requested"]
}

/// What kind of proof of a certificate's status is asked for or sent (RFC 6066 §8).
public struct CertificateStatusType: CodePoint {
  public var rawValue: UInt8
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  public static let ocsp = Self(rawValue: 1)

  public static let names: [UInt8: String] = [1: "ocsp", 2: "ocsp_multi"]
}
