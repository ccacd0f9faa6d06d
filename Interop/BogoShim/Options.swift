import Handfast

/// What one connection of a test is to be like, as the runner's flags say it.
struct Options: Sendable {
  // The connection to the runner.
  var port: UInt16 = 0
  var usesIPv6 = false
  var shimID: UInt64 = 0
  var resumeCount = 0
  var isHandshakerAsked = false

  // Who this side is, and whom it trusts.
  var isServer = false
  var credential = Credential()
  /// Further credentials, which go before `credential`; while there are any, flags are about the last of them.
  var credentials: [Credential] = []
  var verifiesPeer = false
  var requiresClientCertificate = false
  var failsVerification = false
  var judgesAgainOnResume = false
  var failsIdentityChoice = false
  var hasCustomVerification = false
  var identityAlert = AlertDescription.internalError
  var authorities: [[UInt8]]?
  /// Empty: X.509.
  var acceptedPeerTypes: [CertificateType] = []
  /// Empty: those of the credentials.
  var availableClientTypes: [CertificateType] = []

  // What is negotiated.
  var minVersion: ProtocolVersion = .tls10
  var maxVersion: ProtocolVersion = .tls13
  var withoutVersions: Set<ProtocolVersion> = []
  var cipherList: CipherList?
  var groups: [NamedGroup] = []
  var groupFlags: [Int] = []
  var keyShareGroups: [NamedGroup]?
  var verifySchemes: [SignatureScheme] = []
  var hostName: String?
  var acknowledgesServerName = true
  var advertisedProtocols: [String] = []
  var selectedProtocol: String?
  var declinesProtocols = false
  var rejectsProtocols = false
  var requestsStatus = false
  var requestsTimestamps = false
  /// Nil: none; empty: all that there are.
  var compressions: [UInt16]?
  var statusCallback = StatusCallback()
  var hasTickets = true
  var resumesAcrossNames = false
  var sendsGREASE = false
  var hasEarlyData = false
  var requiresSecureRenegotiation = false
  var chainByteLimit: Int?
  var sendFragmentLimit: Int?

  // How it is driven.
  var isAsync = false
  var isImplicit = false
  var writesFirst = false
  /// A client's first words go out as early data once this message has come, rather than with its ClientHello.
  var writesEarlyAfter: HandshakeType?
  var initialWrite = Array("hello".utf8)
  var initialWriteCount = 1
  var readsWithUnfinishedWrite = false
  var shutsDown = false
  var checksCloseNotify = false
  var sendsAlert = false
  var updatesKeys = false
  var updatesKeysBeforeRead = false
  var readSize = 512
  var exportedByteCount = 0
  var exportLabel = ""
  var exportContext: [UInt8] = []
  var usesExportContext = false
  var exportsTrafficSecrets = false
  /// Seconds.
  var resumptionDelay: UInt64 = 0

  var expected = Expectations()

  /// The versions that this library has, of those that the flags leave.
  var versions: [ProtocolVersion] {
    [ProtocolVersion.tls13, .tls12].filter {
      $0 >= minVersion && $0 <= maxVersion && !withoutVersions.contains($0)
    }
  }

  /// All credentials in the order in which they are tried, with the number the runner calls them by.
  var allCredentials: [(number: Int, credential: Credential)] {
    credentials.enumerated().map { ($0.offset, $0.element) } + (credential.isEmpty ? [] : [(-1, credential)])
  }
}

/// A chain with its key, and how it is to be used.
struct Credential: Sendable {
  var chainFile: String?
  var keyFile: String?
  var schemes: [SignatureScheme] = []
  var status: [UInt8]?
  var timestamps: [[UInt8]] = []
  var mustMatchIssuer = false
  var isRawPublicKey = false

  var isEmpty: Bool { chainFile == nil && keyFile == nil }
}

/// The callback of OpenSSL's that answers OCSP requests: what it does in a test.
struct StatusCallback: Sendable {
  var isUsed = false
  var fails = false
  var declines = false
  var setsResponse = false
}

/// What must be found when the handshake is complete.
struct Expectations: Sendable {
  var version: ProtocolVersion?
  var cipherSuite: CipherSuite?
  var group: NamedGroup?
  var peerScheme: SignatureScheme?
  var applicationProtocol: String?
  var advertisedProtocols: [String]?
  var serverName: String?
  var hasNoServerName = false
  var status: [UInt8]?
  var timestamps: [[UInt8]]?
  var isSessionMissed = false
  var hasExtendedMasterSecret = false
  var hasSecureRenegotiation: Bool?
  var renewsTicket = false
  var hasNoSession = false
  var isResumableAcrossNames: Bool?
  var ticketAllowsEarlyData = false
  var isEarlyDataAccepted = false
  var isEarlyDataRejected = false
  var offersNoEarlyData = false
  var earlyDataReason: String?
  var isRetried: Bool?
  /// A line for each handshake message, ChangeCipherSpec and alert of both directions.
  var messages: String?
  var peerChainFile: String?
  var hasNoPeerCertificate = false
  var peerCertificateType: CertificateType?
  /// SHA-256 over the peer's raw public key.
  var peerKeyHash: [UInt8]?
  var credentialNumber: Int?
  var isSessionCached: Bool?
  var ticketAgeSkew: Int?
  var authorities: [[UInt8]]?
  var peerSchemes: [SignatureScheme] = []
}
