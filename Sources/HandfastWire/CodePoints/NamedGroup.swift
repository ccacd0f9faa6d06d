/// A group for ephemeral key exchange (RFC 8422 §5.1.1, RFC 9846 §4.3.7).
public struct NamedGroup: CodePoint {
  public var rawValue: UInt16
  public init(rawValue: UInt16) { self.rawValue = rawValue }

  public static let secp256r1 = Self(rawValue: 0x0017)
  public static let secp384r1 = Self(rawValue: 0x0018)
  public static let secp521r1 = Self(rawValue: 0x0019)
  public static let x25519 = Self(rawValue: 0x001d)
  /// ML-KEM-768 and X25519 together, for TLS 1.3 (RFC 10024).
  public static let x25519MLKEM768 = Self(rawValue: 0x11ec)
  /// P-256 and ML-KEM-768 together, for TLS 1.3 (RFC 10024).
  public static let secp256r1MLKEM768 = Self(rawValue: 0x11eb)

  /// ML-KEM-1024 alone, for TLS 1.3 (draft-ietf-tls-mlkem). Not among the recommended ones: nothing stands beside it.
  public static let mlkem1024 = Self(rawValue: 0x0202)

  /// Whether only TLS 1.3 can use it: it has a part that encapsulates.
  public var isKEM: Bool { isHybrid || (0x0200...0x0202).contains(rawValue) }

  /// Whether a classical group and a post-quantum KEM are joined in it. Such groups exist in TLS 1.3 only (RFC 9954).
  public var isHybrid: Bool { (0x11eb...0x11ed).contains(rawValue) }

  public static let names: [UInt16: String] = [
    0x0017: "secp256r1", 0x0018: "secp384r1", 0x0019: "secp521r1", 0x001a: "brainpoolP256r1",
    0x001b: "brainpoolP384r1", 0x001c: "brainpoolP512r1", 0x001d: "x25519", 0x001e: "x448",
    0x0100: "ffdhe2048", 0x0101: "ffdhe3072", 0x0102: "ffdhe4096", 0x0103: "ffdhe6144", 0x0104: "ffdhe8192",
    0x0200: "MLKEM512", 0x0201: "MLKEM768", 0x0202: "MLKEM1024", 0x11eb: "SecP256r1MLKEM768", 0x11ec: "X25519MLKEM768",
    0x11ed: "SecP384r1MLKEM1024",
  ]
}
