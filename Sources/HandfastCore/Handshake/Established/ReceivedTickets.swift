import HandfastWire

/// What a TLS 1.3 client makes of the tickets it is given.
package final class ReceivedTickets: Sendable {
  private let sessions: ClientSessions
  // No more of the handshake than this: what else it knew, its private keys above all, goes with it.
  private let suite: CipherSuite
  private let group: NamedGroup
  private let applicationProtocol: [UInt8]?
  private let server: RememberedPeer
  private let lineageStartedAt: UInt64
  private let ownCertificatesEndAt: UInt64

  /// Nil: the client keeps no sessions.
  init?(_ context: ClientContext13, server: TrustedPeer, serverScheme: SignatureScheme?, identity: Identity?) {
    guard let sessions = context.offer.sessions else { return nil }
    self.sessions = sessions
    suite = context.suite.suite
    group = context.group
    applicationProtocol = context.applicationProtocol.map { Array($0.utf8) }
    self.server =
      context.session?.peer
      ?? RememberedPeer(
        presented: server.presented, path: server.path, signatureScheme: serverScheme, evidence: server.evidence)
    lineageStartedAt = context.session?.lineageStartedAt ?? sessions.clock.now()
    ownCertificatesEndAt = sessions.ownEnd(identity, context.session)
  }

  func keep(
    _ ticket: NewSessionTicket13, secret: SessionSecret?, maxEarlyData: UInt32, flags: [UInt16],
    _ out: inout HandshakeOutput
  ) {
    guard let secret else { return }
    out.keptSession = .client(sessions)
    sessions.keep(
      ClientSession(
        version: .tls13, cipherSuite: suite, secret: secret, ticket: ticket.ticket,
        receivedAt: sessions.clock.now(), lifetime: ticket.lifetime, ageAdd: ticket.ageAdd, maxEarlyData: maxEarlyData,
        applicationProtocol: applicationProtocol, lineageStartedAt: lineageStartedAt,
        ownCertificatesEndAt: ownCertificatesEndAt, group: group,
        isResumableAcrossNames: flags.contains(TLSFlags.resumptionAcrossNames), peer: server))
  }
}
