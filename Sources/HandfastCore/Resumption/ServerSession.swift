public import HandfastWire

/// What a server remembers of a session: sealed into a ticket, or kept in its cache. Opaque but for what tells it apart.
public final class ServerSession: Sendable {
  public let version: ProtocolVersion
  public let cipherSuite: CipherSuite
  /// Who the client proved to be in the full handshake; nil: it did not authenticate.
  public let peer: RememberedPeer?
  /// In milliseconds since 1970. Never beyond either side's certificates, nor seven days after the lineage's full handshake.
  public let expiresAt: UInt64

  /// TLS 1.2: the master secret. TLS 1.3: the ticket's pre-shared key.
  package let secret: SessionSecret
  /// `SessionScope`'s 32 bytes: under which configuration the session came about. It is resumed under no other.
  package let scope: [UInt8]
  /// The client's server_name; nil: it sent none.
  package let serverName: String?
  package let applicationProtocol: [UInt8]?
  /// When the full handshake was that it all goes back to, in milliseconds since 1970.
  package let lineageStartedAt: UInt64
  package let issuedAt: UInt64
  /// When the certificates end that this side authenticated with, in milliseconds since 1970.
  package let ownCertificatesEndAt: UInt64
  /// TLS 1.3's ticket_age_add.
  package let ageAdd: UInt32
  package let usesExtendedMasterSecret: Bool
  /// Bytes; 0: no early data with this session.
  package let maxEarlyData: UInt32
  package let group: NamedGroup?
  /// What this side authenticated with.
  package let ownCertificateType: CertificateType

  /// `expiresAt` is a wish, and shortened to what the lineage and the client's certificates allow.
  package init(
    version: ProtocolVersion, cipherSuite: CipherSuite, secret: SessionSecret, scope: [UInt8], serverName: String?,
    applicationProtocol: [UInt8]?, lineageStartedAt: UInt64, issuedAt: UInt64, expiresAt: UInt64, ageAdd: UInt32 = 0,
    usesExtendedMasterSecret: Bool = true, maxEarlyData: UInt32 = 0, ownCertificatesEndAt: UInt64 = .max,
    group: NamedGroup? = nil, ownCertificateType: CertificateType = .x509, peer: RememberedPeer?
  ) {
    self.ownCertificateType = ownCertificateType
    self.version = version
    self.cipherSuite = cipherSuite
    self.secret = secret
    self.scope = scope
    self.serverName = serverName
    self.applicationProtocol = applicationProtocol
    self.lineageStartedAt = lineageStartedAt
    self.issuedAt = issuedAt
    self.ageAdd = ageAdd
    self.usesExtendedMasterSecret = usesExtendedMasterSecret
    self.maxEarlyData = maxEarlyData
    self.group = group
    self.peer = peer
    self.ownCertificatesEndAt = ownCertificatesEndAt
    self.expiresAt = SessionLifetime.end(
      wished: expiresAt, lineageStartedAt: lineageStartedAt, certificatesEndAt: ownCertificatesEndAt, peer: peer)
  }

  /// Whether a certificate that it rests on has ended, on either side.
  package func hasExpiredCertificate(at now: UInt64) -> Bool {
    now >= min(ownCertificatesEndAt, peer?.expiresAt ?? .max)
  }

  package func isExpired(at now: UInt64) -> Bool { now >= expiresAt }
}
