package import HandfastCore
package import HandfastWire

/// A TLS 1.3 server that a test drives message by message.
package final class RawServer13 {
  package let peer: RawPeer
  package var identity: Identity
  package var suite: CipherSuite
  /// Nil: the client's first share.
  package var group: NamedGroup?
  /// Asks the client for a certificate.
  package var request: CertificateRequest13?
  /// EncryptedExtensions.
  package var extensions = ExtensionBlock()
  /// Resumes with this, and says so.
  package var psk: [UInt8]?
  /// Sends no key share of its own making.
  package private(set) var clientHello: ClientHello?
  package private(set) var clientExtensions = ExtensionBlock()
  package private(set) var clientChain: [[UInt8]] = []
  private var shared: [UInt8] = []
  private var ticketCount: UInt8 = 0

  package init(
    provider: any CryptoProvider, identity: Identity, suite: CipherSuite = .aes128GCMSHA256,
    group: NamedGroup? = nil, request: CertificateRequest13? = nil
  ) {
    peer = RawPeer(.server, provider: provider)
    self.identity = identity
    self.suite = suite
    self.group = group
    self.request = request
  }

  /// Asks for any certificate of the kinds this library has.
  package static var anyCertificate: CertificateRequest13 {
    var extensions = ExtensionBlock()
    extensions.set(SignatureAlgorithms(schemes: .recommended))
    return CertificateRequest13(context: [], extensions: extensions)
  }

  @discardableResult package func readHello() -> Bool {
    peer.skipDummyChangeCipherSpec()
    guard let hello = peer.next(ClientHello.self) else { return false }
    clientHello = hello
    clientExtensions = hello.extensions ?? ExtensionBlock()
    peer.clientRandom = hello.random
    return true
  }

  /// The HelloRetryRequest it would send.
  package func retry(group: NamedGroup?, cookie: [UInt8]? = nil) -> ServerHello {
    var extensions = ExtensionBlock()
    extensions.set(SelectedVersion(version: .tls13))
    if let group { extensions.set(RetryKeyShare(group: group)) }
    if let cookie { extensions.set(Cookie(cookie: cookie)) }
    return ServerHello(
      version: .tls12, random: ServerHello.retryRandom, sessionID: clientHello?.sessionID ?? [], cipherSuite: suite,
      extensions: extensions)
  }

  package func sendRetry(_ request: ServerHello) {
    if let suite = CipherSuite13(request.cipherSuite) { peer.replaceTranscriptWithMessageHash(suite) }
    peer.send(request)
  }

  /// The ServerHello it would send, with its half of the key exchange.
  package func hello() throws -> ServerHello {
    let entries = try clientExtensions.decode(ClientKeyShares.self)?.entries.filter { !$0.group.isGREASE } ?? []
    guard let share = entries.first(where: { group == nil || $0.group == group }) else { throw CryptoError.unsupported }
    let response = try peer.provider.respond(to: share.keyExchange.span, in: share.group)
    shared = response.secret.withSpan { [UInt8](copying: $0) }
    var extensions = ExtensionBlock()
    extensions.set(SelectedVersion(version: .tls13))
    extensions.set(ServerKeyShare(entry: KeyShareEntry(group: share.group, keyExchange: response.publicValue)))
    if psk != nil { extensions.set(SelectedPSK(index: 0)) }
    return ServerHello(
      version: .tls12, random: peer.provider.randomBytes(32), sessionID: clientHello?.sessionID ?? [],
      cipherSuite: suite, extensions: extensions)
  }

  /// Sends the ServerHello; what follows is under the handshake's keys.
  package func sendHello(_ hello: ServerHello? = nil) throws {
    let hello = try hello ?? self.hello()
    peer.serverRandom = hello.random
    let clientHello = peer.transcript
    peer.send(hello)
    guard let suite = CipherSuite13(hello.cipherSuite) else { return }
    var schedule = RawSchedule13(suite, psk: psk, provider: peer.provider)
    if psk != nil { schedule.deriveEarly(clientHello) }
    schedule.enterHandshake(shared: shared, peer.transcript)
    peer.schedule = schedule
    peer.write(under: .handshake)
    peer.read(under: .handshake)
  }

  package func sendExtensions() { peer.send(EncryptedExtensions(extensions: extensions)) }
  package func sendCertificate(_ message: Certificate13? = nil) { peer.send(message ?? identity.certificate13) }

  package func sendCertificateVerify(scheme: SignatureScheme? = nil) throws {
    peer.send(try peer.proof13(identity, scheme: scheme))
  }

  /// Finished; what follows is application data.
  package func sendFinished() {
    peer.sendFinished13()
    peer.schedule?.enterApplication(peer.transcript)
    peer.write(under: .application)
  }

  /// Everything from ServerHello to Finished.
  package func sendFlight() throws {
    try sendHello()
    sendExtensions()
    if psk == nil {
      if let request { peer.send(request) }
      sendCertificate()
      try sendCertificateVerify()
    }
    sendFinished()
  }

  /// Reads the client's flight up to its Finished and checks that; false when something is wrong with it.
  package func readFlight() -> Bool {
    peer.skipDummyChangeCipherSpec()
    if let certificate = peer.next(Certificate13.self) {
      clientChain = certificate.entries.map(\.certificate)
      if !clientChain.isEmpty { guard peer.next(CertificateVerify.self) != nil else { return false } }
    }
    let expected = peer.verifyData13(of: .client)
    guard peer.next(Finished.self)?.verifyData == expected else { return false }
    peer.schedule?.finish(peer.transcript)
    peer.read(under: .application)
    return true
  }

  /// A ticket, and the PSK that it stands for.
  @discardableResult package func sendTicket(lifetime: UInt32 = 3600, earlyData: UInt32 = 0) -> [UInt8] {
    ticketCount += 1
    var extensions = ExtensionBlock()
    if earlyData > 0 { extensions.set(TicketEarlyData(maxSize: earlyData)) }
    let ticket = NewSessionTicket13(
      lifetime: lifetime, ageAdd: 7, nonce: [ticketCount], ticket: peer.provider.randomBytes(40),
      extensions: extensions)
    peer.send(ticket)
    return peer.schedule?.psk(nonce: ticket.nonce) ?? []
  }
}
