/// How a signature is made. In TLS 1.2 the same two bytes are a hash and a signature algorithm (RFC 5246 §7.4.1.4.1); RFC
/// 9846 §4.3.3 gives the pairs their names.
public struct SignatureScheme: CodePoint {
  public var rawValue: UInt16
  public init(rawValue: UInt16) { self.rawValue = rawValue }

  public static let rsaPKCS1SHA256 = Self(rawValue: 0x0401)
  public static let rsaPKCS1SHA384 = Self(rawValue: 0x0501)
  public static let rsaPKCS1SHA512 = Self(rawValue: 0x0601)
  public static let ecdsaSecp256r1SHA256 = Self(rawValue: 0x0403)
  public static let ecdsaSecp384r1SHA384 = Self(rawValue: 0x0503)
  public static let ecdsaSecp521r1SHA512 = Self(rawValue: 0x0603)
  public static let rsaPSSRSAESHA256 = Self(rawValue: 0x0804)
  public static let rsaPSSRSAESHA384 = Self(rawValue: 0x0805)
  public static let rsaPSSRSAESHA512 = Self(rawValue: 0x0806)
  public static let ed25519 = Self(rawValue: 0x0807)
  /// Module lattices, against quantum computers (FIPS 204). TLS 1.3 alone has them.
  public static let mldsa44 = Self(rawValue: 0x0904)
  public static let mldsa65 = Self(rawValue: 0x0905)
  public static let mldsa87 = Self(rawValue: 0x0906)

  // For clients' keys that cannot do PSS, in TLS 1.3's CertificateVerify and nowhere else (RFC 9963 §3).
  public static let rsaPKCS1SHA256Legacy = Self(rawValue: 0x0420)
  public static let rsaPKCS1SHA384Legacy = Self(rawValue: 0x0520)
  public static let rsaPKCS1SHA512Legacy = Self(rawValue: 0x0620)

  public static let names: [UInt16: String] = [
    0x0420: "rsa_pkcs1_sha256_legacy", 0x0520: "rsa_pkcs1_sha384_legacy", 0x0620: "rsa_pkcs1_sha512_legacy",
    0x0201: "rsa_pkcs1_sha1", 0x0202: "dsa_sha1", 0x0203: "ecdsa_sha1", 0x0301: "rsa_pkcs1_sha224",
    0x0302: "dsa_sha224", 0x0303: "ecdsa_sha224", 0x0402: "dsa_sha256", 0x0502: "dsa_sha384", 0x0602: "dsa_sha512",
    0x0401: "rsa_pkcs1_sha256", 0x0501: "rsa_pkcs1_sha384", 0x0601: "rsa_pkcs1_sha512",
    0x0403: "ecdsa_secp256r1_sha256", 0x0503: "ecdsa_secp384r1_sha384", 0x0603: "ecdsa_secp521r1_sha512",
    0x0804: "rsa_pss_rsae_sha256", 0x0805: "rsa_pss_rsae_sha384", 0x0806: "rsa_pss_rsae_sha512",
    0x0807: "ed25519", 0x0808: "ed448",
    0x0809: "rsa_pss_pss_sha256", 0x080a: "rsa_pss_pss_sha384", 0x080b: "rsa_pss_pss_sha512",
    0x081a: "ecdsa_brainpoolP256r1tls13_sha256", 0x081b: "ecdsa_brainpoolP384r1tls13_sha384",
    0x081c: "ecdsa_brainpoolP512r1tls13_sha512", 0x0904: "mldsa44", 0x0905: "mldsa65", 0x0906: "mldsa87",
  ]
}
