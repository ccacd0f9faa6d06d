package import HandfastWire

/// A client configuration that was found usable, together with the provider it uses. Shared by all its connections.
package final class ClientSettings: Sendable {
  package let configuration: ClientConfiguration
  package let provider: any CryptoProvider
  package let suites: [CipherSuite]
  package let applicationProtocols: [[UInt8]]

  package init(_ configuration: ClientConfiguration, provider: any CryptoProvider) throws(ConfigurationError) {
    self.configuration = configuration
    self.provider = provider
    suites = try usableSuites(configuration.cipherSuites, configuration.rsaKeyTransport, provider)
    try checkGroups(configuration.groups, provider)
    try checkSchemes(configuration.signatureSchemes, provider)
    try checkLimits(configuration.limits)
    applicationProtocols = try protocolNames(configuration.applicationProtocols)
    if let length = configuration.maxFragmentLength, length.byteCount == nil { throw .invalidMaxFragmentLength(length) }
    if case .these(let identities) = configuration.identities { try checkChains(identities) }
  }
}

/// A server configuration that was found usable, together with the provider it uses. Shared by all its connections.
package final class ServerSettings: Sendable {
  package let configuration: ServerConfiguration
  package let provider: any CryptoProvider
  package let suites: [CipherSuite]
  package let applicationProtocols: [[UInt8]]
  /// What a CertificateRequest says; nil when clients are not asked.
  package let certificateRequest: CertificateRequest12?

  package init(_ configuration: ServerConfiguration, provider: any CryptoProvider) throws(ConfigurationError) {
    self.configuration = configuration
    self.provider = provider
    suites = try usableSuites(configuration.cipherSuites, configuration.rsaKeyTransport, provider)
    try checkGroups(configuration.groups, provider)
    try checkSchemes(configuration.signatureSchemes, provider)
    try checkLimits(configuration.limits)
    applicationProtocols = try protocolNames(configuration.applicationProtocols)
    if case .these(let identities) = configuration.identities {
      guard !identities.isEmpty else { throw .noServerIdentity }
      try checkChains(identities)
    }
    certificateRequest = try configuration.clientAuthentication.trust.map { trust throws(ConfigurationError) in
      try Self.request(configuration, trust)
    }
  }

  private static func request(
    _ configuration: ServerConfiguration, _ trust: any PeerTrust
  ) throws(ConfigurationError) -> CertificateRequest12 {
    let authorities = configuration.announcesAuthorities ? trust.authorities : []
    let count = authorities.reduce(0) { $0 + 2 + $1.count }
    guard count <= 0xffff else { throw .tooManyAuthorities(byteCount: count) }
    var types: [ClientCertificateType] = []
    if configuration.signatureSchemes.contains(where: { !$0.isRSA }) { types.append(.ecdsaSign) }
    if configuration.signatureSchemes.contains(where: \.isRSA) { types.append(.rsaSign) }
    return CertificateRequest12(
      certificateTypes: types, signatureAlgorithms: configuration.signatureSchemes, authorities: authorities)
  }
}

extension SignatureScheme {
  package var isRSA: Bool {
    [.rsaPKCS1SHA256, .rsaPKCS1SHA384, .rsaPKCS1SHA512, .rsaPSSRSAESHA256, .rsaPSSRSAESHA384, .rsaPSSRSAESHA512]
      .contains(self)
  }
}

private func usableSuites(
  _ suites: [CipherSuite], _ rsaKeyTransport: RSAKeyTransport, _ provider: any CryptoProvider
) throws(ConfigurationError) -> [CipherSuite] {
  guard !suites.isEmpty else { throw .noCipherSuites }
  for suite in suites {
    guard let parameters = CipherSuiteParameters(suite), provider.cipherSuites.contains(suite) else {
      throw .unsupportedCipherSuite(suite)
    }
    if parameters.keyExchange == .rsa, rsaKeyTransport == .forbidden { throw .rsaKeyTransportNotAllowed(suite) }
  }
  return suites
}

private func checkGroups(_ groups: [NamedGroup], _ provider: any CryptoProvider) throws(ConfigurationError) {
  guard !groups.isEmpty else { throw .noGroups }
  for group in groups where !provider.groups.contains(group) { throw .unsupportedGroup(group) }
}

private func checkSchemes(_ schemes: [SignatureScheme], _ provider: any CryptoProvider) throws(ConfigurationError) {
  guard !schemes.isEmpty else { throw .noSignatureSchemes }
  for scheme in schemes where !provider.signatureSchemes.contains(scheme) {
    throw .unsupportedSignatureScheme(scheme)
  }
}

private func checkLimits(_ limits: Limits) throws(ConfigurationError) {
  guard limits.handshakeMessageSize > 0 else { throw .invalidLimit("handshakeMessageSize") }
  guard limits.chainLength > 0 else { throw .invalidLimit("chainLength") }
  guard limits.recordsWithoutProgress > 0 else { throw .invalidLimit("recordsWithoutProgress") }
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
