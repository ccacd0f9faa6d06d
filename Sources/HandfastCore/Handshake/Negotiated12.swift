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
func signedContent(_ randoms: HelloRandoms, _ params: ServerECDHParams) -> (bytes: [UInt8], parts: [NamedInput]) {
  var writer = WireWriter(capacity: 128)
  params.encode(into: &writer)
  return (
    randoms.client + randoms.server + writer.bytes,
    [
      NamedInput("ClientHello.random", 32), NamedInput("ServerHello.random", 32),
      NamedInput("ServerECDHParams", writer.bytes.count),
    ]
  )
}

/// A peer whose chain was found good just now, with the key it has yet to prove.
package struct JudgedPeer: Sendable {
  let peer: TrustedPeer
  let key: any PeerKey
  let whenProved: (@Sendable () -> Void)?
}

/// Says the verdict, and lets only a trusted peer through.
func settle(
  _ verdict: Verdict, on request: PeerVerification, _ out: inout HandshakeOutput
) throws(TLSError) -> JudgedPeer {
  switch verdict {
  case .trusted(let peer):
    // Only a session remembers a peer without a key, and that is no verdict.
    guard let key = peer.key else { throw .unexpectedAnswer }
    out.knowledge.peerChain = peer.presented
    out.trace(
      .peerJudged(
        JudgementFact(
          peer: request.peer, reference: request.reference, presented: peer.presented, path: peer.path,
          checks: peer.checks, rejection: nil)))
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

/// Checks a peer's signature: the scheme must have been offered, must fit the key, and the signature must be right. Then the peer has
/// proved its key.
func verify(
  _ signature: [UInt8], _ scheme: SignatureScheme, by peer: JudgedPeer, over content: [UInt8],
  offered: [SignatureScheme], in message: HandshakeType, version: ProtocolVersion = .tls12
) throws(TLSError) {
  //= https://www.rfc-editor.org/rfc/rfc5246#section-7.4.3
  //# If the client has offered the "signature_algorithms" extension, the signature algorithm and hash algorithm MUST be
  //# a pair listed in that extension.
  guard offered.contains(scheme) else { throw .unofferedSignatureScheme(scheme) }
  //= https://www.rfc-editor.org/rfc/rfc5246#section-7.4.3
  //# the hash and signature algorithms MUST be compatible with the key in the server's end-entity certificate.
  guard peer.key.kind.signatureSchemes(in: version).contains(scheme) else {
    throw .signatureSchemeDoesNotFitKey(scheme, key: peer.key.kind)
  }
  guard peer.key.isValid(signature, over: content, scheme: scheme) else {
    throw .badSignature(in: message, scheme)
  }
  peer.whenProved?()
}
