package import HandfastWire

/// A record as it is on the wire: a header and whatever the fragment is, in clear or not.
package struct WireRecord: Equatable {
  package var type: ContentType
  package var version: ProtocolVersion
  package var fragment: [UInt8]

  package init(_ type: ContentType, _ fragment: [UInt8], version: ProtocolVersion = .tls12) {
    self.type = type
    self.version = version
    self.fragment = fragment
  }

  /// Header and fragment. The length is the fragment's, cut to 16 bits.
  package var bytes: [UInt8] {
    let header = RecordHeader(type: type, version: version, length: UInt16(truncatingIfNeeded: fragment.count))
    return (header.encoded() ?? []) + fragment
  }

  /// The whole records at the start of `bytes`, and what is left.
  package static func parse(_ bytes: [UInt8]) -> (records: [WireRecord], rest: [UInt8]) {
    var records: [WireRecord] = []
    var start = 0
    while start + RecordHeader.byteCount <= bytes.count {
      let length = Int(bytes[start + 3]) << 8 | Int(bytes[start + 4])
      let end = start + RecordHeader.byteCount + length
      guard end <= bytes.count else { break }
      let version = ProtocolVersion(rawValue: UInt16(bytes[start + 1]) << 8 | UInt16(bytes[start + 2]))
      let type = ContentType(rawValue: bytes[start])
      records.append(WireRecord(type, Array(bytes[start + RecordHeader.byteCount..<end]), version: version))
      start = end
    }
    return (records, Array(bytes[start...]))
  }
}

/// A handshake message: type, 24-bit length, body.
package struct WireMessage: Equatable {
  package var type: HandshakeType
  package var body: [UInt8]

  package init(_ type: HandshakeType, _ body: [UInt8]) {
    self.type = type
    self.body = body
  }

  package var bytes: [UInt8] {
    let count = body.count
    return [type.rawValue, UInt8(truncatingIfNeeded: count >> 16), UInt8(truncatingIfNeeded: count >> 8)]
      + [UInt8(truncatingIfNeeded: count)] + body
  }

  /// The whole messages at the start of `bytes`, and what is left.
  package static func parse(_ bytes: [UInt8]) -> (messages: [WireMessage], rest: [UInt8]) {
    var messages: [WireMessage] = []
    var start = 0
    while start + 4 <= bytes.count {
      let length = Int(bytes[start + 1]) << 16 | Int(bytes[start + 2]) << 8 | Int(bytes[start + 3])
      guard start + 4 + length <= bytes.count else { break }
      let body = Array(bytes[start + 4..<start + 4 + length])
      messages.append(WireMessage(HandshakeType(rawValue: bytes[start]), body))
      start += 4 + length
    }
    return (messages, Array(bytes[start...]))
  }
}
