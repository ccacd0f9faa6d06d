import CHandfastBoring
package import Crypto
package import HandfastCore
import HandfastWire

/// An ML-DSA public key (FIPS 204): swift-crypto's, and for the strength that it does not have, BoringSSL's.
package enum MLDSAPublicKey: Sendable {
  /// The key's encoding.
  case mldsa44([UInt8])
  case mldsa65(MLDSA65.PublicKey)
  case mldsa87(MLDSA87.PublicKey)

  /// Nil for a key of another length, and for ML-DSA-44 where BoringSSL cannot be reached.
  init?(_ parameters: MLDSAParameterSet, encoded bytes: ArraySlice<UInt8>) {
    guard bytes.count == parameters.publicKeyByteCount else { return nil }
    switch parameters {
    case .mldsa44:
      guard RecordCipher.isBoringSSLAvailable else { return nil }
      self = .mldsa44(Array(bytes))
    case .mldsa65:
      guard let key = try? MLDSA65.PublicKey(rawRepresentation: bytes) else { return nil }
      self = .mldsa65(key)
    case .mldsa87:
      guard let key = try? MLDSA87.PublicKey(rawRepresentation: bytes) else { return nil }
      self = .mldsa87(key)
    }
  }

  package var parameters: MLDSAParameterSet {
    switch self {
    case .mldsa44: .mldsa44
    case .mldsa65: .mldsa65
    case .mldsa87: .mldsa87
    }
  }

  var encoded: [UInt8] {
    switch self {
    case .mldsa44(let bytes): bytes
    case .mldsa65(let key): [UInt8](key.rawRepresentation)
    case .mldsa87(let key): [UInt8](key.rawRepresentation)
    }
  }

  func isValid(_ signature: [UInt8], over message: [UInt8]) -> Bool {
    switch self {
    case .mldsa44(let key): verifyMLDSA44(signature, over: message, publicKey: key)
    case .mldsa65(let key): key.isValidSignature(signature, for: message)
    case .mldsa87(let key): key.isValidSignature(signature, for: message)
    }
  }
}

/// An ML-DSA private key, kept as the seed it grows from (FIPS 204 §5.1).
package enum MLDSAPrivateKey: Sendable {
  case mldsa44(MLDSA44PrivateKey)
  case mldsa65(MLDSA65.PrivateKey)
  case mldsa87(MLDSA87.PrivateKey)

  static let seedByteCount = 32

  /// Throws `.unsupported` for a seed of another length, and for ML-DSA-44 where BoringSSL cannot be reached.
  init(_ parameters: MLDSAParameterSet, seed: [UInt8]) throws(CryptoError) {
    do {
      switch parameters {
      case .mldsa44: self = .mldsa44(try MLDSA44PrivateKey(seed: seed))
      case .mldsa65: self = .mldsa65(try MLDSA65.PrivateKey(seedRepresentation: seed, publicKey: nil))
      case .mldsa87: self = .mldsa87(try MLDSA87.PrivateKey(seedRepresentation: seed, publicKey: nil))
      }
    } catch {
      throw .unsupported
    }
  }

  var parameters: MLDSAParameterSet {
    switch self {
    case .mldsa44: .mldsa44
    case .mldsa65: .mldsa65
    case .mldsa87: .mldsa87
    }
  }

  var publicKey: MLDSAPublicKey {
    switch self {
    case .mldsa44(let key): .mldsa44(key.publicKey)
    case .mldsa65(let key): .mldsa65(key.publicKey)
    case .mldsa87(let key): .mldsa87(key.publicKey)
    }
  }

  var seed: [UInt8] {
    switch self {
    case .mldsa44(let key): key.copyOfSeed
    case .mldsa65(let key): [UInt8](key.seedRepresentation)
    case .mldsa87(let key): [UInt8](key.seedRepresentation)
    }
  }

  func sign(_ message: [UInt8]) throws -> [UInt8] {
    switch self {
    case .mldsa44(let key): try key.sign(message)
    case .mldsa65(let key): [UInt8](try key.signature(for: message))
    case .mldsa87(let key): [UInt8](try key.signature(for: message))
    }
  }
}

/// BoringSSL's ML-DSA-44 key: swift-crypto has the two stronger ones only.
@safe package final class MLDSA44PrivateKey: @unchecked Sendable {
  /// Not changed once it is made.
  private let key: OpaquePointer
  private let seed: Secret
  let publicKey: [UInt8]

  init(seed: [UInt8]) throws(CryptoError) {
    // Safe: the seed is read before the pointer's scope ends.
    let made = unsafe seed.withUnsafeBufferPointer { unsafe chb_mldsa44_new($0.baseAddress, $0.count) }
    guard let made = unsafe made else { throw .unsupported }
    var encoded = [UInt8](repeating: 0, count: CHB_MLDSA44_PUBLIC_KEY_LENGTH)
    // Safe: as many bytes are written as the buffer says it has.
    let isDone = unsafe encoded.withUnsafeMutableBufferPointer {
      unsafe chb_mldsa44_public_key(made, $0.baseAddress, $0.count)
    }
    unsafe key = made
    self.seed = Secret(seed)
    publicKey = encoded
    guard isDone == 1 else { throw .failure("ML-DSA-44 has no public key for a seed") }
  }

  // Safe: made by `chb_mldsa44_new`, freed once.
  deinit { unsafe chb_mldsa44_free(key) }

  var copyOfSeed: [UInt8] { seed.withSpan { [UInt8](copying: $0) } }

  func sign(_ message: [UInt8]) throws(CryptoError) -> [UInt8] {
    var signature = [UInt8](repeating: 0, count: CHB_MLDSA44_SIGNATURE_LENGTH)
    // Safe: both pointers stay in their closures, with their own counts.
    let isDone = unsafe signature.withUnsafeMutableBufferPointer { signature in
      unsafe message.withUnsafeBufferPointer { message in
        unsafe chb_mldsa44_sign(key, message.baseAddress, message.count, signature.baseAddress, signature.count)
      }
    }
    guard isDone == 1 else { throw .failure("signing failed") }
    return signature
  }
}

private func verifyMLDSA44(_ signature: [UInt8], over message: [UInt8], publicKey: [UInt8]) -> Bool {
  // Safe: all three are only read, each within its closure.
  unsafe publicKey.withUnsafeBufferPointer { key in
    unsafe message.withUnsafeBufferPointer { message in
      unsafe signature.withUnsafeBufferPointer { signature in
        unsafe chb_mldsa44_verify(
          key.baseAddress, key.count, message.baseAddress, message.count, signature.baseAddress, signature.count) == 1
      }
    }
  }
}

/// The DER around ML-DSA keys (RFC 9881).
enum MLDSADER {
  /// A SubjectPublicKeyInfo up to the key's bytes (RFC 9881 §4).
  static func publicPrefix(_ parameters: MLDSAParameterSet) -> [UInt8] {
    let count = parameters.publicKeyByteCount
    let bits = DER.wrap(0x03, [UInt8](repeating: 0, count: 1 + count))
    return Array(DER.sequence(algorithm(parameters) + bits).dropLast(count))
  }

  /// AlgorithmIdentifier, without parameters (RFC 9881 §2).
  static func algorithm(_ parameters: MLDSAParameterSet) -> [UInt8] {
    let last: UInt8 =
      switch parameters {
      case .mldsa44: 0x11
      case .mldsa65: 0x12
      case .mldsa87: 0x13
      }
    return [0x30, 0x0b, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, last]
  }

  /// The private key as PKCS#8: the seed alone, which RFC 9881 §6 wants.
  static func pkcs8(_ parameters: MLDSAParameterSet, seed: [UInt8]) -> [UInt8] {
    DER.sequence([0x02, 0x01, 0x00] + algorithm(parameters) + DER.wrap(0x04, DER.wrap(0x80, seed)))
  }

  /// The seed inside a PKCS#8 key, alone or beside the expanded key; nil for anything else, and for the expanded key alone, from which
  /// no seed can be had.
  static func seed(inPKCS8 der: [UInt8]) -> (parameters: MLDSAParameterSet, seed: [UInt8])? {
    var rest = der[...]
    guard var info = DER.take(0x30, from: &rest), rest.isEmpty else { return nil }
    guard let version = DER.take(0x02, from: &info), version.count == 1,
      version.elementsEqual([0]) || version.elementsEqual([1])
    else { return nil }
    guard let parameters = MLDSAParameterSet.allCases.first(where: { info.starts(with: algorithm($0)) }) else {
      return nil
    }
    info.removeFirst(algorithm(parameters).count)
    guard var choice = DER.take(0x04, from: &info) else { return nil }
    if choice.first == 0x30 {
      guard var both = DER.take(0x30, from: &choice), let seed = DER.take(0x04, from: &both) else { return nil }
      return (parameters, Array(seed))
    }
    guard let seed = DER.take(0x80, from: &choice), choice.isEmpty else { return nil }
    return (parameters, Array(seed))
  }
}

extension MLDSAParameterSet {
  /// FIPS 204, table 2.
  var publicKeyByteCount: Int {
    switch self {
    case .mldsa44: 1312
    case .mldsa65: 1952
    case .mldsa87: 2592
    }
  }
}
