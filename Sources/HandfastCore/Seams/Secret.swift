import HandfastWire

/// Bytes that must not be seen: they cannot be copied or printed, and are overwritten when they go.
package struct Secret: ~Copyable, Sendable {
  private var buffer: Buffer

  /// An array and not an `InlineArray`: a span of that would be one of a copy, which is left on the stack. Not copyable, so that the
  /// deinit may take it, and write to what is in it.
  private struct Buffer: ~Copyable, Sendable {
    var bytes: [UInt8]
  }

  package init(_ bytes: consuming [UInt8]) { buffer = Buffer(bytes: bytes) }
  package init(copying span: Span<UInt8>) {
    self.init(count: span.count) { bytes in
      for index in span.indices { bytes[index] = span[index] }
    }
  }

  /// `write` finds zeros.
  package init<E: Error>(count: Int, _ write: (inout MutableSpan<UInt8>) throws(E) -> Void) throws(E) {
    var bytes: [UInt8] = []
    // An append of nothing writes to the empty array that all threads share.
    if count > 0 { bytes.append(addingCapacity: count) { output in for _ in 0..<count { output.append(0) } } }
    do throws(E) {
      var room = bytes.mutableSpan
      try write(&room)
    } catch {
      overwrite(&bytes)
      throw error
    }
    buffer = Buffer(bytes: bytes)
  }

  deinit {
    var buffer = buffer
    overwrite(&buffer.bytes)
  }

  package var count: Int { buffer.bytes.count }

  package func withSpan<R: ~Copyable, E: Error>(_ body: (Span<UInt8>) throws(E) -> R) throws(E) -> R {
    try body(buffer.bytes.span)
  }

  /// For what is no secret any more: an initialisation vector, exported keying material.
  package consuming func disclosed() -> [UInt8] {
    var bytes: [UInt8] = []
    swap(&bytes, &buffer.bytes)
    return bytes
  }
}

/// Not inlined and not optimised: a store to memory that is freed next would otherwise be dropped as dead.
@inline(never) @_optimize(none)
package func overwrite(_ bytes: inout [UInt8]) { fillWithZeros(&bytes) }

/// Optimised, unlike its caller: without, each byte costs an allocation.
@inline(never)
private func fillWithZeros(_ bytes: inout [UInt8]) {
  for index in bytes.indices { bytes[index] = 0 }
}

/// Compares without telling by its timing where the first difference lies.
package func constantTimeEqual(_ lhs: Span<UInt8>, _ rhs: Span<UInt8>) -> Bool {
  guard lhs.count == rhs.count else { return false }
  var difference: UInt8 = 0
  for index in lhs.indices { difference |= lhs[index] ^ rhs[index] }
  return difference == 0
}
