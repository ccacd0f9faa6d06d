import HandfastWire

/// The server changes its keys next; before that it may give a ticket. RFC 5246 §7.1, RFC 5077 §3.3.
package struct AwaitingServerChangeCipherSpec: ~Copyable {
  let concluded: Concluded12
  let receivingKeys: RecordProtection
  /// Resuming, the client speaks last: its keys, not yet in use.
  let sendingKeys: RecordProtection?
  /// Nil: the session is not kept.
  var session: ClientSession12?
  var transcript: Transcript

  consuming func receive(
    _ frame: borrowing HandshakeFrame, _ out: inout HandshakeOutput
  ) throws(TLSError) -> Role {
    guard let kept = session, kept.expectsTicket, kept.ticket == nil else {
      throw .unexpectedMessage(got: frame.type, wanted: [])
    }
    let ticket = try frame.decode(NewSessionTicket12.self)
    out.traceTicket(ticket.ticket, lifetime: ticket.lifetimeHint, maxEarlyData: 0, isIssued: false)
    session?.ticket = ticket
    transcript.append(frame.raw)
    return .client12(.awaitingServerChangeCipherSpec(self))
  }

  //= https://www.rfc-editor.org/rfc/rfc5077#section-3.3
  //# This message MUST be sent if the server included a SessionTicket extension in the ServerHello.
  consuming func receiveChangeCipherSpec(_ out: inout HandshakeOutput) throws(TLSError) -> Role {
    if let session, session.expectsTicket, session.ticket == nil { throw .unexpectedChangeCipherSpec }
    out.changeReceivingKeys(to: receivingKeys)
    return .client12(
      .awaitingServerFinished(
        AwaitingServerFinished(
          concluded: concluded, sendingKeys: sendingKeys, session: session, transcript: transcript)))
  }
}
