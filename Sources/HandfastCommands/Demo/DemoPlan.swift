import Handfast
import HandfastCore
import HandfastTrust
import HandfastWire

/// What a demo is to show: who the two sides are, what each wants, and what happens between them. Every breakage bends it a
/// little.
struct DemoPlan: Sendable {
  static let serverName = "server.handfast.test"

  /// What becomes of the session that the handshake makes.
  enum Sessions: Sendable {
    case unused
    /// A second connection resumes it.
    case resumed
    /// The second connection carries early data, which is then sent once more by someone else.
    case earlyData
  }

  /// The version of the story.
  let version: ProtocolVersion
  /// What both sides speak.
  var versions: [ProtocolVersion]
  /// What the client wants to reach.
  var reference = DemoPlan.serverName
  var server: LeafRequest
  var client: LeafRequest
  var suites: (client: [CipherSuite], server: [CipherSuite])
  var groups: (client: [NamedGroup], server: [NamedGroup])
  /// Of which the first ClientHello of TLS 1.3 carries a key share; nil: of the first.
  var keyShareGroups: [NamedGroup]?
  /// Whether a HelloRetryRequest carries a cookie.
  var sendsRetryCookie = false
  /// The signatures that the client verifies.
  var clientSchemes: [SignatureScheme] = .recommended
  var protocols: (client: [String], server: [String]) = (["http/1.1"], ["http/1.1"])
  var rsaKeyTransport = (client: RSAKeyTransport.forbidden, server: RSAKeyTransport.forbidden)
  /// Whether the server has a second certificate, for another name.
  var serverHasOtherIdentity = true
  var clientTrustsRoot = true
  var clientHasFittingIdentity = true
  /// Whether another CA, which the server does not trust, has issued the client's certificate.
  var clientIsIssuedElsewhere = false
  var isClientCertificateRequired = true
  var announcesAuthorities = true
  var handshakeSeconds = 10
  var sessions = Sessions.unused
  /// Whether the server gives a ticket. In TLS 1.3 it is what tells the client that it is accepted.
  var givesTicket: Bool
  var tampering: Tampering?

  init(_ version: ProtocolVersion = .tls12, serverKey: KeyKind, clientKey: KeyKind) {
    self.version = version
    versions = [version]
    server = .server(Self.serverName, "127.0.0.1", keyKind: serverKey)
    client = .client("alice", keyKind: clientKey)
    let suites = [CipherSuite].recommended.filter { ($0.isTLS13) == (version == .tls13) }
    self.suites = (suites, suites)
    let groups = [NamedGroup].recommended.filter { version == .tls13 || !$0.isKEM }
    self.groups = (groups, groups)
    givesTicket = version == .tls13
  }

  /// Lets the client send a key share of another group than the one that the server wants.
  mutating func provokeRetry(for wanted: NamedGroup) {
    let shared: NamedGroup = wanted == .secp256r1 ? .x25519 : .secp256r1
    keyShareGroups = [shared]
    groups.server = groups.server.filter { $0 != shared }
    sendsRetryCookie = true
  }
}

/// A plan with everything made that it needs.
struct DemoParties: Sendable {
  let client: TLSClient
  let server: TLSServer
  let reference: ServerReference

  /// Bytes of early data that the server takes.
  static let earlyDataLimit: UInt32 = 16_384

  /// Makes a throwaway PKI in memory, the certificates that the plan asks for, and both sides' configurations.
  init(_ plan: DemoPlan, sinks: (client: any SecretSink, server: any SecretSink)?) throws {
    let pki = try DevelopmentPKI(name: "Handfast Demo")
    let elsewhere = try DevelopmentPKI(name: "Elsewhere")
    reference = try ServerReference(plan.reference)

    var client = ClientConfiguration(trust: try plan.clientTrustsRoot ? pki.trust : elsewhere.trust)
    client.identities = .these(try Self.clientIdentities(plan, pki, elsewhere))
    client.applicationProtocols = plan.protocols.client
    client.versions = plan.versions
    client.cipherSuites = plan.suites.client
    client.groups = plan.groups.client
    client.keyShareGroups = plan.keyShareGroups
    client.signatureSchemes = plan.clientSchemes
    client.rsaKeyTransport = plan.rsaKeyTransport.client
    client.limits.handshakeSeconds = plan.handshakeSeconds
    if !plan.givesTicket { client.sessionStore = nil }
    client.offersEarlyData = plan.sessions == .earlyData
    client.secretSink = sinks?.client
    self.client = try TLSClient(client)

    let trust = try pki.trust
    let others = plan.serverHasOtherIdentity ? [try pki.issue(.server("internal.handfast.test"))] : []
    var server = ServerConfiguration(
      identities: .these(others + [try pki.issue(plan.server)]),
      clientAuthentication: plan.isClientCertificateRequired ? .required(trust) : .optional(trust))
    server.applicationProtocols = plan.protocols.server
    server.versions = plan.versions
    server.cipherSuites = plan.suites.server
    server.groups = plan.groups.server
    server.sendsRetryCookie = plan.sendsRetryCookie
    server.signatureSchemes = Self.schemes(for: plan.client.keyKind)
    server.rsaKeyTransport = plan.rsaKeyTransport.server
    server.announcesAuthorities = plan.announcesAuthorities
    server.limits.handshakeSeconds = plan.handshakeSeconds
    server.sessionTickets = plan.givesTicket ? .automatic() : .off
    server.ticketCount = 1
    server.sessionCache = nil
    if plan.sessions == .earlyData { server.earlyData = Self.earlyData() }
    server.secretSink = sinks?.server
    self.server = try TLSServer(server)
  }

  /// A register refuses what may have come before it began. Here nothing can have: the ticket keys are as young as it is.
  private static func earlyData() -> EarlyDataPolicy {
    // Wide, so that even on a slow machine the copy is refused for being one, not for its age.
    let window: UInt64 = 600_000
    let start = SystemWallClock().now().subtractingSaturated(2 * window)
    return .accepted(upTo: earlyDataLimit, replayGuard: StrikeRegister(window: window, startedAt: start))
  }

  /// Several, so that there is something to choose: by another CA, of another kind of key, the one that fits, and a spare one.
  private static func clientIdentities(
    _ plan: DemoPlan, _ pki: DevelopmentPKI, _ elsewhere: DevelopmentPKI
  ) throws -> [Identity] {
    let foreign = try elsewhere.issue(.client("alice at another company", keyKind: plan.client.keyKind))
    if plan.clientIsIssuedElsewhere { return [foreign] }
    let otherKey: KeyKind = plan.client.keyKind.isRSA ? .ecdsa(.secp256r1) : .rsa(bits: 2048)
    let otherKind = try pki.issue(.client("alice's old token", keyKind: otherKey))
    guard plan.clientHasFittingIdentity else { return [foreign, otherKind] }
    var spare = plan.client
    spare.commonName = "alice's spare key"
    return [foreign, otherKind, try pki.issue(plan.client), try pki.issue(spare)]
  }

  /// The server of the demo accepts clients with one kind of key only, so that another kind can be ruled out.
  private static func schemes(for key: KeyKind) -> [SignatureScheme] {
    [SignatureScheme].recommended.filter { $0.isRSA == key.isRSA && !$0.isMLDSA }
  }
}

extension KeyKind {
  var isRSA: Bool {
    switch self {
    case .rsa: true
    case .ecdsa, .ed25519, .mldsa: false
    }
  }
}

extension CipherSuite {
  /// Whether it is one of TLS 1.3, spoken here.
  var isTLS13: Bool { CipherSuite13(self) != nil }

  /// Nil for a suite that is not spoken here.
  var aead: AEADAlgorithm? { CipherSuiteParameters(self)?.aead ?? CipherSuite13(self)?.aead }
}
