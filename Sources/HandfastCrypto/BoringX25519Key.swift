import CHandfastBoring
package import HandfastCore
import HandfastWire

/// An ephemeral key on X25519 (RFC 7748 §5, RFC 8422 §5.11) over BoringSSL.
package final class BoringX25519Key: EphemeralKey {
  private let scalar: Secret
  package let publicValue: [UInt8]

  /// Nil when BoringSSL is not there. Any 32 random bytes make a key.
  package init?(random: (Int) -> [UInt8]) {
    let scalar = Secret(random(Int(CHB_X25519_LENGTH)))
    guard scalar.count == CHB_X25519_LENGTH else { return nil }
    // Safe: the pointers stay in their closures, and both are of that length.
    publicValue = scalar.withSpan { scalar in
      unsafe [UInt8](room: Int(CHB_X25519_LENGTH)) { point in
        let isDone = unsafe scalar.withUnsafeBufferPointer {
          unsafe chb_x25519_public($0.baseAddress, point.baseAddress)
        }
        return isDone == 1 ? point.count : 0
      }
    }
    self.scalar = scalar
    guard !publicValue.isEmpty else { return nil }
  }

  //= https://www.rfc-editor.org/rfc/rfc8422#section-5.11
  //# With X25519 and X448, a receiving party MUST check whether the
  //# computed premaster secret is the all-zero value and abort the
  //# handshake if so
  //
  // BoringSSL answers with a failure then.
  package func sharedSecret(with peerValue: Span<UInt8>) throws(CryptoError) -> Secret {
    guard peerValue.count == CHB_X25519_LENGTH else { throw .invalidPublicValue }
    return try Secret(count: Int(CHB_X25519_LENGTH)) { secret throws(CryptoError) in
      // Safe: the pointers stay in their closures, and all three are of that length.
      let isDone = unsafe secret.withUnsafeMutableBufferPointer { secret in
        scalar.withSpan { scalar in
          unsafe scalar.withUnsafeBufferPointer { scalar in
            unsafe peerValue.withUnsafeBufferPointer { peer in
              unsafe chb_x25519_shared(scalar.baseAddress, peer.baseAddress, secret.baseAddress)
            }
          }
        }
      }
      guard isDone == 1 else { throw .invalidPublicValue }
    }
  }
}
