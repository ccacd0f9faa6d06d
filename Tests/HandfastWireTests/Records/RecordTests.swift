import HandfastWire
import Testing

extension Codec {
  static let recordHeader = Codec(
    RecordHeader(type: .handshake, version: .tls10, length: 0x4001),
    """
    16    # type: handshake
    0301  # version
    4001  # length
    """)

  static let alert = Codec(
    Alert(level: .fatal, description: .handshakeFailure),
    """
    02  # level: fatal
    28  # description: handshake_failure
    """)
}

@Suite("Records and alerts") struct RecordTests {
  @Test("a header takes the five bytes it says it takes")
  func headerSize() {
    #expect(Codec.recordHeader.vector.bytes.count == RecordHeader.byteCount)
  }

  @Test("a header is read at the start of what has come, when it is all there")
  func headerAtStart() {
    let bytes: [UInt8] = [22, 3, 1, 0x40, 1, 99]
    #expect(RecordHeader(startOf: bytes.span) == RecordHeader(type: .handshake, version: .tls10, length: 0x4001))
    for count in 0..<RecordHeader.byteCount {
      #expect(RecordHeader(startOf: bytes.span.extracting(first: count)) == nil)
    }
  }

  @Test("types, levels and descriptions that nobody knows survive")
  func unknown() throws {
    let header = try decode(RecordHeader.self, [0x50, 0x4f, 0x53, 0x54, 0x20])
    #expect(header == RecordHeader(type: ContentType(rawValue: 80), version: .init(rawValue: 0x4f53), length: 0x5420))
    #expect(header.encoded() == [0x50, 0x4f, 0x53, 0x54, 0x20])
    let alert = try decode(Alert.self, [9, 200])
    #expect(alert.level.name == nil)
    #expect(alert.description.name == nil)
    #expect(alert.encoded() == [9, 200])
  }
}
