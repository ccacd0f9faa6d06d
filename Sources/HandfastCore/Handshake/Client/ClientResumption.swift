import HandfastWire

/// A client's sessions with one server, for as long as a connection lasts.
package final class ClientSessions: Sendable {
  let store: any ClientSessionStore
  let key: SessionKey
  let clock: any WallClock
  /// Milliseconds since 1970: when the first of the certificates this side may present ends.
  private let ownCertificatesEndAt: UInt64

  /// Nil: nothing is to be resumed, or nothing says to whom a session would belong.
  init?(_ settings: ClientSettings, to reference: ServerReference) {
    guard let store = settings.configuration.sessionStore,
      let key = SessionKey(reference, under: settings.sessionTerms, trust: settings.configuration.trust)
    else { return nil }
    self.store = store
    self.key = key
    clock = settings.clock
    ownCertificatesEndAt = settings.ownCertificatesEndAt
  }

  /// When the certificates end that this side's part of a session rests on: those it has shown, and those of the session that
  /// is resumed.
  func ownEnd(_ identity: Identity?, _ resumed: ClientSession?) -> UInt64 {
    min(ownCertificatesEndAt, identity?.certificatesEndAt ?? .max, resumed?.ownCertificatesEndAt ?? .max)
  }

  /// Keeps a session unless it has no time left.
  func keep(_ session: ClientSession) {
    guard !session.isExpired(at: clock.now()) else { return }
    store.put(session, for: key)
  }
}

/// A session that the ClientHello offers.
package struct OfferedSession: Sendable {
  let session: ClientSession
  let offersEarlyData: Bool

  var mechanism: ResumptionMechanism {
    session.version == .tls13 ? .preSharedKey : session.ticket.isEmpty ? .sessionID : .ticket
  }

  func fact(_ outcome: ResumptionFact.Outcome, at now: UInt64) -> ResumptionFact {
    ResumptionFact(
      outcome: outcome, mechanism: mechanism, peer: session.peer.presented.first?.subject,
      age: now.subtractingSaturated(session.receivedAt) / 1000)
  }
}

extension ClientSettings {
  /// The session to be offered, if there is one that still fits this configuration.
  func takeSession(from sessions: ClientSessions?, _ out: inout HandshakeOutput) -> OfferedSession? {
    guard let sessions else {
      out.trace(.resumption(ResumptionFact(outcome: .declined(.notEnabledHere), mechanism: nil, peer: nil, age: nil)))
      return nil
    }
    let now = sessions.clock.now()
    guard let session = takeSession(from: sessions, at: now), !session.isExpired(at: now) else {
      out.trace(.resumption(ResumptionFact(outcome: .declined(.noSession), mechanism: nil, peer: nil, age: nil)))
      return nil
    }
    let suites = session.version == .tls13 ? suites13 : suites12
    guard versions.contains(session.version), suites.contains(session.cipherSuite) else {
      out.trace(
        .resumption(
          ResumptionFact(outcome: .declined(.otherVersion(session.version)), mechanism: nil, peer: nil, age: nil)))
      return nil
    }
    guard session.version == .tls13 || session.ticket.isEmpty || configuration.offersTLS12Tickets else {
      out.trace(.resumption(ResumptionFact(outcome: .declined(.notEnabledHere), mechanism: nil, peer: nil, age: nil)))
      return nil
    }
    guard !configuration.judgesResumedServers || session.peer.evidence != nil else {
      out.trace(.resumption(ResumptionFact(outcome: .declined(.otherScope), mechanism: nil, peer: nil, age: nil)))
      return nil
    }
    let offered = OfferedSession(
      session: session,
      offersEarlyData: configuration.offersEarlyData && session.version == .tls13 && session.maxEarlyData > 0
        // Sent before the server's certificate is judged for this name.
        && session.peer.evidence.map { $0.question.reference == sessions.key.server } ?? true
        && session.applicationProtocol.map(applicationProtocols.contains) ?? true)
    out.trace(.resumption(offered.fact(.offered, at: now)))
    return offered
  }

  //= https://www.rfc-editor.org/rfc/rfc9846#section-4.7.1
  //# Clients MUST only resume if the new SNI value is valid for the server certificate presented in the original session
  private func takeSession(from sessions: ClientSessions, at now: UInt64) -> ClientSession? {
    if let session = sessions.store.take(for: sessions.key, at: now) { return session }
    guard configuration.resumesAcrossNames, case .dnsName(let name) = sessions.key.server,
      let session = sessions.store.takeAcrossNames(for: sessions.key, at: now), session.isFit(forOtherName: name)
    else { return nil }
    return session
  }
}
