/// Which handshake message follows (RFC 5246 §7.4, RFC 9846 §4).
public struct HandshakeType: CodePoint {
  public var rawValue: UInt8
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  public static let helloRequest = Self(rawValue: 0)
  public static let clientHello = Self(rawValue: 1)
  public static let serverHello = Self(rawValue: 2)
  public static let newSessionTicket = Self(rawValue: 4)
  public static let endOfEarlyData = Self(rawValue: 5)
  public static let encryptedExtensions = Self(rawValue: 8)
  public static let certificate = Self(rawValue: 11)
  public static let serverKeyExchange = Self(rawValue: 12)
  public static let certificateRequest = Self(rawValue: 13)
  public static let serverHelloDone = Self(rawValue: 14)
  public static let certificateVerify = Self(rawValue: 15)
  public static let clientKeyExchange = Self(rawValue: 16)
  public static let finished = Self(rawValue: 20)
  public static let certificateStatus = Self(rawValue: 22)
  public static let keyUpdate = Self(rawValue: 24)
  /// RFC 8879 §4.
  public static let compressedCertificate = Self(rawValue: 25)
  /// Never sent: stands in the transcript for the ClientHello before a HelloRetryRequest (RFC 9846 §4.1).
  public static let messageHash = Self(rawValue: 254)

  public static let names: [UInt8: String] = [
    0: "HelloRequest", 1: "ClientHello", 2: "ServerHello", 4: "NewSessionTicket", 5: "EndOfEarlyData",
    8: "EncryptedExtensions", 11: "Certificate", 12: "ServerKeyExchange", 13: "CertificateRequest",
    14: "ServerHelloDone", 15: "CertificateVerify", 16: "ClientKeyExchange", 20: "Finished", 22: "CertificateStatus",
    24: "KeyUpdate", 25: "CompressedCertificate", 254: "message_hash",
  ]
}
