/// A kind of client certificate that a TLS 1.2 server accepts (RFC 5246 §7.4.4, RFC 8422 §5.5).
public struct ClientCertificateType: CodePoint {
  public var rawValue: UInt8
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  public static let rsaSign = Self(rawValue: 1)
  public static let ecdsaSign = Self(rawValue: 64)

  public static let names: [UInt8: String] = [
    1: "rsa_sign", 2: "dss_sign", 3: "rsa_fixed_dh", 4: "dss_fixed_dh", 64: "ecdsa_sign", 65: "rsa_fixed_ecdh",
    66: "ecdsa_fixed_ecdh",
  ]
}
