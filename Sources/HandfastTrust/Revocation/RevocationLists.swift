import Crypto

/// Where revocation lists come from. `RevocationLists` is a source of what it holds; `FileRevocationLists` reads files again.
public protocol RevocationListSource: Sendable {
  /// The lists as they are now. Asked for every judgement, so answered from memory.
  var revocationLists: RevocationLists { get }
}

/// Certificate revocation lists (CRLs, RFC 5280 §5), read once.
///
/// Their signatures are checked when a certificate of their issuer is judged, against that issuer's key.
public final class RevocationLists: RevocationListSource {
  /// Bytes of all lists together.
  public static let byteLimit = 64 << 20
  /// Lists.
  public static let countLimit = 1024

  let all: [RevocationList]
  private let byIssuer: [[UInt8]: [RevocationList]]

  public var revocationLists: RevocationLists { self }

  /// Reads files' contents, each one DER-encoded list, or PEM with any number of blocks `X509 CRL`.
  ///
  /// Throws when one cannot be read, or holds no list. A list that can be read but not used stays, with its `problem`.
  public init(_ files: [[UInt8]]) throws(RevocationListError) {
    let size = files.reduce(0) { $0 + $1.count }
    guard size <= Self.byteLimit else { throw .tooLarge(byteCount: size, limit: Self.byteLimit) }
    var lists: [RevocationList] = []
    for file in files {
      for der in try Self.encodings(in: file) {
        guard lists.count < Self.countLimit else { throw .tooMany(limit: Self.countLimit) }
        do {
          lists.append(try RevocationList(der: der))
        } catch {
          throw .unreadable(position: lists.count, reason: plain(error))
        }
      }
    }
    all = lists
    // The newest first.
    byIssuer = Dictionary(grouping: lists) { $0.issuer.der }
      .mapValues { $0.sorted { ($0.thisUpdate, $0.nextUpdate ?? 0) > ($1.thisUpdate, $1.nextUpdate ?? 0) } }
  }

  /// What is known of each list, in the order they came.
  public var descriptions: [RevocationListDescription] { all.map(RevocationListDescription.init) }

  func issued(by issuer: [UInt8]) -> [RevocationList] { byIssuer[issuer] ?? [] }

  /// The same as long as the same certificates are revoked and the same lists are stale.
  func scope(at now: Int64) -> [UInt8] {
    var hash = SHA256()
    for list in all {
      hash.update(data: list.contentHash)
      hash.update(data: [list.isStale(at: now) ? 1 : 0])
    }
    return Array(hash.finalize())
  }

  private static func encodings(in file: [UInt8]) throws(RevocationListError) -> [[UInt8]] {
    guard file.first != DERTag.sequence else { return [file] }
    do {
      let blocks = try PEMBlock.all(in: String(decoding: file, as: UTF8.self), limit: byteLimit)
      let lists = blocks.filter { ["X509 CRL", "CRL"].contains($0.label) }.map(\.der)
      guard !lists.isEmpty else { throw RevocationListError.noList }
      return lists
    } catch let error as RevocationListError {
      throw error
    } catch let error as PEMBlock.Problem {
      switch error {
      case .tooLarge(let count): throw .tooLarge(byteCount: count, limit: byteLimit)
      case .unreadable(let problem): throw .malformedPEM(problem)
      }
    } catch {
      throw .malformedPEM("\(error)")
    }
  }
}

/// What a person wants to know of a revocation list.
public struct RevocationListDescription: Hashable, Sendable {
  public let issuer: String
  /// Hexadecimal; nil: the list has none.
  public let number: String?
  /// Seconds since 1970-01-01T00:00:00Z.
  public let thisUpdate: Int64
  /// When the next one is due at the latest; nil: the list does not say.
  public let nextUpdate: Int64?
  /// Revoked certificates.
  public let count: Int
  /// Why the list cannot say that a certificate is good; nil: it can, if it is signed by its issuer and not stale.
  public let problem: String?

  /// Whether the next one is overdue by the system's clock.
  public var isStale: Bool { nextUpdate.map { SystemClock.now() > $0 } ?? false }

  init(_ list: RevocationList) {
    issuer = list.issuer.text
    number = list.number
    thisUpdate = list.thisUpdate
    nextUpdate = list.nextUpdate
    count = list.revoked.count
    problem = list.defect ?? list.weakness
  }
}

/// Why revocation lists cannot be read. Each case names the problem and the way out.
@nonexhaustive public enum RevocationListError: Error, Hashable, Sendable {
  case tooLarge(byteCount: Int, limit: Int)
  case tooMany(limit: Int)
  case malformedPEM(String)
  /// Neither DER nor a block "X509 CRL".
  case noList
  case unreadable(position: Int, reason: String)
}

extension RevocationListError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .tooLarge(let count, let limit):
      "the revocation lists have \(count) bytes, more than the \(limit) that are read: leave out those of authorities not in use"
    case .tooMany(let limit): "there are more than the \(limit) revocation lists that are read: leave some out"
    case .malformedPEM(let problem): "the PEM text of a revocation list is damaged: \(problem); fetch it again"
    case .noList:
      "there is no revocation list: neither DER nor a PEM block X509 CRL; make one with 'openssl ca -gencrl' or 'handfast pki revoke'"
    case .unreadable(let position, let reason):
      "revocation list \(position) cannot be read: \(reason); fetch it again"
    }
  }
}
