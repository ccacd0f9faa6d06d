package import HandfastWire

/// What the two hellos have settled for a TLS 1.2 connection.
package struct Negotiated12: Sendable {
  package let suite: CipherSuiteParameters
  package let randoms: HelloRandoms
  package let usesExtendedMasterSecret: Bool
  package let usesSecureRenegotiation: Bool
  package let applicationProtocol: String?
  package let serverName: String?
  package let maxFragmentLength: MaxFragmentLength?
  /// What the Certificate messages of the two sides hold.
  var serverCertificateType = CertificateType.x509
  var clientCertificateType = CertificateType.x509
  /// A client's: what it needs to keep the session; nil: it keeps none.
  var session: ClientSession12?

  func parameters(
    group: NamedGroup?, server: SignatureScheme?, client: SignatureScheme?, isResumed: Bool = false
  ) -> NegotiatedParameters {
    NegotiatedParameters(
      version: .tls12, cipherSuite: suite.suite, group: group, serverSignatureScheme: server,
      clientSignatureScheme: client, applicationProtocol: applicationProtocol, serverName: serverName,
      usesExtendedMasterSecret: usesExtendedMasterSecret, usesSecureRenegotiation: usesSecureRenegotiation,
      maxFragmentLength: maxFragmentLength, isResumed: isResumed)
  }
}

/// What a ServerKeyExchange's signature covers (RFC 8422 §5.4).
func signedContent(_ randoms: HelloRandoms, _ params: ServerECDHParams) -> [UInt8] {
  var writer = WireWriter(capacity: 256)
  writer.raw(randoms.client)
  writer.raw(randoms.server)
  params.encode(into: &writer)
  return writer.bytes
}

/// What it is made of, for whoever looks on.
func partsOfSignedContent(_ content: [UInt8]) -> [NamedInput] {
  [
    NamedInput("ClientHello.random", 32), NamedInput("ServerHello.random", 32),
    NamedInput("ServerECDHParams", content.count - 64),
  ]
}

/// A peer whose chain was found good just now, with the key it has yet to prove.
package final class JudgedPeer: Sendable {
  let peer: TrustedPeer
  let key: any PeerKey
  let whenProved: (@Sendable () -> Void)?

  init(peer: TrustedPeer, key: any PeerKey, whenProved: (@Sendable () -> Void)?) {
    self.peer = peer
    self.key = key
    self.whenProved = whenProved
  }
}

/// Says the verdict, and lets only a trusted peer through.
func settle(
  _ verdict: Verdict, on request: PeerVerification, keepsEvidence: Bool = false, _ out: inout HandshakeOutput
) throws(TLSError) -> JudgedPeer {
  switch verdict {
  case .trusted(var peer):
    // Only a session remembers a peer without a key, and that is no verdict.
    guard let key = peer.key else { throw .unexpectedAnswer }
    try checkKeyUsage(of: peer, for: request)
    if keepsEvidence { peer.evidence = PeerEvidence(request) }
    out.noteJudged(peer, on: request)
    var kept = out.isTracing ? peer : peer.abridged
    kept.whenProved = nil
    return JudgedPeer(peer: kept, key: key, whenProved: peer.whenProved)
  case .rejected(let peer):
    out.knowledge.peerChain = peer.presented
    out.trace(
      .peerJudged(
        JudgementFact(
          peer: request.peer, reference: request.reference, presented: peer.presented, path: [],
          checks: peer.checks, rejection: peer.rejection)))
    throw .certificateRejected(peer.rejection)
  }
}

/// The same for a server that resumes a session, and has proved its key when the session was made.
func settleResumed(
  _ verdict: Verdict, on request: PeerVerification, _ out: inout HandshakeOutput
) throws(TLSError) -> TrustedPeer {
  guard case .trusted(var peer) = verdict else { return try settle(verdict, on: request, &out).peer }
  peer.evidence = PeerEvidence(request)
  out.noteJudged(peer, on: request)
  return out.isTracing ? peer : peer.abridged
}

extension HandshakeOutput {
  fileprivate mutating func noteJudged(_ peer: TrustedPeer, on request: PeerVerification) {
    knowledge.peerChain = peer.presented
    trace(
      .peerJudged(
        JudgementFact(
          peer: request.peer, reference: request.reference, presented: peer.presented, path: peer.path,
          checks: peer.checks, rejection: nil)))
  }
}

extension ClientSettings {
  /// What is to be judged before `session` is resumed; nil: the session stands for itself.
  func verification(of session: ClientSession, for reference: ServerReference) -> PeerVerification? {
    guard let evidence = session.peer.evidence?.question,
      configuration.judgesResumedServers || evidence.reference != reference
    else { return nil }
    var request = PeerVerification(
      peer: .server, chain: evidence.chain, reference: reference,
      isForKeyEncipherment: evidence.isForKeyEncipherment, certificateStatus: evidence.certificateStatus)
    request.certificateType = evidence.certificateType
    request.isResumption = true
    return request
  }
}

/// The one rule for certificates that TLS itself has, whoever judges them.
private func checkKeyUsage(of peer: TrustedPeer, for request: PeerVerification) throws(TLSError) {
  //= https://www.rfc-editor.org/rfc/rfc9846#section-4.5.1.2
  //# The certificate MUST allow the key to be used for signing with a signature scheme indicated in the client's
  //# "signature_algorithms" extension
  let wanted = request.isForKeyEncipherment ? "keyEncipherment" : "digitalSignature"
  guard let leaf = peer.presented.first, let usage = leaf.keyUsage, !usage.contains(wanted) else { return }
  throw .certificateRejected(
    CertificateRejection(
      reason: .keyUsage, position: 0, subject: leaf.subject,
      detail: "The key must be allowed for \(wanted), and is for \(usage.joined(separator: ", "))."))
}

/// Checks a peer's signature: the scheme must have been offered, must fit the key, and the signature must be right. Then the peer has
/// proved its key.
func verify(
  _ signature: [UInt8], _ scheme: SignatureScheme, by peer: JudgedPeer, over content: [UInt8],
  offered: [SignatureScheme], in message: HandshakeType, version: ProtocolVersion = .tls12, signer: Side = .server
) throws(TLSError) {
  //= https://www.rfc-editor.org/rfc/rfc5246#section-7.4.3
  //# If the client has offered the "signature_algorithms" extension, the signature algorithm and hash algorithm MUST be
  //# a pair listed in that extension.
  guard offered.contains(scheme) else { throw .unofferedSignatureScheme(scheme) }
  //= https://www.rfc-editor.org/rfc/rfc5246#section-7.4.3
  //# the hash and signature algorithms MUST be compatible with the key in the server's end-entity certificate.
  guard peer.key.kind.possibleSchemes(in: version, by: signer).contains(scheme) else {
    throw .signatureSchemeDoesNotFitKey(scheme, key: peer.key.kind)
  }
  guard peer.key.isValid(signature, over: content, scheme: scheme) else {
    throw .badSignature(in: message, scheme)
  }
  peer.whenProved?()
}
