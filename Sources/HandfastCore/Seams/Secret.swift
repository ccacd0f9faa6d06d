import HandfastWire

/// Bytes that must not be seen: they cannot be copied or printed, and are overwritten when they go.
package struct Secret: ~Copyable, Sendable {
  private let storage: Storage

  package init(_ bytes: consuming [UInt8]) { storage = Storage(bytes) }
  package init(copying span: Span<UInt8>) {
    self.init(count: span.count) { bytes in
      for index in span.indices { bytes[index] = span[index] }
    }
  }
  /// `write` finds zeros.
  package init<E: Error>(count: Int, _ write: (inout MutableSpan<UInt8>) throws(E) -> Void) throws(E) {
    let storage = Storage(count: count)
    try storage.fill(write)
    self.storage = storage
  }

  /// One after the other.
  package init(joining one: borrowing Secret, _ other: borrowing Secret) {
    self.init(count: one.count + other.count) { both in
      one.withSpan { one in for index in one.indices { both[index] = one[index] } }
      let start = one.count
      other.withSpan { other in for index in other.indices { both[start + index] = other[index] } }
    }
  }

  package var count: Int { storage.count }

  package func withSpan<R: ~Copyable, E: Error>(_ body: (Span<UInt8>) throws(E) -> R) throws(E) -> R {
    guard storage.isShort else { return try body(storage.long.span) }
    return try body(storage.short.span.extracting(first: storage.count))
  }

  /// For what is no secret any more: an initialisation vector, exported keying material.
  package consuming func disclosed() -> [UInt8] { withSpan { [UInt8](copying: $0) } }

  /// A class because only a class's deinit may write to what it owns. Never shared: `Secret` is not copyable.
  private final class Storage: @unchecked Sendable {
    let count: Int
    /// All of it, where it fits: a handshake has dozens of secrets, and an array would be one more allocation for each.
    var short: InlineArray<64, UInt8>
    var long: [UInt8]
    var isShort: Bool { count <= 64 }

    init(_ bytes: consuming [UInt8]) {
      count = bytes.count
      short = InlineArray(repeating: 0)
      long = []
      if isShort {
        for index in bytes.indices { short[index] = bytes[index] }
        overwrite(&bytes)
      } else {
        swap(&long, &bytes)
      }
    }

    init(count: Int) {
      self.count = count
      short = InlineArray(repeating: 0)
      long = count <= 64 ? [] : [UInt8](repeating: 0, count: count)
    }

    func fill<E: Error>(_ write: (inout MutableSpan<UInt8>) throws(E) -> Void) throws(E) {
      if isShort { try Self.fill(&short, count, write) } else { try Self.fill(&long, write) }
    }

    private static func fill<E: Error>(
      _ bytes: inout InlineArray<64, UInt8>, _ count: Int, _ write: (inout MutableSpan<UInt8>) throws(E) -> Void
    ) throws(E) {
      var all = bytes.mutableSpan
      var room = all._mutatingExtracting(first: count)
      try write(&room)
    }

    private static func fill<E: Error>(
      _ bytes: inout [UInt8], _ write: (inout MutableSpan<UInt8>) throws(E) -> Void
    ) throws(E) {
      var room = bytes.mutableSpan
      try write(&room)
    }

    deinit { if isShort { overwrite(&short) } else { overwrite(&long) } }
  }
}

/// Not inlined and not optimised: a store to memory that is freed next would otherwise be dropped as dead.
@inline(never) @_optimize(none)
package func overwrite(_ bytes: inout [UInt8]) { fillWithZeros(&bytes) }

@inline(never) @_optimize(none)
private func overwrite(_ bytes: inout InlineArray<64, UInt8>) { fillWithZeros(&bytes) }

/// Optimised, unlike its caller: without, each byte costs an allocation.
@inline(never)
private func fillWithZeros(_ bytes: inout [UInt8]) {
  for index in bytes.indices { bytes[index] = 0 }
}

@inline(never)
private func fillWithZeros(_ bytes: inout InlineArray<64, UInt8>) {
  for index in bytes.indices { bytes[index] = 0 }
}

/// Compares without telling by its timing where the first difference lies.
package func constantTimeEqual(_ lhs: Span<UInt8>, _ rhs: Span<UInt8>) -> Bool {
  guard lhs.count == rhs.count else { return false }
  var difference: UInt8 = 0
  for index in lhs.indices { difference |= lhs[index] ^ rhs[index] }
  return difference == 0
}
