import HandfastWire

/// The owner chooses who the client is for this server. RFC 9846 §4.5.1.
package struct AwaitingClientIdentity13: ~Copyable {
  let flight: ClientFlight13
  let request: CertificateRequest
  var transcript: Transcript

  consuming func resume(_ identity: Identity?, _ out: inout HandshakeOutput) throws(TLSError) -> Role {
    if let identity, identity.chain.isEmpty { throw .identityDoesNotFit(reason: "its chain is empty") }
    try checkType(of: identity, request.accepted.certificateType)
    guard identity != nil || flight.context.settings.configuration.identityUse != .required else {
      throw .noAcceptableIdentity(out.knowledge.ownCandidates.first?.ruledOut)
    }
    //= https://www.rfc-editor.org/rfc/rfc9846#section-4.5.1
    //# no suitable certificate is available, the client MUST send a Certificate message containing no certificates
    try out.send(Certificate13(identity, withStatus: request.wantsStatus), &transcript)
    guard let identity else { return try flight.finish(transcript, identity: nil, scheme: nil, &out) }
    out.knowledge.ownIdentity = identity
    let accepted = request.accepted.signatureSchemes
    guard let scheme = signatureScheme(of: identity, in: .tls13, by: .client, acceptedBy: accepted) else {
      throw .identityDoesNotFit(reason: "the server verifies no signature that an \(identity.keyKind) key can make")
    }
    out.trace(.chose(signatureChoice(scheme, of: identity, in: .tls13, by: .client, acceptedBy: accepted)))

    let content = signedContent13(by: .client, transcriptHash: transcript.digest())
    let proof = SignatureRequest(message: content, scheme: scheme, certificate: identity.chain.first ?? [])
    let next = AwaitingClientSignature13(
      flight: flight, identity: identity, request: proof, transcript: transcript)
    guard let key = identity.key else { return .client13(.awaitingClientSignature(next)) }
    return try next.resume(try sign(proof, with: key), &out)
  }
}

extension Certificate13 {
  /// The chain, with the OCSP response beside the leaf if the peer asked for one and there is one.
  init(_ identity: Identity?, withStatus: Bool, timestamps withTimestamps: Bool = false) {
    var entries = (identity?.chain ?? []).map { CertificateEntry(certificate: $0, extensions: ExtensionBlock()) }
    if withStatus, !entries.isEmpty, let response = identity?.stapledStatus {
      entries[0].extensions.set(StapledResponse(response: response))
    }
    if withTimestamps, !entries.isEmpty, let timestamps = identity?.certificateTimestamps, !timestamps.isEmpty {
      entries[0].extensions.set(SignedCertificateTimestamps(timestamps: timestamps))
    }
    self.init(context: [], entries: entries)
  }
}
