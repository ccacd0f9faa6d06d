public import HandfastWire

/// What kind of key a certificate holds, as far as TLS chooses by it.
public enum KeyKind: Hashable, Sendable, CustomStringConvertible {
  case ecdsa(NamedGroup)
  /// The modulus' length in bits.
  case rsa(bits: Int)
  case ed25519
  case mldsa(MLDSAParameterSet)

  public var description: String {
    switch self {
    case .ecdsa(let curve): "ECDSA \(curve)"
    case .rsa(let bits): "RSA-\(bits)"
    case .ed25519: "Ed25519"
    case .mldsa(let parameters): parameters.description
    }
  }

  /// The schemes such a key can make, best first. In TLS 1.2 a hash is not bound to an ECDSA curve (RFC 5246 §7.4.1.4.1); the
  /// pair that TLS 1.3 allows comes first. ML-DSA is not for TLS 1.2.
  public var signatureSchemes: [SignatureScheme] {
    switch self {
    case .ecdsa(.secp384r1): Schemes.secp384r1
    case .ecdsa(.secp521r1): Schemes.secp521r1
    case .ecdsa: Schemes.secp256r1
    case .rsa: Schemes.rsa
    case .ed25519: Schemes.ed25519
    case .mldsa: []
    }
  }

  /// Made once: a handshake asks for them several times.
  private enum Schemes {
    static let secp256r1: [SignatureScheme] = [.ecdsaSecp256r1SHA256, .ecdsaSecp384r1SHA384, .ecdsaSecp521r1SHA512]
    static let secp384r1: [SignatureScheme] = [.ecdsaSecp384r1SHA384, .ecdsaSecp256r1SHA256, .ecdsaSecp521r1SHA512]
    static let secp521r1: [SignatureScheme] = [.ecdsaSecp521r1SHA512, .ecdsaSecp384r1SHA384, .ecdsaSecp256r1SHA256]
    static let rsa = rsa13 + [.rsaPKCS1SHA256, .rsaPKCS1SHA384, .rsaPKCS1SHA512]
    static let ed25519: [SignatureScheme] = [.ed25519]
    static let secp256r1Alone: [SignatureScheme] = [.ecdsaSecp256r1SHA256]
    static let secp384r1Alone: [SignatureScheme] = [.ecdsaSecp384r1SHA384]
    static let secp521r1Alone: [SignatureScheme] = [.ecdsaSecp521r1SHA512]
    static let rsa13: [SignatureScheme] = [.rsaPSSRSAESHA256, .rsaPSSRSAESHA384, .rsaPSSRSAESHA512]
  }

  /// The schemes such a key can make in TLS 1.3: no PKCS#1 v1.5, and an ECDSA key's curve says the hash (RFC 9846 §4.3.3).
  public var signatureSchemes13: [SignatureScheme] {
    switch self {
    case .ecdsa(.secp256r1): Schemes.secp256r1Alone
    case .ecdsa(.secp384r1): Schemes.secp384r1Alone
    case .ecdsa(.secp521r1): Schemes.secp521r1Alone
    case .ecdsa: []
    case .rsa: Schemes.rsa13
    case .ed25519: Schemes.ed25519
    case .mldsa(let parameters): [parameters.signatureScheme]
    }
  }

  package func signatureSchemes(in version: ProtocolVersion) -> [SignatureScheme] {
    version == .tls13 ? signatureSchemes13 : signatureSchemes
  }

  //= https://www.rfc-editor.org/rfc/rfc9963#section-3
  //# They are only defined for signatures in the client CertificateVerify message and are not defined for use in other contexts.
  /// The same, and after it what a client's key may make where both sides have asked for it.
  package func possibleSchemes(in version: ProtocolVersion, by signer: Side) -> [SignatureScheme] {
    guard case .rsa = self, version == .tls13, signer == .client else { return signatureSchemes(in: version) }
    return signatureSchemes13 + .rsaPKCS1Legacy
  }

  /// How a TLS 1.2 cipher suite calls the authentication with such a key; nil: none does. Ed25519 goes by ECDSA's suites (RFC 8422
  /// §5.10).
  package var authentication: CipherSuiteParameters.Authentication? {
    switch self {
    case .ecdsa, .ed25519: .ecdsa
    case .rsa: .rsa
    case .mldsa: nil
    }
  }

  /// What a CertificateRequest's certificate_types must contain for such a key (RFC 5246 §7.4.4, RFC 8422 §5.5); nil: there is no
  /// such type.
  package var clientCertificateType: ClientCertificateType? {
    switch self {
    case .ecdsa, .ed25519: .ecdsaSign
    case .rsa: .rsaSign
    case .mldsa: nil
    }
  }
}

/// ML-DSA's three strengths (FIPS 204 §4).
public enum MLDSAParameterSet: Int, Hashable, Sendable, CaseIterable, CustomStringConvertible {
  case mldsa44 = 44
  case mldsa65 = 65
  case mldsa87 = 87

  public var description: String { "ML-DSA-\(rawValue)" }

  package var signatureScheme: SignatureScheme {
    switch self {
    case .mldsa44: .mldsa44
    case .mldsa65: .mldsa65
    case .mldsa87: .mldsa87
    }
  }
}

/// A private key in this process. A key elsewhere (HSM, KMS) signs through `Need.signature` instead.
package protocol SigningKey: Sendable {
  var kind: KeyKind { get }
  func sign(_ message: [UInt8], scheme: SignatureScheme) throws(CryptoError) -> [UInt8]
  /// The RSA key-transport half (RFC 5246 §7.4.7.1): the unpadded pre-master secret, or `replacement` in the same time if
  /// anything at all about the ciphertext or its padding is wrong. Nil when the key is not RSA.
  func decryptPreMasterSecret(_ ciphertext: [UInt8], replacement: consuming Secret) -> Secret?
}

/// The public key of a peer's certificate.
package protocol PeerKey: Sendable {
  var kind: KeyKind { get }
  func isValid(_ signature: [UInt8], over message: [UInt8], scheme: SignatureScheme) -> Bool
  /// PKCS#1 v1.5 encryption of a pre-master secret; throws `.unsupported` when the key is not RSA.
  func encryptPreMasterSecret(_ secret: borrowing Secret) throws(CryptoError) -> [UInt8]
}
