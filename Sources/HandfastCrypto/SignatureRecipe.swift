import Crypto
import HandfastCore
import HandfastWire
import _CryptoExtras

/// What a signature scheme asks for, with the curve left to the key: in TLS 1.2 any hash goes with any curve (RFC 5246
/// §7.4.1.4.1).
enum SignatureRecipe {
  case ecdsa(HashAlgorithm)
  case rsa(HashAlgorithm, _RSA.Signing.Padding)
  case ed25519
  case mldsa(MLDSAParameterSet)

  init?(_ scheme: SignatureScheme) {
    switch scheme {
    case .ecdsaSecp256r1SHA256: self = .ecdsa(.sha256)
    case .ecdsaSecp384r1SHA384: self = .ecdsa(.sha384)
    case .ecdsaSecp521r1SHA512: self = .ecdsa(.sha512)
    case .rsaPKCS1SHA256, .rsaPKCS1SHA256Legacy: self = .rsa(.sha256, .insecurePKCS1v1_5)
    case .rsaPKCS1SHA384, .rsaPKCS1SHA384Legacy: self = .rsa(.sha384, .insecurePKCS1v1_5)
    case .rsaPKCS1SHA512, .rsaPKCS1SHA512Legacy: self = .rsa(.sha512, .insecurePKCS1v1_5)
    // swift-crypto's PSS: MGF1 with the same hash, and a salt as long as the digest, as TLS wants it (RFC 9846 §4.3.3).
    case .rsaPSSRSAESHA256: self = .rsa(.sha256, .PSS)
    case .rsaPSSRSAESHA384: self = .rsa(.sha384, .PSS)
    case .rsaPSSRSAESHA512: self = .rsa(.sha512, .PSS)
    case .ed25519: self = .ed25519
    case .mldsa44: self = .mldsa(.mldsa44)
    case .mldsa65: self = .mldsa(.mldsa65)
    case .mldsa87: self = .mldsa(.mldsa87)
    default: return nil
    }
  }
}
