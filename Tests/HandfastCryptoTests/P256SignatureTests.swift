import Crypto
import HandfastCrypto
import HandfastTestKit
import Testing

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

@Suite struct P256SignatureTests {
  private static func bytes(_ signature: P256Signature) -> [UInt8] {
    var bytes: [UInt8] = []
    for index in signature.numbers.indices { bytes.append(signature.numbers[index]) }
    return bytes
  }

  private static func signature(_ numbers: [UInt8]) -> P256Signature {
    P256Signature(numbers: InlineArray<64, UInt8> { numbers[$0] })
  }

  /// Of 32 bytes, with zeros in front and set and clear high bits behind them.
  private static let numbers: [[UInt8]] = (0..<32).flatMap { zeros in
    [UInt8(1), 0x7f, 0x80, 0xff].map { first in
      [UInt8](repeating: 0, count: zeros) + [first] + [UInt8](repeating: 0xa5, count: 31 - zeros)
    }
  }

  @Test func `two numbers of every length become the DER that swift-crypto makes of them, and back`() throws {
    for (index, r) in Self.numbers.enumerated() {
      let s = Self.numbers[(index * 37 + 11) % Self.numbers.count]
      let der = Self.signature(r + s).der
      let other = try P256.Signing.ECDSASignature(rawRepresentation: Data(r + s))
      #expect(der == [UInt8](other.derRepresentation))
      #expect(P256Signature(der: der).map(Self.bytes) == r + s)
    }
  }

  @Test func `a zero takes a byte`() {
    let zeros = [UInt8](repeating: 0, count: 64)
    #expect(Self.signature(zeros).der == [0x30, 6, 2, 1, 0, 2, 1, 0])
    #expect(P256Signature(der: [0x30, 6, 2, 1, 0, 2, 1, 0]).map(Self.bytes) == zeros)
  }

  @Test(
    arguments: [
      [], [0x30], [0x30, 0], [0x30, 3, 2, 1, 1], [0x30, 6, 2, 1, 1, 2, 1], [0x31, 6, 2, 1, 1, 2, 1, 1],
      [0x30, 7, 2, 1, 1, 2, 1, 1], [0x30, 7, 2, 1, 1, 2, 1, 1, 0], [0x30, 6, 2, 1, 1, 2, 1, 1, 0],
      [0x30, 0x81, 6, 2, 1, 1, 2, 1, 1], [0x30, 0x80, 2, 1, 1, 2, 1, 1, 0, 0],
      [0x30, 6, 4, 1, 1, 2, 1, 1], [0x30, 5, 2, 0, 2, 1, 1], [0x30, 6, 2, 1, 0x80, 2, 1, 1],
      [0x30, 7, 2, 2, 0, 1, 2, 1, 1], [0x30, 7, 2, 0x81, 1, 1, 2, 1, 1], [0x30, 6, 2, 1, 1, 2, 2, 1],
      [0x30, 6, 2, 4, 1, 2, 1, 1],
      [0x30, 38, 2, 33] + [UInt8](repeating: 1, count: 33) + [2, 1, 1],
      [0x30, 39, 2, 34, 0, 0x80] + [UInt8](repeating: 1, count: 32) + [2, 1, 1],
    ] as [[UInt8]])
  func `what is not two short numbers in DER is no signature`(der: [UInt8]) {
    #expect(P256Signature(der: der) == nil)
  }

  @Test func `with a byte changed, swift-crypto and this read the same or refuse it alike`() throws {
    var generator = SplitMix(seed: 5)
    var (read, refused) = (0, 0)
    for _ in 0..<20_000 {
      let pick = { Self.numbers[Int(generator.next() % UInt64(Self.numbers.count))] }
      var der = Self.signature(pick() + pick()).der
      let place = Int(generator.next() % UInt64(min(der.count, generator.next() % 2 == 0 ? 8 : der.count)))
      der[place] = UInt8(truncatingIfNeeded: generator.next())
      let other = try? P256.Signing.ECDSASignature(derRepresentation: Data(der))
      let mine = P256Signature(der: der).map(Self.bytes)
      #expect(mine == other.map { [UInt8]($0.rawRepresentation) }, "\(der)")
      if mine == nil { refused += 1 } else { read += 1 }
    }
    #expect(read > 1000 && refused > 1000)
  }
}
