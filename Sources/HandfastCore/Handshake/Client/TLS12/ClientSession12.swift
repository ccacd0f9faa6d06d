import HandfastWire

/// What a TLS 1.2 client needs to keep the session that is being made.
package struct ClientSession12: Sendable {
  let sessions: ClientSessions
  /// What the server calls the session; empty: nothing.
  let sessionID: [UInt8]
  /// The session that is resumed; nil: a new one is made.
  let resumed: ClientSession?
  /// The server has said that a ticket will come (RFC 5077 §3.2).
  let expectsTicket: Bool
  var ticket: NewSessionTicket12?

  /// Keeps the session, by its ticket if there is one (RFC 5077 §3.4), else by its id. A resumed one is kept already.
  func keep(_ concluded: Concluded12, _ out: inout HandshakeOutput) {
    let parameters = concluded.outcome.parameters
    guard let server = concluded.outcome.peer else { return }
    let hasTicket = ticket.map { !$0.ticket.isEmpty } ?? false
    guard hasTicket || resumed == nil && !sessionID.isEmpty else { return }
    out.keptSession = .client(sessions)
    let now = sessions.clock.now()
    // A lifetime of zero leaves it to the client (RFC 5077 §3.3).
    let hint = ticket.map { $0.lifetimeHint == 0 ? 86_400 : $0.lifetimeHint } ?? 86_400
    sessions.keep(
      ClientSession(
        version: .tls12, cipherSuite: parameters.cipherSuite, secret: concluded.master.secret,
        ticket: hasTicket ? ticket?.ticket ?? [] : [], sessionID: hasTicket ? [] : sessionID, receivedAt: now,
        lifetime: hint, applicationProtocol: parameters.applicationProtocol.map { Array($0.utf8) },
        usesExtendedMasterSecret: parameters.usesExtendedMasterSecret,
        lineageStartedAt: resumed?.lineageStartedAt ?? now,
        ownCertificatesEndAt: sessions.ownEnd(concluded.outcome.identity, resumed),
        group: parameters.group,
        peer: resumed?.peer
          ?? RememberedPeer(
            presented: server.presented, path: server.path, signatureScheme: parameters.serverSignatureScheme,
            evidence: server.evidence)))
  }
}
