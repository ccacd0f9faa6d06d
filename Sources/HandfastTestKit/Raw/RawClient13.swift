package import HandfastCore
package import HandfastWire

/// A TLS 1.3 client that a test drives message by message.
package final class RawClient13 {
  package let peer: RawPeer
  package var hello: ClientHello
  /// Who the client is, if asked.
  package var identity: Identity?
  /// Offered by the next hello, with a binder.
  package var session: RawSession13?
  /// Changes the binder before it is sent.
  package var bend: ([UInt8]) -> [UInt8] = { $0 }
  /// The private halves of the key shares.
  package var keys: [NamedGroup: any EphemeralKey] = [:]
  package private(set) var serverHello: ServerHello?
  package private(set) var serverExtensions: ExtensionBlock?
  package private(set) var request: CertificateRequest13?
  package private(set) var serverChain: [[UInt8]] = []

  package init(
    provider: any CryptoProvider, suites: [CipherSuite] = .recommended.tls13,
    groups: [NamedGroup] = [.x25519, .secp256r1], shares: [NamedGroup] = [.x25519], serverName: String? = "localhost",
    identity: Identity? = nil
  ) throws {
    peer = RawPeer(.client, provider: provider)
    self.identity = identity
    var extensions = ExtensionBlock()
    if let serverName { extensions.set(ServerName(hostName: Array(serverName.utf8))) }
    extensions.set(SupportedVersions(versions: [.tls13]))
    extensions.set(SupportedGroups(groups: groups))
    extensions.set(SignatureAlgorithms(schemes: .recommended))
    extensions.set(PSKKeyExchangeModes(modes: [.pskDHEKE]))
    hello = ClientHello(
      version: .tls12, random: provider.randomBytes(32), sessionID: provider.randomBytes(32), cipherSuites: suites,
      extensions: extensions)
    try share(shares)
  }

  /// Fresh shares of these groups, and no others.
  package func share(_ groups: [NamedGroup]) throws {
    keys = [:]
    for group in groups { keys[group] = try peer.provider.ephemeralKey(in: group) }
    let entries = groups.compactMap { group in
      keys[group].map { KeyShareEntry(group: group, keyExchange: $0.publicValue) }
    }
    hello.extensions?.set(ClientKeyShares(entries: entries))
  }

  /// Sends the hello, with the session if there is one.
  package func sendHello() {
    peer.clientRandom = hello.random
    guard let session else { return peer.send(hello) }
    let identity = PSKIdentity(identity: session.ticket.ticket, obfuscatedTicketAge: session.ticket.ageAdd)
    let zeros = [UInt8](repeating: 0, count: session.suite.hash.byteCount)
    hello.extensions?.remove(.preSharedKey)
    hello.extensions?.set(OfferedPSKs(identities: [identity], binders: [zeros]))
    let whole = WireMessage(.clientHello, hello.encoded() ?? []).bytes
    let schedule = RawSchedule13(session.suite, psk: session.psk, provider: peer.provider)
    let binder = schedule.binder(peer.transcript + whole.dropLast(zeros.count + 3))
    hello.extensions?.set(OfferedPSKs(identities: [identity], binders: [bend(binder)]))
    peer.send(hello)
  }

  /// After the hello: what follows is early data.
  package func startEarlyData() {
    guard let session else { return }
    var schedule = RawSchedule13(session.suite, psk: session.psk, provider: peer.provider)
    schedule.deriveEarly(peer.transcript)
    peer.schedule = schedule
    peer.write(under: .early)
  }

  /// Reads a HelloRetryRequest and puts what it asks for into the hello; false when something else came.
  package func readRetry() throws -> Bool {
    // The first hello is replaced before the request enters the transcript.
    let before = peer.transcript
    guard let request = peer.peek(ServerHello.self), request.isRetryRequest,
      let suite = CipherSuite13(request.cipherSuite), peer.next(ServerHello.self) != nil
    else { return false }
    let message = Array(peer.transcript.dropFirst(before.count))
    peer.transcript = before
    peer.replaceTranscriptWithMessageHash(suite)
    peer.transcript += message
    if let group = try request.extensions?.decode(RetryKeyShare.self)?.group { try share([group]) }
    if let cookie = try request.extensions?.decode(Cookie.self) { hello.extensions?.set(cookie) }
    hello.extensions?.remove(.earlyData)
    peer.writeInClear()
    peer.skipDummyChangeCipherSpec()
    return true
  }

  /// Reads the ServerHello and derives the handshake's keys; false when something else came.
  package func readServerHello() throws -> Bool {
    guard let hello = peer.peek(ServerHello.self), !hello.isRetryRequest,
      let suite = CipherSuite13(hello.cipherSuite),
      let share = try hello.extensions?.decode(ServerKeyShare.self)?.entry, let key = keys[share.group],
      peer.next(ServerHello.self) != nil
    else { return false }
    serverHello = hello
    let secret = try key.sharedSecret(with: share.keyExchange.span)
    let isResumed = hello.extensions?.contains(.preSharedKey) == true
    var schedule = RawSchedule13(suite, psk: isResumed ? session?.psk : nil, provider: peer.provider)
    if peer.schedule != nil { schedule.deriveEarly(earlyTranscript) }
    schedule.enterHandshake(shared: secret.withSpan { [UInt8](copying: $0) }, peer.transcript)
    let isEarly = peer.schedule != nil
    peer.schedule = schedule
    peer.read(under: .handshake)
    if !isEarly { peer.write(under: .handshake) }
    peer.skipDummyChangeCipherSpec()
    return true
  }

  private var earlyTranscript: [UInt8] {
    WireMessage.parse(peer.transcript).messages.first.map(\.bytes) ?? []
  }

  /// Reads everything from EncryptedExtensions to Finished, and checks that.
  package func readServerFlight() -> Bool {
    guard let extensions = peer.next(EncryptedExtensions.self) else { return false }
    serverExtensions = extensions.extensions
    request = peer.next(CertificateRequest13.self)
    if let certificate = peer.next(Certificate13.self) {
      serverChain = certificate.entries.map(\.certificate)
      guard peer.next(CertificateVerify.self) != nil else { return false }
    }
    let expected = peer.verifyData13(of: .server)
    guard peer.next(Finished.self)?.verifyData == expected else { return false }
    peer.schedule?.enterApplication(peer.transcript)
    peer.read(under: .application)
    return true
  }

  /// Ends the early data: what follows is under the handshake's keys.
  package func sendEndOfEarlyData() {
    peer.send(EndOfEarlyData())
    peer.write(under: .handshake)
  }

  package func sendCertificate(_ message: Certificate13? = nil) {
    peer.send(message ?? identity?.certificate13 ?? Certificate13(context: [], entries: []))
  }

  package func sendCertificateVerify(scheme: SignatureScheme? = nil) throws {
    guard let identity else { return }
    peer.send(try peer.proof13(identity, scheme: scheme))
  }

  /// Finished; what follows is application data.
  package func sendFinished() {
    peer.sendFinished13()
    peer.schedule?.finish(peer.transcript)
    peer.write(under: .application)
  }

  /// Everything from Certificate to Finished.
  package func sendFlight() throws {
    if request != nil {
      sendCertificate()
      if identity != nil { try sendCertificateVerify() }
    }
    sendFinished()
  }

  /// The session of the next ticket; nil when something else came.
  package func readTicket() -> RawSession13? {
    guard let schedule = peer.schedule, let ticket = peer.next(NewSessionTicket13.self) else { return nil }
    return RawSession13(suite: schedule.suite, psk: schedule.psk(nonce: ticket.nonce), ticket: ticket)
  }
}
