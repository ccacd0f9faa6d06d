import CHandfastBoring
package import Crypto
package import HandfastCore
import HandfastWire

/// SHA-256, SHA-384 or SHA-512.
package struct SHA2Hash: RunningHash {
  /// Values of swift-crypto, whose 3.x does not say yet that they are Sendable.
  private struct State: @unchecked Sendable {
    // One of them. Not cases of an enum: what is taken out of a case to be changed is copied first, with an allocation.
    var sha256: SHA256?
    var sha384: SHA384?
    var sha512: SHA512?
  }
  private var state = State()

  package init(_ algorithm: HashAlgorithm) {
    switch algorithm {
    case .sha256: state.sha256 = SHA256()
    case .sha384: state.sha384 = SHA384()
    case .sha512: state.sha512 = SHA512()
    }
  }

  package mutating func update(_ bytes: Span<UInt8>) {
    // Safe: the pointer is only read, within the closure.
    unsafe bytes.withUnsafeBytes { pointer in
      unsafe state.sha256?.update(bufferPointer: pointer)
      unsafe state.sha384?.update(bufferPointer: pointer)
      unsafe state.sha512?.update(bufferPointer: pointer)
    }
  }

  package func digest() -> [UInt8] {
    // Safe: the bytes are copied within the closure.
    if let hash = state.sha256 { return unsafe hash.finalize().withUnsafeBytes { unsafe [UInt8]($0) } }
    if let hash = state.sha384 { return unsafe hash.finalize().withUnsafeBytes { unsafe [UInt8]($0) } }
    if let hash = state.sha512 { return unsafe hash.finalize().withUnsafeBytes { unsafe [UInt8]($0) } }
    return []
  }
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
}

/// An HMAC key over BoringSSL: the key is expanded once, and each MAC starts from a copy of that.
@safe package final class BoringMACKey: MessageAuthenticationKey, @unchecked Sendable {
  /// Only ever read after `init`.
  private let context: OpaquePointer
  private let byteCount: Int

  /// Nil when BoringSSL is not there.
  package init?(_ algorithm: HashAlgorithm, key: Span<UInt8>) {
    byteCount = algorithm.byteCount
    // Safe: the key is copied before the pointer's scope ends.
    let made = unsafe key.withUnsafeBufferPointer { unsafe chb_hmac_new(algorithm.boring, $0.baseAddress, $0.count) }
    guard let made = unsafe made else { return nil }
    unsafe context = made
  }

  // Safe: made by `chb_hmac_new`, freed once. It wipes the key.
  deinit { unsafe chb_hmac_free(context) }

  package func authenticate(_ first: Span<UInt8>, _ second: Span<UInt8>) -> [UInt8] {
    // Safe: every pointer stays in its closure, and the MAC is exactly `byteCount` bytes.
    unsafe [UInt8](room: byteCount) { mac in
      let isDone = unsafe first.withUnsafeBufferPointer { first in
        unsafe second.withUnsafeBufferPointer { second in
          unsafe chb_hmac_authenticate(
            context, first.baseAddress, first.count, second.baseAddress, second.count, mac.baseAddress, byteCount)
        }
      }
      precondition(isDone == 1, Self.failure)
      return byteCount
    }
  }

  package func pHash(seed: Span<UInt8>, count: Int) -> Secret {
    Secret(count: count) { output in
      // Safe: every pointer stays in its closure, and as many bytes are written as there is room for.
      let isDone = unsafe output.withUnsafeMutableBufferPointer { output in
        unsafe seed.withUnsafeBufferPointer { seed in
          unsafe chb_tls12_p_hash(context, seed.baseAddress, seed.count, output.baseAddress, output.count)
        }
      }
      precondition(isDone == 1, Self.failure)
    }
  }

  /// It fails only for want of memory, and any bytes in the place of a MAC would be worse than an end.
  private static let failure = "HMAC failed"
}

extension [UInt8] {
  /// With room for `count` bytes, of which `write` says how many it has written. Not `init(unsafeUninitializedCapacity:)`, which looks
  /// up the type of the array's storage each time, at the cost of another allocation.
  init(room count: Int, _ write: (UnsafeMutableBufferPointer<UInt8>) -> Int) {
    self = []
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
