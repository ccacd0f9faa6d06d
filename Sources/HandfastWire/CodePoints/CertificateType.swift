/// What stands in a Certificate message (RFC 7250 §3, and the IANA registry).
public struct CertificateType: CodePoint {
  public var rawValue: UInt8
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  public static let x509 = Self(rawValue: 0)
  /// A bare SubjectPublicKeyInfo.
  public static let rawPublicKey = Self(rawValue: 2)

  public static let names: [UInt8: String] = [0: "X509", 1: "OpenPGP", 2: "RawPublicKey", 3: "1609Dot2"]
}
