import HandfastWire

/// The client's half of the key exchange; both sides then have the master secret. RFC 5246 §7.4.7, §8.1; RFC 8422 §5.7.
package struct AwaitingClientKeyExchange: ~Copyable {
  let context: ServerContext12
  let ephemeral: (any EphemeralKey)?
  /// Nil when the client did not authenticate.
  let client: JudgedPeer?
  var transcript: Transcript

  consuming func receive(
    _ frame: borrowing HandshakeFrame, _ out: inout HandshakeOutput
  ) throws(TLSError) -> Role {
    let preMaster = try preMasterSecret(frame)
    transcript.append(frame.raw)

    let negotiated = context.negotiated
    let sink = context.settings.configuration.secretSink
    let master = MasterSecret12(
      from: preMaster, suite: negotiated.suite, randoms: negotiated.randoms,
      sessionHash: negotiated.usesExtendedMasterSecret ? transcript.digest() : nil,
      provider: context.settings.provider, sink: sink, &out)
    guard let client else {
      return try awaitChangeCipherSpec(context, master, client: nil, scheme: nil, transcript, &out)
    }
    return .server12(
      .awaitingCertificateVerify(
        AwaitingCertificateVerify(context: context, master: master, client: client, transcript: transcript)))
  }

  private borrowing func preMasterSecret(_ frame: borrowing HandshakeFrame) throws(TLSError) -> PreMasterSecret {
    guard let ephemeral, let group = context.group else { return try transportedSecret(frame) }
    let message = try frame.decode(ECDHClientKeyExchange.self)
    let secret = try sharedSecret(ephemeral, with: message.point, in: group)
    return PreMasterSecret(
      secret, by: .ecdhe(group, ownByteCount: ephemeral.publicValue.count, peerByteCount: message.point.count))
  }

  /// RSA key transport. Whatever is wrong with the ciphertext, its padding or the version in it, the handshake goes on with a
  /// random secret and fails at Finished: telling any of these apart, by alert or by timing, is Bleichenbacher's oracle.
  private borrowing func transportedSecret(_ frame: borrowing HandshakeFrame) throws(TLSError) -> PreMasterSecret {
    let message = try frame.decode(RSAClientKeyExchange.self)
    let replacement = Secret(context.settings.provider.randomBytes(48))
    //= https://www.rfc-editor.org/rfc/rfc5246#section-7.4.7.1
    //# In any case, a TLS server MUST NOT generate an alert if processing an RSA-encrypted premaster secret message fails,
    //# or the version number is not as expected. Instead, it MUST continue the handshake with a randomly generated
    //# premaster secret.
    guard
      let decrypted = context.identity.key?.decryptPreMasterSecret(
        message.encryptedPreMasterSecret, replacement: replacement)
    else {
      throw .cryptoFailed("the key cannot decrypt")
    }
    // The version is not compared but put in its place: with another one inside, the two sides' secrets simply differ.
    let version = context.clientVersion.rawValue
    let secret = decrypted.withSpan { span in
      var bytes = [UInt8](copying: span)
      bytes[0] = UInt8(version >> 8)
      bytes[1] = UInt8(truncatingIfNeeded: version)
      return Secret(consume bytes)
    }
    return PreMasterSecret(secret, by: .rsa)
  }
}

/// The client's ChangeCipherSpec must come next.
func awaitChangeCipherSpec(
  _ context: ServerContext12, _ master: MasterSecret12, client: JudgedPeer?, scheme: SignatureScheme?,
  _ transcript: consuming Transcript, _ out: inout HandshakeOutput
) throws(TLSError) -> Role {
  let keys = try master.connectionKeys(
    recordsPerKey: context.settings.configuration.limits.recordsPerKey, sink: context.settings.configuration.secretSink,
    &out)
  let parameters = context.negotiated.parameters(group: context.group, server: context.scheme, client: scheme)
  let concluded = Concluded12(
    side: .server, parameters: parameters, master: master, peer: client?.peer, identity: context.identity)
  return .server12(
    .awaitingClientChangeCipherSpec(
      AwaitingClientChangeCipherSpec(
        concluded: concluded, receivingKeys: keys.client, sendingKeys: keys.server,
        session: NewSession12(settings: context.settings, issue: context.session), transcript: transcript)))
}
