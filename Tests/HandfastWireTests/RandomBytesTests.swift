import HandfastWire
import TestTurns
import Testing

/// Bytes that nobody wrote. Every encoding here is canonical, so whatever decodes must encode to the bytes it came from, which
/// says more than "the same value again".
@Suite("Random bytes", .inTurn) struct RandomBytesTests {
  private static let seed: UInt64 = 0x4861_6e64_6661_7374

  @Test("100,000 random strings either fail to decode or come back as they were", arguments: Codec.all)
  func random(codec: Codec) {
    var random = SplitMix(seed: Self.seed)
    var wrong: [[UInt8]] = []
    for _ in 0..<100_000 {
      let bytes = random.bytes(random.below(24))
      if case .success(let again) = codec.outcome(bytes), again != bytes { wrong.append(bytes) }
    }
    #expect(wrong.isEmpty, "seed \(Self.seed)")
  }

  @Test("20,000 damaged values either fail to decode or come back as they were", arguments: Codec.all)
  func damaged(codec: Codec) {
    var random = SplitMix(seed: Self.seed ^ 1)
    var wrong: [[UInt8]] = []
    var decoded = 0
    for _ in 0..<20_000 {
      let bytes = damage(codec.vector.bytes, &random)
      guard case .success(let again) = codec.outcome(bytes) else { continue }
      decoded += 1
      if again != bytes { wrong.append(bytes) }
    }
    #expect(wrong.isEmpty, "seed \(Self.seed ^ 1)")
    #expect(decoded > 0, "all the damage was fatal: the test sees only errors")
  }

  /// One to four changes: a byte flipped, dropped, repeated, inserted, or a piece cut out.
  private func damage(_ value: [UInt8], _ random: inout SplitMix) -> [UInt8] {
    var bytes = value
    for _ in 0...random.below(4) {
      let index = random.below(bytes.count + 1)
      switch random.below(5) {
      case 0 where index < bytes.count: bytes[index] ^= 1 << UInt8(random.below(8))
      case 1 where index < bytes.count: bytes.remove(at: index)
      case 2 where index < bytes.count: bytes.insert(bytes[index], at: index)
      case 3: bytes.removeSubrange(index..<min(bytes.count, index + random.below(6)))
      default: bytes.insert(UInt8(truncatingIfNeeded: random.next()), at: index)
      }
    }
    return bytes
  }
}
