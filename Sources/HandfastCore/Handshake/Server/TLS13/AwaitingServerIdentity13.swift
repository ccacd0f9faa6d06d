import HandfastWire

/// The owner chooses who the server is for this client; then the server's flight goes out. RFC 9846 §4.2.3, §4.4, §4.5.
package struct AwaitingServerIdentity13: ~Copyable {
  let settings: ServerSettings
  let offer: ClientOffer13
  let suite: CipherSuite13
  let group: NamedGroup
  let applicationProtocol: [UInt8]?
  let request: ServerIdentityRequest
  var transcript: Transcript

  consuming func resume(_ identity: Identity?, _ out: inout HandshakeOutput) throws(TLSError) -> Role {
    guard let identity else { throw .serverNameUnknown(offer.serverName ?? "") }
    guard !identity.chain.isEmpty else { throw .identityDoesNotFit(reason: "its chain is empty") }
    return try choose(among: [identity], &out)
  }

  consuming func choose(
    among identities: [Identity], _ out: inout HandshakeOutput
  ) throws(TLSError) -> Role {
    let (identity, scheme) = try chooseIdentity13(offer, among: identities, &out)
    let clientType = try settings.chooseClientCertificateType(offered: offer.clientCertificateTypes, &out)
    out.knowledge.ownIdentity = identity
    let context = ServerContext13(
      settings: settings, offer: offer, suite: suite, group: group,
      applicationProtocol: applicationProtocol.map { String(decoding: $0, as: UTF8.self) }, identity: identity,
      scheme: scheme, clientCertificateType: clientType, selected: nil, scope: settings.sessionScope,
      earlyDataLimit: nil)
    var transcript = transcript
    let flight = try sendServerHello13(context, &transcript, &out)
    return try sendCertificate13(context, flight, transcript, &out)
  }
}

/// What the server has settled, for the rest of its handshake. A class, because each of its states has it.
package final class ServerContext13: Sendable {
  let settings: ServerSettings
  let offer: ClientOffer13
  let suite: CipherSuite13
  let group: NamedGroup
  let applicationProtocol: String?
  /// Both nil when a session is resumed.
  let identity: Identity?
  let scheme: SignatureScheme?
  /// What the client is to authenticate with; nil: it is not asked.
  let clientCertificateType: CertificateType?
  let selected: SelectedSession?
  /// What tickets will be bound to, as it was before the client was judged; nil: there are none.
  let scope: [UInt8]?
  /// Bytes of early data that are taken; nil: none.
  let earlyDataLimit: UInt32?

  init(
    settings: ServerSettings, offer: ClientOffer13, suite: CipherSuite13, group: NamedGroup,
    applicationProtocol: String?, identity: Identity?, scheme: SignatureScheme?,
    clientCertificateType: CertificateType? = nil, selected: SelectedSession?, scope: [UInt8]?, earlyDataLimit: UInt32?
  ) {
    self.settings = settings
    self.offer = offer
    self.suite = suite
    self.group = group
    self.applicationProtocol = applicationProtocol
    self.identity = identity
    self.scheme = scheme
    self.clientCertificateType = clientCertificateType
    self.selected = selected
    self.scope = scope
    self.earlyDataLimit = earlyDataLimit
  }

  //= https://www.rfc-editor.org/rfc/rfc8449#section-5
  //# A server that supports the "record_size_limit" extension MUST ignore a "max_fragment_length" that appears in a ClientHello
  //# if both extensions appear.
  var maxFragmentLength: MaxFragmentLength? {
    let hasLimit = offer.recordSizeLimit != nil && settings.configuration.recordSizeLimit != nil
    return hasLimit ? nil : offer.maxFragmentLength
  }

  func parameters(client: SignatureScheme?) -> NegotiatedParameters {
    NegotiatedParameters(
      version: .tls13, cipherSuite: suite.suite, group: group, serverSignatureScheme: scheme,
      clientSignatureScheme: client, applicationProtocol: applicationProtocol, serverName: offer.serverName,
      usesExtendedMasterSecret: true, usesSecureRenegotiation: true, maxFragmentLength: maxFragmentLength,
      isResumed: selected != nil, isEarlyDataAccepted: earlyDataLimit != nil)
  }
}

/// A certificate whose key the client can verify; one for the name it asked for first.
private func chooseIdentity13(
  _ offer: ClientOffer13, among identities: [Identity], _ out: inout HandshakeOutput
) throws(TLSError) -> (Identity, SignatureScheme) {
  func scheme(of identity: Identity) -> SignatureScheme? {
    signatureScheme(of: identity, in: .tls13, acceptedBy: offer.signatureSchemes)
  }
  let ordered = orderedByName(identities, offer.serverName)
  func issuer(of identity: Identity) -> RuledOut? {
    ruledOut(identity, byAuthorities: offer.authorities, isBound: identity.isBoundToAuthorities ?? false)
  }
  func type(of identity: Identity) -> RuledOut? { ruledOut(identity, byTypes: offer.serverCertificateTypes) }
  let chosen = ordered.first { type(of: $0) == nil && scheme(of: $0) != nil && issuer(of: $0) == nil }
  if out.isTracing {
    var found = false
    let candidates = ordered.map { identity in
      if !found, let chosen, identity.chain == chosen.chain {
        found = true
        return Choice.Candidate(identity.label, nil)
      }
      if let reason = type(of: identity) { return Choice.Candidate(identity.label, reason) }
      if scheme(of: identity) == nil { return Choice.Candidate(identity.label, .noCommonSignatureScheme) }
      if let reason = issuer(of: identity) { return Choice.Candidate(identity.label, reason) }
      if let name = offer.serverName, !identity.covers(name) {
        return Choice.Candidate(identity.label, .nameDoesNotMatch(name))
      }
      return Choice.Candidate(identity.label, .lessPreferred)
    }
    let rule =
      offer.serverName.map { "a certificate for server_name \($0) first; the client must verify its signature" }
      ?? "the first certificate whose signature the client verifies (no server_name)"
    out.trace(.chose(Choice(.serverIdentity, chosen: chosen?.label, rule: rule, candidates: candidates)))
  }
  guard let chosen, let scheme = scheme(of: chosen) else {
    guard ordered.contains(where: { type(of: $0) == nil }) || ordered.isEmpty else {
      throw .noCommonCertificateType(of: .server, offered: offer.serverCertificateTypes ?? [.x509])
    }
    if let reason = ordered.lazy.compactMap(issuer).first { throw .noAcceptableIdentity(reason) }
    throw .noCommonSignatureScheme(offered: offer.signatureSchemes)
  }
  out.trace(.chose(signatureChoice(scheme, of: chosen, in: .tls13, acceptedBy: offer.signatureSchemes)))
  return (chosen, scheme)
}
