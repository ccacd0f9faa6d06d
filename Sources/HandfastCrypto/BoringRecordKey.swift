import CHandfastBoring
package import HandfastCore

/// A record key over BoringSSL: one context for the key's whole life, no allocation per record, in the caller's buffers.
@safe package final class BoringRecordKey: RecordKey, @unchecked Sendable {
  /// Only ever read after `init`; BoringSSL allows concurrent use of a context. It lies in this object, which saves an allocation, and
  /// nothing could write to it whose access would have to be looked out for.
  @exclusivity(unchecked) private var context = chb_aead()

  package init(_ algorithm: AEADAlgorithm, key: Span<UInt8>) throws(CryptoError) {
    guard key.count == algorithm.keyByteCount else { throw .failure("wrong key length") }
    // Safe: the key is copied before the pointer's scope ends.
    let isMade = unsafe key.withUnsafeBufferPointer {
      unsafe chb_aead_init(&context, algorithm.boring, $0.baseAddress, $0.count)
    }
    guard isMade == 1 else { throw .unsupported }
  }

  /// The key of a traffic secret, whose IV is written to `iv`.
  private init?(
    _ algorithm: AEADAlgorithm, _ hash: HashAlgorithm, secret: Span<UInt8>, iv: inout InlineArray<12, UInt8>
  ) {
    var room = iv.mutableSpan
    // Safe: the secret is read, and the IV written, before the pointers' scope ends.
    let isMade = unsafe room.withUnsafeMutableBufferPointer { iv in
      unsafe secret.withUnsafeBufferPointer { secret in
        unsafe chb_tls13_aead_init(
          &context, algorithm.boring, hash.boring, secret.baseAddress, secret.count, iv.baseAddress, iv.count)
      }
    }
    guard isMade == 1 else { return nil }
  }

  /// The key and the IV of a traffic secret; nil when it fails, or BoringSSL is not there.
  static func ofTraffic(_ algorithm: AEADAlgorithm, _ hash: HashAlgorithm, secret: Span<UInt8>) -> TrafficKey? {
    var iv = InlineArray<12, UInt8>(repeating: 0)
    return BoringRecordKey(algorithm, hash, secret: secret, iv: &iv).map { TrafficKey(key: $0, iv: iv) }
  }

  // Safe: it was begun, if not made, in `init`. It wipes the key.
  deinit { unsafe chb_aead_cleanup(&context) }

  package func seal(
    _ plaintext: Span<UInt8>, suffix: Span<UInt8>, into output: inout OutputSpan<UInt8>, nonce: Span<UInt8>,
    additionalData: Span<UInt8>
  ) throws(CryptoError) {
    let count = plaintext.count + suffix.count + AEADAlgorithm.tagByteCount
    guard nonce.count == AEADAlgorithm.nonceByteCount else { throw .failure("wrong nonce length") }
    guard output.freeCapacity >= count else { throw .failure("no room for the record") }
    // Safe: every pointer stays in its closure, and the guard made sure of the `count` bytes after what is initialised.
    let isSealed = unsafe output.withUnsafeMutableBufferPointer { buffer, initialized in
      let sealed = unsafe plaintext.withUnsafeBufferPointer { plaintext in
        unsafe suffix.withUnsafeBufferPointer { suffix in
          unsafe nonce.withUnsafeBufferPointer { nonce in
            unsafe additionalData.withUnsafeBufferPointer { additional in
              unsafe chb_aead_seal(
                &context, buffer.baseAddress.map { unsafe $0 + initialized }, nonce.baseAddress, nonce.count,
                plaintext.baseAddress, plaintext.count, suffix.baseAddress, suffix.count, additional.baseAddress,
                additional.count)
            }
          }
        }
      }
      if sealed == 1 { initialized += count }
      return sealed == 1
    }
    guard isSealed else { throw .failure("sealing failed") }
  }

  package func open(_ record: inout MutableSpan<UInt8>, nonce: Span<UInt8>, additionalData: Span<UInt8>) -> Bool {
    guard record.count >= AEADAlgorithm.tagByteCount, nonce.count == AEADAlgorithm.nonceByteCount else { return false }
    // Safe: every pointer stays in its closure; BoringSSL opens in place within `record.count` bytes.
    return unsafe record.withUnsafeMutableBufferPointer { record in
      unsafe nonce.withUnsafeBufferPointer { nonce in
        unsafe additionalData.withUnsafeBufferPointer { additional in
          unsafe chb_aead_open(
            &context, record.baseAddress, record.count, nonce.baseAddress, nonce.count, additional.baseAddress,
            additional.count) == 1
        }
      }
    }
  }
}

extension AEADAlgorithm {
  fileprivate var boring: chb_aead_algorithm {
    switch self {
    case .aes128GCM: CHB_AES_128_GCM
    case .aes256GCM: CHB_AES_256_GCM
    case .chaCha20Poly1305: CHB_CHACHA20_POLY1305
    }
  }
}
