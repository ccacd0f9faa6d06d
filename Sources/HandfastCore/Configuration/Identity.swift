public import HandfastWire

/// Who this side is: a certificate chain and the key that belongs to it. Made in `HandfastTrust`, from PEM or DER.
public struct Identity: Sendable {
  private let credential: Credential
  /// What it consists of: an X.509 chain, or a key alone (RFC 7250).
  public var certificateType: CertificateType { credential.certificateType }
  /// DER, leaf first, without the root; of a raw public key the SubjectPublicKeyInfo.
  public var chain: [[UInt8]] { credential.chain }
  /// The chain, described leaf first.
  public var certificates: [CertificateDescription] { credential.certificates }
  public var keyKind: KeyKind { credential.keyKind }
  /// DER-encoded issuer name of each certificate in `chain`, to be matched with a peer's list of authorities.
  package var issuerNames: [[UInt8]] { credential.issuerNames }
  /// DNS names of the leaf (lower case; may begin with "*."), to be matched with a client's server_name.
  package var dnsNames: [String] { credential.dnsNames }
  /// Nil: the key is elsewhere, and the connection asks with `Need.signature`.
  package var key: (any SigningKey)? { credential.key }
  /// A DER-encoded OCSP response for the leaf, sent to peers that ask for one (RFC 6066 §8); nil: none.
  public var certificateStatus: [UInt8]?
  /// What certificate logs have promised for the leaf: serialized SCTs, sent to clients that ask for them (RFC 6962 §3.3).
  public var certificateTimestamps: [[UInt8]] = []
  /// The signatures it makes, best first, as far as its key can make them; nil: all that its key can make, but for
  /// `.rsaPKCS1Legacy`: a client whose key is in a device without PSS names those here.
  public var signatureSchemes: [SignatureScheme]?
  /// Whether it is shown only to a peer that names one of its issuers, or names none at all. Nil: so on a client (RFC 5246 §7.4.6),
  /// not on a server.
  public var isBoundToAuthorities: Bool?
  /// Whether the leaf has what a filter wants. Filters for extensions nobody here knows are passed (RFC 9846 §4.3.5).
  package var satisfies: @Sendable (CertificateFilter) -> Bool = { _ in true }

  package init(
    certificateType: CertificateType = .x509, chain: [[UInt8]], certificates: [CertificateDescription],
    keyKind: KeyKind, issuerNames: [[UInt8]], dnsNames: [String], key: (any SigningKey)?
  ) {
    credential = Credential(
      certificateType: certificateType, chain: chain, certificates: certificates, keyKind: keyKind,
      issuerNames: issuerNames, dnsNames: dnsNames, key: key)
  }

  /// What never changes, in one place: a handshake hands identities on from state to state.
  private final class Credential: Sendable {
    let certificateType: CertificateType
    let chain: [[UInt8]]
    let certificates: [CertificateDescription]
    let keyKind: KeyKind
    let issuerNames: [[UInt8]]
    let dnsNames: [String]
    let key: (any SigningKey)?
    let certificatesEndAt: UInt64
    let fingerprint: [UInt8]

    init(
      certificateType: CertificateType, chain: [[UInt8]], certificates: [CertificateDescription], keyKind: KeyKind,
      issuerNames: [[UInt8]], dnsNames: [String], key: (any SigningKey)?
    ) {
      self.certificateType = certificateType
      self.chain = chain
      self.certificates = certificates
      self.keyKind = keyKind
      self.issuerNames = issuerNames
      self.dnsNames = dnsNames
      self.key = key
      fingerprint = certificates.first?.fingerprint ?? []
      certificatesEndAt =
        certificates.map { UInt64(clamping: $0.notAfter).multipliedSaturated(by: 1000) }.min() ?? .max
    }
  }

  /// What is stapled: an empty response could not be encoded.
  package var stapledStatus: [UInt8]? { certificateStatus.flatMap { $0.isEmpty ? nil : $0 } }

  /// When the first certificate of its chain expires, in milliseconds since 1970.
  package var certificatesEndAt: UInt64 { credential.certificatesEndAt }

  /// SHA-256 over the leaf.
  package var fingerprint: [UInt8] { credential.fingerprint }

  /// What it can sign with in that version, best first.
  package func signatureSchemes(in version: ProtocolVersion, by signer: Side) -> [SignatureScheme] {
    guard let signatureSchemes else { return keyKind.signatureSchemes(in: version) }
    return signatureSchemes.filter(keyKind.possibleSchemes(in: version, by: signer).contains)
  }

  /// A short name for narratives: the leaf's subject and key.
  public var label: String { Self.label(certificates.first, keyKind) }

  static func label(_ leaf: CertificateDescription?, _ key: KeyKind) -> String {
    "\(leaf?.subject ?? "certificate") (\(key))"
  }
}

/// Where a side's identity comes from.
@nonexhaustive public enum IdentitySource: Sendable {
  /// Chosen among these by what the peer accepts; the first that fits wins. May be empty for a client.
  case these([Identity])
  /// The connection pauses and asks: `Need.serverIdentity` or `Need.clientIdentity`.
  case asked
}
