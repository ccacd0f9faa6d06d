import Handfast
import HandfastCore
import HandfastCrypto
import HandfastTestKit
import HandfastWire

/// A session that both sides know, without the handshake that would have made it.
struct KnownSession {
  static let earlyDataLimit: UInt32 = 1024
  private static let applicationID: [UInt8] = [1]
  private static let sessionID = [UInt8](repeating: 0x1d, count: 32)
  /// The time in every handshake: sessions neither age nor end.
  private static let clock = SettableClock(SystemWallClock().now())

  let secret: [UInt8]
  let ticket: [UInt8]
  let sessionID: [UInt8]
  /// The ticket, or the id, is not what the server gave.
  let isDamaged: Bool

  /// Puts what both sides have to know into their configurations.
  init(_ shape: HandshakeShape, _ setup: inout Setup, client: Identity, server: Identity) throws {
    let now = Self.clock.now()
    setup.clock = Self.clock
    setup.client.sessionScope = Self.applicationID
    setup.server.sessionScope = Self.applicationID
    if shape.offersSession || shape.issuesTickets { setup.server.sessionTickets = .keys(TicketForge.keys) }
    secret = [UInt8](repeating: 0x5e, count: shape.isTLS13 ? 32 : 48)
    guard shape.offersSession else {
      (ticket, sessionID, isDamaged) = ([], [], false)
      if shape.issuesTickets { setup.client.sessionStore = OneSession(nil) }
      return
    }
    let peer = shape.isMutual ? Self.remembered(client) : nil
    let session = try Self.serverSession(shape, secret, scope: Self.scope(setup), peer: peer, at: now)
    let isOutside = shape.damage == .outside
    let forged = try TicketForge.seal(shape.damage == .inside ? shape.edits.apply(to: session.bytes) : session.bytes)
    ticket = shape.isByID ? [] : isOutside ? shape.edits.apply(to: forged) : forged
    let isBadID = isOutside && shape.isByID
    sessionID = isBadID ? Array(shape.edits.apply(to: Self.sessionID).prefix(32)) : Self.sessionID
    isDamaged = isOutside && (shape.isByID ? sessionID != Self.sessionID : ticket != forged)
    prepareServer(shape, &setup, session.value)
    if shape.sendsEarlyData { setup.client.offersEarlyData = true }
    setup.client.sessionStore = OneSession(clientSession(shape, peer: Self.remembered(server), at: now))
  }

  private func prepareServer(_ shape: HandshakeShape, _ setup: inout Setup, _ session: ServerSession) {
    if shape.isByID {
      let cache = InMemoryServerSessions(limit: 4)
      cache.put(session, for: Self.sessionID)
      setup.server.sessionCache = cache
    }
    if shape.sendsEarlyData {
      setup.server.earlyData = .accepted(
        upTo: Self.earlyDataLimit, replayGuard: StrikeRegister(startedAt: 0))
    }
  }

  /// What is in a ticket.
  static func sample() throws -> [UInt8] {
    var choices = Choices([0, 1, 0])
    let peer = remembered(try TestIdentities.shared.client())
    let scope = [UInt8](repeating: 2, count: SessionScope.byteCount)
    return try serverSession(HandshakeShape(&choices), [3, 4, 5], scope: scope, peer: peer, at: clock.now()).bytes
  }

  var raw12: RawSession12 { RawSession12(masterSecret: secret, sessionID: sessionID, ticket: ticket) }

  func raw13() throws -> RawSession13 {
    guard let suite = CipherSuite13(.aes128GCMSHA256) else { throw CryptoError.unsupported }
    let message = NewSessionTicket13(
      lifetime: 3600, ageAdd: 7, nonce: [1], ticket: ticket, extensions: ExtensionBlock())
    return RawSession13(suite: suite, psk: secret, ticket: message)
  }

  private static func scope(_ setup: Setup) throws -> [UInt8] {
    var configuration = setup.server
    configuration.sessionScope = applicationID
    guard let scope = CurrentServerScope(configuration, setup.serverProvider).value else {
      throw CryptoError.unsupported
    }
    return scope
  }

  private static func remembered(_ identity: Identity) -> RememberedPeer {
    RememberedPeer(
      presented: identity.certificates, path: identity.certificates, signatureScheme: .ecdsaSecp256r1SHA256)
  }

  private static func serverSession(
    _ shape: HandshakeShape, _ secret: [UInt8], scope: [UInt8], peer: RememberedPeer?, at now: UInt64
  ) throws -> (value: ServerSession, bytes: [UInt8]) {
    let session = ServerSession(
      version: shape.isTLS13 ? .tls13 : .tls12,
      cipherSuite: shape.isTLS13 ? .aes128GCMSHA256 : .ecdheECDSAWithAES128GCMSHA256, secret: SessionSecret(secret),
      scope: scope, serverName: "localhost", applicationProtocol: nil, lineageStartedAt: now, issuedAt: now,
      expiresAt: now + 3_600_000, ageAdd: 7, maxEarlyData: shape.sendsEarlyData ? earlyDataLimit : 0,
      group: .x25519, peer: peer)
    guard let bytes = session.encoded() else { throw CryptoError.unsupported }
    return (session, bytes)
  }

  private func clientSession(_ shape: HandshakeShape, peer: RememberedPeer, at now: UInt64) -> ClientSession {
    ClientSession(
      version: shape.isTLS13 ? .tls13 : .tls12,
      cipherSuite: shape.isTLS13 ? .aes128GCMSHA256 : .ecdheECDSAWithAES128GCMSHA256, secret: SessionSecret(secret),
      ticket: ticket, sessionID: shape.isByID ? sessionID : [], receivedAt: now, lifetime: 3600, ageAdd: 7,
      maxEarlyData: shape.sendsEarlyData ? Self.earlyDataLimit : 0, applicationProtocol: nil, lineageStartedAt: now,
      group: .x25519, peer: peer)
  }
}

/// Offers one session to whomever, and keeps none.
private struct OneSession: ClientSessionStore {
  private let session: ClientSession?

  init(_ session: ClientSession?) { self.session = session }

  func take(for key: SessionKey, at now: UInt64) -> ClientSession? { session }
  func put(_ session: ClientSession, for key: SessionKey) {}
  func remove(for key: SessionKey) {}
}

/// Seals what is no session, with the key that a server opens tickets with: the form is `TicketSealer`'s, written a second time.
enum TicketForge {
  static let keys = OneTicketKey()
  private static let name = [UInt8](repeating: 0x6e, count: TicketKey.nameByteCount)
  private static let key = [UInt8](repeating: 0x6b, count: TicketKey.keyByteCount)
  /// The format, the key's name, a seed.
  private static let header = [1] + name + [UInt8](repeating: 0x73, count: 16)

  struct OneTicketKey: TicketKeySource {
    func sealingKey(at now: UInt64) -> TicketKey? { TicketKey(name: TicketForge.name, key: TicketForge.key) }
    func openingKey(named name: [UInt8], at now: UInt64) -> TicketKey? {
      name == TicketForge.name ? sealingKey(at: now) : nil
    }
  }

  private static let recordKey = Result<any RecordKey, CryptoError> { () throws(CryptoError) in
    try recordKey(DefaultCryptoProvider())
  }

  private static func recordKey(_ provider: any CryptoProvider) throws(CryptoError) -> any RecordKey {
    let (key, label) = (Self.key, Array("handfast ticket 1 ".utf8))
    let derived = provider.mac(.sha256, key: key.span).authenticate(label.span, header.span)
    return try provider.recordKey(.aes256GCM, key: derived.span)
  }

  static func seal(_ plaintext: [UInt8], provider: (any CryptoProvider)? = nil) throws -> [UInt8] {
    let (header, nonce) = (Self.header, [UInt8](repeating: 0x6f, count: AEADAlgorithm.nonceByteCount))
    let key = try provider.map { try recordKey($0) } ?? recordKey.get()
    let count = plaintext.count + AEADAlgorithm.tagByteCount
    let sealed = try [UInt8](capacity: count) { output throws(CryptoError) in
      try key.seal(plaintext.span, into: &output, nonce: nonce.span, additionalData: header.span)
    }
    return header + nonce + sealed
  }
}
