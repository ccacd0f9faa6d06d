/// A workload's name (SPIFFE-ID §2): "spiffe://trust.domain/path/of/workload".
public struct SPIFFEID: Hashable, Sendable {
  /// "trust.domain".
  public let trustDomain: String
  /// "/path/of/workload"; empty: the ID is the trust domain's own.
  public let path: String

  /// Throws when `text` is no SPIFFE ID; nothing is normalised.
  public init(_ text: String) throws(SPIFFEIDError) {
    guard text.utf8.count <= Self.byteLimit else { throw .tooLong(byteCount: text.utf8.count) }
    guard text.hasPrefix(Self.scheme) else { throw .otherScheme(text) }
    let rest = text.dropFirst(Self.scheme.count)
    let end = rest.firstIndex(of: "/") ?? rest.endIndex
    let domain = rest[..<end]
    guard (1...255).contains(domain.utf8.count), domain.utf8.allSatisfy(Self.isDomainByte) else {
      throw .badTrustDomain(String(domain))
    }
    let path = rest[end...]
    // What follows the first slash; "a//b" and "a/" have an empty one.
    for segment in path.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
      guard !segment.isEmpty, segment != ".", segment != "..", segment.utf8.allSatisfy(Self.isPathByte) else {
        throw .badPath(String(path))
      }
    }
    trustDomain = String(domain)
    self.path = String(path)
  }

  /// Whether the workload belongs to this trust domain.
  public func isMember(of trustDomain: String) -> Bool { self.trustDomain == trustDomain }

  private static let scheme = "spiffe://"
  private static let byteLimit = 2048

  /// No upper case, no port, no user, no percent signs.
  private static func isDomainByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."),
      UInt8(ascii: "-"), UInt8(ascii: "_"):
      true
    default: false
    }
  }

  private static func isPathByte(_ byte: UInt8) -> Bool {
    isDomainByte(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
  }
}

extension SPIFFEID: CustomStringConvertible {
  public var description: String { "spiffe://\(trustDomain)\(path)" }
}

/// Why there is no SPIFFE ID.
@nonexhaustive public enum SPIFFEIDError: Error, Hashable, Sendable {
  /// X.509-SVID §2: an SVID has exactly one URI among its names.
  case notOneURI(count: Int)
  case tooLong(byteCount: Int)
  case otherScheme(String)
  case badTrustDomain(String)
  case badPath(String)
  /// It names the trust domain itself, or stands in an authority's certificate.
  case notAWorkload(String)
}

extension SPIFFEIDError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notOneURI(let count): "a SPIFFE certificate has exactly one URI in subjectAltName; this one has \(count)"
    case .tooLong(let count): "a SPIFFE ID has at most 2048 bytes; this one has \(count)"
    case .otherScheme(let text): "'\(text)' is no SPIFFE ID: it does not begin with spiffe://"
    case .badTrustDomain(let domain):
      "'\(domain)' is no trust domain: 1 to 255 lower-case letters, digits, dots, hyphens and underscores"
    case .badPath(let path):
      "'\(path)' is no path of a SPIFFE ID: segments of letters, digits, dots, hyphens and underscores, none of them empty"
    case .notAWorkload(let text): "'\(text)' stands for a trust domain or an authority, not for a workload"
    }
  }
}
