package import HandfastWire

/// Where the protocol's cryptography comes from. A value, passed explicitly and never global: a seeded one makes whole
/// handshakes repeatable for tests and fuzzing.
package protocol CryptoProvider: Sendable {
  /// What this provider can do, best first. Configurations may narrow it, never widen it.
  var cipherSuites: [CipherSuite] { get }
  var groups: [NamedGroup] { get }
  /// The signatures this provider can verify.
  var signatureSchemes: [SignatureScheme] { get }

  func randomBytes(_ count: Int) -> [UInt8]
  func runningHash(_ algorithm: HashAlgorithm) -> any RunningHash
  /// HMAC (RFC 2104) with `key`, ready for many messages.
  func mac(_ algorithm: HashAlgorithm, key: Span<UInt8>) -> any MessageAuthenticationKey
  /// One HMAC of the two parts one after the other, with a key that is used for nothing else.
  func authenticate(
    _ algorithm: HashAlgorithm, key: Span<UInt8>, _ first: Span<UInt8>, _ second: Span<UInt8>
  ) -> [UInt8]
  /// HKDF-Extract (RFC 5869 §2.2).
  func extract(_ algorithm: HashAlgorithm, salt: Span<UInt8>, material: Span<UInt8>) -> Secret
  /// HKDF-Expand (RFC 5869 §2.3), of 255 times the hash's length at most.
  func expand(_ algorithm: HashAlgorithm, key: Span<UInt8>, info: Span<UInt8>, count: Int) -> Secret
  /// HKDF-Expand-Label (RFC 9846 §7.1); `label` without its "tls13 ".
  func expandLabel(
    _ algorithm: HashAlgorithm, key: Span<UInt8>, label: String, context: Span<UInt8>, count: Int
  ) -> Secret
  /// Two of them from one secret, as long as the hash, in one context.
  func expandLabels(
    _ algorithm: HashAlgorithm, key: Span<UInt8>, _ first: String, _ second: String, context: Span<UInt8>
  ) -> SecretPair
  /// HKDF-Extract of `material`, with a salt that is derived from `secret`: the step between the stages of TLS 1.3's key schedule (RFC 9846
  /// §7.1).
  func nextStage(_ algorithm: HashAlgorithm, after secret: Span<UInt8>, material: Span<UInt8>) -> Secret
  /// What a Finished says, or a binder (RFC 9846 §4.5.3).
  func finishedMAC(_ algorithm: HashAlgorithm, secret: Span<UInt8>, transcriptHash: Span<UInt8>) -> [UInt8]
  /// The record key that belongs to a traffic secret (RFC 9846 §7.3).
  func trafficKey(
    _ algorithm: AEADAlgorithm, _ hash: HashAlgorithm, secret: Span<UInt8>
  ) throws(CryptoError) -> TrafficKey
  /// A fresh ephemeral key in `group`.
  func ephemeralKey(in group: NamedGroup) throws(CryptoError) -> any EphemeralKey
  /// The responder's half of an exchange: with an (EC)DH group a fresh key and the secret it shares with the peer's; with a
  /// hybrid group an encapsulation besides. Throws `.invalidPublicValue` for what no honest peer sends.
  func respond(
    to peerValue: Span<UInt8>, in group: NamedGroup
  ) throws(CryptoError) -> KeyExchangeResponse
  /// A key that protects records, made once and used until the next key change.
  func recordKey(_ algorithm: AEADAlgorithm, key: Span<UInt8>) throws(CryptoError) -> any RecordKey
}

/// A record key, and the IV from which its nonces are made.
package struct TrafficKey {
  package let key: any RecordKey
  package let iv: InlineArray<12, UInt8>

  package init(key: any RecordKey, iv: InlineArray<12, UInt8>) {
    self.key = key
    self.iv = iv
  }
}

/// Two secrets that are derived together.
package struct SecretPair: ~Copyable {
  package let first: Secret
  package let second: Secret

  package init(_ first: consuming Secret, _ second: consuming Secret) {
    self.first = first
    self.second = second
  }
}

/// What went wrong inside a primitive. It never says more about secrets than that.
package enum CryptoError: Error, Hashable, Sendable {
  case unsupported
  /// A public value that is no point of its group, has the wrong length, or leads to an all-zero secret.
  case invalidPublicValue
  case failure(String)
}

package enum HashAlgorithm: String, Hashable, Sendable, CaseIterable {
  case sha256 = "SHA-256"
  case sha384 = "SHA-384"
  case sha512 = "SHA-512"

  package var byteCount: Int {
    switch self {
    case .sha256: 32
    case .sha384: 48
    case .sha512: 64
    }
  }

  /// As many zeros as a digest has bytes: what stands in the key schedule for a secret that is not there.
  package var zeros: [UInt8] {
    switch self {
    case .sha256: Self.allZeros.0
    case .sha384: Self.allZeros.1
    case .sha512: Self.allZeros.2
    }
  }

  private static let allZeros = (
    [UInt8](repeating: 0, count: 32), [UInt8](repeating: 0, count: 48), [UInt8](repeating: 0, count: 64)
  )

  /// The digest of no bytes at all, of which each handshake needs a few.
  package var ofNothing: [UInt8] {
    switch self {
    case .sha256: Self.emptyDigests.0
    case .sha384: Self.emptyDigests.1
    case .sha512: Self.emptyDigests.2
    }
  }

  /// TLS 1.3's salt for the handshake secret without a pre-shared key: Derive-Secret(HKDF-Extract(0, 0), "derived", "") of RFC 9846 §7.1.
  /// Nil: no cipher suite has this hash.
  package var saltWithoutPSK: [UInt8]? {
    switch self {
    case .sha256: Self.saltsWithoutPSK.0
    case .sha384: Self.saltsWithoutPSK.1
    case .sha512: nil
    }
  }

  private static let saltsWithoutPSK: ([UInt8], [UInt8]) = (
    [
      0x6f, 0x26, 0x15, 0xa1, 0x08, 0xc7, 0x02, 0xc5, 0x67, 0x8f, 0x54, 0xfc, 0x9d, 0xba, 0xb6, 0x97,
      0x16, 0xc0, 0x76, 0x18, 0x9c, 0x48, 0x25, 0x0c, 0xeb, 0xea, 0xc3, 0x57, 0x6c, 0x36, 0x11, 0xba,
    ],
    [
      0x15, 0x91, 0xda, 0xc5, 0xcb, 0xbf, 0x03, 0x30, 0xa4, 0xa8, 0x4d, 0xe9, 0xc7, 0x53, 0x33, 0x0e,
      0x92, 0xd0, 0x1f, 0x0a, 0x88, 0x21, 0x4b, 0x44, 0x64, 0x97, 0x2f, 0xd6, 0x68, 0x04, 0x9e, 0x93,
      0xe5, 0x2f, 0x2b, 0x16, 0xfa, 0xd9, 0x22, 0xfd, 0xc0, 0x58, 0x44, 0x78, 0x42, 0x8f, 0x28, 0x2b,
    ]
  )

  private static let emptyDigests: ([UInt8], [UInt8], [UInt8]) = (
    [
      0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24,
      0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55,
    ],
    [
      0x38, 0xb0, 0x60, 0xa7, 0x51, 0xac, 0x96, 0x38, 0x4c, 0xd9, 0x32, 0x7e, 0xb1, 0xb1, 0xe3, 0x6a,
      0x21, 0xfd, 0xb7, 0x11, 0x14, 0xbe, 0x07, 0x43, 0x4c, 0x0c, 0xc7, 0xbf, 0x63, 0xf6, 0xe1, 0xda,
      0x27, 0x4e, 0xde, 0xbf, 0xe7, 0x6f, 0x65, 0xfb, 0xd5, 0x1a, 0xd2, 0xf1, 0x48, 0x98, 0xb9, 0x5b,
    ],
    [
      0xcf, 0x83, 0xe1, 0x35, 0x7e, 0xef, 0xb8, 0xbd, 0xf1, 0x54, 0x28, 0x50, 0xd6, 0x6d, 0x80, 0x07,
      0xd6, 0x20, 0xe4, 0x05, 0x0b, 0x57, 0x15, 0xdc, 0x83, 0xf4, 0xa9, 0x21, 0xd3, 0x6c, 0xe9, 0xce,
      0x47, 0xd0, 0xd1, 0x3c, 0x5d, 0x85, 0xf2, 0xb0, 0xff, 0x83, 0x18, 0xd2, 0x87, 0x7e, 0xec, 0x2f,
      0x63, 0xb9, 0x31, 0xbd, 0x47, 0x41, 0x7a, 0x81, 0xa5, 0x38, 0x32, 0x7a, 0xf9, 0x27, 0xda, 0x3e,
    ]
  )
}

package enum AEADAlgorithm: String, Hashable, Sendable, CaseIterable {
  case aes128GCM = "AES-128-GCM"
  case aes256GCM = "AES-256-GCM"
  case chaCha20Poly1305 = "ChaCha20-Poly1305"

  package var keyByteCount: Int { self == .aes128GCM ? 16 : 32 }
  package static let tagByteCount = 16
  package static let nonceByteCount = 12
}

/// A hash that can be asked for its value while it goes on (the transcript's).
///
/// Sendable, because the connection that owns it is; it has one owner, which cannot be copied, and no lock.
package protocol RunningHash: AnyObject, Sendable {
  func update(_ bytes: Span<UInt8>)
  /// The digest of everything so far.
  func digest() -> [UInt8]
  /// The same written to `room`, which has as many bytes.
  func digest(into room: inout MutableSpan<UInt8>)
}

extension RunningHash {
  package func digest(into room: inout MutableSpan<UInt8>) {
    let digest = digest()
    for index in room.indices { room[index] = digest[index] }
  }
}

/// An HMAC key.
package protocol MessageAuthenticationKey: AnyObject, Sendable {
  /// The MAC over the two parts one after the other; either may be empty.
  func authenticate(_ first: Span<UInt8>, _ second: Span<UInt8>) -> [UInt8]
  /// TLS 1.2's pseudorandom function (RFC 5246 §5) with this key, over the two parts of the seed one after the other; the second may
  /// be empty. As many bytes as `output` has room for.
  func prf(_ label: String, _ seed: Span<UInt8>, _ more: Span<UInt8>, into output: inout MutableSpan<UInt8>)
}

/// The initiator's half of an (EC)DHE or hybrid exchange; in TLS 1.2 either side's. Used once.
package protocol EphemeralKey: AnyObject, Sendable {
  /// As it stands in a key exchange message.
  var publicValue: [UInt8] { get }
  /// The classical key inside a hybrid one, which may be offered on its own as well, in the same ClientHello and in no other;
  /// nil for a key that is no hybrid.
  var component: (group: NamedGroup, key: any EphemeralKey)? { get }
  /// The shared secret. Throws `.invalidPublicValue` for what no honest peer sends (RFC 8422 §5.11, RFC 7748 §6.1).
  func sharedSecret(with peerValue: Span<UInt8>) throws(CryptoError) -> Secret
}

extension EphemeralKey {
  package var component: (group: NamedGroup, key: any EphemeralKey)? { nil }
}

/// What a responder answers to an initiator's public value, and what both then share.
package struct KeyExchangeResponse: ~Copyable {
  /// As it stands in the ServerHello.
  package let publicValue: [UInt8]
  package let secret: Secret

  package init(publicValue: [UInt8], secret: consuming Secret) {
    self.publicValue = publicValue
    self.secret = secret
  }
}

/// An AEAD key with its context, behind `AnyObject` so that a call costs one indirect jump and nothing is built per record.
package protocol RecordKey: AnyObject, Sendable {
  /// Appends ciphertext and tag of `plaintext` with `suffix` after it (TLS 1.3's content type and padding):
  /// `plaintext.count + suffix.count + 16` bytes, for which `output` must have room. None of them overlap.
  func seal(
    _ plaintext: Span<UInt8>, suffix: Span<UInt8>, into output: inout OutputSpan<UInt8>, nonce: Span<UInt8>,
    additionalData: Span<UInt8>
  ) throws(CryptoError)

  /// Opens ciphertext and tag in place: afterwards the first `record.count - 16` bytes are the plaintext. False, with the
  /// buffer's content unspecified, when the tag does not match or the record is shorter than a tag.
  func open(_ record: inout MutableSpan<UInt8>, nonce: Span<UInt8>, additionalData: Span<UInt8>) -> Bool
}

extension RecordKey {
  package func seal(
    _ plaintext: Span<UInt8>, into output: inout OutputSpan<UInt8>, nonce: Span<UInt8>,
    additionalData: Span<UInt8>
  ) throws(CryptoError) {
    let nothing: [UInt8] = []
    try seal(plaintext, suffix: nothing.span, into: &output, nonce: nonce, additionalData: additionalData)
  }
}
