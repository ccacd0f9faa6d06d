import ArgumentParser
import HandfastCore
import HandfastWire

/// The kinds of key that `--key-type` names.
package enum KeyType: String, CaseIterable, ExpressibleByArgument, Sendable {
  case ecdsaP256 = "ecdsa-p256"
  case ecdsaP384 = "ecdsa-p384"
  case ecdsaP521 = "ecdsa-p521"
  case rsa2048 = "rsa-2048"
  case rsa3072 = "rsa-3072"
  case ed25519

  var kind: KeyKind {
    switch self {
    case .ecdsaP256: .ecdsa(.secp256r1)
    case .ecdsaP384: .ecdsa(.secp384r1)
    case .ecdsaP521: .ecdsa(.secp521r1)
    case .rsa2048: .rsa(bits: 2048)
    case .rsa3072: .rsa(bits: 3072)
    case .ed25519: .ed25519
    }
  }
}
