import HandfastWire

/// Sends a ClientHello, with the proof that the client holds the key of the session it offers (RFC 9846 §4.3.11.2). The binder
/// covers everything before it, so it is put into the encoded message; what comes back is the hello as it was sent, and what follows
/// from the session's key, if it is one of TLS 1.3.
func sendClientHello(
  _ hello: consuming ClientHello, offering offered: OfferedSession?, _ settings: ClientSettings,
  _ transcript: inout Transcript, _ out: inout HandshakeOutput
) throws(TLSError) -> (ClientHello, EarlySecret13?) {
  guard let session = offered?.session, session.version == .tls13, let suite = CipherSuite13(session.cipherSuite) else {
    try out.send(hello, &transcript)
    return (hello, nil)
  }
  // Milliseconds, in 32 bits that wrap around; ageAdd keeps an observer from linking tickets to their issue.
  // Between two readings in whole milliseconds nearly one less may have passed, and a server that counts finer (GnuTLS) refuses
  // early data with a ticket that is older than it can be.
  let elapsed = settings.clock.now().subtractingSaturated(session.receivedAt).subtractingSaturated(1)
  let age = UInt32(truncatingIfNeeded: elapsed)
  let identity = PSKIdentity(identity: session.ticket, obfuscatedTicketAge: age &+ session.ageAdd)
  let placeholder = [UInt8](repeating: 0, count: suite.hash.byteCount)
  var hello = hello
  hello.extensions?.set(OfferedPSKs(identities: [identity], binders: [placeholder]))
  guard var message = hello.message() else { throw .encodingTooLong(.clientHello) }

  let partial = message.count - ClientHello.binderListByteCount([placeholder])
  transcript.start(suite.hash, settings.provider)
  let early = EarlySecret13(psk: session.secret, settings.schedule(suite, clientRandom: hello.random))
  let binder = early.binder(transcriptHash: transcript.digest(beginning: message.span.extracting(first: partial)))
  message.replaceSubrange(message.count - binder.count..<message.count, with: binder)
  hello.extensions?.replaceEnd(with: binder)
  try out.send(.clientHello, message, &transcript)
  return (hello, early)
}

/// After a ClientHello that offers early data, it can be sent at once (RFC 9846 §4.3.10).
func startEarlyData(
  _ offered: OfferedSession, _ early: EarlySecret13, _ transcript: borrowing Transcript, _ out: inout HandshakeOutput
) throws(TLSError) {
  let session = offered.session
  guard offered.offersEarlyData else { return }
  early.tell(&out)
  let secret = early.earlyTraffic(transcriptHash: transcript.digest(), &out)
  out.sendDummyChangeCipherSpec()
  try out.installSendingKeys(secret.protection(), for: .earlyData)
  out.earlyDataLeft = Int(session.maxEarlyData)
  out.trace(.earlyData(EarlyDataFact(outcome: .offered, limit: session.maxEarlyData)))
}
