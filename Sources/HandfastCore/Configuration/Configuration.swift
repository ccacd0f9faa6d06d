public import HandfastWire

/// How a client behaves. What decides security is required; the rest has defaults. Validated once, by `TLSClient`.
public struct ClientConfiguration: Sendable {
  /// Judges the server's chain.
  public let trust: any PeerTrust
  /// Who the client can be, when a server asks.
  public var identities: IdentitySource = .these([])
  /// ALPN names, best first; empty: the extension is not sent.
  public var applicationProtocols: [String] = []
  /// Offered in this order.
  public var cipherSuites: [CipherSuite] = .recommended
  public var groups: [NamedGroup] = .recommended
  /// Signatures accepted from servers.
  public var signatureSchemes: [SignatureScheme] = .recommended
  /// RFC 7627: whether a server without it is refused.
  public var extendedMasterSecret: Requirement = .required
  /// RFC 5746: whether a server without renegotiation_info is refused.
  public var secureRenegotiation: Requirement = .required
  /// Legacy, off by default; see `RSAKeyTransport`.
  public var rsaKeyTransport: RSAKeyTransport = .forbidden
  /// Asks the server for records no larger (RFC 6066 §4).
  public var maxFragmentLength: MaxFragmentLength?
  /// Reserved values among the offers, to keep servers tolerant (RFC 8701).
  public var sendsGREASE = true
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
  /// The server's order decides.
  public var cipherSuites: [CipherSuite] = .recommended
  /// The server's order decides.
  public var groups: [NamedGroup] = .recommended
  /// Signatures accepted from clients.
  public var signatureSchemes: [SignatureScheme] = .recommended
  /// RFC 7627: whether a client without it is refused.
  public var extendedMasterSecret: Requirement = .required
  /// RFC 5746: whether a client that does not signal secure renegotiation is refused.
  public var secureRenegotiation: Requirement = .required
  /// Legacy, off by default; see `RSAKeyTransport`.
  public var rsaKeyTransport: RSAKeyTransport = .forbidden
  /// Whether CertificateRequest lists the trusted authorities' names. They tell clients which certificate fits, and anyone whom
  /// you trust.
  public var announcesAuthorities = true
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
  /// Records sealed, and records opened, under one key before the connection is closed; nil: what the AEAD allows
  /// (`CipherSuiteParameters.recordLimit`). Can only lower that.
  public var recordsPerKey: UInt64?
  /// Seconds from the first byte to the end of the handshake; the driver's to enforce, since the core has no clock.
  public var handshakeSeconds = 30

  public init() {}
}

extension [CipherSuite] {
  /// Forward-secret AEAD suites only (RFC 9325 §4.2).
  public static let recommended: Self = [
    .ecdheECDSAWithAES128GCMSHA256, .ecdheRSAWithAES128GCMSHA256, .ecdheECDSAWithAES256GCMSHA384,
    .ecdheRSAWithAES256GCMSHA384, .ecdheECDSAWithChaCha20Poly1305SHA256, .ecdheRSAWithChaCha20Poly1305SHA256,
  ]
  /// The two suites of RSA key transport that this library can speak; see `RSAKeyTransport`.
  public static let rsaKeyTransport: Self = [.rsaWithAES128GCMSHA256, .rsaWithAES256GCMSHA384]
}

extension [NamedGroup] {
  public static let recommended: Self = [.x25519, .secp256r1, .secp384r1, .secp521r1]
}

extension [SignatureScheme] {
  public static let recommended: Self = [
    .ecdsaSecp256r1SHA256, .ed25519, .rsaPSSRSAESHA256, .ecdsaSecp384r1SHA384, .ecdsaSecp521r1SHA512,
    .rsaPSSRSAESHA384, .rsaPSSRSAESHA512, .rsaPKCS1SHA256, .rsaPKCS1SHA384, .rsaPKCS1SHA512,
  ]
}
