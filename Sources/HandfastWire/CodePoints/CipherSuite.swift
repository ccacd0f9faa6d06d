/// A cipher suite (RFC 5246 §A.5 and the IANA registry). Which of them this library negotiates is the crypto provider's word.
public struct CipherSuite: CodePoint {
  public var rawValue: UInt16
  public init(rawValue: UInt16) { self.rawValue = rawValue }

  /// TLS 1.3: names only the AEAD and the hash (RFC 9846 §B.4).
  public static let aes128GCMSHA256 = Self(rawValue: 0x1301)
  /// TLS 1.3: names only the AEAD and the hash (RFC 9846 §B.4).
  public static let aes256GCMSHA384 = Self(rawValue: 0x1302)
  /// TLS 1.3: names only the AEAD and the hash (RFC 9846 §B.4).
  public static let chaCha20Poly1305SHA256 = Self(rawValue: 0x1303)

  public static let ecdheECDSAWithAES128GCMSHA256 = Self(rawValue: 0xc02b)
  public static let ecdheECDSAWithAES256GCMSHA384 = Self(rawValue: 0xc02c)
  public static let ecdheECDSAWithChaCha20Poly1305SHA256 = Self(rawValue: 0xcca9)
  public static let ecdheRSAWithAES128GCMSHA256 = Self(rawValue: 0xc02f)
  public static let ecdheRSAWithAES256GCMSHA384 = Self(rawValue: 0xc030)
  public static let ecdheRSAWithChaCha20Poly1305SHA256 = Self(rawValue: 0xcca8)
  /// RSA key transport: no forward secrecy. RFC 10015: MUST NOT be used; here only behind an explicit opt-in.
  public static let rsaWithAES128GCMSHA256 = Self(rawValue: 0x009c)
  /// RSA key transport: no forward secrecy. RFC 10015: MUST NOT be used; here only behind an explicit opt-in.
  public static let rsaWithAES256GCMSHA384 = Self(rawValue: 0x009d)

  /// Not a suite but a signal: "this is an initial handshake with secure renegotiation" (RFC 5746 §3.3).
  public static let emptyRenegotiationInfoSCSV = Self(rawValue: 0x00ff)
  /// Not a suite but a signal: "I have retried with a lower version" (RFC 7507 §2).
  public static let fallbackSCSV = Self(rawValue: 0x5600)

  public static let names: [UInt16: String] = [
    0x0005: "TLS_RSA_WITH_RC4_128_SHA", 0x000a: "TLS_RSA_WITH_3DES_EDE_CBC_SHA",
    0x002f: "TLS_RSA_WITH_AES_128_CBC_SHA", 0x0035: "TLS_RSA_WITH_AES_256_CBC_SHA",
    0x003c: "TLS_RSA_WITH_AES_128_CBC_SHA256", 0x003d: "TLS_RSA_WITH_AES_256_CBC_SHA256",
    0x0033: "TLS_DHE_RSA_WITH_AES_128_CBC_SHA", 0x0039: "TLS_DHE_RSA_WITH_AES_256_CBC_SHA",
    0x0067: "TLS_DHE_RSA_WITH_AES_128_CBC_SHA256", 0x006b: "TLS_DHE_RSA_WITH_AES_256_CBC_SHA256",
    0x009c: "TLS_RSA_WITH_AES_128_GCM_SHA256", 0x009d: "TLS_RSA_WITH_AES_256_GCM_SHA384",
    0x009e: "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256", 0x009f: "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384",
    0x00ff: "TLS_EMPTY_RENEGOTIATION_INFO_SCSV",
    0x1301: "TLS_AES_128_GCM_SHA256", 0x1302: "TLS_AES_256_GCM_SHA384", 0x1303: "TLS_CHACHA20_POLY1305_SHA256",
    0x1304: "TLS_AES_128_CCM_SHA256", 0x1305: "TLS_AES_128_CCM_8_SHA256",
    0x5600: "TLS_FALLBACK_SCSV",
    0xc009: "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", 0xc00a: "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
    0xc013: "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", 0xc014: "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
    0xc023: "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256", 0xc024: "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384",
    0xc027: "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256", 0xc028: "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384",
    0xc02b: "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", 0xc02c: "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    0xc02f: "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", 0xc030: "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
    0xc0ac: "TLS_ECDHE_ECDSA_WITH_AES_128_CCM", 0xc0ad: "TLS_ECDHE_ECDSA_WITH_AES_256_CCM",
    0xcca8: "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", 0xcca9: "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
    0xccaa: "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
  ]
}
