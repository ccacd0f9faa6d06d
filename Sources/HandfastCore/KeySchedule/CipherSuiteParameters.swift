package import HandfastWire

/// What a TLS 1.2 cipher suite stands for.
package struct CipherSuiteParameters: Sendable, Equatable {
  package enum KeyExchange: String, Sendable {
    case ecdhe = "ECDHE"
    case rsa = "RSA key transport"
  }
  package enum Authentication: String, Sendable {
    case ecdsa = "ECDSA"
    case rsa = "RSA"
  }

  package let suite: CipherSuite
  package let keyExchange: KeyExchange
  package let authentication: Authentication
  package let aead: AEADAlgorithm
  /// The PRF's hash, which is the transcript's as well (RFC 5246 §5).
  package let hash: HashAlgorithm

  /// Nil for a suite this library cannot speak in TLS 1.2.
  package init?(_ suite: CipherSuite) {
    self.suite = suite
    switch suite {
    case .ecdheECDSAWithAES128GCMSHA256: (keyExchange, authentication, aead) = (.ecdhe, .ecdsa, .aes128GCM)
    case .ecdheECDSAWithAES256GCMSHA384: (keyExchange, authentication, aead) = (.ecdhe, .ecdsa, .aes256GCM)
    case .ecdheECDSAWithChaCha20Poly1305SHA256:
      (keyExchange, authentication, aead) = (.ecdhe, .ecdsa, .chaCha20Poly1305)
    case .ecdheRSAWithAES128GCMSHA256: (keyExchange, authentication, aead) = (.ecdhe, .rsa, .aes128GCM)
    case .ecdheRSAWithAES256GCMSHA384: (keyExchange, authentication, aead) = (.ecdhe, .rsa, .aes256GCM)
    case .ecdheRSAWithChaCha20Poly1305SHA256: (keyExchange, authentication, aead) = (.ecdhe, .rsa, .chaCha20Poly1305)
    case .rsaWithAES128GCMSHA256: (keyExchange, authentication, aead) = (.rsa, .rsa, .aes128GCM)
    case .rsaWithAES256GCMSHA384: (keyExchange, authentication, aead) = (.rsa, .rsa, .aes256GCM)
    default: return nil
    }
    hash = aead == .aes256GCM ? .sha384 : .sha256
  }

  /// Bytes of the nonce that come from the key block: 4 with an explicit part per record (RFC 5288 §3), 12 without (RFC 7905
  /// §2).
  package var fixedIVByteCount: Int { aead == .chaCha20Poly1305 ? 12 : 4 }

  /// Records after which a key must not be used any more. The reasoning of RFC 9846 §5.5 holds for 1.2 as well, which cannot
  /// change keys without a renegotiation: the connection is closed.
  package var recordLimit: UInt64 { aead.recordLimit }
}
