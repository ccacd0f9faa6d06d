package import HandfastWire

/// What a person wants to know of a certificate. Filled by whoever can parse X.509; Core only carries it.
public struct CertificateDescription: Hashable, Sendable {
  /// Seconds since 1970-01-01T00:00:00Z.
  public let notBefore: Int64
  public let notAfter: Int64
  /// "digitalSignature", "keyCertSign", ...; nil when the extension is missing.
  public let keyUsage: [String]?
  private let rest: Deferred<Details>
  /// As a session's ticket has it; nil when a part is longer than its field can say.
  private let encoding: Deferred<[UInt8]?>

  public var subject: String { rest.value.subject }
  public var issuer: String { rest.value.issuer }
  /// "ECDSA secp256r1", "RSA-2048", ...
  public var key: String { rest.value.key }
  /// "ecdsa-with-SHA256", ...
  public var signatureAlgorithm: String { rest.value.signatureAlgorithm }
  /// subjectAltName, each with its kind: "DNS:a.example", "IP:127.0.0.1", "URI:spiffe://...".
  public var names: [String] { rest.value.names }
  public var isCA: Bool { rest.value.isCA }
  /// Whether it is no certificate at all, but a key that stands for itself (RFC 7250): it has no issuer, names and dates.
  public var isRawPublicKey: Bool { rest.value.isRawPublicKey }
  /// "serverAuth", "clientAuth", or dotted OIDs; nil when the extension is missing.
  public var extendedKeyUsage: [String]? { rest.value.extendedKeyUsage }
  /// Lower-case hexadecimal without leading zeros.
  public var serialNumber: String { rest.value.serialNumber }
  /// SHA-256 over the DER.
  public var fingerprint: [UInt8] { rest.value.fingerprint }
  /// Bytes of the DER; 0 where nobody said.
  public var byteCount: Int { rest.value.byteCount }
  /// The key itself, as in the certificate's subjectPublicKey: a curve's point, an RSAPublicKey.
  public var publicKey: [UInt8] { rest.value.publicKey }
  /// The issuer's signature, as in signatureValue.
  public var signature: [UInt8] { rest.value.signature }
  /// By which issuers and subjects of the same name are told apart; nil when the extension is missing.
  public var subjectKeyIdentifier: [UInt8]? { rest.value.subjectKeyIdentifier }
  public var authorityKeyIdentifier: [UInt8]? { rest.value.authorityKeyIdentifier }
  /// The extensions that whoever does not understand them must refuse (RFC 5280 §4.2), by name or dotted OID.
  public var criticalExtensions: [String] { rest.value.criticalExtensions }

  public init(
    subject: String, issuer: String, notBefore: Int64, notAfter: Int64, key: String, signatureAlgorithm: String,
    names: [String], isCA: Bool, keyUsage: [String]?, extendedKeyUsage: [String]?, serialNumber: String,
    fingerprint: [UInt8]
  ) {
    let details = Details(
      subject: subject, issuer: issuer, key: key, signatureAlgorithm: signatureAlgorithm, names: names, isCA: isCA,
      extendedKeyUsage: extendedKeyUsage, serialNumber: serialNumber, fingerprint: fingerprint)
    self.init(notBefore: notBefore, notAfter: notAfter, keyUsage: keyUsage) { details }
  }

  /// `details` is called when somebody asks for them, and at most once: most connections never do.
  package init(
    notBefore: Int64, notAfter: Int64, keyUsage: [String]?, details: @escaping @Sendable () -> Details
  ) {
    self.notBefore = notBefore
    self.notAfter = notAfter
    self.keyUsage = keyUsage
    let rest = Deferred(details)
    self.rest = rest
    encoding = Deferred {
      var writer = WireWriter(capacity: 512)
      rest.value.encode(into: &writer, notBefore: notBefore, notAfter: notAfter, keyUsage: keyUsage)
      return writer.overflow ? nil : writer.bytes
    }
  }

  package func changing(_ change: (inout Details) -> Void) -> Self {
    var details = rest.value
    change(&details)
    return Self(notBefore: notBefore, notAfter: notAfter, keyUsage: keyUsage) { [details] in details }
  }

  package func encode(into writer: inout WireWriter) {
    guard let bytes = encoding.value else { return writer.noteOverflow() }
    writer.raw(bytes)
  }

  /// What takes time to put in words.
  package struct Details: Hashable, Sendable {
    package var subject: String
    package var issuer: String
    package var key: String
    package var signatureAlgorithm: String
    package var names: [String]
    package var isCA: Bool
    package var extendedKeyUsage: [String]?
    package var serialNumber: String
    package var fingerprint: [UInt8]
    package var isRawPublicKey = false
    package var byteCount = 0
    package var publicKey: [UInt8] = []
    package var signature: [UInt8] = []
    package var subjectKeyIdentifier: [UInt8]?
    package var authorityKeyIdentifier: [UInt8]?
    package var criticalExtensions: [String] = []

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
    one.rest === other.rest
      || one.notBefore == other.notBefore && one.notAfter == other.notAfter && one.keyUsage == other.keyUsage
        && one.rest.value == other.rest.value
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(fingerprint) }
}
