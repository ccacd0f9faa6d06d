package import HandfastWire

/// Choosing among what two sides can do, with the reason why each candidate was dropped.

/// The first signature that `identity` makes as `signer`, best first, and that the peer verifies.
package func signatureScheme(
  of identity: Identity, in version: ProtocolVersion = .tls12, by signer: Side = .server,
  acceptedBy peer: [SignatureScheme]
) -> SignatureScheme? {
  identity.signatureSchemes(in: version, by: signer).first(where: peer.contains)
}

/// The signature scheme's choice, told.
package func signatureChoice(
  _ chosen: SignatureScheme, of identity: Identity, in version: ProtocolVersion = .tls12, by signer: Side = .server,
  acceptedBy peer: [SignatureScheme]
) -> Choice {
  Choice(
    .signatureScheme, chosen: chosen.description,
    rule: "the best signature of an \(identity.keyKind) key that the peer verifies",
    candidates: identity.signatureSchemes(in: version, by: signer).map { scheme in
      .init(
        scheme.description,
        scheme == chosen ? nil : peer.contains(scheme) ? .lessPreferred : .notOfferedByPeer)
    })
}

/// Which certificate a client sends to this server, if any (RFC 5246 §7.4.4, §7.4.6; RFC 9846 §4.5.1).
package func chooseClientIdentity(
  among identities: [Identity], for request: ClientIdentityRequest, in version: ProtocolVersion = .tls12
) -> (identity: Identity?, candidates: [Choice.Candidate]) {
  var chosen: Identity?
  let candidates = identities.map { identity in
    var reason = ruledOut(identity, by: request, in: version)
    if reason == nil {
      if chosen == nil { chosen = identity } else { reason = .lessPreferred }
    }
    return Choice.Candidate(identity, reason)
  }
  return (chosen, candidates)
}

private func ruledOut(
  _ identity: Identity, by request: ClientIdentityRequest, in version: ProtocolVersion
) -> RuledOut? {
  guard identity.certificateType == request.certificateType else {
    return .certificateTypeNotAgreed(identity.certificateType)
  }
  if version != .tls13, let type = identity.keyKind.clientCertificateType, !request.certificateTypes.contains(type) {
    return .certificateTypeNotAccepted(type)
  }
  guard signatureScheme(of: identity, in: version, by: .client, acceptedBy: request.signatureSchemes) != nil else {
    return .noCommonSignatureScheme
  }
  if let filter = request.filters.first(where: { !identity.satisfies($0) }) {
    return .filterNotMatched(oid: filter.oid)
  }
  //= https://www.rfc-editor.org/rfc/rfc5246#section-7.4.6
  //# If the certificate_authorities list in the certificate request message was non-empty, one of the certificates
  //# in the certificate chain SHOULD be issued by one of the listed CAs.
  return ruledOut(identity, byAuthorities: request.authorities, isBound: identity.isBoundToAuthorities ?? true)
}

/// Whether the client does not accept certificates of the identity's type.
func ruledOut(_ identity: Identity, byTypes types: [CertificateType]?) -> RuledOut? {
  (types ?? CertificateType.x509Only).contains(identity.certificateType)
    ? nil : .certificateTypeNotAgreed(identity.certificateType)
}

/// Whether an identity that is bound to the peer's authorities comes from none of them.
func ruledOut(_ identity: Identity, byAuthorities authorities: [[UInt8]], isBound: Bool) -> RuledOut? {
  guard isBound, !authorities.isEmpty, !identity.issuerNames.contains(where: authorities.contains) else { return nil }
  return .issuerNotAmongAuthorities(issuer: identity.certificates.last?.issuer ?? "unknown")
}

/// What a client offers that matters for the server's choice of suite and identity.
package struct ClientOffer: Sendable {
  package let version: ProtocolVersion
  package let random: [UInt8]
  package let cipherSuites: [CipherSuite]
  /// Nil: the extension is missing, and any group will do (RFC 8422 §4).
  package let groups: [NamedGroup]?
  package let signatureSchemes: [SignatureScheme]
  package let serverName: String?
  package let applicationProtocols: [[UInt8]]
  /// Of whom the client wants the server's certificate; empty: it does not say.
  package var authorities: [[UInt8]] = []
  /// The types of certificates that the client accepts, and those that it has; nil: it does not say, and means X.509.
  package var serverCertificateTypes: [CertificateType]?
  package var clientCertificateTypes: [CertificateType]?
}

/// A server's choice: suite and identity go together, since the suite says what kind of key authenticates.
package struct ServerChoice: Sendable {
  package let suite: CipherSuiteParameters
  package let identity: Identity
  /// Nil with RSA key transport.
  package let group: NamedGroup?
  package let scheme: SignatureScheme?
}

/// The first suite in the server's order, as it is for this client, that the client offers and some identity fits.
package func chooseSuite(
  _ offer: ClientOffer, among identities: [Identity], _ settings: ServerSettings, _ out: inout HandshakeOutput
) throws(TLSError) -> ServerChoice {
  let groups = settings.groupPreference(offered: offer.groups)
  let group = groups.order.first { !$0.isKEM && offer.groups?.contains($0) ?? true }
  let preference = ServerPreference(settings.suites12, settings, offered: offer.cipherSuites)
  // The name goes before the server's order of suites: a better suite with somebody else's certificate helps nobody.
  let named = identities.filter { identity in offer.serverName.map(identity.covers) ?? false }
  let eligible =
    named.contains { fitsSomeSuite($0, offer, settings, group) } ? named : orderedByName(identities, offer.serverName)
  var chosen: ServerChoice?
  var candidates: [Choice.Candidate] = []
  for suite in preference.order {
    // Who is not told of the others need not know why they were not chosen.
    if chosen != nil, !out.isTracing { break }
    guard let parameters = CipherSuiteParameters(suite) else { continue }
    var reason: RuledOut?
    if !offer.cipherSuites.contains(suite) {
      reason = .notOfferedByPeer
    } else if parameters.keyExchange == .ecdhe, group == nil {
      reason = .noCommonGroup
    } else {
      let fitting = eligible.first { ruledOut($0, by: parameters, offer) == nil }
      if fitting != nil, chosen != nil {
        reason = .lessPreferred
      } else if let fitting {
        let scheme =
          parameters.keyExchange == .rsa
          ? nil : signatureScheme(of: fitting, acceptedBy: offer.signatureSchemes)
        chosen = ServerChoice(
          suite: parameters, identity: fitting, group: parameters.keyExchange == .rsa ? nil : group, scheme: scheme)
      } else {
        reason =
          eligible.contains { $0.keyKind.authentication == parameters.authentication }
          ? eligible.lazy.compactMap { ruledOut($0, by: parameters, offer) }.first { $0 != .keyDoesNotFitSuite }
          : .noIdentityWithKey(parameters.authentication.rawValue)
      }
    }
    if out.isTracing { candidates.append(.init(suite.description, reason)) }
  }
  for suite in offer.cipherSuites where out.isTracing && !settings.suites12.contains(suite) && !suite.isGREASE {
    let isSignal = suite == .emptyRenegotiationInfoSCSV || suite == .fallbackSCSV
    let isRSA = [CipherSuite].rsaKeyTransport.contains(suite)
    candidates.append(
      .init(suite.description, isSignal ? .signalNotSuite : isRSA ? .rsaKeyTransportForbidden : .notEnabledHere))
  }
  out.trace(
    .chose(
      Choice(
        .cipherSuite, chosen: chosen?.suite.suite.description,
        rule: "the first in the server's order that the client offers and a certificate here fits"
          + preference.departure,
        candidates: candidates)))
  guard let chosen else { throw noChoice(offer, eligible, settings, group) }
  traceIdentity(chosen, identities, offer, &out)
  if let group = chosen.group { traceGroup(group, offer, groups, &out) }
  if let scheme = chosen.scheme {
    out.trace(.chose(signatureChoice(scheme, of: chosen.identity, acceptedBy: offer.signatureSchemes)))
  }
  return chosen
}

/// Whether the client and this server could agree on any suite with that identity.
private func fitsSomeSuite(
  _ identity: Identity, _ offer: ClientOffer, _ settings: ServerSettings, _ group: NamedGroup?
) -> Bool {
  settings.suites12.contains { suite in
    guard offer.cipherSuites.contains(suite), let parameters = CipherSuiteParameters(suite) else { return false }
    return (parameters.keyExchange == .rsa || group != nil) && ruledOut(identity, by: parameters, offer) == nil
  }
}

private func ruledOut(_ identity: Identity, by suite: CipherSuiteParameters, _ offer: ClientOffer) -> RuledOut? {
  if let type = ruledOut(identity, byTypes: offer.serverCertificateTypes) { return type }
  guard identity.keyKind.authentication == suite.authentication else { return .keyDoesNotFitSuite }
  let issuer = ruledOut(
    identity, byAuthorities: offer.authorities, isBound: identity.isBoundToAuthorities ?? false)
  if let issuer { return issuer }
  if suite.keyExchange == .rsa { return identity.key == nil ? .keyDoesNotFitSuite : nil }
  guard signatureScheme(of: identity, acceptedBy: offer.signatureSchemes) != nil else {
    return .noCommonSignatureScheme
  }
  // RFC 8422 §5.1: the client's groups bind the curve of an ECDSA certificate as well.
  if case .ecdsa(let curve) = identity.keyKind, let groups = offer.groups, !groups.contains(curve) {
    return .curveNotSupportedByPeer(curve)
  }
  return nil
}

/// Identities whose names match server_name first; then the others, in their order: a certificate with the wrong name tells the
/// client more than no certificate (RFC 6066 §3 leaves the choice).
func orderedByName(_ identities: [Identity], _ name: String?) -> [Identity] {
  guard let name, identities.count > 1 else { return identities }
  return identities.filter { $0.covers(name) } + identities.filter { !$0.covers(name) }
}

extension Identity {
  /// Whether one of the leaf's DNS names matches; a wildcard is the whole left-most label (RFC 9525 §6.3). A raw public key names
  /// nobody, and is good for any name.
  package func covers(_ name: String) -> Bool {
    certificateType == .rawPublicKey || dnsNames.contains { isName(name, matching: $0) }
  }
}

/// Both in lower case.
func isName(_ name: String, matching pattern: String) -> Bool {
  guard pattern.hasPrefix("*.") else { return pattern == name }
  guard let dot = name.firstIndex(of: "."), dot != name.startIndex else { return false }
  return name[dot...] == pattern.dropFirst()
}

private func noChoice(
  _ offer: ClientOffer, _ identities: [Identity], _ settings: ServerSettings, _ group: NamedGroup?
) -> TLSError {
  let common = settings.suites12.filter(offer.cipherSuites.contains)
  guard !common.isEmpty else { return .noCommonCipherSuite(offered: offer.cipherSuites) }
  if identities.allSatisfy({ ruledOut($0, byTypes: offer.serverCertificateTypes) != nil }), !identities.isEmpty {
    return .noCommonCertificateType(of: .server, offered: offer.serverCertificateTypes ?? [.x509])
  }
  let allNeedGroup = common.allSatisfy { CipherSuiteParameters($0)?.keyExchange == .ecdhe }
  if allNeedGroup, group == nil { return .noCommonGroup(offered: offer.groups ?? []) }
  guard offer.signatureSchemes.contains(where: settings.provider.signatureSchemes.contains) else {
    return .noCommonSignatureScheme(offered: offer.signatureSchemes)
  }
  let suites = common.compactMap { CipherSuiteParameters($0) }
  for identity in identities {
    let reasons = suites.compactMap { ruledOut(identity, by: $0, offer) }
    if let issuer = reasons.first(where: \.isAboutIssuer) { return .noAcceptableIdentity(issuer) }
  }
  return .noFittingIdentity
}

extension RuledOut {
  var isAboutIssuer: Bool { if case .issuerNotAmongAuthorities = self { true } else { false } }
}

private func traceIdentity(
  _ choice: ServerChoice, _ identities: [Identity], _ offer: ClientOffer, _ out: inout HandshakeOutput
) {
  guard out.isTracing else { return }
  var found = false
  let candidates = orderedByName(identities, offer.serverName).map { identity in
    if !found, identity.chain == choice.identity.chain {
      found = true
      return Choice.Candidate(identity.label, nil)
    }
    if let reason = ruledOut(identity, by: choice.suite, offer) { return Choice.Candidate(identity.label, reason) }
    if let name = offer.serverName, !identity.covers(name) {
      return Choice.Candidate(identity.label, .nameDoesNotMatch(name))
    }
    return Choice.Candidate(identity.label, .lessPreferred)
  }
  let rule =
    offer.serverName.map { "a certificate for server_name \($0) first; its key must fit the suite" }
    ?? "the first certificate whose key fits the suite (no server_name)"
  out.trace(
    .chose(Choice(.serverIdentity, chosen: choice.identity.label, rule: rule, candidates: candidates)))
}

private func traceGroup(
  _ group: NamedGroup, _ offer: ClientOffer, _ preference: ServerPreference<NamedGroup>, _ out: inout HandshakeOutput
) {
  guard out.isTracing else { return }
  let candidates = preference.order.map { candidate in
    let isOffered = offer.groups?.contains(candidate) ?? true
    return Choice.Candidate(
      candidate.description,
      candidate == group
        ? nil : candidate.isKEM ? .notInThisVersion(.tls12) : isOffered ? .lessPreferred : .notOfferedByPeer)
  }
  out.trace(
    .chose(
      Choice(
        .group, chosen: group.description,
        rule: "the first in the server's order that the client supports\(preference.departure)",
        candidates: candidates)))
}
