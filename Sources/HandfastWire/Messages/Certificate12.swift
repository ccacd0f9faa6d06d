/// A chain of certificates, the sender's own first.
///
///     opaque ASN.1Cert<1..2^24-1>;
///     struct { ASN.1Cert certificate_list<0..2^24-1>; } Certificate;
///
/// RFC 5246 §7.4.2. A client with no fitting certificate sends an empty list (§7.4.6).
package struct Certificate12: HandshakeBody, Equatable {
  package static let type = HandshakeType.certificate

  /// DER, leaf first.
  package var chain: [[UInt8]]

  package init(chain: [[UInt8]]) { self.chain = chain }

  package init(from reader: inout WireReader) throws(DecodeError) {
    chain = try reader.nested(.three, "certificate_list") { reader throws(DecodeError) in
      var chain: [[UInt8]] = []
      // A leaf and an intermediate or two.
      chain.reserveCapacity(3)
      while !reader.isAtEnd { chain.append(try reader.filledBytes(.three, "ASN.1Cert")) }
      return chain
    }
  }

  package var expectedByteCount: Int { chain.reduce(3) { $0 + 3 + $1.count } }

  package func encode(into writer: inout WireWriter) {
    writer.nested(.three) { for certificate in chain { $0.opaque(.three, certificate) } }
  }
}
