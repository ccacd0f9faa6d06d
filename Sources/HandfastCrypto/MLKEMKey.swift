import Crypto
import HandfastCore
import HandfastWire

/// The client's half of an exchange with ML-KEM alone (draft-ietf-tls-mlkem).
final class MLKEMKey: EphemeralKey {
  /// A value of swift-crypto, whose 3.x does not say yet that it is Sendable.
  private struct Decapsulation: @unchecked Sendable {
    let key: MLKEM1024.PrivateKey
  }
  private let mlkem: Decapsulation
  let publicValue: [UInt8]

  /// FIPS 203, table 3.
  private static let ciphertextByteCount = 1568
  private static let encapsulationKeyByteCount = 1568

  init(random: (Int) -> [UInt8]) throws(CryptoError) {
    // From a seed rather than `init()`, so that a seeded provider makes the same key again.
    var seed = random(HybridLayout.seedByteCount)
    defer { overwrite(&seed) }
    guard let key = try? MLKEM1024.PrivateKey(seedRepresentation: seed, publicKey: nil) else {
      throw .failure("the random generator makes no keys")
    }
    mlkem = Decapsulation(key: key)
    publicValue = [UInt8](key.publicKey.rawRepresentation)
  }

  func sharedSecret(with peerValue: Span<UInt8>) throws(CryptoError) -> Secret {
    guard peerValue.count == Self.ciphertextByteCount else { throw .invalidPublicValue }
    guard let secret = try? mlkem.key.decapsulate([UInt8](copying: peerValue)) else {
      throw .failure("ML-KEM decapsulation failed")
    }
    return copy(secret)
  }

  /// The server's half: a ciphertext for the client's encapsulation key.
  static func respond(to peerValue: Span<UInt8>) throws(CryptoError) -> KeyExchangeResponse {
    guard peerValue.count == encapsulationKeyByteCount else { throw .invalidPublicValue }
    // Reading the key is the check of FIPS 203 §7.2: BoringSSL refuses coefficients that are not reduced.
    guard let peerKey = try? MLKEM1024.PublicKey(rawRepresentation: [UInt8](copying: peerValue)) else {
      throw .invalidPublicValue
    }
    guard let encapsulation = try? peerKey.encapsulate() else { throw .failure("ML-KEM encapsulation failed") }
    return KeyExchangeResponse(
      publicValue: [UInt8](encapsulation.encapsulated), secret: copy(encapsulation.sharedSecret))
  }
}

/// Byte by byte into reserved room, so that no other copy of the secret is left behind.
private func copy(_ key: SymmetricKey) -> Secret {
  var bytes: [UInt8] = []
  bytes.reserveCapacity(key.bitCount / 8)
  // Safe: the pointer is only read, within the closure.
  unsafe key.withUnsafeBytes { pointer in
    for index in pointer.indices { unsafe bytes.append(pointer[index]) }
  }
  return Secret(bytes)
}
