import HandfastWire

/// Bytes that must not be seen: they cannot be copied or printed, and are overwritten when they go.
package struct Secret: ~Copyable, Sendable {
  private let storage: Storage

  package init(_ bytes: consuming [UInt8]) { storage = Storage(bytes) }
  package init(copying span: Span<UInt8>) { storage = Storage([UInt8](copying: span)) }

  package var count: Int { storage.bytes.count }

  package func withSpan<R: ~Copyable, E: Error>(_ body: (Span<UInt8>) throws(E) -> R) throws(E) -> R {
    try body(storage.bytes.span)
  }

  /// For what is no secret any more: an initialisation vector, exported keying material.
  package consuming func disclosed() -> [UInt8] {
    var bytes: [UInt8] = []
    swap(&bytes, &storage.bytes)
    return bytes
  }

  /// A class because only a class's deinit may write to what it owns. Never shared: `Secret` is not copyable.
  private final class Storage: @unchecked Sendable {
    var bytes: [UInt8]
    init(_ bytes: consuming [UInt8]) { self.bytes = bytes }
    deinit { overwrite(&bytes) }
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
