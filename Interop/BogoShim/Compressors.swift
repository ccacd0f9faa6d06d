import Handfast

/// The runner's three algorithms, from the private range: each does one thing that a compressor may do.
struct ShimCompressor: CertificateCompressor {
  let algorithm: CertificateCompressionAlgorithm

  init(_ number: UInt16) { algorithm = CertificateCompressionAlgorithm(rawValue: number) }

  func compress(_ message: [UInt8]) -> [UInt8]? {
    switch algorithm.rawValue {
    // Shrinks: a Certificate of a server begins with two zeros.
    case 0xff01: message.starts(with: [0, 0]) ? Array(message.dropFirst(2)) : nil
    // Expands.
    case 0xff02: [1, 2, 3, 4] + message
    // Differs from time to time.
    case 0xff03: [UInt8.random(in: 0...255)] + message
    default: nil
    }
  }

  func decompress(_ bytes: [UInt8], byteCount: Int) -> [UInt8]? {
    switch algorithm.rawValue {
    case 0xff01: [0, 0] + bytes
    case 0xff02: bytes.starts(with: [1, 2, 3, 4]) ? Array(bytes.dropFirst(4)) : nil
    case 0xff03: Array(bytes.dropFirst())
    default: nil
    }
  }
}
