package import Crypto
package import HandfastCore
package import HandfastWire
package import _CryptoExtras

/// A peer's public key: it checks signatures, and encrypts pre-master secrets where it is RSA.
package struct PublicKey: PeerKey {
  /// The key as swift-crypto has it, or BoringSSL a P-256 one; swift-crypto 3.x does not say yet that these values are Sendable.
  package enum Material: @unchecked Sendable {
    case p256(P256PublicKey)
    case p384(P384.Signing.PublicKey)
    case p521(P521.Signing.PublicKey)
    case rsa(_RSA.Signing.PublicKey)
    case ed25519(Curve25519.Signing.PublicKey)
    case mldsa(MLDSAPublicKey)
  }
  package let material: Material

  package init(_ material: Material) { self.material = material }
  package init(_ key: P256.Signing.PublicKey) { material = .p256(P256PublicKey(key)) }
  package init(_ key: P384.Signing.PublicKey) { material = .p384(key) }
  package init(_ key: P521.Signing.PublicKey) { material = .p521(key) }
  package init(_ key: _RSA.Signing.PublicKey) { material = .rsa(key) }
  package init(_ key: Curve25519.Signing.PublicKey) { material = .ed25519(key) }

  /// Reads a DER SubjectPublicKeyInfo (RFC 5280 §4.1.2.7). Throws `.unsupported` for other algorithms, RSA below 2048 or above
  /// 8192 bits, keys bound to RSA-PSS, points that are compressed or not on their curve, and DER that is none.
  package init(subjectPublicKeyInfo der: [UInt8]) throws(CryptoError) {
    guard let material = (try? Self.read(der)) ?? nil else { throw .unsupported }
    self.init(material)
  }

  /// A verification costs with the square of the modulus' length, and the peer chooses the key.
  private static let mostRSABits = 8192

  package var kind: KeyKind {
    switch material {
    case .p256: .ecdsa(.secp256r1)
    case .p384: .ecdsa(.secp384r1)
    case .p521: .ecdsa(.secp521r1)
    case .rsa(let key): .rsa(bits: key.keySizeInBits)
    case .ed25519: .ed25519
    case .mldsa(let key): .mldsa(key.parameters)
    }
  }

  /// The key as DER SubjectPublicKeyInfo.
  package var subjectPublicKeyInfo: [UInt8] { Self.encode(material) }

  package func isValid(_ signature: [UInt8], over message: [UInt8], scheme: SignatureScheme) -> Bool {
    guard let recipe = SignatureRecipe(scheme) else { return false }
    switch (material, recipe) {
    case (.p256(let key), .ecdsa(let hash)):
      return key.isValid(signature, over: message, hash)
    case (.p384(let key), .ecdsa(let hash)):
      guard let signature = try? P384.Signing.ECDSASignature(derRepresentation: signature) else { return false }
      return key.isValidSignature(signature, for: hash.digest(of: message))
    case (.p521(let key), .ecdsa(let hash)):
      guard let signature = try? P521.Signing.ECDSASignature(derRepresentation: signature) else { return false }
      return key.isValidSignature(signature, for: hash.digest(of: message))
    case (.rsa(let key), .rsa(let hash, let padding)):
      let signature = _RSA.Signing.RSASignature(rawRepresentation: signature)
      return key.isValidSignature(signature, for: hash.digest(of: message), padding: padding)
    case (.ed25519(let key), .ed25519):
      return key.isValidSignature(signature, for: message)
    case (.mldsa(let key), .mldsa(let parameters)):
      return key.parameters == parameters && key.isValid(signature, over: message)
    case (.p256, _), (.p384, _), (.p521, _), (.rsa, _), (.ed25519, _), (.mldsa, _):
      return false
    }
  }

  /// As the seam says; `.unsupported` as well where BoringSSL cannot be reached, since swift-crypto 3.x has no such padding.
  package func encryptPreMasterSecret(_ secret: borrowing Secret) throws(CryptoError) -> [UInt8] {
    guard case .rsa(let key) = material, RecordCipher.isBoringSSLAvailable else { throw .unsupported }
    return try secret.withSpan { secret throws(CryptoError) in
      try rsaEncrypt(secret, publicKey: [UInt8](key.pkcs1DERRepresentation), byteCount: (key.keySizeInBits + 7) / 8)
    }
  }

  // swift-crypto's initialisers are more liberal than a certificate may be: they take a curve's point under another curve's
  // name, a bare PKCS#1 key, and a key bound to RSA-PSS. So what stands around the key is compared, and only the key itself read:
  // that it is a point of the curve is checked there. An RSA key must encode to what was read.
  private static func read(_ der: [UInt8]) throws -> Material? {
    if let point = der.rest(after: DER.p256Prefix, count: 64) {
      return P256PublicKey(coordinates: point).map(Material.p256)
    }
    if let key = der.rest(after: Ed25519DER.publicPrefix, count: 32) {
      return .ed25519(try .init(rawRepresentation: key))
    }
    if let point = der.rest(after: DER.p384Prefix, count: 96) { return .p384(try .init(rawRepresentation: point)) }
    if let point = der.rest(after: DER.p521Prefix, count: 132) { return .p521(try .init(rawRepresentation: point)) }
    for (parameters, prefix) in mldsaPrefixes {
      guard let key = der.rest(after: prefix, count: parameters.publicKeyByteCount) else { continue }
      return MLDSAPublicKey(parameters, encoded: key).map(Material.mldsa)
    }
    guard let key = try rsa(der), encode(key) == der else { return nil }
    return key
  }

  private static let mldsaPrefixes = MLDSAParameterSet.allCases.map { ($0, MLDSADER.publicPrefix($0)) }

  // From the two numbers, not from DER: where that does not parse, swift-crypto 3.12 frees the key twice.
  private static func rsa(_ der: [UInt8]) throws -> Material? {
    guard let (modulus, exponent) = DER.rsaNumbers(inSubjectPublicKeyInfo: der) else { return nil }
    guard modulus.drop(while: { $0 == 0 }).count <= mostRSABits / 8 else { return nil }
    let key = try _RSA.Signing.PublicKey(n: modulus, e: exponent)
    return key.keySizeInBits >= 2048 ? .rsa(key) : nil
  }

  private static func encode(_ material: Material) -> [UInt8] {
    switch material {
    case .p256(let key): DER.p256Prefix + key.point.dropFirst()
    case .p384(let key): [UInt8](key.derRepresentation)
    case .p521(let key): [UInt8](key.derRepresentation)
    case .rsa(let key): [UInt8](key.derRepresentation)
    case .ed25519(let key): Ed25519DER.publicPrefix + key.rawRepresentation
    case .mldsa(let key): MLDSADER.publicPrefix(key.parameters) + key.encoded
    }
  }
}

extension [UInt8] {
  fileprivate func rest(after prefix: [UInt8], count: Int) -> ArraySlice<UInt8>? {
    self.count == prefix.count + count && starts(with: prefix) ? dropFirst(prefix.count) : nil
  }
}
