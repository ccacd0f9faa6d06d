/// The ways in which the sender can take a certificate message.
///
///     CertificateCompressionAlgorithm algorithms<2..2^8-2>;
///
/// RFC 8879 §3.
package struct CompressCertificate: ExtensionBody, Equatable {
  package static let type = ExtensionType.compressCertificate

  /// Without repetitions.
  package var algorithms: [CertificateCompressionAlgorithm]

  package init(algorithms: [CertificateCompressionAlgorithm]) { self.algorithms = algorithms }

  package init(from reader: inout WireReader) throws(DecodeError) {
    algorithms = try reader.list(.one, "algorithms")
    var seen: Set<UInt16> = []
    for algorithm in algorithms where !seen.insert(algorithm.rawValue).inserted {
      throw .badValue(field: "algorithms", value: UInt32(algorithm.rawValue))
    }
  }

  package func encode(into writer: inout WireWriter) { writer.list(.one, algorithms) }
}
