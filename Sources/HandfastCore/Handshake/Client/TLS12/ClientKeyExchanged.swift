import HandfastWire

/// Sends the client's half of the key exchange and derives the master secret. RFC 5246 §7.4.7, §8.1; RFC 8422 §5.7.
func sendClientKeyExchange(
  _ flight: ServerFlight12, identity: Identity?, _ transcript: inout Transcript, _ out: inout HandshakeOutput
) throws(TLSError) -> ClientKeyExchanged {
  let provider = flight.settings.provider
  let preMaster: PreMasterSecret
  if let params = flight.params {
    let ephemeral: any EphemeralKey
    do throws(CryptoError) { ephemeral = try provider.ephemeralKey(in: params.group) } catch {
      throw .cryptoFailed("\(error)")
    }
    let secret = try sharedSecret(ephemeral, with: params.point, in: params.group)
    preMaster = PreMasterSecret(
      secret,
      by: .ecdhe(params.group, ownByteCount: ephemeral.publicValue.count, peerByteCount: params.point.count))
    try out.send(ECDHClientKeyExchange(point: ephemeral.publicValue), &transcript)
  } else {
    //= https://www.rfc-editor.org/rfc/rfc5246#section-7.4.7.1
    //# The version number in the PreMasterSecret is the version offered by the client in the ClientHello.client_version
    let version = ProtocolVersion.tls12.rawValue
    var bytes = provider.randomBytes(48)
    bytes[0] = UInt8(version >> 8)
    bytes[1] = UInt8(truncatingIfNeeded: version)
    let secret = Secret(consume bytes)
    let encrypted: [UInt8]
    do throws(CryptoError) { encrypted = try flight.server.key.encryptPreMasterSecret(secret) } catch {
      throw .cryptoFailed("\(error)")
    }
    preMaster = PreMasterSecret(secret, by: .rsa)
    try out.send(RSAClientKeyExchange(encryptedPreMasterSecret: encrypted), &transcript)
  }
  let negotiated = flight.negotiated
  let master = MasterSecret12(
    from: preMaster, suite: negotiated.suite, randoms: negotiated.randoms,
    sessionHash: negotiated.usesExtendedMasterSecret ? transcript.digest() : nil, provider: provider,
    sink: flight.settings.configuration.secretSink, &out)
  return ClientKeyExchanged(flight: flight, identity: identity, master: master)
}

/// The shared secret of an ephemeral exchange; what is no point of the group is the peer's fault.
func sharedSecret(
  _ key: any EphemeralKey, with peerValue: [UInt8], in group: NamedGroup
) throws(TLSError) -> Secret {
  do throws(CryptoError) { return try key.sharedSecret(with: peerValue.span) } catch {
    throw error == .invalidPublicValue ? .invalidKeyShare(group) : .cryptoFailed("\(error)")
  }
}

/// The client knows the master secret; what is left of its flight is proof and Finished.
package struct ClientKeyExchanged: ~Copyable {
  let flight: ServerFlight12
  let identity: Identity?
  let master: MasterSecret12

  /// ChangeCipherSpec and Finished. RFC 5246 §7.1, §7.4.9.
  consuming func finish(
    _ transcript: consuming Transcript, clientScheme: SignatureScheme? = nil, _ out: inout HandshakeOutput
  ) throws(TLSError) -> Role {
    let keys = try master.connectionKeys(
      recordsPerKey: flight.settings.configuration.limits.recordsPerKey, sink: flight.settings.configuration.secretSink,
      &out)
    var transcript = transcript
    try out.changeSendingKeys(to: keys.client)
    try sendFinished(from: .client, master, &transcript, &out)
    let parameters = flight.negotiated.parameters(
      group: flight.params?.group, server: flight.scheme, client: clientScheme)
    let concluded = Concluded12(
      side: .client, parameters: parameters, master: master, peer: flight.server.peer, identity: identity)
    return .client12(
      .awaitingServerChangeCipherSpec(
        AwaitingServerChangeCipherSpec(
          concluded: concluded, receivingKeys: keys.server, sendingKeys: nil, session: flight.negotiated.session,
          transcript: transcript)))
  }
}
