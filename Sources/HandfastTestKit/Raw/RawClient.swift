package import HandfastCore
package import HandfastWire

/// A client that a test drives message by message.
package final class RawClient {
  package let peer: RawPeer
  package var hello: ClientHello
  /// Who the client is, if asked.
  package var identity: Identity?
  package private(set) var serverHello: ServerHello?
  package private(set) var serverChain: [[UInt8]] = []
  package private(set) var serverKeyExchange: ServerKeyExchange?
  package private(set) var request: CertificateRequest12?
  /// Offered by the next hello.
  package var session: RawSession12?
  /// With RSA key transport; set before `sendKeyExchange` to send another one.
  package var preMasterSecret: [UInt8]

  package init(
    provider: any CryptoProvider, suites: [CipherSuite] = .recommended.tls12,
    groups: [NamedGroup] = .recommended.classical,
    serverName: String? = "localhost", identity: Identity? = nil
  ) {
    peer = RawPeer(.client, provider: provider)
    self.identity = identity
    preMasterSecret = [3, 3] + provider.randomBytes(46)
    var extensions = ExtensionBlock()
    if let serverName { extensions.set(ServerName(hostName: Array(serverName.utf8))) }
    extensions.set(ExtendedMasterSecret())
    extensions.set(RenegotiationInfo())
    extensions.set(SupportedGroups(groups: groups))
    extensions.set(ECPointFormats(formats: [.uncompressed]))
    extensions.set(SignatureAlgorithms(schemes: .recommended))
    hello = ClientHello(
      version: .tls12, random: provider.randomBytes(32), sessionID: [], cipherSuites: suites, extensions: extensions)
  }

  package func sendHello() {
    peer.clientRandom = hello.random
    if let session {
      hello.sessionID = session.sessionID
      if !session.ticket.isEmpty { hello.extensions?.set(SessionTicketExtension(ticket: session.ticket)) }
    }
    peer.send(hello)
  }

  /// Whether the server is about to resume the session: it repeats its id (RFC 5246 §7.4.1.3).
  package var isResumed: Bool {
    guard let session, let hello = peer.peek(ServerHello.self) else { return false }
    return hello.sessionID == session.sessionID
  }

  /// Reads ServerHello, a ticket if there is one, ChangeCipherSpec and Finished; says its own. False when something else came.
  package func resume() -> Bool {
    guard let session, let hello = peer.next(ServerHello.self) else { return false }
    serverHello = hello
    peer.serverRandom = hello.random
    peer.suite = CipherSuiteParameters(hello.cipherSuite)
    peer.resume(session.masterSecret)
    guard readFinished() else { return false }
    peer.sendChangeCipherSpec()
    peer.sendFinished()
    return true
  }

  /// Reads ServerHello to ServerHelloDone; false when something else came.
  package func readServerFlight() -> Bool {
    guard let hello = peer.next(ServerHello.self) else { return false }
    serverHello = hello
    peer.serverRandom = hello.random
    peer.suite = CipherSuiteParameters(hello.cipherSuite)
    let choice = try? serverHello?.extensions?.decode(ServerCertificateTypeChoice.self)
    guard let chain = peer.nextCertificate12(choice?.certificateType) else { return false }
    serverChain = chain
    if peer.suite?.keyExchange == .ecdhe {
      serverKeyExchange = peer.next(ServerKeyExchange.self)
      guard serverKeyExchange != nil else { return false }
    }
    request = peer.next(CertificateRequest12.self)
    return peer.next(ServerHelloDone.self) != nil
  }

  package var isExtended: Bool { serverHello?.extensions?.contains(.extendedMasterSecret) == true }

  package func sendCertificate() {
    if let identity, identity.certificateType == .rawPublicKey {
      peer.send(RawPublicKey12(subjectPublicKeyInfo: identity.chain[0]))
    } else {
      peer.send(Certificate12(chain: identity?.chain ?? []))
    }
  }

  /// Sends ClientKeyExchange and derives the keys. `serverKey` encrypts with RSA key transport.
  package func sendKeyExchange(serverKey: (any PeerKey)? = nil) throws {
    if let exchange = serverKeyExchange {
      let key = try peer.provider.ephemeralKey(in: exchange.params.group)
      let secret = try key.sharedSecret(with: exchange.params.point.span)
      peer.send(ECDHClientKeyExchange(point: key.publicValue))
      preMasterSecret = secret.withSpan { [UInt8](copying: $0) }
    } else if let serverKey {
      let secret = Secret(preMasterSecret)
      peer.send(RSAClientKeyExchange(encryptedPreMasterSecret: try serverKey.encryptPreMasterSecret(secret)))
    }
    deriveKeys()
  }

  package func deriveKeys() { peer.deriveKeys(preMasterSecret: preMasterSecret, extended: isExtended) }

  /// Signs the transcript so far with the identity's key.
  package func sendCertificateVerify(scheme: SignatureScheme? = nil) throws {
    guard let key = identity?.key, let scheme = scheme ?? key.kind.signatureSchemes.first else { return }
    peer.send(CertificateVerify(algorithm: scheme, signature: try key.sign(peer.transcript, scheme: scheme)))
  }

  /// Everything from Certificate to Finished.
  package func sendFlight(serverKey: (any PeerKey)? = nil) throws {
    if request != nil { sendCertificate() }
    try sendKeyExchange(serverKey: serverKey)
    if request != nil, identity != nil { try sendCertificateVerify() }
    peer.sendChangeCipherSpec()
    peer.sendFinished()
  }

  /// Reads a ticket if there is one, ChangeCipherSpec and Finished and checks it.
  package func readFinished() -> Bool {
    _ = peer.next(NewSessionTicket12.self)
    guard peer.nextIsChangeCipherSpec() else { return false }
    let expected = peer.verifyData(of: .server)
    return peer.next(Finished.self)?.verifyData == expected
  }
}

/// A TLS 1.2 session as a raw peer holds it.
package struct RawSession12 {
  package var masterSecret: [UInt8]
  /// With a ticket one of the client's own, to see that it is resumed (RFC 5077 §3.4).
  package var sessionID: [UInt8]
  /// Empty: by its id.
  package var ticket: [UInt8]

  package init(masterSecret: [UInt8], sessionID: [UInt8], ticket: [UInt8]) {
    self.masterSecret = masterSecret
    self.sessionID = sessionID
    self.ticket = ticket
  }
}
