import CHandfastBoring
package import Crypto
package import HandfastCore

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A P-256 public key: BoringSSL's where it can be reached, since swift-crypto takes each signature apart and puts it together again,
/// at a tenth of what its check costs; swift-crypto's elsewhere.
package enum P256PublicKey: Sendable {
  case boring(BoringP256PublicKey)
  case library(LibraryP256PublicKey)

  /// From the two coordinates; nil when they are no point of the curve.
  init?(coordinates: ArraySlice<UInt8>) {
    if RecordCipher.isBoringSSLAvailable {
      guard let key = BoringP256PublicKey(point: [4] + coordinates) else { return nil }
      self = .boring(key)
    } else {
      guard let key = try? P256.Signing.PublicKey(rawRepresentation: coordinates) else { return nil }
      self = .library(LibraryP256PublicKey(key))
    }
  }

  init(_ key: P256.Signing.PublicKey) {
    self =
      BoringP256PublicKey(point: [UInt8](key.x963Representation)).map(Self.boring)
      ?? .library(LibraryP256PublicKey(key))
  }

  /// Uncompressed (SEC 1 §2.3.3).
  var point: [UInt8] {
    switch self {
    case .boring(let key): key.point
    case .library(let key): [UInt8](key.key.x963Representation)
    }
  }

  /// `signature` is an Ecdsa-Sig-Value, DER.
  func isValid(_ signature: [UInt8], over message: [UInt8], _ hash: HashAlgorithm) -> Bool {
    switch self {
    case .boring(let key): key.isValid(signature, over: message, hash)
    case .library(let key): key.isValid(signature, over: message, hash)
    }
  }
}

/// A value of swift-crypto, whose 3.x does not say yet that it is Sendable.
package struct LibraryP256PublicKey: @unchecked Sendable {
  let key: P256.Signing.PublicKey

  package init(_ key: P256.Signing.PublicKey) { self.key = key }

  package func isValid(_ signature: [UInt8], over message: [UInt8], _ hash: HashAlgorithm) -> Bool {
    guard let signature = try? P256.Signing.ECDSASignature(derRepresentation: signature) else { return false }
    return key.isValidSignature(signature, for: hash.digest(of: message))
  }
}

@safe package final class BoringP256PublicKey: @unchecked Sendable {
  /// Not changed once it is made.
  private let key: OpaquePointer
  let point: [UInt8]

  init?(point: [UInt8]) {
    // Safe: the point is read before the pointer's scope ends.
    let made = unsafe point.withUnsafeBufferPointer { unsafe chb_p256_public_key_new($0.baseAddress, $0.count) }
    guard let made = unsafe made else { return nil }
    unsafe key = made
    self.point = point
  }

  // Safe: made by `chb_p256_public_key_new`, freed once.
  deinit { unsafe chb_p256_free(key) }

  func isValid(_ signature: [UInt8], over message: [UInt8], _ hash: HashAlgorithm) -> Bool {
    guard let signature = P256Signature(der: signature) else { return false }
    return hash.withDigest(of: message) { digest in
      // Safe: both are only read, each within its closure.
      unsafe digest.withUnsafeBufferPointer { digest in
        unsafe signature.numbers.span.withUnsafeBufferPointer { numbers in
          unsafe chb_p256_verify(key, digest.baseAddress, digest.count, numbers.baseAddress, numbers.count) == 1
        }
      }
    }
  }
}

/// A P-256 private key in BoringSSL's own form, to sign with.
@safe final class BoringP256PrivateKey: @unchecked Sendable {
  /// Not changed once it is made.
  private let key: OpaquePointer

  /// Nil where BoringSSL cannot be reached.
  init?(_ key: P256.Signing.PrivateKey) {
    var scalar = key.rawRepresentation
    defer { scalar.resetBytes(in: scalar.indices) }
    // Safe: the scalar is read before the pointer's scope ends.
    let made = unsafe scalar.withUnsafeBytes { unsafe chb_p256_private_key_new($0.baseAddress, $0.count) }
    guard let made = unsafe made else { return nil }
    unsafe self.key = made
  }

  // Safe: made by `chb_p256_private_key_new`, freed once. It wipes the key.
  deinit { unsafe chb_p256_free(key) }

  /// An Ecdsa-Sig-Value, DER.
  func sign(_ message: [UInt8], _ hash: HashAlgorithm) throws(CryptoError) -> [UInt8] {
    var numbers = InlineArray<64, UInt8>(repeating: 0)
    var room = numbers.mutableSpan
    let isSigned = hash.withDigest(of: message) { digest in
      // Safe: the digest is only read, and as many bytes are written as there is room for, each within its closure.
      unsafe digest.withUnsafeBufferPointer { digest in
        unsafe room.withUnsafeMutableBufferPointer { numbers in
          unsafe chb_p256_sign(key, digest.baseAddress, digest.count, numbers.baseAddress, numbers.count) == 1
        }
      }
    }
    guard isSigned else { throw .failure("signing failed") }
    return P256Signature(numbers: numbers).der
  }
}

extension HashAlgorithm {
  /// By BoringSSL, which whoever calls it has a key of.
  fileprivate func withDigest<Result>(of message: [UInt8], _ body: (Span<UInt8>) -> Result) -> Result {
    // As much as the longest takes.
    var digest = InlineArray<64, UInt8>(repeating: 0)
    var room = digest.mutableSpan
    // Safe: both pointers stay in their closures, and no more is written than there is room for.
    let isDone = unsafe room.withUnsafeMutableBufferPointer { digest in
      unsafe message.withUnsafeBufferPointer {
        unsafe chb_digest(boring, $0.baseAddress, $0.count, digest.baseAddress, byteCount)
      }
    }
    precondition(isDone == 1, "hashing failed")
    return body(digest.span.extracting(first: byteCount))
  }
}
