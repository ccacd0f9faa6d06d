public import HandfastWire

/// What one side knows of a handshake when it fails: the ground on which a bare alert from the peer is explained.
public struct HandshakeKnowledge: Sendable {
  /// What the client wants to reach; on the server as far as server_name says.
  public package(set) var reference: ServerReference? {
    get { known ?? serverName.flatMap { try? ServerReference($0) } }
    set { known = newValue }
  }
  private var known: ServerReference?
  /// The client's server_name, on the server.
  package var serverName: String?
  /// The identity this side presented.
  public package(set) var ownIdentity: Identity?
  /// What the server asked its client for; nil when it did not ask, or has not yet.
  public package(set) var certificateRequest: ClientIdentityRequest?
  /// The identities considered on this side, and what ruled each out.
  public package(set) var ownCandidates: [Choice.Candidate] = []
  /// The peer's chain as far as it has been judged, leaf first.
  public package(set) var peerChain: [CertificateDescription] = []
  public package(set) var lastSent: HandshakeType?
  public package(set) var lastReceived: HandshakeType?
  public package(set) var cipherSuite: CipherSuite?
  /// Nil until the hellos have settled it.
  public package(set) var version: ProtocolVersion?

  /// What the server has enabled; nil on the client.
  public package(set) var enabled: Capabilities?
  /// What the ClientHello offers; nil before it, and once the handshake is over.
  public var offered: Capabilities? { clientHello.map(Capabilities.init) }

  /// The first four bytes of the peer's random, which some software still fills with the time.
  package var peerClock: UInt32?

  package var clientHello: ClientHello?

  package init() {}
}

/// What one side of a handshake can do, or has enabled. Each list is in its order of preference.
public struct Capabilities: Hashable, Sendable {
  public var versions: [ProtocolVersion] = []
  public var cipherSuites: [CipherSuite] = []
  public var groups: [NamedGroup] = []
  public var signatureSchemes: [SignatureScheme] = []
  public var applicationProtocols: [String] = []

  public init() {}
}

extension Capabilities {
  /// What a ClientHello says, without its GREASE and its signals. An extension that cannot be read says nothing.
  init(_ hello: ClientHello) {
    let extensions = hello.extensions ?? ExtensionBlock()
    let listed = (try? extensions.decode(SupportedVersions.self))?.versions.filter { !$0.isGREASE }
    versions = listed ?? [.tls12, .tls11, .tls10].filter { $0 <= hello.version }
    cipherSuites = hello.cipherSuites.filter {
      !$0.isGREASE && $0 != .emptyRenegotiationInfoSCSV && $0 != .fallbackSCSV
    }
    groups = ((try? extensions.decode(SupportedGroups.self))?.groups ?? []).filter { !$0.isGREASE }
    signatureSchemes = ((try? extensions.decode(SignatureAlgorithms.self))?.schemes ?? []).filter { !$0.isGREASE }
    let names = (try? extensions.decode(ApplicationProtocols.self))?.names ?? []
    applicationProtocols = names.map { String(decoding: $0, as: UTF8.self) }
  }

  init(_ configuration: ServerConfiguration, versions: [ProtocolVersion], cipherSuites: [CipherSuite]) {
    self.versions = versions
    self.cipherSuites = cipherSuites
    groups = configuration.groups
    signatureSchemes = configuration.signatureSchemes
    applicationProtocols = configuration.applicationProtocols
  }
}

extension [UInt8] {
  /// The first four bytes as a number.
  var clock: UInt32 { prefix(4).reduce(0) { $0 << 8 | UInt32($1) } }
}
