package import HandfastCore
package import HandfastCrypto
package import HandfastWire
private import Synchronization

/// A provider whose random bytes and ephemeral keys follow from a seed, so that a handshake can be had again byte for byte.
/// Copies share one stream: give each side its own with `fork`, or whoever comes first decides who gets what.
///
/// ECDSA and RSA-PSS signatures and RSA encryption take randomness of their own, inside swift-crypto; with Ed25519 or RSA
/// PKCS#1 signatures everything repeats, but for a hybrid group's encapsulation: its (EC)DH half and the client's whole key
/// follow from the seed, the ciphertext does not. Never for use outside tests: whoever knows the seed knows every key.
package struct SeededProvider: CryptoProvider {
  package var cipherSuites: [CipherSuite]
  package var groups: [NamedGroup]
  package var signatureSchemes: [SignatureScheme]

  private let base: DefaultCryptoProvider
  private let seed: [UInt8]
  private let stream: Stream

  package init(seed: [UInt8], recordCipher: RecordCipher = .best) {
    self.seed = seed
    base = DefaultCryptoProvider(recordCipher: recordCipher)
    stream = Stream(key: base.mac(.sha256, key: seed.span))
    (cipherSuites, groups, signatureSchemes) = (base.cipherSuites, base.groups, base.signatureSchemes)
  }

  package init(seed: UInt64, recordCipher: RecordCipher = .best) {
    self.init(seed: bigEndian(seed), recordCipher: recordCipher)
  }

  /// A provider with the same lists and a stream of its own, which follows from this one's seed and `label`.
  package func fork(_ label: String) -> Self {
    let (label, suffix) = (Array(label.utf8), Array(" fork".utf8))
    var copy = Self(seed: base.mac(.sha256, key: seed.span).authenticate(label.span, suffix.span), base: base)
    (copy.cipherSuites, copy.groups, copy.signatureSchemes) = (cipherSuites, groups, signatureSchemes)
    return copy
  }

  private init(seed: [UInt8], base: DefaultCryptoProvider) {
    self.seed = seed
    self.base = base
    stream = Stream(key: base.mac(.sha256, key: seed.span))
    (cipherSuites, groups, signatureSchemes) = (base.cipherSuites, base.groups, base.signatureSchemes)
  }

  package func randomBytes(_ count: Int) -> [UInt8] { stream.next(count) }

  package func runningHash(_ algorithm: HashAlgorithm) -> any RunningHash { base.runningHash(algorithm) }

  package func mac(_ algorithm: HashAlgorithm, key: Span<UInt8>) -> any MessageAuthenticationKey {
    base.mac(algorithm, key: key)
  }
  package func extract(_ algorithm: HashAlgorithm, salt: Span<UInt8>, material: Span<UInt8>) -> Secret {
    base.extract(algorithm, salt: salt, material: material)
  }
  package func expand(_ algorithm: HashAlgorithm, key: Span<UInt8>, info: Span<UInt8>, count: Int) -> Secret {
    base.expand(algorithm, key: key, info: info, count: count)
  }
  package func expandLabel(
    _ algorithm: HashAlgorithm, key: Span<UInt8>, label: String, context: Span<UInt8>, count: Int
  ) -> Secret {
    base.expandLabel(algorithm, key: key, label: label, context: context, count: count)
  }
  package func expandLabels(
    _ algorithm: HashAlgorithm, key: Span<UInt8>, _ first: String, _ second: String, context: Span<UInt8>
  ) -> SecretPair {
    base.expandLabels(algorithm, key: key, first, second, context: context)
  }
  package func nextStage(_ algorithm: HashAlgorithm, after secret: Span<UInt8>, material: Span<UInt8>) -> Secret {
    base.nextStage(algorithm, after: secret, material: material)
  }
  package func finishedMAC(
    _ algorithm: HashAlgorithm, secret: Span<UInt8>, transcriptHash: Span<UInt8>
  ) -> [UInt8] {
    base.finishedMAC(algorithm, secret: secret, transcriptHash: transcriptHash)
  }
  package func trafficKey(
    _ algorithm: AEADAlgorithm, _ hash: HashAlgorithm, secret: Span<UInt8>
  ) throws(CryptoError) -> TrafficKey {
    try base.trafficKey(algorithm, hash, secret: secret)
  }
  package func authenticate(
    _ algorithm: HashAlgorithm, key: Span<UInt8>, _ first: Span<UInt8>, _ second: Span<UInt8>
  ) -> [UInt8] {
    base.authenticate(algorithm, key: key, first, second)
  }

  package func ephemeralKey(in group: NamedGroup) throws(CryptoError) -> any EphemeralKey {
    try base.ephemeralKey(in: group, random: randomBytes)
  }

  package func respond(
    to peerValue: Span<UInt8>, in group: NamedGroup
  ) throws(CryptoError) -> KeyExchangeResponse {
    try base.respond(to: peerValue, in: group, random: randomBytes)
  }

  package func recordKey(
    _ algorithm: AEADAlgorithm, key: Span<UInt8>
  ) throws(CryptoError) -> any RecordKey {
    try base.recordKey(algorithm, key: key)
  }

  /// HMAC-SHA-256 over a counter.
  private final class Stream: Sendable {
    private struct State {
      var counter: UInt64 = 0
      var rest: ArraySlice<UInt8> = []
    }
    private let key: any MessageAuthenticationKey
    private let state = Mutex(State())

    init(key: any MessageAuthenticationKey) { self.key = key }

    func next(_ count: Int) -> [UInt8] {
      state.withLock { state in
        while state.rest.count < count {
          let (counter, suffix) = (bigEndian(state.counter), Array(" stream".utf8))
          state.rest += key.authenticate(counter.span, suffix.span)
          state.counter += 1
        }
        defer { state.rest = state.rest.dropFirst(count) }
        return Array(state.rest.prefix(count))
      }
    }
  }
}

private func bigEndian(_ value: UInt64) -> [UInt8] {
  stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: value >> $0) }
}
