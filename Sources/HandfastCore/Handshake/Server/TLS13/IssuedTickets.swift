import HandfastWire

/// The client's tickets, right after its Finished. RFC 9846 §4.7.1.
func sendTickets13(
  _ context: ServerContext13, _ resumption: borrowing ResumptionSecret13, peer: RememberedPeer?,
  _ out: inout HandshakeOutput
) throws(TLSError) {
  let (settings, offer) = (context.settings, context.offer)
  guard let sealer = settings.ticketSealer, let scope = context.scope else { return }
  // A client that cannot resume with (EC)DHE has no use for tickets of ours.
  guard offer.pskModes?.contains(.pskDHEKE) ?? false else { return }
  var earlyData: UInt32 = 0
  if case .accepted(let limit, _) = settings.configuration.earlyData { earlyData = limit }
  let now = settings.clock.now()
  // A resumption has used one ticket, and is given one.
  let count = context.selected == nil ? settings.configuration.ticketCount : min(settings.configuration.ticketCount, 1)
  // Drawn for all of them at once.
  let randomByteCount = 4 + TicketSealer.randomByteCount
  var entropy = settings.provider.randomBytes(count * randomByteCount)[...]
  for number in 0..<count {
    let nonce = [UInt8(truncatingIfNeeded: number)]
    let random = entropy.prefix(randomByteCount)
    entropy = entropy.dropFirst(randomByteCount)
    let ageAdd = random.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    let session = ServerSession(
      version: .tls13, cipherSuite: context.suite.suite, secret: resumption.psk(nonce: nonce, &out), scope: scope,
      serverName: offer.serverName, applicationProtocol: context.applicationProtocol.map { Array($0.utf8) },
      lineageStartedAt: context.selected?.session.lineageStartedAt ?? now, issuedAt: now,
      expiresAt: settings.sessionEnd(at: now), ageAdd: ageAdd, maxEarlyData: earlyData,
      ownCertificatesEndAt: context.identity?.certificatesEndAt ?? context.selected?.session.ownCertificatesEndAt
        ?? .max,
      group: context.group,
      ownCertificateType: context.identity?.certificateType ?? context.selected?.session.ownCertificateType ?? .x509,
      peer: peer)
    let lifetime = session.expiresAt.subtractingSaturated(now) / 1000
    guard lifetime > 0, let ticket = sealer.seal(session, at: now, random: random.dropFirst(4)) else { return }
    var extensions = ExtensionBlock()
    if earlyData > 0 { extensions.set(TicketEarlyData(maxSize: earlyData)) }
    if settings.crossesNames { extensions.set(TLSFlags(numbers: [TLSFlags.resumptionAcrossNames])) }
    try out.send(
      NewSessionTicket13(
        lifetime: UInt32(lifetime), ageAdd: ageAdd, nonce: nonce, ticket: ticket, extensions: extensions))
    out.traceTicket(ticket, lifetime: UInt32(lifetime), maxEarlyData: earlyData, isIssued: true)
  }
}

extension HandshakeOutput {
  mutating func traceTicket(_ ticket: [UInt8], lifetime: UInt32, maxEarlyData: UInt32, isIssued: Bool) {
    guard isTracing else { return }
    let fact = TicketFact(
      lifetime: lifetime, byteCount: ticket.count, digest: sha256(ticket.span), maxEarlyData: maxEarlyData)
    trace(isIssued ? .issuedTicket(fact) : .receivedTicket(fact))
  }
}
