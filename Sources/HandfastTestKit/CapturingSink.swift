package import HandfastCore
import Synchronization

/// Keeps every secret that it is given.
package final class CapturingSink: SecretSink {
  private let storage = Mutex<[DisclosedSecret]>([])

  package init() {}

  package func receive(_ secret: DisclosedSecret) { storage.withLock { $0.append(secret) } }

  package var secrets: [DisclosedSecret] { storage.withLock { $0 } }

  package func bytes(of kind: DisclosedSecret.Kind) -> [UInt8]? { secrets.last { $0.kind == kind }?.bytes }
}
