import CHandfastBoring
import Crypto
import HandfastCore
import HandfastWire

/// A client's ML-KEM-768 key for one exchange (FIPS 203).
protocol MLKEM768DecapsulationKey: Sendable {
  var encapsulationKey: [UInt8] { get }
  func decapsulate(_ ciphertext: [UInt8]) throws(CryptoError) -> SymmetricKey
}

struct PublicAPIMLKEM768Key: MLKEM768DecapsulationKey, @unchecked Sendable {
  // Immutable; swift-crypto's 3.x does not say yet that it is Sendable.
  private let key: MLKEM768.PrivateKey

  init(seed: [UInt8]) throws(CryptoError) {
    guard let key = try? MLKEM768.PrivateKey(seedRepresentation: seed, publicKey: nil) else {
      throw .failure("the random generator makes no keys")
    }
    self.key = key
  }

  var encapsulationKey: [UInt8] { [UInt8](key.publicKey.rawRepresentation) }

  func decapsulate(_ ciphertext: [UInt8]) throws(CryptoError) -> SymmetricKey {
    guard let secret = try? key.decapsulate(ciphertext) else { throw .failure("ML-KEM decapsulation failed") }
    return secret
  }
}

/// BoringSSL's key itself. swift-crypto hashes the encapsulation key of each private key, and reads it once more before it says
/// what it is: a quarter of the time that the key takes.
@safe final class BoringMLKEM768Key: MLKEM768DecapsulationKey, @unchecked Sendable {
  /// Not changed once it is made.
  private let key: OpaquePointer
  let encapsulationKey: [UInt8]

  init(seed: [UInt8]) throws(CryptoError) {
    var encoded = [UInt8](repeating: 0, count: CHB_MLKEM768_PUBLIC_KEY_LENGTH)
    // Safe: both pointers stay in their closures, with their own counts.
    let made = unsafe encoded.withUnsafeMutableBufferPointer { encoded in
      unsafe seed.withUnsafeBufferPointer { seed in
        unsafe chb_mlkem768_new(seed.baseAddress, seed.count, encoded.baseAddress, encoded.count)
      }
    }
    guard let made = unsafe made else { throw .failure("the random generator makes no keys") }
    unsafe key = made
    encapsulationKey = encoded
  }

  // Safe: made by `chb_mlkem768_new`, freed once.
  deinit { unsafe chb_mlkem768_free(key) }

  func decapsulate(_ ciphertext: [UInt8]) throws(CryptoError) -> SymmetricKey {
    var secret = [UInt8](repeating: 0, count: CHB_MLKEM768_SECRET_LENGTH)
    defer { overwrite(&secret) }
    // Safe: both pointers stay in their closures, with their own counts.
    let isDone = unsafe secret.withUnsafeMutableBufferPointer { secret in
      unsafe ciphertext.withUnsafeBufferPointer { ciphertext in
        unsafe chb_mlkem768_decapsulate(
          key, ciphertext.baseAddress, ciphertext.count, secret.baseAddress, secret.count)
      }
    }
    guard isDone == 1 else { throw .failure("ML-KEM decapsulation failed") }
    return SymmetricKey(data: secret)
  }
}

/// The server's half: a fresh secret, and its ciphertext for the client.
struct MLKEM768Encapsulation {
  let ciphertext: [UInt8]
  let secret: SymmetricKey

  /// Throws `.invalidPublicValue` for what is no encapsulation key.
  init(for key: [UInt8], usesBoringSSL: Bool) throws(CryptoError) {
    if usesBoringSSL, RecordCipher.isBoringSSLAvailable {
      (ciphertext, secret) = try Self.boring(key)
    } else {
      guard let key = try? MLKEM768.PublicKey(rawRepresentation: key) else { throw .invalidPublicValue }
      guard let made = try? key.encapsulate() else { throw .failure("ML-KEM encapsulation failed") }
      (ciphertext, secret) = ([UInt8](made.encapsulated), made.sharedSecret)
    }
  }

  private static func boring(_ key: [UInt8]) throws(CryptoError) -> ([UInt8], SymmetricKey) {
    var ciphertext = [UInt8](repeating: 0, count: CHB_MLKEM768_CIPHERTEXT_LENGTH)
    var secret = [UInt8](repeating: 0, count: CHB_MLKEM768_SECRET_LENGTH)
    defer { overwrite(&secret) }
    // Safe: all pointers stay in their closures, with their own counts.
    let isDone = unsafe ciphertext.withUnsafeMutableBufferPointer { ciphertext in
      unsafe secret.withUnsafeMutableBufferPointer { secret in
        unsafe key.withUnsafeBufferPointer { key in
          unsafe chb_mlkem768_encapsulate(
            key.baseAddress, key.count, ciphertext.baseAddress, ciphertext.count, secret.baseAddress, secret.count)
        }
      }
    }
    guard isDone == 1 else { throw .invalidPublicValue }
    return (ciphertext, SymmetricKey(data: secret))
  }
}
