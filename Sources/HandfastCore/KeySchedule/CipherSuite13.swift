package import HandfastWire

/// What a TLS 1.3 cipher suite stands for: an AEAD and a hash. Key exchange and signatures are negotiated apart
/// (RFC 9846 §B.4).
package struct CipherSuite13: Sendable, Equatable {
  package let suite: CipherSuite
  package let aead: AEADAlgorithm
  package let hash: HashAlgorithm

  /// Nil for a suite that is not one of TLS 1.3, or that this library cannot speak.
  package init?(_ suite: CipherSuite) {
    self.suite = suite
    switch suite {
    case .aes128GCMSHA256: (aead, hash) = (.aes128GCM, .sha256)
    case .aes256GCMSHA384: (aead, hash) = (.aes256GCM, .sha384)
    case .chaCha20Poly1305SHA256: (aead, hash) = (.chaCha20Poly1305, .sha256)
    default: return nil
    }
  }

  /// Records after which a sender changes its key: AES-GCM 2^24.5 full-size records (RFC 9846 §5.5).
  package var recordLimit: UInt64 { aead.recordLimit }
}

extension AEADAlgorithm {
  /// Full-size records that one key may protect: 2^24.5 for AES-GCM (RFC 9846 §5.5); ChaCha20-Poly1305 has no limit before the
  /// sequence number's.
  package var recordLimit: UInt64 { self == .chaCha20Poly1305 ? .max - 1 : 23_726_566 }
}
