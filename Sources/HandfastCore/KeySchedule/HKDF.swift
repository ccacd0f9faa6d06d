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

  /// Both at once, as long as the hash.
  package func derive(_ first: String, _ second: String, transcriptHash: [UInt8]) -> SecretPair {
    let (hash, provider) = (hash, provider)
    return secret.withSpan { provider.expandLabels(hash, key: $0, first, second, context: transcriptHash.span) }
  }

  /// Derive-Secret: as long as the hash, from a transcript hash that was taken already.
  package func derive(_ label: String, transcriptHash: [UInt8]) -> Secret {
    expand(label, context: transcriptHash, count: hash.byteCount)
  }

  /// The secret of the next stage.
  package func next(material: Span<UInt8>) -> ScheduleSecret {
    let (hash, provider) = (hash, provider)
    return ScheduleSecret(
      secret.withSpan { provider.nextStage(hash, after: $0, material: material) }, hash: hash, provider: provider)
  }

  package func finishedMAC(transcriptHash: Span<UInt8>) -> [UInt8] {
    let (hash, provider) = (hash, provider)
    return secret.withSpan { provider.finishedMAC(hash, secret: $0, transcriptHash: transcriptHash) }
  }

  package func trafficKey(_ algorithm: AEADAlgorithm) throws(CryptoError) -> TrafficKey {
    let (hash, provider) = (hash, provider)
    return try secret.withSpan { secret throws(CryptoError) in
      try provider.trafficKey(algorithm, hash, secret: secret)
    }
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
    _ algorithm: HashAlgorithm, key: Span<UInt8>, _ first: String, _ second: String, context: Span<UInt8>
  ) -> SecretPair {
    expandLabelsPlainly(algorithm, key: key, first, second, context: context)
  }

  /// One after the other, for those that have nothing shorter.
  package func expandLabelsPlainly(
    _ algorithm: HashAlgorithm, key: Span<UInt8>, _ first: String, _ second: String, context: Span<UInt8>
  ) -> SecretPair {
    SecretPair(
      expandLabel(algorithm, key: key, label: first, context: context, count: algorithm.byteCount),
      expandLabel(algorithm, key: key, label: second, context: context, count: algorithm.byteCount))
  }

  package func nextStage(
    _ algorithm: HashAlgorithm, after secret: Span<UInt8>, material: Span<UInt8>
  ) -> Secret {
    nextStagePlainly(algorithm, after: secret, material: material)
  }

  package func nextStagePlainly(
    _ algorithm: HashAlgorithm, after secret: Span<UInt8>, material: Span<UInt8>
  ) -> Secret {
    let salt = expandLabel(
      algorithm, key: secret, label: "derived", context: algorithm.ofNothing.span, count: algorithm.byteCount)
    return salt.withSpan { extract(algorithm, salt: $0, material: material) }
  }

  package func finishedMAC(
    _ algorithm: HashAlgorithm, secret: Span<UInt8>, transcriptHash: Span<UInt8>
  ) -> [UInt8] {
    finishedMACPlainly(algorithm, secret: secret, transcriptHash: transcriptHash)
  }

  package func finishedMACPlainly(
    _ algorithm: HashAlgorithm, secret: Span<UInt8>, transcriptHash: Span<UInt8>
  ) -> [UInt8] {
    let nothing: [UInt8] = []
    let key = expandLabel(
      algorithm, key: secret, label: "finished", context: nothing.span, count: algorithm.byteCount)
    return key.withSpan { authenticate(algorithm, key: $0, transcriptHash, nothing.span) }
  }

  package func trafficKey(
    _ algorithm: AEADAlgorithm, _ hash: HashAlgorithm, secret: Span<UInt8>
  ) throws(CryptoError) -> TrafficKey {
    try trafficKeyPlainly(algorithm, hash, secret: secret)
  }

  package func trafficKeyPlainly(
    _ algorithm: AEADAlgorithm, _ hash: HashAlgorithm, secret: Span<UInt8>
  ) throws(CryptoError) -> TrafficKey {
    let nothing: [UInt8] = []
    let key = expandLabel(hash, key: secret, label: "key", context: nothing.span, count: algorithm.keyByteCount)
    let iv = expandLabel(hash, key: secret, label: "iv", context: nothing.span, count: AEADAlgorithm.nonceByteCount)
    return TrafficKey(
      key: try key.withSpan { key throws(CryptoError) in try recordKey(algorithm, key: key) },
      iv: iv.withSpan { iv in InlineArray { iv[$0] } })
  }

  package func authenticate(
    _ algorithm: HashAlgorithm, key: Span<UInt8>, _ first: Span<UInt8>, _ second: Span<UInt8>
  ) -> [UInt8] {
    mac(algorithm, key: key).authenticate(first, second)
  }
}
