import Crypto
import HandfastCore
import HandfastCrypto
import Synchronization

/// Chains that have led to a trusted root before, whose owners have proved that they hold the keys, and the intermediates in them. What
/// is remembered is what never changes: what the certificates say, which of them make the path, and that the signatures along it are
/// right.
final class ChainMemory: Sendable {
  final class Entry: Sendable {
    let presented: [Presented]
    let descriptions: [CertificateDescription]
    /// Leaf to anchor.
    let path: [CertificateFields]
    let pathDescriptions: [CertificateDescription]
    let key: PublicKey

    init(
      presented: [Presented], descriptions: [CertificateDescription], path: [CertificateFields],
      pathDescriptions: [CertificateDescription], key: PublicKey
    ) {
      (self.presented, self.descriptions, self.key) = (presented, descriptions, key)
      (self.path, self.pathDescriptions) = (path, pathDescriptions)
    }

    /// The intermediates of its path that were not known before, and that a straight path may have: signed by an algorithm that is
    /// written as its standard wants it.
    var newIssuers: [Issuer] {
      zip(path.dropFirst(), path.dropFirst(2)).compactMap { fields, upper in
        guard fields.signatureScheme != nil,
          let index = presented.firstIndex(where: { $0.der == fields.der && $0.issuer == nil }),
          let key = try? PublicKey(subjectPublicKeyInfo: fields.publicKeyInfo)
        else { return nil }
        return Issuer(
          fields: fields, description: descriptions[index], key: key, signer: upper.publicKeyInfo)
      }
    }
  }

  /// An intermediate that stood in such a chain: who comes next with another certificate from the same authority has the same above it.
  final class Issuer: Sendable {
    let fields: CertificateFields
    let description: CertificateDescription
    let key: PublicKey
    /// Whose key has made its signature, as SubjectPublicKeyInfo.
    let signer: [UInt8]

    init(fields: CertificateFields, description: CertificateDescription, key: PublicKey, signer: [UInt8]) {
      (self.fields, self.description, self.key, self.signer) = (fields, description, key, signer)
    }
  }

  /// What asks for it: SHA-256 over the peer's side and the chain as it came.
  struct Digest: Hashable, Sendable {
    private let bytes: [UInt8]

    init(_ request: PeerVerification) {
      var hash = SHA256()
      // With all lengths, so that no two chains run together.
      var head: [UInt8] = [request.peer == .server ? 1 : 0]
      for certificate in request.chain {
        for shift in 0..<8 { head.append(UInt8(truncatingIfNeeded: certificate.count >> (shift * 8))) }
      }
      hash.update(data: head)
      for certificate in request.chain { hash.update(data: certificate) }
      bytes = Array(hash.finalize())
    }

    init(issuer der: [UInt8]) { bytes = Array(SHA256.hash(data: der)) }
  }

  /// Longer chains are judged anew each time.
  static let byteLimit = 16_384
  static let issuerLimit = 64
  private let entries: Mutex<LeastRecentlyUsed<Digest, Entry>>
  private let issuers = Mutex(LeastRecentlyUsed<Digest, Issuer>(limit: issuerLimit))

  init(limit: Int) { entries = Mutex(LeastRecentlyUsed(limit: limit)) }

  func find(_ digest: Digest) -> Entry? { entries.withLock { $0[digest] } }
  func keep(_ entry: Entry, for digest: Digest) { entries.withLock { $0.set(entry, for: digest) } }
  var count: Int { entries.withLock { $0.count } }

  func issuer(_ der: [UInt8]) -> Issuer? {
    let digest = Digest(issuer: der)
    return issuers.withLock { $0[digest] }
  }
  func keep(_ issuer: Issuer) {
    let digest = Digest(issuer: issuer.fields.der)
    issuers.withLock { $0.set(issuer, for: digest) }
  }
  var issuerCount: Int { issuers.withLock { $0.count } }
}
