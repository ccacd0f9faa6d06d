public import HandfastWire

/// How a client behaves. What decides security is required; the rest has defaults. Validated once, by `TLSClient`.
public struct ClientConfiguration: Sendable {
  /// Judges the server's chain.
  public let trust: any PeerTrust
  /// Who the client can be, when a server asks.
  public var identities: IdentitySource = .these([])
  /// Whether the handshake fails when the server asks for a certificate and none of `identities` fits what it accepts. If not, the
  /// server is told that there is none, and decides.
  public var identityUse: Requirement = .preferred
  /// The types of certificates that the client can authenticate with, best first (RFC 7250); nil: those of `identities`, and X.509
  /// where they are `.asked`.
  public var certificateTypes: [CertificateType]?
  /// ALPN names, best first; empty: the extension is not sent.
  public var applicationProtocols: [String] = []
  /// Versions offered. One of which no suite is enabled is not offered.
  public var versions: [ProtocolVersion] = .recommended
  /// Offered in this order, those of TLS 1.3 and of TLS 1.2 in one list.
  public var cipherSuites: [CipherSuite] = .recommended
  public var groups: [NamedGroup] = .recommended
  /// Groups of which TLS 1.3's first ClientHello carries a key share; nil: the first of `groups`, and its classical half where
  /// it is a hybrid. A server that wants another one asks for it (RFC 9846 §4.2.4), at the cost of a round trip.
  public var keyShareGroups: [NamedGroup]?
  /// Signatures accepted from servers.
  public var signatureSchemes: [SignatureScheme] = .recommended
  /// Signatures accepted within certificates, if other than `signatureSchemes` (RFC 9846 §4.3.3).
  public var certificateSignatureSchemes: [SignatureScheme]?
  /// Asks the server for a stapled OCSP response (RFC 6066 §8).
  public var requestsCertificateStatus = false
  /// Asks the server for what certificate logs have promised for its certificate (RFC 6962). It comes with `PeerVerification`, and is
  /// the application's to judge.
  public var requestsCertificateTimestamps = false
  /// In what ways the server's certificates may come compressed, best first (RFC 8879).
  public var certificateCompressors: [any CertificateCompressor] = []
  /// RFC 7627: whether a server without it is refused.
  public var extendedMasterSecret: Requirement = .required
  /// RFC 5746: whether a server without renegotiation_info is refused.
  public var secureRenegotiation: Requirement = .required
  /// Legacy, off by default; see `RSAKeyTransport`.
  public var rsaKeyTransport: RSAKeyTransport = .forbidden
  /// Asks the server for records no larger (RFC 6066 §4).
  public var maxFragmentLength: MaxFragmentLength?
  /// The most bytes of plaintext this side takes in a protected TLS 1.3 record, content type and padding included (RFC 8449):
  /// 64 to 16,385; nil: not said.
  public var recordSizeLimit: Int?
  /// The most bytes of plaintext in a record that is sent, 64 to 16,384: small ones reach the peer's application sooner, each at the
  /// cost of a tag.
  public var sentRecordSize = 16_384
  /// TLS 1.3 records of application data are padded to a multiple of so many bytes (RFC 9846 §5.4); 1: not at all.
  public var recordPaddingMultiple = 1
  /// Reserved values among the offers, to keep servers tolerant (RFC 8701).
  public var sendsGREASE = true
  /// Where sessions are kept to be resumed; nil: every handshake is a full one. Clients share their sessions by sharing a store:
  /// it never lets one cross server name, protocols, trust or identity (`SessionKey`).
  public var sessionStore: (any ClientSessionStore)? = InMemoryClientSessions()
  /// What names this configuration's trust and identities where they cannot do so themselves: a trust of the application's own,
  /// `.asked` identities. Must change whenever they do. Nil: only what can name itself is resumed.
  public var sessionScope: [UInt8]?
  /// TLS 1.2: whether servers may give the session to the client in a ticket (RFC 5077). It goes over the wire in clear, and who
  /// gets the server's ticket key reads what was recorded. Without tickets a session is resumed by its id.
  public var offersTLS12Tickets = true
  /// Whether the server is judged anew when a session is resumed, by what it showed in the full handshake: for trust that may end
  /// sooner than a session. It costs the memory of the chain with each session.
  public var judgesResumedServers = false
  /// Whether a TLS 1.3 session made with one name may be resumed with another, where the server has said so with the ticket and its
  /// certificate is for both (RFC 9846 §4.7.1; draft-ietf-tls-cross-sni-resumption). The server is then judged anew, for the new
  /// name, and no early data goes along. It tells the server that both connections are the same client's.
  public var resumesAcrossNames = false
  /// Whether a resumed TLS 1.3 session may carry early data. It can be replayed by whoever records it (RFC 9846 §8), and is sent
  /// by its own call only.
  public var offersEarlyData = false
  public var limits = Limits()
  /// Receives the connection's secrets. Whoever holds them reads everything.
  public var secretSink: (any SecretSink)?

  public init(trust: any PeerTrust) { self.trust = trust }
}

/// How a server behaves. What decides security is required; the rest has defaults. Validated once, by `TLSServer`.
public struct ServerConfiguration: Sendable {
  /// Who the server can be; chosen by server_name and by what the client supports.
  public let identities: IdentitySource
  /// Whether and how clients authenticate.
  public let clientAuthentication: ClientAuthentication
  /// ALPN names, best first. When both sides speak ALPN and share none, the handshake fails (RFC 7301 §3.2).
  public var applicationProtocols: [String] = []
  /// Versions accepted; the highest that the client offers is taken.
  public var versions: [ProtocolVersion] = .recommended
  /// The server's order decides, but where the next two leave the choice to its clients; those of TLS 1.3 and of TLS 1.2 in one
  /// list.
  public var cipherSuites: [CipherSuite] = .recommended
  /// Whether a client gets ChaCha20 that lists one of its suites before all others that both sides have: so do devices without
  /// instructions for AES, to which it is the faster one. Who lists AES first is not concerned.
  public var letsClientsPreferChaCha20 = true
  /// Suites that are worth the same here: within each set, which stands where its first member stands in `cipherSuites`, the
  /// client's order decides. With all suites in one set it always does.
  public var equalCipherSuites: [[CipherSuite]] = []
  /// The server's order decides, but for `equalGroups`; in TLS 1.3 a group of which the client has sent a key share goes before
  /// one of which it has not.
  public var groups: [NamedGroup] = .recommended
  /// Groups that are worth the same here, as with `equalCipherSuites`.
  public var equalGroups: [[NamedGroup]] = []
  /// Signatures accepted from clients. With `.rsaPKCS1Legacy` added also from those in TLS 1.3 whose RSA key is in a device that
  /// cannot do PSS.
  public var signatureSchemes: [SignatureScheme] = .recommended
  /// Signatures accepted within clients' certificates, if other than `signatureSchemes` (RFC 9846 §4.3.3).
  public var certificateSignatureSchemes: [SignatureScheme]?
  /// What clients' certificates must contain, told in TLS 1.3's CertificateRequest (RFC 9846 §4.3.5).
  public var oidFilters: [CertificateFilter] = []
  /// Asks clients for a stapled OCSP response (TLS 1.3).
  public var requestsCertificateStatus = false
  /// In what ways certificates are sent compressed to TLS 1.3 clients that take them so, best first (RFC 8879).
  public var certificateCompressors: [any CertificateCompressor] = []
  /// Whether a HelloRetryRequest carries a cookie, which the client must return.
  public var sendsRetryCookie = false
  /// The most bytes of plaintext this side takes in a protected TLS 1.3 record, content type and padding included (RFC 8449):
  /// 64 to 16,385; nil: not said.
  public var recordSizeLimit: Int?
  /// The most bytes of plaintext in a record that is sent, 64 to 16,384: small ones reach the peer's application sooner, each at the
  /// cost of a tag.
  public var sentRecordSize = 16_384
  /// TLS 1.3 records of application data are padded to a multiple of so many bytes (RFC 9846 §5.4); 1: not at all.
  public var recordPaddingMultiple = 1
  /// RFC 7627: whether a client without it is refused.
  public var extendedMasterSecret: Requirement = .required
  /// RFC 5746: whether a client that does not signal secure renegotiation is refused.
  public var secureRenegotiation: Requirement = .required
  /// Legacy, off by default; see `RSAKeyTransport`.
  public var rsaKeyTransport: RSAKeyTransport = .forbidden
  /// Whether clients are told that the server has used their server_name (RFC 6066 §3): one that shows everybody the same
  /// certificate has no use for it.
  public var acknowledgesServerName = true
  /// Whether CertificateRequest lists the trusted authorities' names. They tell clients which certificate fits, and anyone whom
  /// you trust.
  public var announcesAuthorities = true
  /// Tickets, in which clients carry their sessions themselves.
  public var sessionTickets: SessionTickets = .automatic()
  /// How many tickets a TLS 1.3 client gets after a full handshake. Each serves once; a resumption gives one, in the place of the
  /// one that it has used.
  public var ticketCount = 2
  /// How long a session can be resumed, in seconds: at most 604,800, and never beyond the certificates it rests on.
  public var sessionLifetime: UInt32 = 43_200
  /// Where TLS 1.2 sessions are kept for clients that do without tickets; nil: nowhere.
  public var sessionCache: (any ServerSessionCache)? = InMemoryServerSessions()
  /// What names this configuration's trust, names and identities where they cannot do so themselves: a trust of the
  /// application's own, `.asked` identities. Must change whenever they do. Nil: only what can name itself is resumed.
  public var sessionScope: [UInt8]?
  /// Whether a TLS 1.3 session made under one server_name may be resumed under another, if one of `identities` is for both; clients
  /// are told so with their tickets (draft-ietf-tls-cross-sni-resumption). Not with identities that are `.asked`.
  public var resumesAcrossNames = false
  /// Early data is off unless somebody has thought about replays.
  public var earlyData: EarlyDataPolicy = .refused
  public var limits = Limits()
  /// Receives the connections' secrets. Whoever holds them reads everything.
  public var secretSink: (any SecretSink)?

  public init(identities: IdentitySource, clientAuthentication: ClientAuthentication) {
    self.identities = identities
    self.clientAuthentication = clientAuthentication
  }

  public init(identity: Identity, clientAuthentication: ClientAuthentication) {
    self.init(identities: .these([identity]), clientAuthentication: clientAuthentication)
  }
}

/// A certificate extension that a client's certificate must have, and values it must contain (RFC 9846 §4.3.5).
public struct CertificateFilter: Hashable, Sendable {
  /// The extension's object identifier, DER-encoded.
  public let oid: [UInt8]
  /// The extension's value, DER-encoded: for keyUsage and extendedKeyUsage what must be in it; empty: it must be there.
  public let values: [UInt8]

  public init(oid: [UInt8], values: [UInt8]) {
    self.oid = oid
    self.values = values
  }
}

/// Whether a server asks its clients for certificates.
@nonexhaustive public enum ClientAuthentication: Sendable {
  case none
  /// Asked for; a client without one is let in unauthenticated. One that presents a bad certificate is refused.
  case optional(any PeerTrust)
  case required(any PeerTrust)

  package var trust: (any PeerTrust)? {
    switch self {
    case .none: nil
    case .optional(let trust), .required(let trust): trust
    }
  }
}

/// Whether a server gives tickets, and under whose keys.
@nonexhaustive public enum SessionTickets: Sendable {
  case off
  /// Keys of this `TLSServer`'s own: a new one after so many seconds, each of which opens tickets for so many seconds more.
  case automatic(rotation: UInt32 = 3_600, retention: UInt32 = 86_400)
  /// Keys from elsewhere, which several servers may share.
  case keys(any TicketKeySource)
}

/// Whether a server takes early data: application data that comes with a resuming TLS 1.3 client's first bytes, before anything
/// proves that they are not a copy (RFC 9846 §8).
@nonexhaustive public enum EarlyDataPolicy: Sendable {
  case refused
  /// At most so many bytes for each connection, and of each ClientHello only once, as far as `replayGuard` knows.
  case accepted(upTo: UInt32, replayGuard: any EarlyDataReplayGuard)
}

/// How much something matters.
@nonexhaustive public enum Requirement: Sendable, Hashable {
  case required
  /// Used when the peer can; its absence is accepted.
  case preferred
}

/// RSA key transport: the client encrypts the pre-master secret with the key of the server's certificate (RFC 5246 §7.4.7.1).
///
/// There is no forward secrecy: whoever gets that key later reads everything recorded before. Its padding has been an oracle
/// again and again (Bleichenbacher 1998, ROBOT 2017, Marvin 2023). RFC 10015 says MUST NOT. It is here to show how the classic
/// handshake works, not to protect anything.
@nonexhaustive public enum RSAKeyTransport: Sendable, Hashable {
  case forbidden
  /// Allowed against RFC 10015.
  case allowedAgainstRFC10015
}

/// How much of this side's memory and patience a peer can use up.
public struct Limits: Sendable, Hashable {
  /// Bytes of one handshake message, header included.
  public var handshakeMessageSize = 65_536
  /// Certificates in a peer's chain. `Trust.chainLength` limits what is judged, to 16 unless raised as well.
  public var chainLength = 10
  /// Records in a row that move nothing forward: empty ones, warning alerts, HelloRequests, refused renegotiations.
  public var recordsWithoutProgress = 32
  /// Warning alerts in a row.
  public var warningAlerts = 4
  /// Bytes of early data that is not taken and is read past; at least as many as this server allows.
  public var skippedEarlyData = 65_536
  /// Records sealed, and records opened, under one key before the connection is closed; nil: what the AEAD allows
  /// (`CipherSuiteParameters.recordLimit`). Can only lower that.
  public var recordsPerKey: UInt64?
  /// Seconds from the first byte to the end of the handshake; the driver's to enforce, since the core has no clock.
  public var handshakeSeconds = 30

  public init() {}
}

extension [CipherSuite] {
  /// TLS 1.3's, then forward-secret AEAD suites of TLS 1.2 (RFC 9325 §4.2).
  public static let recommended: Self = [
    .aes128GCMSHA256, .aes256GCMSHA384, .chaCha20Poly1305SHA256,
    .ecdheECDSAWithAES128GCMSHA256, .ecdheRSAWithAES128GCMSHA256, .ecdheECDSAWithAES256GCMSHA384,
    .ecdheRSAWithAES256GCMSHA384, .ecdheECDSAWithChaCha20Poly1305SHA256, .ecdheRSAWithChaCha20Poly1305SHA256,
  ]
  /// The two suites of RSA key transport that this library can speak; see `RSAKeyTransport`.
  public static let rsaKeyTransport: Self = [.rsaWithAES128GCMSHA256, .rsaWithAES256GCMSHA384]
}

extension [ProtocolVersion] {
  public static let recommended: Self = [.tls13, .tls12]
}

extension [NamedGroup] {
  /// The hybrids first (RFC 10024): what is recorded today stays unread by a quantum computer. TLS 1.2 cannot use them.
  public static let recommended: Self = [
    .x25519MLKEM768, .secp256r1MLKEM768, .x25519, .secp256r1, .secp384r1, .secp521r1,
  ]
}

extension [SignatureScheme] {
  /// Those of ML-DSA are left out where the provider has none.
  public static let recommended: Self = [
    .ecdsaSecp256r1SHA256, .ed25519, .rsaPSSRSAESHA256, .ecdsaSecp384r1SHA384, .ecdsaSecp521r1SHA512,
    .rsaPSSRSAESHA384, .rsaPSSRSAESHA512, .rsaPKCS1SHA256, .rsaPKCS1SHA384, .rsaPKCS1SHA512,
    .mldsa65, .mldsa87, .mldsa44,
  ]
  /// PKCS#1 v1.5 for the CertificateVerify of TLS 1.3 clients (RFC 9963): for TPMs and smart cards that cannot do PSS. Off unless
  /// both sides name it, in `ServerConfiguration.signatureSchemes` and in the client's `Identity.signatureSchemes`.
  public static let rsaPKCS1Legacy: Self = [.rsaPKCS1SHA256Legacy, .rsaPKCS1SHA384Legacy, .rsaPKCS1SHA512Legacy]
}
