import HandfastWire

/// How many of a client's sessions are looked at: each costs a decryption.
private let mostSessionsTried = 4

/// The first of the client's sessions that can be resumed; nil: a full handshake. RFC 9846 §4.3.11.
func selectPSK(
  _ offer: ClientOffer13, _ suite: CipherSuite13, _ settings: ServerSettings, _ frame: borrowing HandshakeFrame,
  _ transcript: inout Transcript, _ out: inout HandshakeOutput
) throws(TLSError) -> SelectedSession? {
  guard let psks = try offer.extensions.decoded(OfferedPSKs.self, in: .clientHello) else {
    out.trace(declined(.notOffered))
    return nil
  }
  // The one for the other: what is not a binder for each identity cannot be checked.
  guard psks.binders.count == psks.identities.count else {
    throw .binderCountMismatch(keys: psks.identities.count, binders: psks.binders.count)
  }
  //= https://www.rfc-editor.org/rfc/rfc9846#section-4.3.9
  //# If clients offer "pre_shared_key" without a "psk_key_exchange_modes" extension, servers MUST abort the handshake.
  guard let modes = offer.pskModes else { throw .missingExtension(.pskKeyExchangeModes, in: .clientHello) }
  // psk_ke has no forward secrecy, and is never used here.
  guard modes.contains(.pskDHEKE) else {
    out.trace(declined(.noForwardSecrecy))
    return nil
  }
  let now = settings.clock.now()
  for (index, identity) in psks.identities.prefix(mostSessionsTried).enumerated() {
    let session: ServerSession
    do throws(ResumptionRefusal) {
      session = try settings.open(identity.identity, at: now)
      guard session.version == .tls13 else { throw .otherVersion(session.version) }
      guard CipherSuite13(session.cipherSuite)?.hash == suite.hash else { throw .otherCipherSuite(session.cipherSuite) }
      try settings.checkScope(of: session, serverName: offer.serverName)
    } catch {
      out.trace(declined(error))
      continue
    }
    let partial = frame.raw.count - ClientHello.binderListByteCount(psks.binders)
    let hash = transcript.digest(beginning: frame.raw.extracting(first: partial))
    let early = EarlySecret13(
      psk: session.secret, settings.schedule(suite, clientRandom: offer.hello.random))
    //= https://www.rfc-editor.org/rfc/rfc9846#section-4.3.11
    //# Prior to accepting PSK key establishment, the server MUST validate the corresponding binder value (see Section 4.3.11.2
    //# below). If this value is not present or does not validate, the server MUST abort the handshake.
    let expected = early.binder(transcriptHash: hash)
    let binder = psks.binders[index]
    guard constantTimeEqual(binder.span, expected.span) else { throw .badBinder }
    let age = identity.obfuscatedTicketAge &- session.ageAdd
    let resumed = ResumedSession(session: session, mechanism: .preSharedKey, claimedAge: age)
    out.trace(.resumption(resumed.fact(.resumed, at: now)))
    return SelectedSession(resumed: resumed, index: index, binder: expected, age: age, early: early)
  }
  return nil
}

private func declined(_ reason: ResumptionRefusal) -> TLSEvent {
  .resumption(ResumptionFact(outcome: .declined(reason), mechanism: nil, peer: nil, age: nil))
}

/// A session of the client's choice, proved by its binder.
package struct SelectedSession: Sendable {
  let resumed: ResumedSession
  let index: Int
  /// Unlike the rest of the ClientHello, nobody but the client can make it: what the replay guard remembers.
  let binder: [UInt8]
  /// Milliseconds since the client got the ticket, as the client says.
  let age: UInt32
  let early: EarlySecret13

  var session: ServerSession { resumed.session }
}

/// Whether early data is taken, or why not. RFC 9846 §4.3.10, §8.
func admitEarlyData(
  _ offer: ClientOffer13, _ selected: SelectedSession?, _ suite: CipherSuite13, applicationProtocol: [UInt8]?,
  isRetry: Bool, _ settings: ServerSettings
) -> Result<UInt32, EarlyDataRefusal> {
  guard case .accepted(let limit, let replayGuard) = settings.configuration.earlyData else {
    return .failure(.notEnabledHere)
  }
  guard let selected else { return .failure(.notResumed) }
  guard !isRetry else { return .failure(.retried) }
  guard selected.index == 0 else { return .failure(.notFirstSession) }
  let session = selected.session
  guard session.maxEarlyData > 0 else { return .failure(.ticketAllowsNone) }
  // The client sends as much as its ticket says. Better none of it than a connection that fails halfway.
  guard session.maxEarlyData <= limit else { return .failure(.ticketAllowsMore) }
  guard session.cipherSuite == suite.suite else { return .failure(.otherCipherSuite) }
  guard session.serverName == offer.serverName else { return .failure(.otherServerName) }
  guard session.applicationProtocol == applicationProtocol else { return .failure(.otherApplicationProtocol) }
  // When the client, by its own count, has sent this ClientHello (RFC 9846 §8.3).
  let expected = session.issuedAt.addingSaturated(UInt64(selected.age))
  switch replayGuard.admit(selected.binder, expectedArrival: expected, at: settings.clock.now()) {
  case .accepted: return .success(session.maxEarlyData)
  case .replayed: return .failure(.replayed)
  case .outsideWindow: return .failure(.ageDiffers)
  case .tooSoonAfterStart: return .failure(.tooSoonAfterStart)
  case .registerFull: return .failure(.replayGuardFull)
  }
}

extension EarlyDataRefusal: Error {}
