/// What takes the first ClientHello's place in the transcript after a HelloRetryRequest, so that a server need not
/// keep the hello itself.
///
///     Hash(message_hash || 00 00 Hash.length || Hash(ClientHello1) || HelloRetryRequest || ...)
///
/// RFC 9846 §4.1. Never sent.
package enum MessageHash: Sendable, Equatable {
  /// The synthetic message that holds the first hello's `digest`.
  package static func bytes(of digest: [UInt8]) -> [UInt8] {
    var writer = WireWriter(capacity: 4 + digest.count)
    writer.u8(HandshakeType.messageHash.rawValue)
    writer.opaque(.three, digest)
    return writer.bytes
  }
}
