import CHandfastBoring

/// Whether both have the same bytes. `==` compares arrays byte by byte, at many times the cost. Not for secrets: it ends at the first
/// difference.
package func haveSameBytes(_ one: [UInt8], _ other: [UInt8]) -> Bool {
  guard one.count == other.count else { return false }
  // Safe: both are only read, each within its closure, and are of that length.
  return unsafe one.withUnsafeBufferPointer { one in
    unsafe other.withUnsafeBufferPointer { unsafe chb_same(one.baseAddress, $0.baseAddress, one.count) == 1 }
  }
}
