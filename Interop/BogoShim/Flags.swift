import Handfast

/// What a flag does. The runner's flags are those of BoringSSL's own shim (ssl/test/test_config.cc).
enum Flag: Sendable {
  case plain(@Sendable (inout Options) -> Void)
  case value(@Sendable (inout Options, String) throws -> Void)
  case ignored
  /// Takes a value that does not matter here.
  case ignoredValue
}

/// Something that a test wants and this library does not have: the runner is told so.
struct Unimplemented: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// The options of the first connection, of those that resume its session, and of one whose early data was rejected.
struct CommandLineOptions: Sendable {
  var initial = Options()
  var resume = Options()
  var retry = Options()

  /// Throws `Unimplemented` for a flag, or a value, that nobody here knows.
  init(_ arguments: [String]) throws {
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      var name = argument
      if name.removePrefix("-on-handshaker") {
        if case .value? = flags[name] { _ = rest.popFirst() }
        continue
      }
      _ = name.removePrefix("-on-shim")
      var targets: [WritableKeyPath<CommandLineOptions, Options>] = [\.initial, \.resume, \.retry]
      if name.removePrefix("-on-initial") {
        targets = [\.initial]
      } else if name.removePrefix("-on-resume") {
        targets = [\.resume]
      } else if name.removePrefix("-on-retry") {
        targets = [\.retry]
      }
      guard let flag = flags[name] else { throw Unimplemented("flag \(argument)") }
      switch flag {
      case .ignored: break
      case .ignoredValue: _ = rest.popFirst()
      case .plain(let apply): for target in targets { apply(&self[keyPath: target]) }
      case .value(let apply):
        guard let value = rest.popFirst() else { throw Unimplemented("\(argument) without a value") }
        for target in targets { try apply(&self[keyPath: target], value) }
      }
    }
  }
}

extension String {
  /// Whether it began with `prefix` and went on with another flag's name, which is then what is left.
  fileprivate mutating func removePrefix(_ prefix: String) -> Bool {
    guard hasPrefix(prefix + "-") else { return false }
    removeFirst(prefix.count)
    return true
  }
}

private let flags: [String: Flag] = connectionFlags.merging(identityFlags) { first, _ in first }
  .merging(negotiationFlags) { first, _ in first }
  .merging(drivingFlags) { first, _ in first }
  .merging(expectationFlags) { first, _ in first }

private let connectionFlags: [String: Flag] = [
  "-port": .value { $0.port = try number($1) },
  "-ipv6": .plain { $0.usesIPv6 = true },
  "-shim-id": .value { $0.shimID = try number($1) },
  "-resume-count": .value { $0.resumeCount = try number($1) },
  "-is-handshaker-supported": .plain { $0.isHandshakerAsked = true },
  "-server": .plain { $0.isServer = true },
]

private let identityFlags: [String: Flag] = [
  "-new-x509-credential": .plain { $0.credentials.append(Credential()) },
  "-new-rpk-credential": .plain { $0.credentials.append(Credential(isRawPublicKey: true)) },
  "-cert-file": .value { $0.lastCredential.chainFile = $1 },
  "-key-file": .value { $0.lastCredential.keyFile = $1 },
  "-signing-prefs": .value { $0.lastCredential.schemes.append(SignatureScheme(rawValue: try number($1))) },
  "-ocsp-response": .value { $0.lastCredential.status = try base64($1) },
  "-signed-cert-timestamps": .value { $0.lastCredential.timestamps = try timestamps($1) },
  "-must-match-issuer": .plain { $0.lastCredential.mustMatchIssuer = true },
  // Whom to trust is what the next flags say: the application's verdict is what is tested.
  "-trust-cert": .ignoredValue,
  "-verify-peer": .plain { $0.verifiesPeer = true },
  "-verify-fail": .plain { $0.failsVerification = true },
  "-require-any-client-certificate": .plain { $0.requiresClientCertificate = true },
  "-reverify-on-resume": .plain { $0.judgesAgainOnResume = true },
  "-use-custom-verify-callback": .plain { $0.hasCustomVerification = true },
  "-use-old-client-cert-callback": .ignored,
  "-use-early-callback": .ignored,
  "-fail-early-callback": .plain {
    $0.failsIdentityChoice = true
    $0.identityAlert = .handshakeFailure
  },
  "-fail-cert-callback": .plain { $0.failsIdentityChoice = true },
  "-use-client-ca-list": .value { $0.authorities = try names($1) },
  "-accepted-peer-cert-types": .value { $0.acceptedPeerTypes.append(CertificateType(rawValue: try number($1))) },
  "-available-client-cert-types": .value { $0.availableClientTypes.append(CertificateType(rawValue: try number($1))) },
]

private let negotiationFlags: [String: Flag] = [
  "-min-version": .value { $0.minVersion = ProtocolVersion(rawValue: try number($1)) },
  "-max-version": .value { $0.maxVersion = ProtocolVersion(rawValue: try number($1)) },
  "-no-tls13": .plain { $0.withoutVersions.insert(.tls13) },
  "-no-tls12": .plain { $0.withoutVersions.insert(.tls12) },
  "-no-tls11": .ignored,
  "-no-tls1": .ignored,
  "-cipher": .value { $0.cipherList = try CipherList($1) },
  "-curves": .value { $0.groups.append(try group($1)) },
  // Of each group: 1 if it is worth as much as the next one.
  "-curves-flags": .value { $0.groupFlags.append(try number($1)) },
  "-key-shares": .value { $0.keyShareGroups = ($0.keyShareGroups ?? []) + [try group($1)] },
  "-no-key-shares": .plain { $0.keyShareGroups = [] },
  "-verify-prefs": .value { $0.verifySchemes.append(SignatureScheme(rawValue: try number($1))) },
  "-no-server-name-ack": .plain { $0.acknowledgesServerName = false },
  "-host-name": .value { $0.hostName = $1 },
  "-advertise-alpn": .value { $0.advertisedProtocols = try protocols($1) },
  "-select-alpn": .value { $0.selectedProtocol = $1.isEmpty ? nil : $1 },
  "-decline-alpn": .plain { $0.declinesProtocols = true },
  "-reject-alpn": .plain { $0.rejectsProtocols = true },
  "-enable-ocsp-stapling": .plain { $0.requestsStatus = true },
  "-enable-signed-cert-timestamps": .plain { $0.requestsTimestamps = true },
  "-install-cert-compression-algs": .plain { $0.compressions = [0xff02, 0xff01, 0xff03] },
  "-install-one-cert-compression-alg": .value { $0.compressions = [try number($1)] },
  "-use-ocsp-callback": .plain { $0.statusCallback.isUsed = true },
  "-fail-ocsp-callback": .plain { $0.statusCallback.fails = true },
  "-decline-ocsp-callback": .plain { $0.statusCallback.declines = true },
  "-set-ocsp-in-callback": .plain { $0.statusCallback.setsResponse = true },
  "-no-ticket": .plain { $0.hasTickets = false },
  "-resumption-across-names-enabled": .plain { $0.resumesAcrossNames = true },
  "-enable-grease": .plain { $0.sendsGREASE = true },
  "-enable-early-data": .plain { $0.hasEarlyData = true },
  "-no-legacy-server-connect": .plain { $0.requiresSecureRenegotiation = true },
  "-max-send-fragment": .value { $0.sendFragmentLimit = try number($1) },
  "-max-cert-list": .value { $0.chainByteLimit = try number($1) },
  // The server's order holds but for what the string says, and the group flags.
  "-server-preference": .ignored,
]

private let drivingFlags: [String: Flag] = [
  "-async": .plain { $0.isAsync = true },
  "-implicit-handshake": .plain { $0.isImplicit = true },
  "-shim-writes-first": .plain { $0.writesFirst = true },
  "-early-write-after-message": .value { $0.writesEarlyAfter = HandshakeType(rawValue: try number($1)) },
  "-shim-initial-write": .value { $0.initialWrite = Array($1.utf8) },
  "-repeat-shim-initial-write": .value { $0.initialWriteCount = try number($1) },
  "-read-with-unfinished-write": .plain { $0.readsWithUnfinishedWrite = true },
  "-shim-shuts-down": .plain { $0.shutsDown = true },
  "-check-close-notify": .plain { $0.checksCloseNotify = true },
  "-key-update": .plain { $0.updatesKeys = true },
  "-key-update-before-read": .plain { $0.updatesKeysBeforeRead = true },
  "-read-size": .value { $0.readSize = try number($1) },
  "-export-keying-material": .value { $0.exportedByteCount = try number($1) },
  "-export-label": .value { $0.exportLabel = $1 },
  "-export-context": .value { $0.exportContext = Array($1.utf8) },
  "-use-export-context": .plain { $0.usesExportContext = true },
  "-send-alert": .plain { $0.sendsAlert = true },
  "-export-traffic-secrets": .plain { $0.exportsTrafficSecrets = true },
  "-resumption-delay": .value { $0.resumptionDelay = try number($1) },
  // A handshake is never driven when it is over.
  "-no-op-extra-handshake": .ignored,
  "-handshake-twice": .ignored,
]

private let expectationFlags: [String: Flag] = [
  "-expect-version": .value { $0.expected.version = ProtocolVersion(rawValue: try number($1)) },
  "-expect-cipher": .value { $0.expected.cipherSuite = CipherSuite(rawValue: try number($1)) },
  "-expect-cipher-aes": .value { $0.expected.cipherSuite = CipherSuite(rawValue: try number($1)) },
  "-expect-cipher-no-aes": .ignoredValue,
  "-expect-curve-id": .value { $0.expected.group = NamedGroup(rawValue: try number($1)) },
  "-expect-peer-signature-algorithm": .value { $0.expected.peerScheme = SignatureScheme(rawValue: try number($1)) },
  "-expect-alpn": .value { $0.expected.applicationProtocol = $1.isEmpty ? nil : $1 },
  "-expect-advertised-alpn": .value { $0.expected.advertisedProtocols = try protocols($1) },
  "-expect-server-name": .value { $0.expected.serverName = $1 },
  "-expect-no-server-name": .plain { $0.expected.hasNoServerName = true },
  "-expect-ocsp-response": .value { $0.expected.status = try base64($1) },
  "-expect-signed-cert-timestamps": .value { $0.expected.timestamps = try timestamps($1) },
  "-expect-session-miss": .plain { $0.expected.isSessionMissed = true },
  "-expect-extended-master-secret": .plain { $0.expected.hasExtendedMasterSecret = true },
  "-expect-secure-renegotiation": .plain { $0.expected.hasSecureRenegotiation = true },
  "-expect-no-secure-renegotiation": .plain { $0.expected.hasSecureRenegotiation = false },
  "-expect-ticket-renewal": .plain { $0.expected.renewsTicket = true },
  "-expect-no-session": .plain { $0.expected.hasNoSession = true },
  "-expect-session-id": .plain { $0.expected.isSessionCached = true },
  "-expect-no-session-id": .plain { $0.expected.isSessionCached = false },
  "-expect-ticket-supports-early-data": .plain { $0.expected.ticketAllowsEarlyData = true },
  "-expect-accept-early-data": .plain { $0.expected.isEarlyDataAccepted = true },
  "-expect-reject-early-data": .plain { $0.expected.isEarlyDataRejected = true },
  "-expect-no-offer-early-data": .plain { $0.expected.offersNoEarlyData = true },
  "-expect-resumable-across-names": .plain { $0.expected.isResumableAcrossNames = true },
  "-expect-not-resumable-across-names": .plain { $0.expected.isResumableAcrossNames = false },
  "-expect-ticket-age-skew": .value { $0.expected.ticketAgeSkew = try number($1) },
  "-expect-early-data-reason": .value { $0.expected.earlyDataReason = $1 },
  "-expect-hrr": .plain { $0.expected.isRetried = true },
  "-expect-no-hrr": .plain { $0.expected.isRetried = false },
  "-expect-msg-callback": .value { $0.expected.messages = $1 },
  "-expect-peer-cert-file": .value { $0.expected.peerChainFile = $1 },
  "-expect-peer-certificate-type": .value {
    $0.expected.peerCertificateType = CertificateType(rawValue: try number($1))
  },
  "-expect-peer-rpk-sha256": .value { $0.expected.peerKeyHash = try base64($1) },
  "-expect-no-peer-cert": .plain { $0.expected.hasNoPeerCertificate = true },
  "-expect-selected-credential": .value { $0.expected.credentialNumber = try number($1) },
  "-expect-client-ca-list": .value { $0.expected.authorities = try names($1) },
  "-expect-peer-verify-pref": .value { $0.expected.peerSchemes.append(SignatureScheme(rawValue: try number($1))) },
  // That of OpenSSL's X.509 verification, which is not ours.
  "-expect-verify-result": .ignored,
]

extension Options {
  fileprivate var lastCredential: Credential {
    get { credentials.last ?? credential }
    set { if credentials.isEmpty { credential = newValue } else { credentials[credentials.count - 1] = newValue } }
  }
}
