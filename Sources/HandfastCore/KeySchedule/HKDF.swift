import HandfastWire

/// A secret of TLS 1.3's key schedule: HKDF-Expand-Label (RFC 9846 §7.1) over HKDF (RFC 5869).
package struct ScheduleSecret: ~Copyable, Sendable {
  private let secret: Secret
  private let provider: any CryptoProvider
  package let hash: HashAlgorithm

  package init(_ secret: consuming Secret, hash: HashAlgorithm, provider: any CryptoProvider) {
    self.secret = secret
    self.provider = provider
    self.hash = hash
  }

  /// HKDF-Extract.
  package init(
    extractingFrom material: Span<UInt8>, salt: Span<UInt8>, hash: HashAlgorithm, provider: any CryptoProvider
  ) {
    self.init(provider.extract(hash, salt: salt, material: material), hash: hash, provider: provider)
  }

  package var byteCount: Int { secret.count }

  package func withSpan<R: ~Copyable, E: Error>(_ body: (Span<UInt8>) throws(E) -> R) throws(E) -> R {
    try secret.withSpan(body)
  }

  package func expand(_ label: String, context: [UInt8], count: Int) -> Secret {
    let (hash, provider) = (hash, provider)
    return secret.withSpan { provider.expandLabel(hash, key: $0, label: label, context: context.span, count: count) }
  }

  /// Both at once, as HKDF-Expand-Label's two outputs one after the other.
  package func expand(
    _ first: (label: String, count: Int), _ second: (label: String, count: Int), context: [UInt8]
  ) -> Secret {
    let (hash, provider) = (hash, provider)
    return secret.withSpan { provider.expandLabels(hash, key: $0, first, second, context: context.span) }
  }

  /// Derive-Secret: as long as the hash, from a transcript hash that was taken already.
  package func derive(_ label: String, transcriptHash: [UInt8]) -> Secret {
    expand(label, context: transcriptHash, count: hash.byteCount)
  }

  /// The MAC under this secret itself (RFC 9846 §4.5.3: verify_data and binders, under a finished_key).
  package func authenticate(_ message: Span<UInt8>) -> [UInt8] {
    let (hash, provider, nothing) = (hash, provider, [UInt8]())
    return secret.withSpan { provider.mac(hash, key: $0).authenticate(message, nothing.span) }
  }
}

///     struct {
///         uint16 length = Length;
///         opaque label<7..255> = "tls13 " + Label;
///         opaque context<0..255> = Context;
///     } HkdfLabel;
private func hkdfLabel(_ label: String, context: Span<UInt8>, count: Int) -> [UInt8] {
  let prefixCount = "tls13 ".utf8.count
  var info: [UInt8] = []
  info.reserveCapacity(4 + prefixCount + label.utf8.count + context.count)
  info.append(UInt8(truncatingIfNeeded: count >> 8))
  info.append(UInt8(truncatingIfNeeded: count))
  info.append(UInt8(truncatingIfNeeded: prefixCount + label.utf8.count))
  info += "tls13 ".utf8
  info += label.utf8
  info.append(UInt8(truncatingIfNeeded: context.count))
  info.append(copying: context)
  return info
}

extension CryptoProvider {
  package func expandLabel(
    _ algorithm: HashAlgorithm, key: Span<UInt8>, label: String, context: Span<UInt8>, count: Int
  ) -> Secret {
    expandLabelPlainly(algorithm, key: key, label: label, context: context, count: count)
  }

  /// By way of HKDF-Expand, for those that have nothing shorter.
  package func expandLabelPlainly(
    _ algorithm: HashAlgorithm, key: Span<UInt8>, label: String, context: Span<UInt8>, count: Int
  ) -> Secret {
    expand(algorithm, key: key, info: hkdfLabel(label, context: context, count: count).span, count: count)
  }

  package func expandLabels(
    _ algorithm: HashAlgorithm, key: Span<UInt8>, _ first: (label: String, count: Int),
    _ second: (label: String, count: Int), context: Span<UInt8>
  ) -> Secret {
    Secret(
      joining: expandLabel(algorithm, key: key, label: first.label, context: context, count: first.count),
      expandLabel(algorithm, key: key, label: second.label, context: context, count: second.count))
  }
}
