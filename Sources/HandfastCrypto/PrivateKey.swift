package import Crypto
package import HandfastCore
package import HandfastWire
package import _CryptoExtras

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A private key in this process.
package struct PrivateKey: SigningKey {
  /// The key as swift-crypto has it; its 3.x does not say yet that these values are Sendable.
  package enum Material: @unchecked Sendable {
    case p256(P256.Signing.PrivateKey)
    case p384(P384.Signing.PrivateKey)
    case p521(P521.Signing.PrivateKey)
    case rsa(_RSA.Signing.PrivateKey)
    case ed25519(Curve25519.Signing.PrivateKey)
    case mldsa(MLDSAPrivateKey)
  }
  package let material: Material
  /// What BoringSSL does with it where it can be reached.
  private enum Direct {
    case decryption(RSADecryptionKey)
    case signing(BoringP256PrivateKey)
  }
  private let direct: Direct?

  package init(_ material: Material) {
    self.material = material
    switch material {
    case .rsa(let key):
      var encoding = key.derRepresentation
      var pkcs1 = [UInt8](encoding)
      direct = RSADecryptionKey(pkcs1: pkcs1.span).map(Direct.decryption)
      overwrite(&pkcs1)
      encoding.resetBytes(in: encoding.indices)
    case .p256(let key): direct = BoringP256PrivateKey(key).map(Direct.signing)
    case .p384, .p521, .ed25519, .mldsa: direct = nil
    }
  }

  /// A new key. RSA takes 2048, 3072 or 4096 bits; throws `.unsupported` for what TLS has no use for.
  package static func generate(_ kind: KeyKind) throws(CryptoError) -> Self {
    switch kind {
    case .ecdsa(.secp256r1): return Self(.p256(P256.Signing.PrivateKey()))
    case .ecdsa(.secp384r1): return Self(.p384(P384.Signing.PrivateKey()))
    case .ecdsa(.secp521r1): return Self(.p521(P521.Signing.PrivateKey()))
    case .ecdsa: throw .unsupported
    case .rsa(let bits):
      guard [2048, 3072, 4096].contains(bits) else { throw .unsupported }
      guard let key = try? _RSA.Signing.PrivateKey(keySize: .init(bitCount: bits)) else {
        throw .failure("RSA key generation failed")
      }
      return Self(.rsa(key))
    case .ed25519: return Self(.ed25519(Curve25519.Signing.PrivateKey()))
    case .mldsa(let parameters):
      var seed = DefaultCryptoProvider().randomBytes(MLDSAPrivateKey.seedByteCount)
      defer { overwrite(&seed) }
      return Self(.mldsa(try MLDSAPrivateKey(parameters, seed: seed)))
    }
  }

  package var kind: KeyKind { publicKey.kind }

  package var publicKey: PublicKey {
    switch material {
    case .p256(let key): PublicKey(key.publicKey)
    case .p384(let key): PublicKey(key.publicKey)
    case .p521(let key): PublicKey(key.publicKey)
    case .rsa(let key): PublicKey(key.publicKey)
    case .ed25519(let key): PublicKey(key.publicKey)
    case .mldsa(let key): PublicKey(.mldsa(key.publicKey))
    }
  }

  /// The public half as DER SubjectPublicKeyInfo.
  package var subjectPublicKeyInfo: [UInt8] { publicKey.subjectPublicKeyInfo }

  package func sign(_ message: [UInt8], scheme: SignatureScheme) throws(CryptoError) -> [UInt8] {
    guard let recipe = SignatureRecipe(scheme) else { throw .unsupported }
    do {
      switch (material, recipe) {
      case (.p256(let key), .ecdsa(let hash)):
        if case .signing(let key) = direct { return try key.sign(message, hash) }
        return [UInt8](try key.signature(for: hash.digest(of: message)).derRepresentation)
      case (.p384(let key), .ecdsa(let hash)):
        return [UInt8](try key.signature(for: hash.digest(of: message)).derRepresentation)
      case (.p521(let key), .ecdsa(let hash)):
        return [UInt8](try key.signature(for: hash.digest(of: message)).derRepresentation)
      case (.rsa(let key), .rsa(let hash, let padding)):
        return [UInt8](try key.signature(for: hash.digest(of: message), padding: padding).rawRepresentation)
      case (.ed25519(let key), .ed25519):
        return [UInt8](try key.signature(for: message))
      case (.mldsa(let key), .mldsa(let parameters)) where key.parameters == parameters:
        return try key.sign(message)
      case (.p256, _), (.p384, _), (.p521, _), (.rsa, _), (.ed25519, _), (.mldsa, _):
        throw CryptoError.unsupported
      }
    } catch let error as CryptoError {
      throw error
    } catch {
      throw .failure("signing failed")
    }
  }

  /// As the seam says. Nil as well where BoringSSL cannot be reached: swift-crypto's own decryption throws on bad padding, and
  /// that difference is the oracle of Bleichenbacher's attack. `DefaultCryptoProvider` has no RSA key transport there.
  package func decryptPreMasterSecret(_ ciphertext: [UInt8], replacement: consuming Secret) -> Secret? {
    guard case .decryption(let key) = direct else { return nil }
    return key.preMasterSecret(from: ciphertext, replacement: replacement)
  }
}

// MARK: Description

/// Says what kind of key it is, and nothing else, in whatever way it is printed.
extension PrivateKey: CustomStringConvertible, CustomReflectable {
  package var description: String { "\(kind) private key" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}

// MARK: Encodings

extension PrivateKey {
  /// Reads a DER PrivateKeyInfo (RFC 5958). Throws `.unsupported` for DER that is none, other algorithms and curves, and RSA
  /// below 2048 bits.
  package init(pkcs8 der: [UInt8]) throws(CryptoError) {
    if var seed = Ed25519DER.seed(inPKCS8: der) {
      defer { overwrite(&seed) }
      guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed) else { throw .unsupported }
      self.init(.ed25519(key))
      return
    }
    if var key = MLDSADER.seed(inPKCS8: der) {
      defer { overwrite(&key.seed) }
      self.init(.mldsa(try MLDSAPrivateKey(key.parameters, seed: key.seed)))
    } else if let key = Self.ellipticCurve(der) {
      self.init(key)
    } else {
      try self.init(pkcs1: der)
    }
  }

  /// Reads a DER ECPrivateKey (RFC 5915).
  package init(sec1 der: [UInt8]) throws(CryptoError) {
    guard let key = Self.ellipticCurve(der) else { throw .unsupported }
    self.init(key)
  }

  /// Reads a DER RSAPrivateKey (RFC 8017 §A.1.2).
  package init(pkcs1 der: [UInt8]) throws(CryptoError) {
    guard let key = try? _RSA.Signing.PrivateKey(derRepresentation: der) else { throw .unsupported }
    self.init(.rsa(key))
  }

  /// The key as DER PrivateKeyInfo.
  package var pkcs8: [UInt8] {
    switch material {
    case .p256(let key): [UInt8](key.derRepresentation)
    case .p384(let key): [UInt8](key.derRepresentation)
    case .p521(let key): [UInt8](key.derRepresentation)
    case .rsa(let key): DER.pkcs8(rsa: [UInt8](key.derRepresentation))
    case .ed25519(let key): Ed25519DER.pkcs8([UInt8](key.rawRepresentation))
    case .mldsa(let key): MLDSADER.pkcs8(key.parameters, seed: key.seed)
    }
  }

  // swift-crypto's initialisers take PKCS#8 and SEC 1, and tell curves apart by the scalar's length alone: a secp256k1 key
  // becomes a P-256 key. So a PKCS#8 key must name the curve as well.
  private static func ellipticCurve(_ der: [UInt8]) -> Material? {
    if let key = try? P256.Signing.PrivateKey(derRepresentation: der), DER.isEC(der, on: DER.secp256r1) {
      return .p256(key)
    }
    if let key = try? P384.Signing.PrivateKey(derRepresentation: der), DER.isEC(der, on: DER.secp384r1) {
      return .p384(key)
    }
    if let key = try? P521.Signing.PrivateKey(derRepresentation: der), DER.isEC(der, on: DER.secp521r1) {
      return .p521(key)
    }
    return nil
  }
}
