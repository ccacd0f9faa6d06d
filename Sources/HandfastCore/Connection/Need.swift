public import HandfastWire

/// What a connection needs from its owner before it can move on.
@nonexhaustive public enum Need: Sendable {
  /// More bytes from the peer, together with those not yet consumed.
  case input
  /// Application data lies in this range of the buffer just passed: take it, then call `receive` with what follows.
  case plaintext(Range<Int>)
  /// Early data lies in this range: application data of a TLS 1.3 client's first flight, which may be a copy of what was sent
  /// before (RFC 9846 §8). Only what may be done twice may be done with it. A server that takes none never sees it.
  case earlyData(Range<Int>)
  /// A judgement of the peer's certificates: `resume(with: Verdict)`.
  case peerVerdict(PeerVerification)
  /// A signature by a key that is not in this process: `resume(with: [UInt8])`.
  case signature(SignatureRequest)
  /// The server's identity for this ClientHello: `resume(with: Identity?)`; nil refuses the client.
  case serverIdentity(ServerIdentityRequest)
  /// The client's identity for this CertificateRequest: `resume(with: Identity?)`; nil sends none.
  case clientIdentity(ClientIdentityRequest)
  /// Nothing: the peer has closed its side properly. Data can still be sent.
  case nothing
}

/// A signature to be made elsewhere.
public struct SignatureRequest: Hashable, Sendable {
  /// The bytes to be signed, not yet hashed.
  public let message: [UInt8]
  public let scheme: SignatureScheme
  /// The leaf certificate, DER, whose key is to sign.
  public let certificate: [UInt8]

  package init(message: [UInt8], scheme: SignatureScheme, certificate: [UInt8]) {
    self.message = message
    self.scheme = scheme
    self.certificate = certificate
  }
}

/// What a client has said that matters for choosing the server's identity.
public struct ServerIdentityRequest: Hashable, Sendable {
  /// Nil: no server_name.
  public let serverName: String?
  public let applicationProtocols: [String]
  public let cipherSuites: [CipherSuite]
  public let groups: [NamedGroup]
  public let signatureSchemes: [SignatureScheme]
  /// The types of certificates that the client accepts (RFC 7250).
  public let certificateTypes: [CertificateType]

  package init(
    serverName: String?, applicationProtocols: [String], cipherSuites: [CipherSuite], groups: [NamedGroup],
    signatureSchemes: [SignatureScheme], certificateTypes: [CertificateType] = [.x509]
  ) {
    self.certificateTypes = certificateTypes
    self.serverName = serverName
    self.applicationProtocols = applicationProtocols
    self.cipherSuites = cipherSuites
    self.groups = groups
    self.signatureSchemes = signatureSchemes
  }
}

/// What a server accepts from its client.
public struct ClientIdentityRequest: Hashable, Sendable {
  public let certificateTypes: [ClientCertificateType]
  public let signatureSchemes: [SignatureScheme]
  /// DER-encoded names; empty: any authority.
  public let authorities: [[UInt8]]
  /// TLS 1.3: what the certificate must contain.
  public let filters: [CertificateFilter]
  /// The type of certificate that was agreed on (RFC 7250).
  public let certificateType: CertificateType

  package init(
    certificateTypes: [ClientCertificateType], signatureSchemes: [SignatureScheme], authorities: [[UInt8]],
    filters: [CertificateFilter] = [], certificateType: CertificateType = .x509
  ) {
    self.certificateType = certificateType
    self.filters = filters
    self.certificateTypes = certificateTypes
    self.signatureSchemes = signatureSchemes
    self.authorities = authorities
  }
}
