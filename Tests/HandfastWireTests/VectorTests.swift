import HandfastWire
import TestTurns
import Testing

/// What holds for every message, every extension and the record header alike.
@Suite("Every codec", .inTurn) struct VectorTests {
  @Test("decodes bytes written by hand from the RFC's grammar to the value they stand for", arguments: Codec.all)
  func knownBytesDecode(codec: Codec) throws { #expect(try codec.decodesToTheValue(codec.vector.bytes)) }

  @Test("encodes the value to the bytes written by hand", arguments: Codec.all)
  func knownValueEncodes(codec: Codec) { #expect(codec.encodedValue() == codec.vector.bytes) }

  @Test("refuses every prefix that is not itself a value", arguments: Codec.all)
  func everyPrefix(codec: Codec) {
    for count in 0..<codec.vector.bytes.count {
      let prefix = Array(codec.vector.bytes.prefix(count))
      switch codec.outcome(prefix) {
      case .failure: #expect(!codec.wholePrefixes.contains(count), "the prefix of \(count) bytes is a value")
      case .success(let again):
        #expect(codec.wholePrefixes.contains(count), "the prefix of \(count) bytes is no value")
        #expect(again == prefix)
      }
    }
  }

  @Test(
    "refuses bytes after its end", arguments: Codec.all.filter { !Codec.openEnded.contains($0.name) }, [1, 2, 3, 300])
  func trailingBytes(codec: Codec, count: Int) {
    for filler in [UInt8(0), 0xff] {
      let bytes = codec.vector.bytes + [UInt8](repeating: filler, count: count)
      #expect(throws: DecodeError.self) { try codec.recode(bytes) }
    }
  }

  @Test("meets a wrong length with an error or with the very same bytes", arguments: Codec.all)
  func lengthFields(codec: Codec) {
    for length in codec.vector.lengths {
      let right = codec.vector.value(of: length)
      let most = 1 << (8 * length.width) - 1
      for value in [0, 1, right - 1, right + 1, right * 2, most / 2, most - 1, most]
      where (0...most).contains(value) && value != right {
        let bytes = codec.vector.setting(length, to: value)
        if case .success(let again) = codec.outcome(bytes) {
          #expect(again == bytes, "length \(value) at \(length.offset)")
        }
      }
    }
  }

  @Test("meets any value of any single byte with an error or with the very same bytes", arguments: Codec.all)
  func singleBytes(codec: Codec) {
    for index in codec.vector.bytes.indices {
      for value in UInt8.min...UInt8.max {
        var bytes = codec.vector.bytes
        bytes[index] = value
        if case .success(let again) = codec.outcome(bytes) { #expect(again == bytes) }
      }
    }
  }
}
