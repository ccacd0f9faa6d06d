import HandfastWire

/// The handshake is over, and both sides have proved that they saw the same one.
package struct Established: ~Copyable {
  private let outcome: HandshakeOutcome
  var secrets: EstablishedSecrets
  /// What a client does with the tickets it gets; nil: it drops them.
  private let tickets: ReceivedTickets?
  /// Whether this side knows that the peer has accepted it. Only a client of TLS 1.3 may have to wait for that.
  package private(set) var isConfirmed: Bool

  init(
    _ outcome: HandshakeOutcome, secrets: consuming EstablishedSecrets, isConfirmed: Bool,
    tickets: ReceivedTickets? = nil
  ) {
    self.tickets = tickets
    self.outcome = outcome
    self.secrets = secrets
    self.isConfirmed = isConfirmed
  }

  package var side: Side { outcome.side }
  package var parameters: NegotiatedParameters { outcome.parameters }
  package var peer: TrustedPeer? { outcome.peer }
  package var identity: Identity? { outcome.identity }

  package var step: HandshakeStep { isConfirmed ? .established : .awaitingConfirmation }

  /// RFC 5705 §4, RFC 9846 §7.5.
  package func exportKeyingMaterial(
    label: String, context: [UInt8]?, byteCount: Int
  ) throws(TLSError) -> [UInt8] {
    // RFC 7627 §5.4: without it the master secret is not bound to the handshake.
    guard parameters.usesExtendedMasterSecret else { throw .extendedMasterSecretMissing }
    let reserved = ["client finished", "server finished", "master secret", "extended master secret", "key expansion"]
    guard !reserved.contains(label) else { throw .invalidExporterInput("'\(label)' is a label of TLS itself") }
    guard context?.count ?? 0 <= 0xffff else { throw .invalidExporterInput("the context is over 65,535 bytes") }
    // HkdfLabel has one byte for a label's length, of which "tls13 " takes six (RFC 9846 §7.1).
    guard parameters.version != .tls13 || label.utf8.count <= 249 else {
      throw .invalidExporterInput("the label is over 249 bytes")
    }
    let limit = secrets.exportLimit
    guard (1...limit).contains(byteCount) else {
      throw .invalidExporterInput("the length must be 1 to \(limit) bytes")
    }
    return secrets.export(label: label, context: context, byteCount: byteCount)
  }

  consuming func receive(
    _ frame: borrowing HandshakeFrame, _ out: inout HandshakeOutput
  ) throws(TLSError) -> Established {
    switch (parameters.version, side, frame.type) {
    case (.tls13, _, .keyUpdate): try updateKeys(try frame.decode(KeyUpdate.self), &out)
    case (.tls13, .client, .newSessionTicket): try receiveTicket(try frame.decode(NewSessionTicket13.self), &out)
    case (.tls13, _, _): throw .unexpectedMessage(got: frame.type, wanted: [])
    case (_, .client, .helloRequest):
      _ = try frame.decode(HelloRequest.self)
      try refuseRenegotiation(&out)
    case (_, .server, .clientHello):
      _ = try frame.decode(ClientHello.self)
      try refuseRenegotiation(&out)
    default: throw .unexpectedMessage(got: frame.type, wanted: [])
    }
    return self
  }

  /// Renegotiation is refused, as a warning that lets the connection go on (RFC 5246 §7.2.2): it has no use left that does not
  /// come with an attack.
  private func refuseRenegotiation(_ out: inout HandshakeOutput) throws(TLSError) {
    out.trace(.ignored("a request to renegotiate"))
    try out.idleness.spend(.message)
    try out.sendAlert(.warning, .noRenegotiation)
  }

  /// The peer has accepted this side, as that shows.
  mutating func confirm(by confirmation: PeerConfirmation, _ out: inout HandshakeOutput) {
    guard !isConfirmed else { return }
    isConfirmed = true
    out.trace(.confirmed(by: confirmation))
  }

  // MARK: TLS 1.3

  private mutating func receiveTicket(
    _ ticket: NewSessionTicket13, _ out: inout HandshakeOutput
  ) throws(TLSError) {
    confirm(by: .newSessionTicket, &out)
    try out.idleness.spend(.message)
    let allowed = try ticket.extensions.decoded(TicketEarlyData.self, in: .newSessionTicket)?.maxSize ?? 0
    let flags = try ticket.extensions.decoded(TLSFlags.self, in: .newSessionTicket)?.numbers ?? []
    out.traceTicket(ticket.ticket, lifetime: ticket.lifetime, maxEarlyData: allowed, isIssued: false)
    //= https://www.rfc-editor.org/rfc/rfc9846#section-4.7.1
    //# The value of zero indicates that the ticket should be discarded immediately.
    guard let tickets, ticket.lifetime > 0 else { return }
    tickets.keep(
      ticket, secret: secrets.resumptionPSK(nonce: ticket.nonce, &out), maxEarlyData: allowed, flags: flags, &out)
  }

  //= https://www.rfc-editor.org/rfc/rfc9846#section-4.7.3
  //# If the request_update field is set to "update_requested", then the receiver MUST send a KeyUpdate of its own with
  //# request_update set to "update_not_requested" prior to sending its next Application Data record.
  private mutating func updateKeys(_ update: KeyUpdate, _ out: inout HandshakeOutput) throws(TLSError) {
    guard update.request == .updateRequested || update.request == .updateNotRequested else {
      throw .badKeyUpdateRequest(update.request.rawValue)
    }
    try out.idleness.spend(.message)
    try secrets.changeReceiving(&out)
    // After this side's goodbye there is no next record.
    guard update.request == .updateRequested, !out.hasSaidGoodbye, !out.hasAnsweredKeyUpdate else { return }
    // One answers all that come before the next data: whoever asks again and again cannot make this side send as often.
    out.hasAnsweredKeyUpdate = true
    try sendKeyUpdate(.updateNotRequested, &out)
  }

  /// RFC 9846 §4.7.3. Nothing in TLS 1.2.
  mutating func sendKeyUpdate(_ request: KeyUpdateRequest, _ out: inout HandshakeOutput) throws(TLSError) {
    guard parameters.version == .tls13 else { return }
    try out.send(KeyUpdate(request: request))
    try secrets.changeSending(&out)
  }
}

/// What is left of the key schedule for a connection's life.
package enum EstablishedSecrets: ~Copyable {
  case tls12(MasterSecret12)
  case tls13(Secrets13)

  /// The most bytes of keying material in one call: what HKDF can expand (RFC 5869 §2.3), or a bound of ours.
  var exportLimit: Int {
    switch self {
    case .tls12: 1 << 16
    case .tls13(let secrets): 255 * secrets.exporter.byteCount
    }
  }

  func export(label: String, context: [UInt8]?, byteCount: Int) -> [UInt8] {
    switch self {
    case .tls12(let master): master.export(label: label, context: context, byteCount: byteCount)
    case .tls13(let secrets): secrets.exporter.export(label: label, context: context, byteCount: byteCount)
    }
  }

  func resumptionPSK(nonce: [UInt8], _ out: inout HandshakeOutput) -> SessionSecret? {
    switch self {
    case .tls12: nil
    case .tls13(let secrets): secrets.resumption.psk(nonce: nonce, &out)
    }
  }

  mutating func changeReceiving(_ out: inout HandshakeOutput) throws(TLSError) {
    guard let next = nextReceiving(&out) else { return }
    out.changeReceivingKeys(to: try next.protection(), for: .application, generation: next.generation)
    switch consume self {
    case .tls12(let master): self = .tls12(master)
    case .tls13(let secrets):
      self = .tls13(
        Secrets13(
          sending: secrets.sending, receiving: next, exporter: secrets.exporter, resumption: secrets.resumption))
    }
  }

  mutating func changeSending(_ out: inout HandshakeOutput) throws(TLSError) {
    guard let next = nextSending(&out) else { return }
    try out.installSendingKeys(next.protection(), for: .application, generation: next.generation)
    switch consume self {
    case .tls12(let master): self = .tls12(master)
    case .tls13(let secrets):
      self = .tls13(
        Secrets13(
          sending: next, receiving: secrets.receiving, exporter: secrets.exporter, resumption: secrets.resumption))
    }
  }

  private func nextReceiving(_ out: inout HandshakeOutput) -> TrafficSecret13? {
    switch self {
    case .tls12: nil
    case .tls13(let secrets): secrets.receiving.next(&out)
    }
  }

  private func nextSending(_ out: inout HandshakeOutput) -> TrafficSecret13? {
    switch self {
    case .tls12: nil
    case .tls13(let secrets): secrets.sending.next(&out)
    }
  }
}

/// The secrets of an established TLS 1.3 connection.
package struct Secrets13: ~Copyable {
  let sending: TrafficSecret13
  let receiving: TrafficSecret13
  let exporter: ExporterSecret13
  let resumption: ResumptionSecret13

  init(
    sending: consuming TrafficSecret13, receiving: consuming TrafficSecret13, exporter: consuming ExporterSecret13,
    resumption: consuming ResumptionSecret13
  ) {
    self.sending = sending
    self.receiving = receiving
    self.exporter = exporter
    self.resumption = resumption
  }
}
