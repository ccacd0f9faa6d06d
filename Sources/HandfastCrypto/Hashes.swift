import CHandfastBoring
package import Crypto
package import HandfastCore
import HandfastWire

/// SHA-256, SHA-384 or SHA-512 over BoringSSL: asking for a digest costs one copy of a small context, and no allocation but the digest's.
/// Changed by its one owner only, like every `RunningHash`.
@safe final class BoringHash: RunningHash, @unchecked Sendable {
  /// In this object, as a `BoringRecordKey` has its own.
  @exclusivity(unchecked) private var context = chb_hash()
  private let byteCount: Int

  /// Nil when BoringSSL is not there.
  init?(_ algorithm: HashAlgorithm) {
    byteCount = algorithm.byteCount
    guard unsafe chb_hash_init(&context, algorithm.boring) == 1 else { return nil }
  }

  // Safe: it was begun, if not made, in `init`.
  deinit { unsafe chb_hash_cleanup(&context) }

  func update(_ bytes: Span<UInt8>) {
    // Safe: the pointer is only read, within the closure.
    unsafe bytes.withUnsafeBufferPointer { unsafe chb_hash_update(&context, $0.baseAddress, $0.count) }
  }

  func digest() -> [UInt8] {
    unsafe [UInt8](room: byteCount) { digest in
      unsafe write(to: digest)
      return byteCount
    }
  }

  func digest(into room: inout MutableSpan<UInt8>) {
    // Safe: the pointer stays in its closure.
    unsafe room.withUnsafeMutableBufferPointer { unsafe write(to: $0) }
  }

  /// As many bytes as there is room for: another number than the digest's is refused.
  @unsafe private func write(to digest: UnsafeMutableBufferPointer<UInt8>) {
    // As with a MAC below: no bytes in the place of a digest would be worse than an end.
    precondition(unsafe chb_hash_digest(&context, digest.baseAddress, digest.count) == 1, "hashing failed")
  }
}

/// The same over swift-crypto's public API.
func publicAPIHash(_ algorithm: HashAlgorithm) -> any RunningHash {
  switch algorithm {
  case .sha256: PublicAPIHash(SHA256())
  case .sha384: PublicAPIHash(SHA384())
  case .sha512: PublicAPIHash(SHA512())
  }
}

/// Changed by its one owner only, too.
private final class PublicAPIHash<Hash: HashFunction>: RunningHash, @unchecked Sendable {
  private var hash: Hash

  init(_ hash: Hash) { self.hash = hash }

  func update(_ bytes: Span<UInt8>) {
    // Safe: the pointer is only read, within the closure.
    unsafe bytes.withUnsafeBytes { unsafe hash.update(bufferPointer: $0) }
  }

  func digest() -> [UInt8] { [UInt8](hash.finalize()) }
}

extension HashAlgorithm {
  var boring: chb_hash_algorithm {
    switch self {
    case .sha256: CHB_SHA256
    case .sha384: CHB_SHA384
    case .sha512: CHB_SHA512
    }
  }

  /// The digest of `message` as swift-crypto's signature functions take it.
  package func digest(of message: [UInt8]) -> any Digest {
    switch self {
    case .sha256: SHA256.hash(data: message)
    case .sha384: SHA384.hash(data: message)
    case .sha512: SHA512.hash(data: message)
    }
  }

  /// The digest of `message` as bytes. By BoringSSL where it can be reached: swift-crypto makes an object for it, and copies the message.
  package func digestBytes(of message: [UInt8]) -> [UInt8] {
    // Safe: both pointers stay in their closures, and as many bytes are written as there is room for.
    let digest = unsafe [UInt8](room: byteCount) { digest in
      unsafe message.withUnsafeBufferPointer {
        unsafe chb_digest(boring, $0.baseAddress, $0.count, digest.baseAddress, byteCount) == 1 ? byteCount : 0
      }
    }
    return digest.isEmpty ? Array(self.digest(of: message)) : digest
  }
}

/// An HMAC key over BoringSSL: the key is expanded once, and each MAC starts from a copy of that.
@safe package final class BoringMACKey: MessageAuthenticationKey, @unchecked Sendable {
  /// Only ever read after `init`; in this object, as a `BoringRecordKey` has its own.
  @exclusivity(unchecked) private var context = chb_hmac()
  private let byteCount: Int

  /// Nil when BoringSSL is not there.
  package init?(_ algorithm: HashAlgorithm, key: Span<UInt8>) {
    byteCount = algorithm.byteCount
    // Safe: the key is copied before the pointer's scope ends.
    let isMade = unsafe key.withUnsafeBufferPointer {
      unsafe chb_hmac_init(&context, algorithm.boring, $0.baseAddress, $0.count)
    }
    guard isMade == 1 else { return nil }
  }

  // Safe: it was begun, if not made, in `init`. It wipes the key.
  deinit { unsafe chb_hmac_cleanup(&context) }

  package func authenticate(_ first: Span<UInt8>, _ second: Span<UInt8>) -> [UInt8] {
    // Safe: every pointer stays in its closure, and the MAC is exactly `byteCount` bytes.
    unsafe [UInt8](room: byteCount) { mac in
      let isDone = unsafe first.withUnsafeBufferPointer { first in
        unsafe second.withUnsafeBufferPointer { second in
          unsafe chb_hmac_authenticate(
            &context, first.baseAddress, first.count, second.baseAddress, second.count, mac.baseAddress, byteCount)
        }
      }
      precondition(isDone == 1, Self.failure)
      return byteCount
    }
  }

  package func prf(_ label: String, _ seed: Span<UInt8>, _ more: Span<UInt8>, into output: inout MutableSpan<UInt8>) {
    var label = label
    // Safe: every pointer stays in its closure, and as many bytes are written as there is room for.
    let isDone = unsafe output.withUnsafeMutableBufferPointer { output in
      label.withUTF8 { label in
        unsafe seed.withUnsafeBufferPointer { seed in
          unsafe more.withUnsafeBufferPointer { more in
            unsafe chb_tls12_prf(
              &context, label.baseAddress, label.count, seed.baseAddress, seed.count, more.baseAddress, more.count,
              output.baseAddress, output.count)
          }
        }
      }
    }
    precondition(isDone == 1, Self.failure)
  }

  /// It fails only for want of memory, and any bytes in the place of a MAC would be worse than an end.
  private static let failure = "HMAC failed"
}

extension [UInt8] {
  /// With room for `count` bytes, of which `write` says how many it has written. Not `init(unsafeUninitializedCapacity:)`, which looks
  /// up the type of the array's storage each time.
  init(room count: Int, _ write: (UnsafeMutableBufferPointer<UInt8>) -> Int) {
    self = []
    // An append of nothing writes to the empty array that all threads share.
    guard count > 0 else { return }
    append(addingCapacity: count) { output in
      // Safe: `write` says what it has written.
      unsafe output.withUnsafeMutableBufferPointer { buffer, initialized in
        unsafe initialized = write(UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
      }
    }
  }
}

/// An HMAC key over swift-crypto's public API.
package final class PublicAPIMACKey: MessageAuthenticationKey, @unchecked Sendable {
  private let algorithm: HashAlgorithm
  /// A value, never changed; swift-crypto 3.x does not say yet that it is Sendable.
  private let key: SymmetricKey

  package init(_ algorithm: HashAlgorithm, key: Span<UInt8>) {
    self.algorithm = algorithm
    self.key = SymmetricKey(copying: key)
  }

  package func authenticate(_ first: Span<UInt8>, _ second: Span<UInt8>) -> [UInt8] {
    switch algorithm {
    case .sha256: authenticate(first, second, with: SHA256.self)
    case .sha384: authenticate(first, second, with: SHA384.self)
    case .sha512: authenticate(first, second, with: SHA512.self)
    }
  }

  private func authenticate<Hash: HashFunction>(
    _ first: Span<UInt8>, _ second: Span<UInt8>, with hash: Hash.Type
  ) -> [UInt8] {
    var mac = HMAC<Hash>(key: key)
    var parts = [[UInt8](copying: first), [UInt8](copying: second)]
    for index in parts.indices {
      mac.update(data: parts[index])
      overwrite(&parts[index])
    }
    return [UInt8](mac.finalize())
  }
}
