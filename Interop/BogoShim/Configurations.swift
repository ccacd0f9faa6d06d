import Foundation
import Handfast

/// What the connections of one process share.
struct Common: Sendable {
  let clientSessions = ShimClientSessions()
  let serverSessions = ShimServerSessions()
  let clock = ShimClock()
  let replayGuard = ShimReplayGuard()
}

extension Options {
  /// A connection as this test wants it.
  func connection(_ trust: ShimTrust, _ common: Common, _ sink: SecretStore) throws -> TLSConnection {
    guard !versions.isEmpty else { throw Unimplemented("versions below TLS 1.2") }
    if isServer {
      return try TLSServer(serverConfiguration(trust, common, sink), clock: common.clock).accept(tracing: needsEvents)
    }
    let reference = try ServerReference(hostName ?? "127.0.0.1")
    return try TLSClient(clientConfiguration(trust, common, sink), clock: common.clock)
      .connect(to: reference, tracing: needsEvents)
  }

  private var needsEvents: Bool {
    expected.isRetried != nil || expected.earlyDataReason != nil || expected.ticketAgeSkew != nil
      || expected.messages != nil || hasEarlyData
  }

  private func clientConfiguration(
    _ trust: ShimTrust, _ common: Common, _ sink: SecretStore
  ) throws -> ClientConfiguration {
    var configuration = ClientConfiguration(trust: trust)
    configuration.identities = asksForIdentity ? .asked : .these(try identities())
    configuration.identityUse = allCredentials.isEmpty ? .preferred : .required
    if !availableClientTypes.isEmpty { configuration.certificateTypes = availableClientTypes }
    configuration.applicationProtocols = advertisedProtocols
    configuration.versions = versions
    configuration.cipherSuites = cipherList?.suites ?? .recommended + .rsaKeyTransport
    configuration.rsaKeyTransport = .allowedAgainstRFC10015
    configuration.groups = enabledGroups
    configuration.keyShareGroups = keyShareGroups ?? defaultShares
    configuration.signatureSchemes = enabledSchemes
    configuration.requestsCertificateStatus = requestsStatus || expected.status != nil
    configuration.requestsCertificateTimestamps = requestsTimestamps
    configuration.extendedMasterSecret = .preferred
    configuration.secureRenegotiation = requiresSecureRenegotiation ? .required : .preferred
    configuration.sendsGREASE = sendsGREASE
    configuration.judgesResumedServers = judgesAgainOnResume
    configuration.sessionStore = common.clientSessions
    configuration.sessionScope = Array("bogo".utf8)
    configuration.offersTLS12Tickets = hasTickets
    configuration.offersEarlyData = hasEarlyData
    configuration.secretSink = sink
    configuration.limits = limits
    configuration.certificateCompressors = (compressions ?? []).map(ShimCompressor.init)
    if let sendFragmentLimit { configuration.sentRecordSize = sendFragmentLimit }
    return configuration
  }

  private func serverConfiguration(
    _ trust: ShimTrust, _ common: Common, _ sink: SecretStore
  ) throws -> ServerConfiguration {
    let authentication: ClientAuthentication =
      verifiesPeer ? .optional(trust) : requiresClientCertificate ? .required(trust) : .none
    var configuration = ServerConfiguration(
      identities: asksForIdentity ? .asked : .these(try identities()), clientAuthentication: authentication)
    configuration.applicationProtocols = serverProtocols
    configuration.versions = versions
    configuration.cipherSuites = cipherList?.suites ?? .recommended + .rsaKeyTransport
    configuration.equalCipherSuites = cipherList?.equal ?? []
    configuration.equalGroups = equalGroups
    configuration.acknowledgesServerName = acknowledgesServerName
    configuration.rsaKeyTransport = .allowedAgainstRFC10015
    configuration.groups = enabledGroups
    configuration.signatureSchemes = enabledSchemes
    configuration.extendedMasterSecret = .preferred
    configuration.secureRenegotiation = .preferred
    configuration.sessionTickets = hasTickets ? .keys(ShimTicketKeys()) : .off
    configuration.sessionCache = common.serverSessions
    configuration.resumesAcrossNames = resumesAcrossNames
    configuration.sessionScope = Array("bogo".utf8)
    if hasEarlyData { configuration.earlyData = .accepted(upTo: 14_336, replayGuard: common.replayGuard) }
    configuration.secretSink = sink
    configuration.limits = limits
    configuration.certificateCompressors = (compressions ?? []).map(ShimCompressor.init)
    if let sendFragmentLimit { configuration.sentRecordSize = sendFragmentLimit }
    return configuration
  }

  /// Asynchronous tests ask for the identity, where there is no choice to be made among several.
  private var asksForIdentity: Bool {
    (isAsync && credentials.isEmpty && !credential.isEmpty) || failsIdentity
  }

  /// Whether the application has no identity to give when it is asked.
  var failsIdentity: Bool { failsIdentityChoice || isServer && statusCallback.isUsed && statusCallback.fails }

  /// BoringSSL's own, as far as we have them.
  private var enabledGroups: [NamedGroup] {
    groups.isEmpty ? [.x25519MLKEM768, .x25519, .secp256r1, .secp384r1] : groups
  }

  /// BoringSSL sends a share of the first group, and of the first of the other kind: classical, or with ML-KEM.
  private var defaultShares: [NamedGroup] {
    let first = Array(enabledGroups.prefix(1))
    return first + enabledGroups.filter { $0.isKEM != first.first?.isKEM }.prefix(1)
  }

  /// Neighbours that are worth the same, as the flags have it.
  private var equalGroups: [[NamedGroup]] {
    var sets: [[NamedGroup]] = []
    for (index, flag) in groupFlags.enumerated() where flag == 1 && index + 1 < groups.count {
      if sets.last?.last != groups[index] { sets.append([groups[index]]) }
      sets[sets.count - 1].append(groups[index + 1])
    }
    return sets
  }

  /// What BoringSSL does not verify by default.
  private static let unverified: [SignatureScheme] = [.ed25519, .ecdsaSecp521r1SHA512, .mldsa44, .mldsa65, .mldsa87]

  /// BoringSSL's own, as far as we have them. What nobody can be made to accept
  /// here (SHA-1; in a client what is for clients' keys) is left out, and the default is there if nothing else is: the peer uses
  /// what it was told to all the same, and must be refused.
  private var enabledSchemes: [SignatureScheme] {
    let usual = [SignatureScheme].recommended.filter { !Self.unverified.contains($0) }
    let legacy: [SignatureScheme] = isServer ? .rsaPKCS1Legacy : []
    let known = verifySchemes.filter(([SignatureScheme].recommended + legacy).contains)
    return known.contains { !legacy.contains($0) } ? known : known + usual
  }

  private var limits: Limits {
    var limits = Limits()
    limits.chainLength = 100
    // BoringSSL counts all bytes of the records, and we count their content.
    limits.skippedEarlyData = 16_360
    if let chainByteLimit { limits.handshakeMessageSize = chainByteLimit }
    return limits
  }

  private var serverProtocols: [String] {
    if declinesProtocols { return [] }
    if rejectsProtocols { return ["none of these"] }
    return selectedProtocol.map { [$0] } ?? []
  }

  func identities() throws -> [Identity] { try allCredentials.map { try identity($0.credential) } }

  func identity(_ credential: Credential) throws -> Identity {
    guard let keyFile = credential.keyFile else { throw Unimplemented("a credential without a key") }
    var identity: Identity
    if credential.isRawPublicKey {
      identity = try .rawPublicKey(privateKeyPEM: try text(of: keyFile))
    } else {
      guard let chainFile = credential.chainFile else { throw Unimplemented("a credential without a chain") }
      identity = try Identity(certificateChainPEM: try text(of: chainFile), privateKeyPEM: try text(of: keyFile))
    }
    if !credential.schemes.isEmpty {
      identity.signatureSchemes = credential.schemes
    }
    identity.certificateTimestamps = credential.timestamps
    identity.isBoundToAuthorities = credential.mustMatchIssuer
    if !(statusCallback.isUsed && statusCallback.declines) { identity.certificateStatus = credential.status }
    return identity
  }
}

func text(of file: String) throws -> String { try String(contentsOfFile: file, encoding: .utf8) }
