import HandfastTestKit

/// Inputs made from a corpus, the same ones from the same seed. It does not know what an input reached; libFuzzer does.
package struct Mutator {
  private let corpus: [[UInt8]]
  private var random: SplitMix
  private static let limit = 4096
  private static let lengths: [UInt8] = [0, 1, 2, 3, 4, 0x7f, 0x80, 0xfe, 0xff]

  package init(corpus: [[UInt8]], seed: UInt64) {
    self.corpus = corpus.isEmpty ? [[]] : corpus
    random = SplitMix(seed: seed)
  }

  package mutating func next() -> [UInt8] {
    var input = corpus[random.below(corpus.count)]
    for _ in 0...random.below(4) { change(&input) }
    return input.count > Self.limit ? Array(input.prefix(Self.limit)) : input
  }

  private mutating func change(_ input: inout [UInt8]) {
    guard !input.isEmpty else {
      input = (0...random.below(32)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      return
    }
    let index = random.below(input.count)
    switch random.below(8) {
    case 0: input[index] ^= 1 << UInt8(random.below(8))
    case 1: input[index] = UInt8(truncatingIfNeeded: random.next())
    case 2: input[index] = Self.lengths[random.below(Self.lengths.count)]
    case 3: input.remove(at: index)
    case 4: input.insert(UInt8(truncatingIfNeeded: random.next()), at: index)
    case 5: input.removeSubrange(index..<min(input.count, index + 1 + random.below(16)))
    case 6: input.insert(contentsOf: input[index..<min(input.count, index + 1 + random.below(32))], at: index)
    default:
      let other = corpus[random.below(corpus.count)]
      input = Array(input[..<index]) + (other.isEmpty ? [] : other[random.below(other.count)...])
    }
  }
}
