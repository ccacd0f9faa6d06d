package import HandfastWire
import Synchronization

/// What a person wants to know of a certificate. Filled by whoever can parse X.509; Core only carries it.
public struct CertificateDescription: Hashable, Sendable {
  /// Seconds since 1970-01-01T00:00:00Z.
  public let notBefore: Int64
  public let notAfter: Int64
  /// "digitalSignature", "keyCertSign", ...; nil when the extension is missing.
  public let keyUsage: [String]?
  private let source: any CertificateSource
  private var details: Details { source.details }

  public var subject: String { details.summary.subject }
  public var issuer: String { details.summary.issuer }
  /// "ECDSA secp256r1", "RSA-2048", ...
  public var key: String { details.summary.key }
  /// "ecdsa-with-SHA256", ...
  public var signatureAlgorithm: String { details.summary.signatureAlgorithm }
  /// subjectAltName, each with its kind: "DNS:a.example", "IP:127.0.0.1", "URI:spiffe://...".
  public var names: [String] { details.summary.names }
  public var isCA: Bool { details.summary.isCA }
  /// Whether it is no certificate at all, but a key that stands for itself (RFC 7250): it has no issuer, names and dates.
  public var isRawPublicKey: Bool { details.summary.isRawPublicKey }
  /// "serverAuth", "clientAuth", or dotted OIDs; nil when the extension is missing.
  public var extendedKeyUsage: [String]? { details.summary.extendedKeyUsage }
  /// Lower-case hexadecimal without leading zeros.
  public var serialNumber: String { details.summary.serialNumber }
  /// SHA-256 over the DER.
  public var fingerprint: [UInt8] { details.summary.fingerprint }
  /// Bytes of the DER; 0 where nobody said.
  public var byteCount: Int { details.byteCount }
  /// The key itself, as in the certificate's subjectPublicKey: a curve's point, an RSAPublicKey.
  public var publicKey: [UInt8] { details.publicKey }
  /// The issuer's signature, as in signatureValue.
  public var signature: [UInt8] { details.signature }
  /// By which issuers and subjects of the same name are told apart; nil when the extension is missing.
  public var subjectKeyIdentifier: [UInt8]? { details.subjectKeyIdentifier }
  public var authorityKeyIdentifier: [UInt8]? { details.authorityKeyIdentifier }
  /// The extensions that whoever does not understand them must refuse (RFC 5280 §4.2), by name or dotted OID.
  public var criticalExtensions: [String] { details.criticalExtensions }

  public init(
    subject: String, issuer: String, notBefore: Int64, notAfter: Int64, key: String, signatureAlgorithm: String,
    names: [String], isCA: Bool, keyUsage: [String]?, extendedKeyUsage: [String]?, serialNumber: String,
    fingerprint: [UInt8]
  ) {
    let summary = Summary(
      subject: subject, issuer: issuer, key: key, signatureAlgorithm: signatureAlgorithm, names: names, isCA: isCA,
      extendedKeyUsage: extendedKeyUsage, serialNumber: serialNumber, fingerprint: fingerprint)
    self.init(notBefore: notBefore, notAfter: notAfter, keyUsage: keyUsage, details: Details(summary))
  }

  package init(notBefore: Int64, notAfter: Int64, keyUsage: [String]?, details: Details) {
    self.init(notBefore: notBefore, notAfter: notAfter, keyUsage: keyUsage, source: KnownDetails(details))
  }

  /// `source` is asked when somebody wants to know the rest: most connections never do.
  package init(notBefore: Int64, notAfter: Int64, keyUsage: [String]?, source: any CertificateSource) {
    self.notBefore = notBefore
    self.notAfter = notAfter
    self.keyUsage = keyUsage
    self.source = source
  }

  package func changing(_ change: (inout Details) -> Void) -> Self {
    var details = details
    change(&details)
    return Self(notBefore: notBefore, notAfter: notAfter, keyUsage: keyUsage, details: details)
  }

  /// Whether it is known, without looking, that both are of one certificate.
  package func hasSource(of other: Self) -> Bool { source === other.source }

  /// For a session's ticket.
  package func encode(into writer: inout WireWriter) {
    let bytes = source.encoding {
      var writer = WireWriter(capacity: 512)
      source.summary.encode(into: &writer, notBefore: notBefore, notAfter: notAfter, keyUsage: keyUsage)
      return writer.overflow ? [] : writer.bytes
    }
    // No encoding is empty: a part was longer than its field can say.
    if bytes.isEmpty { writer.noteOverflow() } else { writer.raw(bytes) }
  }

  /// What takes time to put in words.
  package struct Details: Hashable, Sendable {
    package var summary: Summary
    package var byteCount = 0
    package var publicKey: [UInt8] = []
    package var signature: [UInt8] = []
    package var subjectKeyIdentifier: [UInt8]?
    package var authorityKeyIdentifier: [UInt8]?
    package var criticalExtensions: [String] = []

    package init(_ summary: Summary) { self.summary = summary }
  }

  /// The part that a session's ticket carries.
  package struct Summary: Hashable, Sendable {
    package var subject: String
    package var issuer: String
    package var key: String
    package var signatureAlgorithm: String
    package var names: [String]
    package var isCA: Bool
    package var isRawPublicKey = false
    package var extendedKeyUsage: [String]?
    package var serialNumber: String
    package var fingerprint: [UInt8]

    package init(
      subject: String, issuer: String, key: String, signatureAlgorithm: String, names: [String], isCA: Bool,
      extendedKeyUsage: [String]?, serialNumber: String, fingerprint: [UInt8]
    ) {
      self.subject = subject
      self.issuer = issuer
      self.key = key
      self.signatureAlgorithm = signatureAlgorithm
      self.names = names
      self.isCA = isCA
      self.extendedKeyUsage = extendedKeyUsage
      self.serialNumber = serialNumber
      self.fingerprint = fingerprint
    }
  }

  public static func == (one: Self, other: Self) -> Bool {
    one.source === other.source
      || one.notBefore == other.notBefore && one.notAfter == other.notAfter && one.keyUsage == other.keyUsage
        && one.details == other.details
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(fingerprint) }
}

/// What a description is made from.
package protocol CertificateSource: AnyObject, Sendable {
  /// The same each time.
  var details: CertificateDescription.Details { get }
  /// Their first part, for less work where nobody has asked for the rest.
  var summary: CertificateDescription.Summary { get }
  /// Keeps what is made for a session's ticket.
  func encoding(madeBy make: () -> [UInt8]) -> [UInt8]
}

private final class KnownDetails: CertificateSource {
  let details: CertificateDescription.Details
  private let encoding = Mutex<[UInt8]?>(nil)
  var summary: CertificateDescription.Summary { details.summary }
  func encoding(madeBy make: () -> [UInt8]) -> [UInt8] { encoding.withLock { $0.made(by: make) } }

  init(_ details: CertificateDescription.Details) { self.details = details }
}
