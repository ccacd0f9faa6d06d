import Crypto
import HandfastCore
import HandfastCrypto
import Synchronization

/// Chains that have led to a trusted root before, whose owners have proved that they hold the keys. What is remembered is what never
/// changes: what the certificates say, which of them make the path, and that the signatures along it are right.
final class ChainMemory: Sendable {
  struct Entry: Sendable {
    let presented: [Presented]
    let descriptions: [CertificateDescription]
    /// Leaf to anchor.
    let path: [CertificateFields]
    let pathDescriptions: [CertificateDescription]
    let key: PublicKey
  }

  /// What asks for it: SHA-256 over the peer's side and the chain as it came.
  struct Digest: Hashable, Sendable {
    private let bytes: [UInt8]

    init(_ request: PeerVerification) {
      var hash = SHA256()
      hash.update(data: [request.peer == .server ? 1 : 0])
      for certificate in request.chain {
        // With its length, so that no two chains run together.
        hash.update(data: (0..<8).map { UInt8(truncatingIfNeeded: certificate.count >> ($0 * 8)) })
        hash.update(data: certificate)
      }
      bytes = Array(hash.finalize())
    }
  }

  /// Longer chains are judged anew each time.
  static let byteLimit = 16_384
  private let entries: Mutex<LeastRecentlyUsed<Digest, Entry>>

  init(limit: Int) { entries = Mutex(LeastRecentlyUsed(limit: limit)) }

  func find(_ digest: Digest) -> Entry? { entries.withLock { $0[digest] } }
  func keep(_ entry: Entry, for digest: Digest) { entries.withLock { $0.set(entry, for: digest) } }
  var count: Int { entries.withLock { $0.count } }
}
