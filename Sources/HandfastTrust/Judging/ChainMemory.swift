@_spi(Handfast) import HandfastCore
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

  /// What asks for it: the peer's side and the chain as it came, byte for byte. Its certificates are those that an entry has as well.
  struct Key: Hashable, Sendable {
    private let peer: Side
    private let chain: [[UInt8]]

    init(_ request: PeerVerification) { (peer, chain) = (request.peer, request.chain) }

    static func == (one: Key, other: Key) -> Bool {
      one.peer == other.peer && one.chain.count == other.chain.count
        && one.chain.indices.allSatisfy { haveSameBytes(one.chain[$0], other.chain[$0]) }
    }

    func hash(into hasher: inout Hasher) {
      for certificate in chain { Encoding.combine(certificate, into: &hasher) }
    }
  }

  /// A certificate to look up by. Hashed by its length and its end, which is a signature: to compare the few that have both in common
  /// costs less than to hash each as a whole, and there are no more than the memory has room for.
  private struct Encoding: Hashable {
    let der: [UInt8]

    static func == (one: Encoding, other: Encoding) -> Bool { haveSameBytes(one.der, other.der) }
    func hash(into hasher: inout Hasher) { Self.combine(der, into: &hasher) }

    static func combine(_ der: [UInt8], into hasher: inout Hasher) {
      var end: UInt64 = 0
      for index in max(der.count - 8, 0)..<der.count { end = end << 8 | UInt64(der[index]) }
      hasher.combine(der.count)
      hasher.combine(end)
    }
  }

  /// Longer chains are judged anew each time.
  static let byteLimit = 16_384
  static let issuerLimit = 64
  private let entries: Mutex<LeastRecentlyUsed<Key, Entry>>
  private let issuers = Mutex(LeastRecentlyUsed<Encoding, Issuer>(limit: issuerLimit))

  init(limit: Int) { entries = Mutex(LeastRecentlyUsed(limit: limit)) }

  func find(_ key: Key) -> Entry? { entries.withLock { $0[key] } }
  func keep(_ entry: Entry, for key: Key) { entries.withLock { $0.set(entry, for: key) } }
  var count: Int { entries.withLock { $0.count } }

  func issuer(_ der: [UInt8]) -> Issuer? {
    issuers.withLock { $0[Encoding(der: der)] }
  }
  func keep(_ issuer: Issuer) {
    issuers.withLock { $0.set(issuer, for: Encoding(der: issuer.fields.der)) }
  }
  var issuerCount: Int { issuers.withLock { $0.count } }
}
