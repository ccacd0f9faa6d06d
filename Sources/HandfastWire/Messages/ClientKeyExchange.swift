/// The client's half of an ephemeral key exchange.
///
///     struct { opaque point<1..2^8-1>; } ClientECDiffieHellmanPublic;
///
/// RFC 8422 §5.7.
package struct ECDHClientKeyExchange: HandshakeBody, Equatable {
  package static let type = HandshakeType.clientKeyExchange

  package var point: [UInt8]

  package init(point: [UInt8]) { self.point = point }

  package init(from reader: inout WireReader) throws(DecodeError) {
    point = try reader.filledBytes(.one, "ecdh_Yc")
  }

  package func encode(into writer: inout WireWriter) { writer.opaque(.one, point) }
}

/// The pre-master secret, encrypted with the public key of the server's certificate.
///
///     public-key-encrypted PreMasterSecret pre_master_secret;      /* opaque<0..2^16-1> */
///
/// RFC 5246 §7.4.7.1. RFC 10015 forbids this key exchange; it is here for the paper's sake, behind an opt-in.
package struct RSAClientKeyExchange: HandshakeBody, Equatable {
  package static let type = HandshakeType.clientKeyExchange

  package var encryptedPreMasterSecret: [UInt8]

  package init(encryptedPreMasterSecret: [UInt8]) { self.encryptedPreMasterSecret = encryptedPreMasterSecret }

  package init(from reader: inout WireReader) throws(DecodeError) {
    encryptedPreMasterSecret = try reader.bytes(.two, "EncryptedPreMasterSecret")
  }

  package func encode(into writer: inout WireWriter) { writer.opaque(.two, encryptedPreMasterSecret) }
}
