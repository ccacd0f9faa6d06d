/// How a certificate message is compressed (RFC 8879 §7.3).
public struct CertificateCompressionAlgorithm: CodePoint {
  public var rawValue: UInt16
  public init(rawValue: UInt16) { self.rawValue = rawValue }

  public static let zlib = Self(rawValue: 1)
  public static let brotli = Self(rawValue: 2)
  public static let zstd = Self(rawValue: 3)

  public static let names: [UInt16: String] = [1: "zlib", 2: "brotli", 3: "zstd"]
}
