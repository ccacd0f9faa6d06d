package import HandfastWire

/// A client configuration that was found usable, together with the provider it uses. Shared by all its connections.
package final class ClientSettings: Sendable {
  /// To be asked for its parts: a copy of the whole is one of a dozen references.
  package let configuration: ClientConfiguration
  package let provider: any CryptoProvider
  package let clock: any WallClock
  /// Highest first.
  package let versions: [ProtocolVersion]
  package let suites12: [CipherSuite]
  package let suites13: [CipherSuite]
  package let groups12: [NamedGroup]
  package let keyShareGroups: [NamedGroup]
  package let applicationProtocols: [[UInt8]]
  /// What the client accepts of its server, and what it can authenticate with.
  let serverCertificateTypes: [CertificateType]
  let clientCertificateTypes: [CertificateType]
  /// Milliseconds since 1970: when the first of the certificates ends that this side may present.
  let ownCertificatesEndAt: UInt64
  let sessionTerms: SessionTerms
  /// Whether a session keeps what the server was judged by.
  let keepsEvidence: Bool

  package init(
    _ configuration: ClientConfiguration, provider: any CryptoProvider, clock: any WallClock
  ) throws(ConfigurationError) {
    var configuration = configuration
    configuration.signatureSchemes = try usableSchemes(configuration.signatureSchemes, provider)
    self.configuration = configuration
    self.provider = provider
    self.clock = clock
    let usable = try Usable(
      configuration.versions, configuration.cipherSuites, configuration.rsaKeyTransport, configuration.groups, provider)
    (versions, suites12, suites13, groups12) = (usable.versions, usable.suites12, usable.suites13, usable.groups12)
    keyShareGroups = try shareGroups(configuration)
    sessionTerms = SessionTerms(configuration)
    keepsEvidence = configuration.judgesResumedServers || configuration.resumesAcrossNames
    //= https://www.rfc-editor.org/rfc/rfc9963#section-3
    //# Clients MUST NOT advertise these values in the "signature_algorithms" extension of the ClientHello.
    if let scheme = configuration.signatureSchemes.first(where: [SignatureScheme].rsaPKCS1Legacy.contains) {
      throw .signatureSchemeOfClientsOnly(scheme)
    }
    try checkLimits(configuration.limits)
    try checkRecords(limit: configuration.recordSizeLimit, padding: configuration.recordPaddingMultiple)
    guard (64...RecordReader.maximumFragment).contains(configuration.sentRecordSize) else {
      throw .invalidLimit("sentRecordSize")
    }
    applicationProtocols = try protocolNames(configuration.applicationProtocols)
    if let length = configuration.maxFragmentLength, length.byteCount == nil { throw .invalidMaxFragmentLength(length) }
    (serverCertificateTypes, clientCertificateTypes) = (
      configuration.acceptedCertificateTypes, configuration.ownCertificateTypes
    )
    guard case .these(let identities) = configuration.identities else {
      ownCertificatesEndAt = .max
      return
    }
    ownCertificatesEndAt = identities.map(\.certificatesEndAt).min() ?? .max
    try checkChains(identities)
  }
}

/// A server configuration that was found usable, together with the provider it uses. Shared by all its connections.
package final class ServerSettings: Sendable {
  /// To be asked for its parts, as the client's.
  package let configuration: ServerConfiguration
  package let provider: any CryptoProvider
  package let clock: any WallClock
  /// Nil: no tickets.
  package let ticketSealer: TicketSealer?
  /// Highest first.
  package let versions: [ProtocolVersion]
  package let suites12: [CipherSuite]
  package let suites13: [CipherSuite]
  package let groups12: [NamedGroup]
  package let applicationProtocols: [[UInt8]]
  /// What a CertificateRequest says; nil when clients are not asked.
  package let certificateRequest: CertificateRequest12?
  package let certificateRequest13: CertificateRequest13?
  /// For a diagnosis.
  let capabilities: Capabilities
  private let currentScope: CurrentServerScope

  package init(
    _ configuration: ServerConfiguration, provider: any CryptoProvider, clock: any WallClock
  ) throws(ConfigurationError) {
    var configuration = configuration
    configuration.signatureSchemes = try usableSchemes(configuration.signatureSchemes, provider)
    self.configuration = configuration
    self.provider = provider
    self.clock = clock
    currentScope = CurrentServerScope(configuration, provider)
    ticketSealer =
      currentScope.value == nil ? nil : Self.sealer(configuration.sessionTickets, provider: provider, at: clock.now())
    guard (0...8).contains(configuration.ticketCount) else { throw .invalidTicketCount(configuration.ticketCount) }
    guard (1...604_800).contains(configuration.sessionLifetime) else {
      throw .invalidSessionLifetime(configuration.sessionLifetime)
    }
    let usable = try Usable(
      configuration.versions, configuration.cipherSuites, configuration.rsaKeyTransport, configuration.groups, provider)
    (versions, suites12, suites13, groups12) = (usable.versions, usable.suites12, usable.suites13, usable.groups12)
    if let suite = firstStray(configuration.equalCipherSuites, among: configuration.cipherSuites) {
      throw .invalidEqualCipherSuite(suite)
    }
    if let group = firstStray(configuration.equalGroups, among: configuration.groups) {
      throw .invalidEqualGroup(group)
    }
    try checkLimits(configuration.limits)
    try checkRecords(limit: configuration.recordSizeLimit, padding: configuration.recordPaddingMultiple)
    guard (64...RecordReader.maximumFragment).contains(configuration.sentRecordSize) else {
      throw .invalidLimit("sentRecordSize")
    }
    applicationProtocols = try protocolNames(configuration.applicationProtocols)
    capabilities = Capabilities(configuration, versions: versions, cipherSuites: suites13 + suites12)
    if case .these(let identities) = configuration.identities {
      guard !identities.isEmpty else { throw .noServerIdentity }
      try checkChains(identities)
    }
    certificateRequest = try configuration.clientAuthentication.trust.map { trust throws(ConfigurationError) in
      try Self.request(configuration, trust)
    }
    certificateRequest13 = certificateRequest.map { Self.request13(configuration, $0) }
  }

  /// What sessions are bound to at this moment, since certificates get revoked while a server runs; nil: nothing can be resumed.
  package var sessionScope: [UInt8]? { currentScope.value }

  private static func sealer(
    _ tickets: SessionTickets, provider: any CryptoProvider, at now: UInt64
  ) -> TicketSealer? {
    switch tickets {
    case .off: nil
    case .automatic(let rotation, let retention):
      TicketSealer(
        keys: RotatingTicketKeys(
          provider: provider, interval: UInt64(rotation) * 1000, retention: UInt64(retention) * 1000, at: now),
        provider: provider)
    case .keys(let source): TicketSealer(keys: source, provider: provider)
    }
  }

  /// RFC 9846 §4.4.2. The context is empty in a handshake.
  private static func request13(
    _ configuration: ServerConfiguration, _ request: CertificateRequest12
  ) -> CertificateRequest13 {
    var extensions = ExtensionBlock()
    extensions.set(SignatureAlgorithms(schemes: configuration.signatureSchemes))
    if let schemes = configuration.certificateSignatureSchemes {
      extensions.set(SignatureAlgorithmsCert(schemes: schemes))
    }
    if !request.authorities.isEmpty { extensions.set(CertificateAuthorities(names: request.authorities)) }
    if !configuration.oidFilters.isEmpty {
      extensions.set(OIDFilters(filters: configuration.oidFilters.map { OIDFilter(oid: $0.oid, values: $0.values) }))
    }
    if configuration.requestsCertificateStatus { extensions.set(StatusRequestAcknowledgement()) }
    return CertificateRequest13(context: [], extensions: extensions)
  }

  private static func request(
    _ configuration: ServerConfiguration, _ trust: any PeerTrust
  ) throws(ConfigurationError) -> CertificateRequest12 {
    let authorities = configuration.announcesAuthorities ? trust.authorities : []
    let count = authorities.reduce(0) { $0 + 2 + $1.count }
    guard count <= 0xffff else { throw .tooManyAuthorities(byteCount: count) }
    var types: [ClientCertificateType] = []
    let schemes = configuration.signatureSchemes.filter { ![SignatureScheme].rsaPKCS1Legacy.contains($0) }
    guard !schemes.isEmpty || !configuration.versions.contains(.tls12) else { throw .noSignatureSchemes }
    // ML-DSA has no type, and a list of types may not be empty: a client of TLS 1.2 sees by the schemes that it has nothing to show.
    if schemes.contains(where: { !$0.isRSA }) { types.append(.ecdsaSign) }
    if schemes.contains(where: \.isRSA) { types.append(.rsaSign) }
    return CertificateRequest12(
      certificateTypes: types, signatureAlgorithms: schemes, authorities: authorities)
  }
}

extension SignatureScheme {
  package var isMLDSA: Bool { [.mldsa44, .mldsa65, .mldsa87].contains(self) }
  package var isRSA: Bool {
    [.rsaPKCS1SHA256, .rsaPKCS1SHA384, .rsaPKCS1SHA512, .rsaPSSRSAESHA256, .rsaPSSRSAESHA384, .rsaPSSRSAESHA512]
      .contains(self)
  }
}

/// What of a configuration each version can use. A version without a suite is not used at all.
private struct Usable {
  let versions: [ProtocolVersion]
  let suites12: [CipherSuite]
  let suites13: [CipherSuite]
  let groups12: [NamedGroup]

  init(
    _ versions: [ProtocolVersion], _ suites: [CipherSuite], _ rsaKeyTransport: RSAKeyTransport, _ groups: [NamedGroup],
    _ provider: any CryptoProvider
  ) throws(ConfigurationError) {
    guard !versions.isEmpty else { throw .noVersions }
    for version in versions where version != .tls12 && version != .tls13 { throw .unsupportedVersion(version) }
    var (suites12, suites13): ([CipherSuite], [CipherSuite]) = ([], [])
    for suite in suites {
      guard provider.cipherSuites.contains(suite) else { throw .unsupportedCipherSuite(suite) }
      if CipherSuite13(suite) != nil {
        suites13.append(suite)
      } else if let parameters = CipherSuiteParameters(suite) {
        if parameters.keyExchange == .rsa, rsaKeyTransport == .forbidden { throw .rsaKeyTransportNotAllowed(suite) }
        suites12.append(suite)
      } else {
        throw .unsupportedCipherSuite(suite)
      }
    }
    guard !groups.isEmpty else { throw .noGroups }
    for group in groups where !provider.groups.contains(group) { throw .unsupportedGroup(group) }
    var usable: [ProtocolVersion] = []
    if versions.contains(.tls13), !suites13.isEmpty { usable.append(.tls13) }
    if versions.contains(.tls12), !suites12.isEmpty { usable.append(.tls12) }
    guard !usable.isEmpty else { throw .noCipherSuites }
    self.versions = usable
    self.suites12 = usable.contains(.tls12) ? suites12 : []
    self.suites13 = usable.contains(.tls13) ? suites13 : []
    groups12 = groups.filter { !$0.isKEM }
    guard usable.contains(.tls13) || !groups12.isEmpty else { throw .noGroups }
  }
}

/// The first of what is in some set, and not in the list, or in two places.
private func firstStray<Element: Hashable>(_ sets: [[Element]], among list: [Element]) -> Element? {
  var seen: Set<Element> = []
  return sets.joined().first { !list.contains($0) || !seen.insert($0).inserted }
}

private func shareGroups(_ configuration: ClientConfiguration) throws(ConfigurationError) -> [NamedGroup] {
  guard let groups = configuration.keyShareGroups else { return Array(configuration.groups.prefix(1)) }
  var seen: Set<NamedGroup> = []
  for group in groups where !configuration.groups.contains(group) || !seen.insert(group).inserted {
    throw .invalidKeyShareGroup(group)
  }
  return groups
}

//= https://www.rfc-editor.org/rfc/rfc8449#section-4
//# An endpoint MUST NOT send a value smaller than 64
private func checkRecords(limit: Int?, padding: Int) throws(ConfigurationError) {
  if let limit, !(64...RecordReader.maximumFragment + 1).contains(limit) { throw .invalidRecordSizeLimit(limit) }
  guard (1...RecordReader.maximumFragment).contains(padding) else { throw .invalidRecordPadding(padding) }
}

/// The recommended ones as far as the provider has them; whoever names others is to have all of them.
private func usableSchemes(
  _ schemes: [SignatureScheme], _ provider: any CryptoProvider
) throws(ConfigurationError) -> [SignatureScheme] {
  guard !schemes.isEmpty else { throw .noSignatureSchemes }
  let missing = schemes.filter { !provider.signatureSchemes.contains($0) }
  guard let first = missing.first else { return schemes }
  guard schemes == .recommended, missing.count < schemes.count else { throw .unsupportedSignatureScheme(first) }
  return schemes.filter { !missing.contains($0) }
}

private func checkLimits(_ limits: Limits) throws(ConfigurationError) {
  guard limits.handshakeMessageSize > 0 else { throw .invalidLimit("handshakeMessageSize") }
  guard limits.chainLength > 0 else { throw .invalidLimit("chainLength") }
  guard limits.recordsWithoutProgress > 0 else { throw .invalidLimit("recordsWithoutProgress") }
  guard limits.warningAlerts > 0 else { throw .invalidLimit("warningAlerts") }
  guard limits.skippedEarlyData >= 0 else { throw .invalidLimit("skippedEarlyData") }
  guard limits.recordsPerKey ?? 1 > 0 else { throw .invalidLimit("recordsPerKey") }
  guard limits.handshakeSeconds > 0 else { throw .invalidLimit("handshakeSeconds") }
}

private func protocolNames(_ names: [String]) throws(ConfigurationError) -> [[UInt8]] {
  var total = 2
  for name in names {
    let count = name.utf8.count
    total += 1 + count
    guard (1...255).contains(count), total <= 0xffff else { throw .invalidApplicationProtocol(name) }
  }
  return names.map { Array($0.utf8) }
}

private func checkChains(_ identities: [Identity]) throws(ConfigurationError) {
  for identity in identities {
    // The message is type, length, list length and each certificate with its own.
    let count = identity.chain.reduce(7) { $0 + 3 + $1.count }
    guard !identity.chain.isEmpty, count < 1 << 24 else { throw .chainTooLarge(identity.label) }
  }
}
