/// An ECDSA signature on P-256: its two numbers in 32 bytes each, as BoringSSL computes with them.
///
/// TLS and X.509 have the two in DER. BoringSSL reads and writes that as well, but makes big numbers of them on the way, and the DER anew
/// to compare.
package struct P256Signature {
  /// r, and s after it.
  package private(set) var numbers: InlineArray<64, UInt8>

  private static let numberByteCount = 32

  package init(numbers: InlineArray<64, UInt8>) { self.numbers = numbers }

  /// Reads an Ecdsa-Sig-Value (RFC 3279 §2.2.3) in the one way that DER has. Nil for anything else, and for numbers that are longer
  /// than 32 bytes; whether they are numbers of the group is the check's own question.
  package init?(der: [UInt8]) {
    let bytes = der.span
    guard bytes.count > 2, bytes[0] == 0x30, bytes[1] < 0x80, Int(bytes[1]) == bytes.count - 2 else { return nil }
    numbers = InlineArray(repeating: 0)
    let (middle, end) = (Self.numberByteCount, 2 * Self.numberByteCount)
    guard let second = Self.copyInteger(at: 2, of: bytes, to: &numbers, before: middle) else { return nil }
    guard Self.copyInteger(at: second, of: bytes, to: &numbers, before: end) == bytes.count else { return nil }
  }

  /// Copies the magnitude of an INTEGER (X.690 §8.3) that is not negative, and says where what follows it begins.
  private static func copyInteger(
    at start: Int, of bytes: Span<UInt8>, to numbers: inout InlineArray<64, UInt8>, before end: Int
  ) -> Int? {
    guard start + 2 < bytes.count, bytes[start] == 0x02 else { return nil }
    var first = start + 2
    let next = first + Int(bytes[start + 1])
    guard first < next, next <= bytes.count, bytes[first] < 0x80 else { return nil }
    if bytes[first] == 0, first + 1 < next {
      // A zero in front is there to keep the number from being negative, and for nothing else.
      first += 1
      guard bytes[first] >= 0x80 else { return nil }
    }
    let count = next - first
    guard count <= numberByteCount else { return nil }
    for index in 0..<count { numbers[end - count + index] = bytes[first + index] }
    return next
  }

  /// An Ecdsa-Sig-Value, DER.
  package var der: [UInt8] {
    let (r, s) = (integer(before: Self.numberByteCount), integer(before: 2 * Self.numberByteCount))
    let count = r.byteCount + s.byteCount
    var der: [UInt8] = []
    der.append(addingCapacity: 2 + count) { output in
      output.append(0x30)
      output.append(UInt8(count))
      write(r, to: &output)
      write(s, to: &output)
    }
    return der
  }

  /// An INTEGER, and where its magnitude is in `numbers`.
  private struct Integer {
    let magnitude: Range<Int>
    let isPadded: Bool
    var contentByteCount: Int { magnitude.count + (isPadded ? 1 : 0) }
    var byteCount: Int { 2 + contentByteCount }
  }

  private func integer(before end: Int) -> Integer {
    var first = end - Self.numberByteCount
    while first < end - 1, numbers[first] == 0 { first += 1 }
    return Integer(magnitude: first..<end, isPadded: numbers[first] >= 0x80)
  }

  private func write(_ integer: Integer, to output: inout OutputSpan<UInt8>) {
    output.append(0x02)
    output.append(UInt8(integer.contentByteCount))
    if integer.isPadded { output.append(0) }
    for index in integer.magnitude { output.append(numbers[index]) }
  }
}
