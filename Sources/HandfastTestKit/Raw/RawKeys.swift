package import HandfastCore
package import HandfastWire

/// TLS 1.2's pseudorandom function, written a second time from RFC 5246 §5, so that the library's is not its own witness.
package func rawPRF(
  _ provider: any CryptoProvider, _ hash: HashAlgorithm, secret: [UInt8], label: String, seed: [UInt8], count: Int
) -> [UInt8] {
  let key = provider.mac(hash, key: secret.span)
  let whole = Array(label.utf8) + seed
  let none: [UInt8] = []
  var a = whole
  var output: [UInt8] = []
  while output.count < count {
    a = key.authenticate(a.span, none.span)
    let joined = a + whole
    output += key.authenticate(joined.span, none.span)
  }
  return Array(output.prefix(count))
}

package func rawDigest(_ provider: any CryptoProvider, _ hash: HashAlgorithm, _ bytes: [UInt8]) -> [UInt8] {
  let running = provider.runningHash(hash)
  running.update(bytes.span)
  return running.digest()
}

/// One direction's record protection, written a second time from RFC 5288 §3, RFC 7905 §2 and RFC 9846 §5.2.
package struct RawDirection {
  private let key: any RecordKey
  private let iv: [UInt8]
  /// The content type is inside, and the header says application_data.
  package let isTLS13: Bool
  package var sequenceNumber: UInt64 = 0

  init(key: any RecordKey, iv: [UInt8], isTLS13: Bool = false) {
    self.key = key
    self.iv = iv
    self.isTLS13 = isTLS13
  }

  /// The fragment of a protected record.
  package mutating func seal(_ type: ContentType, _ plaintext: [UInt8]) -> [UInt8] {
    let sequence = Self.bigEndian(sequenceNumber)
    sequenceNumber &+= 1
    let nonce = iv.count == 4 ? iv + sequence : Self.xor(iv, sequence)
    let additional = sequence + Self.header(type, plaintext.count)
    let sealed = [UInt8](capacity: plaintext.count + 16) { output in
      try? key.seal(plaintext.span, into: &output, nonce: nonce.span, additionalData: additional.span)
    }
    return (iv.count == 4 ? sequence : []) + sealed
  }

  /// The plaintext of a protected record; nil when it is not authentic.
  package mutating func open(_ type: ContentType, _ fragment: [UInt8]) -> [UInt8]? {
    let explicit = iv.count == 4 ? 8 : 0
    guard fragment.count >= explicit + 16 else { return nil }
    let sequence = Self.bigEndian(sequenceNumber)
    let nonce = explicit == 8 ? iv + fragment.prefix(8) : Self.xor(iv, sequence)
    let additional = sequence + Self.header(type, fragment.count - explicit - 16)
    var sealed = Array(fragment.dropFirst(explicit))
    var span = sealed.mutableSpan
    guard key.open(&span, nonce: nonce.span, additionalData: additional.span) else { return nil }
    sequenceNumber &+= 1
    return Array(sealed.dropLast(16))
  }

  /// The fragment of a TLS 1.3 record: the plaintext, its type unless there is to be none, and zeros.
  package mutating func seal13(_ type: ContentType?, _ plaintext: [UInt8], padding: Int) -> [UInt8] {
    let nonce = Self.xor(iv, Self.bigEndian(sequenceNumber))
    sequenceNumber &+= 1
    let inner = plaintext + (type.map { [$0.rawValue] } ?? []) + [UInt8](repeating: 0, count: padding)
    let additional = Self.header(.applicationData, inner.count + 16)
    return [UInt8](capacity: inner.count + 16) { output in
      try? key.seal(inner.span, into: &output, nonce: nonce.span, additionalData: additional.span)
    }
  }

  /// Type and plaintext of a TLS 1.3 record; nil when it is not authentic or has no type.
  package mutating func open13(_ fragment: [UInt8]) -> (ContentType, [UInt8])? {
    let nonce = Self.xor(iv, Self.bigEndian(sequenceNumber))
    let additional = Self.header(.applicationData, fragment.count)
    var sealed = fragment
    var span = sealed.mutableSpan
    guard key.open(&span, nonce: nonce.span, additionalData: additional.span) else { return nil }
    sequenceNumber &+= 1
    let inner = sealed.dropLast(16)
    guard let last = inner.lastIndex(where: { $0 != 0 }) else { return nil }
    return (ContentType(rawValue: inner[last]), Array(inner[..<last]))
  }

  private static func bigEndian(_ value: UInt64) -> [UInt8] {
    stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: value >> $0) }
  }

  private static func header(_ type: ContentType, _ count: Int) -> [UInt8] {
    [type.rawValue, 3, 3, UInt8(truncatingIfNeeded: count >> 8), UInt8(truncatingIfNeeded: count)]
  }

  private static func xor(_ iv: [UInt8], _ sequence: [UInt8]) -> [UInt8] {
    zip(iv, [0, 0, 0, 0] + sequence).map { $0 ^ $1 }
  }
}
