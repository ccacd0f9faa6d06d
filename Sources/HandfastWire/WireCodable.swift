/// A structure of the presentation language. `init(from:)` reads exactly the structure; whoever holds the frame checks that
/// nothing is left.
package protocol WireCodable {
  init(from reader: inout WireReader) throws(DecodeError)
  func encode(into writer: inout WireWriter)
}

/// The body of a handshake message.
package protocol HandshakeBody: WireCodable, Sendable {
  static var type: HandshakeType { get }
  /// About as many bytes as it takes: room is made for them, and more when they are not enough.
  var expectedByteCount: Int { get }
}

extension WireCodable {
  /// Decodes `bytes`, which must hold this structure and nothing else. `field` names it in errors.
  package init(decoding bytes: Span<UInt8>, _ field: StaticString) throws(DecodeError) {
    var reader = WireReader(bytes)
    self = try Self(from: &reader)
    guard reader.isAtEnd else { throw .trailingBytes(field: "\(field)", count: reader.remaining) }
  }

  /// The encoded bytes, or nil if some vector is longer than its length prefix can say.
  package func encoded() -> [UInt8]? {
    var writer = WireWriter()
    encode(into: &writer)
    return writer.overflow ? nil : writer.bytes
  }
}

extension HandshakeBody {
  package var expectedByteCount: Int { 192 }

  /// The whole handshake message: type, 24-bit length, body (RFC 5246 §7.4). Nil if a vector does not fit.
  package func message() -> [UInt8]? {
    var bytes: [UInt8] = []
    return appendMessage(to: &bytes) ? bytes : nil
  }

  /// The same behind what is there; false, and nothing is added, if a vector does not fit.
  package func appendMessage(to bytes: inout [UInt8]) -> Bool {
    let start = bytes.count
    let needed = start + 4 + expectedByteCount
    if bytes.capacity < needed { bytes.reserveCapacity(max(needed, 2 * bytes.capacity)) }
    var all: [UInt8] = []
    swap(&all, &bytes)
    var writer = WireWriter(appendingTo: consume all)
    writer.u8(Self.type.rawValue)
    writer.nested(.three) { encode(into: &$0) }
    let fits = !writer.overflow
    bytes = writer.finish()
    if !fits { bytes.removeSubrange(start...) }
    return fits
  }
}
