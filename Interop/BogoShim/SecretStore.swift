import Handfast
import Synchronization

/// Keeps the traffic secrets of one connection, for the tests that compare them.
final class SecretStore: SecretSink {
  private let secrets = Mutex<[DisclosedSecret.Kind: [UInt8]]>([:])

  func receive(_ secret: DisclosedSecret) { secrets.withLock { $0[secret.kind] = secret.bytes } }

  /// The last of its kind.
  subscript(kind: DisclosedSecret.Kind) -> [UInt8]? { secrets.withLock { $0[kind] } }
}
