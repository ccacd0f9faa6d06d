/// A Certificate message in fewer bytes.
///
///     struct {
///         CertificateCompressionAlgorithm algorithm;
///         uint24 uncompressed_length;
///         opaque compressed_certificate_message<1..2^24-1>;
///     } CompressedCertificate;
///
/// RFC 8879 §4.
package struct CompressedCertificate: HandshakeBody, Equatable {
  package static let type = HandshakeType.compressedCertificate

  package var algorithm: CertificateCompressionAlgorithm
  package var uncompressedByteCount: Int
  package var compressed: [UInt8]

  package init(algorithm: CertificateCompressionAlgorithm, uncompressedByteCount: Int, compressed: [UInt8]) {
    self.algorithm = algorithm
    self.uncompressedByteCount = uncompressedByteCount
    self.compressed = compressed
  }

  package init(from reader: inout WireReader) throws(DecodeError) {
    algorithm = CertificateCompressionAlgorithm(rawValue: try reader.u16("algorithm"))
    uncompressedByteCount = try reader.length(.three, "uncompressed_length")
    compressed = try reader.filledBytes(.three, "compressed_certificate_message")
  }

  package func encode(into writer: inout WireWriter) {
    writer.u16(algorithm.rawValue)
    writer.u8(UInt8(truncatingIfNeeded: uncompressedByteCount >> 16))
    writer.u16(UInt16(truncatingIfNeeded: uncompressedByteCount))
    writer.opaque(.three, compressed)
  }
}
