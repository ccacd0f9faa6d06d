import HandfastWire

/// A secret of TLS 1.3's key schedule, ready to derive from: HKDF-Expand-Label (RFC 9846 §7.1) over HKDF (RFC 5869).
package struct ScheduleSecret: ~Copyable, Sendable {
  private let secret: Secret
  /// Ready for use; nil where the secret rests, and is seldom derived from.
  private let mac: (any MessageAuthenticationKey)?
  private let provider: any CryptoProvider
  package let hash: HashAlgorithm

  package init(
    _ secret: consuming Secret, hash: HashAlgorithm, provider: any CryptoProvider, isResting: Bool = false
  ) {
    mac = isResting ? nil : secret.withSpan { provider.mac(hash, key: $0) }
    self.secret = secret
    self.provider = provider
    self.hash = hash
  }

  /// The same secret in as little memory as it takes: for a connection's life.
  package consuming func resting() -> ScheduleSecret {
    let (hash, provider) = (hash, provider)
    return ScheduleSecret(secret, hash: hash, provider: provider, isResting: true)
  }

  private var expander: any MessageAuthenticationKey {
    mac ?? secret.withSpan { provider.mac(hash, key: $0) }
  }

  /// HKDF-Extract (RFC 5869 §2.2).
  package init(
    extractingFrom material: Span<UInt8>, salt: Span<UInt8>, hash: HashAlgorithm, provider: any CryptoProvider
  ) {
    let nothing: [UInt8] = []
    let extractor = provider.mac(hash, key: salt)
    self.init(Secret(extractor.authenticate(material, nothing.span)), hash: hash, provider: provider)
  }

  package var byteCount: Int { secret.count }

  package func withSpan<R: ~Copyable, E: Error>(_ body: (Span<UInt8>) throws(E) -> R) throws(E) -> R {
    try secret.withSpan(body)
  }

  ///     struct {
  ///         uint16 length = Length;
  ///         opaque label<7..255> = "tls13 " + Label;
  ///         opaque context<0..255> = Context;
  ///     } HkdfLabel;
  package func expand(_ label: String, context: [UInt8], count: Int) -> Secret {
    let prefixCount = "tls13 ".utf8.count
    var info: [UInt8] = []
    // With the byte that HKDF-Expand counts in.
    info.reserveCapacity(5 + prefixCount + label.utf8.count + context.count)
    info.append(UInt8(truncatingIfNeeded: count >> 8))
    info.append(UInt8(truncatingIfNeeded: count))
    info.append(UInt8(truncatingIfNeeded: prefixCount + label.utf8.count))
    info += "tls13 ".utf8
    info += label.utf8
    info.append(UInt8(truncatingIfNeeded: context.count))
    info += context
    return expand(info: info, count: count)
  }

  /// HKDF-Expand (RFC 5869 §2.3). `count` is 255 hashes at most.
  package func expand(info: consuming [UInt8], count: Int) -> Secret {
    let mac = expander
    var block: [UInt8] = []
    var counter: UInt8 = 1
    info.append(counter)
    // Nothing of TLS's own is longer than the hash.
    if count <= hash.byteCount {
      var bytes = mac.authenticate(block.span, info.span)
      if count == bytes.count { return Secret(bytes) }
      defer { overwrite(&bytes) }
      return Secret(copying: bytes.span.extracting(first: count))
    }
    var result: [UInt8] = []
    result.reserveCapacity(count)
    while result.count < count {
      var next = mac.authenticate(block.span, info.span)
      counter &+= 1
      info[info.count - 1] = counter
      result.append(copying: next.span.extracting(first: min(next.count, count - result.count)))
      swap(&block, &next)
      overwrite(&next)
    }
    overwrite(&block)
    return Secret(consume result)
  }

  /// Derive-Secret: as long as the hash, from a transcript hash that was taken already.
  package func derive(_ label: String, transcriptHash: [UInt8]) -> Secret {
    expand(label, context: transcriptHash, count: hash.byteCount)
  }

  /// The MAC under this secret itself (RFC 9846 §4.5.3: verify_data and binders, under a finished_key).
  package func authenticate(_ message: Span<UInt8>) -> [UInt8] {
    let nothing: [UInt8] = []
    return expander.authenticate(message, nothing.span)
  }
}
