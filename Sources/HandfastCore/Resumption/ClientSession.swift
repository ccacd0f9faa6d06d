public import HandfastWire

/// What a client remembers of a session. Opaque but for what tells it apart; whoever stores it stores a secret.
public final class ClientSession: Sendable {
  public let version: ProtocolVersion
  public let cipherSuite: CipherSuite
  /// Who the server proved to be in the full handshake.
  public let peer: RememberedPeer
  /// In milliseconds since 1970. Never beyond the ticket's lifetime, either side's certificates, nor seven days after the
  /// lineage's full handshake.
  public let expiresAt: UInt64
  /// Whether the server takes it under any name that its certificate is for.
  public let isResumableAcrossNames: Bool

  /// TLS 1.2: the master secret. TLS 1.3: the ticket's pre-shared key.
  package let secret: SessionSecret
  /// Empty: TLS 1.2 by session id.
  package let ticket: [UInt8]
  /// TLS 1.2's; empty with tickets.
  package let sessionID: [UInt8]
  /// When the ticket or session came, in milliseconds since 1970.
  package let receivedAt: UInt64
  /// TLS 1.3's ticket_age_add.
  package let ageAdd: UInt32
  /// Bytes; 0: no early data with this session.
  package let maxEarlyData: UInt32
  package let applicationProtocol: [UInt8]?
  package let usesExtendedMasterSecret: Bool
  package let lineageStartedAt: UInt64
  package let ownCertificatesEndAt: UInt64
  package let group: NamedGroup?

  /// - Parameters:
  ///   - lifetime: What the server says, in seconds.
  ///   - ownCertificatesEndAt: The first notAfter of the chain that this client authenticated with, in milliseconds since 1970.
  package init(
    version: ProtocolVersion, cipherSuite: CipherSuite, secret: SessionSecret, ticket: [UInt8] = [],
    sessionID: [UInt8] = [], receivedAt: UInt64, lifetime: UInt32, ageAdd: UInt32 = 0, maxEarlyData: UInt32 = 0,
    applicationProtocol: [UInt8]?, usesExtendedMasterSecret: Bool = true, lineageStartedAt: UInt64,
    ownCertificatesEndAt: UInt64 = .max, group: NamedGroup? = nil, isResumableAcrossNames: Bool = false,
    peer: RememberedPeer
  ) {
    self.isResumableAcrossNames = isResumableAcrossNames
    self.version = version
    self.cipherSuite = cipherSuite
    self.secret = secret
    self.ticket = ticket
    self.sessionID = sessionID
    self.receivedAt = receivedAt
    self.ageAdd = ageAdd
    self.maxEarlyData = maxEarlyData
    self.applicationProtocol = applicationProtocol
    self.usesExtendedMasterSecret = usesExtendedMasterSecret
    self.lineageStartedAt = lineageStartedAt
    self.ownCertificatesEndAt = ownCertificatesEndAt
    self.group = group
    self.peer = peer
    expiresAt = SessionLifetime.end(
      wished: receivedAt.addingSaturated(UInt64(lifetime) * 1000), lineageStartedAt: lineageStartedAt,
      certificatesEndAt: ownCertificatesEndAt, peer: peer)
  }

  /// A TLS 1.3 ticket is for one connection: used twice it would tell an observer that both are the same client (RFC 9846
  /// §C.4).
  public var isSingleUse: Bool { version >= .tls13 }

  package func isExpired(at now: UInt64) -> Bool { now >= expiresAt }

  /// Whether it may be offered under a name for which it was not made: by what the server has said, and the certificate's names.
  /// Whether that certificate is good for the name is judged when the server takes it.
  package func isFit(forOtherName name: String) -> Bool {
    guard isResumableAcrossNames, version == .tls13, peer.evidence != nil else { return false }
    return peer.presented.first?.names.contains { other in
      guard other.hasPrefix("DNS:") else { return false }
      return isName(name, matching: other.dropFirst(4).lowercased())
    } ?? false
  }
}

/// What must be the same in two connections for one to resume the other's session. All of it is compared, so that a session never
/// crosses server name, protocols, trust or identity.
public struct SessionKey: Hashable, Sendable {
  public private(set) var server: ServerReference
  /// Of the trust that judged the server, or the application's id for it.
  private let trustScope: [UInt8]
  private let terms: SessionTerms

  /// In the order of the offer.
  public var applicationProtocols: [String] { terms.applicationProtocols }

  /// Of one server there are few keys, and whole configurations take long to hash.
  public func hash(into hasher: inout Hasher) { hasher.combine(server) }

  /// Whether nothing differs but the server's DNS name.
  package func differsInNameOnly(from other: Self) -> Bool {
    guard server != other.server, case .dnsName = server, case .dnsName = other.server else { return false }
    var copy = other
    copy.server = server
    return self == copy
  }

  /// Nil: nothing is resumed, because the trust has no scope of its own, or the application is asked for the identity, and there
  /// is no id of the application's to vouch for either.
  package init?(_ server: ServerReference, under terms: SessionTerms, trust: any PeerTrust) {
    guard let scope = terms.scope(under: trust) else { return nil }
    trustScope = scope
    self.server = server
    self.terms = terms
  }
}

/// What a session depends on of a client's configuration. An object that all of its connections share: comparing two keys is then
/// nearly always to see that it is the same. Not the trust, which stores of sessions would keep alive.
package final class SessionTerms: Sendable, Equatable {
  private struct Terms: Equatable {
    let applicationProtocols: [String]
    let applicationID: [UInt8]?
    /// SHA-256 over the leaf of each identity that the client can take on.
    let identities: [[UInt8]]
    // What a handshake under other settings would not have agreed to.
    let cipherSuites: [CipherSuite]
    let signatureSchemes: [SignatureScheme]
    let extendedMasterSecret: Requirement
    let secureRenegotiation: Requirement
  }
  private let terms: Terms
  private let canVouchForIdentity: Bool

  package init(_ configuration: ClientConfiguration) {
    let identities: [Identity]
    switch configuration.identities {
    case .these(let own): (identities, canVouchForIdentity) = (own, true)
    case .asked: (identities, canVouchForIdentity) = ([], configuration.sessionScope != nil)
    }
    terms = Terms(
      applicationProtocols: configuration.applicationProtocols, applicationID: configuration.sessionScope,
      identities: identities.map(\.fingerprint), cipherSuites: configuration.cipherSuites,
      signatureSchemes: configuration.signatureSchemes, extendedMasterSecret: configuration.extendedMasterSecret,
      secureRenegotiation: configuration.secureRenegotiation)
  }

  var applicationProtocols: [String] { terms.applicationProtocols }

  /// The application's id, or what the trust says at this moment: certificates get revoked while a client runs.
  fileprivate func scope(under trust: any PeerTrust) -> [UInt8]? {
    canVouchForIdentity ? terms.applicationID ?? trust.sessionScope : nil
  }

  package static func == (one: SessionTerms, other: SessionTerms) -> Bool { one === other || one.terms == other.terms }
}
