import CHandfastBoring
package import HandfastCore

/// The half of RSA key transport that a server needs. RFC 10015 says MUST NOT to the whole exchange; whoever opts in gets at
/// least this: whatever the peer sends, the same instructions run, and what comes out looks the same.
@safe package final class RSADecryptionKey: @unchecked Sendable {
  /// BoringSSL locks what it caches inside.
  private let key: OpaquePointer
  private let byteCount: Int

  /// Nil when BoringSSL is not there, or the key is none.
  package init?(pkcs1: Span<UInt8>) {
    // Safe: the key is parsed before the pointer's scope ends.
    let made = unsafe pkcs1.withUnsafeBufferPointer { unsafe chb_rsa_new($0.baseAddress, $0.count) }
    guard let made = unsafe made else { return nil }
    unsafe key = made
    byteCount = unsafe chb_rsa_size(made)
  }

  // Safe: made by `chb_rsa_new`, freed once.
  deinit { unsafe chb_rsa_free(key) }

  package func preMasterSecret(from ciphertext: [UInt8], replacement: consuming Secret) -> Secret {
    var block = [UInt8](repeating: 0, count: byteCount)
    defer { overwrite(&block) }
    // Not secret: anybody can see the ciphertext's length, and compare it with the modulus.
    guard ciphertext.count == byteCount, decrypt(ciphertext, into: &block) else { return replacement }
    return unpadPreMasterSecret(block.span, replacement: replacement)
  }

  private func decrypt(_ ciphertext: [UInt8], into block: inout [UInt8]) -> Bool {
    // Safe: both are `byteCount` bytes long, and the pointers stay in their closures.
    unsafe block.withUnsafeMutableBufferPointer { block in
      unsafe ciphertext.withUnsafeBufferPointer { ciphertext in
        unsafe chb_rsa_decrypt_raw(key, ciphertext.baseAddress, ciphertext.count, block.baseAddress, block.count) == 1
      }
    }
  }
}

/// The client's half. `publicKey` is a DER RSAPublicKey, and `byteCount` its modulus' length.
func rsaEncrypt(_ plaintext: Span<UInt8>, publicKey: [UInt8], byteCount: Int) throws(CryptoError) -> [UInt8] {
  var ciphertext = [UInt8](repeating: 0, count: byteCount)
  // Safe: every pointer stays in its closure, with its own count.
  let isDone = unsafe ciphertext.withUnsafeMutableBufferPointer { ciphertext in
    unsafe publicKey.withUnsafeBufferPointer { key in
      unsafe plaintext.withUnsafeBufferPointer { plaintext in
        unsafe chb_rsa_encrypt_pkcs1(
          key.baseAddress, key.count, plaintext.baseAddress, plaintext.count, ciphertext.baseAddress, ciphertext.count)
      }
    }
  }
  guard isDone == 1 else { throw .failure("RSA encryption failed") }
  return ciphertext
}

/// Takes the 48 bytes out of an encryption block (RFC 8017 §7.2.2), or `replacement` when the padding is wrong in any way.
/// Neither a branch nor an address depends on the block's bytes or on the outcome.
///
///     block = 0x00 || 0x02 || at least 8 bytes, none of them 0 || 0x00 || 48 bytes
package func unpadPreMasterSecret(_ block: Span<UInt8>, replacement: consuming Secret) -> Secret {
  let count = 48
  // Both lengths are public. The message's length is known, so that the separator can only be in one place, and need not be
  // searched for.
  guard replacement.count == count, block.count >= count + 11 else { return replacement }
  let separator = block.count - count - 1

  var wrong = block[0] | (block[1] ^ 2) | block[separator]
  for index in 2..<separator { wrong |= maskOfZero(block[index]) }
  let isGood = maskOfZero(wrong)
  return replacement.withSpan { replacement in
    var bytes = [UInt8](repeating: 0, count: count)
    for index in 0..<count {
      bytes[index] = (block[separator + 1 + index] & isGood) | (replacement[index] & ~isGood)
    }
    return Secret(bytes)
  }
}

/// 0xff for 0, and 0 for anything else. Hidden from the optimiser, which could otherwise learn that there are only two
/// outcomes and branch on them.
@inline(never) @_optimize(none)
private func maskOfZero(_ byte: UInt8) -> UInt8 {
  UInt8(truncatingIfNeeded: (UInt16(byte) &- 1) >> 8)
}
