import Crypto
import HandfastCore
import HandfastCrypto
import HandfastWire
import SwiftASN1
import X509
import _CryptoExtras

/// A key pair just made: for signing certificates, and as an identity's private key.
struct FreshKey: Sendable {
  let signing: Certificate.PrivateKey
  let pkcs8: [UInt8]

  static func make(_ kind: KeyKind) throws -> FreshKey {
    switch kind {
    case .ecdsa(.secp256r1): return try FreshKey(Certificate.PrivateKey(P256.Signing.PrivateKey()))
    case .ecdsa(.secp384r1): return try FreshKey(Certificate.PrivateKey(P384.Signing.PrivateKey()))
    case .ecdsa(.secp521r1): return try FreshKey(Certificate.PrivateKey(P521.Signing.PrivateKey()))
    // swift-certificates has no certificates with ML-DSA keys.
    case .ecdsa, .mldsa: throw IssuingError.unsupportedKey(kind)
    case .ed25519: return try FreshKey(Certificate.PrivateKey(Curve25519.Signing.PrivateKey()))
    case .rsa(let bits):
      // The packages refuse weaker ones.
      guard (2048...8192).contains(bits), bits % 8 == 0 else { throw IssuingError.unsupportedKey(kind) }
      let key = try _RSA.Signing.PrivateKey(keySize: .init(bitCount: bits))
      let pkcs8 = try PEMDocument(pemString: key.pkcs8PEMRepresentation).derBytes
      return FreshKey(signing: Certificate.PrivateKey(key), pkcs8: pkcs8)
    }
  }

  private init(signing: Certificate.PrivateKey, pkcs8: [UInt8]) {
    self.signing = signing
    self.pkcs8 = pkcs8
  }

  private init(_ key: Certificate.PrivateKey) throws {
    self.init(signing: key, pkcs8: try key.serializeAsPEM().derBytes)
  }

  func privateKey() throws -> PrivateKey { try PrivateKey(pkcs8: pkcs8) }
}
