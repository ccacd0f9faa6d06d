import HandfastWire

/// The owner chooses who the client is for this server; then the client's flight goes out, up to its proof.
/// RFC 5246 §7.4.6 to §7.4.8.
package struct AwaitingClientIdentity: ~Copyable {
  let flight: ServerFlight12
  let request: ClientIdentityRequest
  var transcript: Transcript

  consuming func resume(_ identity: Identity?, _ out: inout HandshakeOutput) throws(TLSError) -> Role {
    if let identity, identity.chain.isEmpty { throw .identityDoesNotFit(reason: "its chain is empty") }
    try checkType(of: identity, request.certificateType)
    guard identity != nil || flight.settings.configuration.identityUse != .required else {
      throw .noAcceptableIdentity(out.knowledge.ownCandidates.first?.ruledOut)
    }
    //= https://www.rfc-editor.org/rfc/rfc5246#section-7.4.6
    //# If no suitable certificate is available, the client MUST send a certificate message containing no certificates.
    try sendCertificate12(identity, &transcript, &out)
    guard let identity else {
      transcript.forgetMessages()
      return try sendClientKeyExchange(flight, identity: nil, &transcript, &out).finish(transcript, &out)
    }
    out.knowledge.ownIdentity = identity
    guard let scheme = signatureScheme(of: identity, by: .client, acceptedBy: request.signatureSchemes) else {
      throw .identityDoesNotFit(reason: "the server verifies no signature that an \(identity.keyKind) key can make")
    }
    out.trace(.chose(signatureChoice(scheme, of: identity, by: .client, acceptedBy: request.signatureSchemes)))

    let exchange = try sendClientKeyExchange(flight, identity: identity, &transcript, &out)
    let proof = SignatureRequest(
      message: transcript.wholeMessages, scheme: scheme, certificate: identity.chain.first ?? [])
    let next = AwaitingClientSignature(
      exchange: exchange, identity: identity, request: proof, transcript: transcript)
    guard let key = identity.key else { return .client12(.awaitingClientSignature(next)) }
    return try next.resume(try sign(proof, with: key), &out)
  }
}

/// A signature by a key in this process.
func sign(_ request: SignatureRequest, with key: any SigningKey) throws(TLSError) -> [UInt8] {
  do throws(CryptoError) { return try key.sign(request.message, scheme: request.scheme) } catch {
    throw .signingFailed(request.scheme)
  }
}
