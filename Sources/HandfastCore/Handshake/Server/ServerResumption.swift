import HandfastWire

/// A session that a server resumes.
package struct ResumedSession: Sendable {
  let session: ServerSession
  let mechanism: ResumptionMechanism
  /// TLS 1.2: the ticket is under a key that may soon be gone, and the client gets a new one (RFC 5077 §3.3).
  var renewsTicket = false
  /// TLS 1.3: milliseconds since the client got its ticket, as the client says.
  var claimedAge: UInt32?

  func fact(_ outcome: ResumptionFact.Outcome, at now: UInt64) -> ResumptionFact {
    ResumptionFact(
      outcome: outcome, mechanism: mechanism, peer: session.peer?.presented.first?.subject,
      age: now.subtractingSaturated(session.issuedAt) / 1000,
      ageSkew: claimedAge.map { Int64($0) - Int64(clamping: now.subtractingSaturated(session.issuedAt)) })
  }
}

extension ServerSettings {
  /// What a ticket holds, or why it does not open.
  func open(_ ticket: [UInt8], at now: UInt64) throws(ResumptionRefusal) -> ServerSession {
    guard let ticketSealer else { throw .notEnabledHere }
    do throws(TicketRefusal) { return try ticketSealer.open(ticket.span, at: now) } catch {
      switch error {
      case .unknownKey: throw .ticketKeyUnknown
      case .expiredKey: throw .ticketKeyExpired
      case .badTag: throw .ticketForged
      case .malformed: throw .ticketMalformed
      case .expiredSession: throw .expired
      case .expiredCertificate: throw .certificatesExpired
      }
    }
  }

  /// A session must not be worth more than the handshake it replaces: it is resumed for the same server name, under the same
  /// trust and policy, and with a client that this policy would still let in.
  func checkScope(of session: ServerSession, serverName: String?) throws(ResumptionRefusal) {
    guard let sessionScope, session.scope == sessionScope else { throw .otherScope }
    guard session.serverName == serverName || mayCross(session, to: serverName) else {
      throw .otherServerName(session: session.serverName, offered: serverName)
    }
    if case .required = configuration.clientAuthentication, session.peer == nil { throw .clientCertificateMissing }
  }

  /// Whether clients are told that their TLS 1.3 sessions go for other names as well.
  var crossesNames: Bool {
    guard configuration.resumesAcrossNames, case .these = configuration.identities else { return false }
    return true
  }

  /// Whether one of this server's identities is for both names: that it can prove each was seen when the session was made.
  private func mayCross(_ session: ServerSession, to serverName: String?) -> Bool {
    guard crossesNames, session.version == .tls13, case .these(let identities) = configuration.identities,
      let old = session.serverName, let serverName
    else { return false }
    return identities.contains {
      $0.certificateType == session.ownCertificateType && $0.covers(old) && $0.covers(serverName)
    }
  }

  /// Milliseconds since 1970 at which a session that is issued now ends.
  func sessionEnd(at now: UInt64) -> UInt64 { now.addingSaturated(UInt64(configuration.sessionLifetime) * 1000) }
}

extension ResumptionRefusal: Error {}
