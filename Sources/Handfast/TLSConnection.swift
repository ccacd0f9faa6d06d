/// One side of one TLS connection. It does no I/O and keeps no copy of application data: ciphertext is opened in the caller's
/// buffer, plaintext is lent to the caller from there, and what must be sent is written into the caller's buffer.
public struct TLSConnection: ~Copyable, Sendable {
  init() {}

  public var side: Side { .client }

  /// Takes the first `count` bytes of `bytes` from the peer and opens records in place. Call it with everything not yet consumed,
  /// and again until it consumes nothing and needs `.input`.
  ///
  /// After an error the connection is over; `writeOwed` still has the alert to send.
  public mutating func receive(_ bytes: inout MutableSpan<UInt8>, count: Int) throws(TLSFailure) -> Need { .input }

  /// How many bytes at the start of the buffer the last `receive` is done with. Drop them (after taking `.plaintext`), keep
  /// the rest, and present it again with more.
  public var consumed: Int { 0 }

  /// The peer's bytes have ended. Throws `.truncated` unless its close_notify came before.
  public mutating func receiveEndOfInput() throws(TLSFailure) {}

  public mutating func resume(with verdict: Verdict) throws(TLSFailure) -> Need { .input }
  public mutating func resume(with signature: [UInt8]) throws(TLSFailure) -> Need { .input }
  public mutating func resume(with identity: Identity?) throws(TLSFailure) -> Need { .input }

  /// Seals one record of application data into the caller's buffer and returns how many bytes of `data` it took: as many as fit a
  /// record and the buffer. 0 when there is no room. Never before the handshake is complete, and never while bytes are owed.
  public mutating func seal(_ data: Span<UInt8>, into output: inout OutputSpan<UInt8>) throws(TLSFailure) -> Int { 0 }

  /// Handshake bytes and alerts owed to the peer, as many as fit; after an error too.
  public mutating func writeOwed(into output: inout OutputSpan<UInt8>) {}
  /// How many bytes `writeOwed` has to write.
  public var owedByteCount: Int { 0 }

  /// Says goodbye: a close_notify is owed, and nothing can be sealed after it. Data may still be received.
  public mutating func close() {}

  /// Ends a handshake that takes too long: the driver has the clock. Returns the failure; the alert is owed.
  public mutating func timeOut(afterSeconds seconds: Int) -> TLSFailure {
    TLSFailure(
      side: side, step: step, error: .handshakeTimedOut(seconds: seconds), alertSent: nil, knowledge: .init())
  }

  /// What this side awaits.
  public var step: HandshakeStep { .awaitingServerHello }
  public var isHandshakeComplete: Bool { false }
  /// What the handshake settled; nil until it is complete.
  public var negotiated: NegotiatedParameters? { nil }
  /// The peer as it was judged; nil until it has proved its key, and when it did not authenticate.
  public var peer: TrustedPeer? { nil }
  /// The identity this side presented, if any.
  public var ownIdentity: Identity? { nil }

  /// Keying material bound to this connection (RFC 5705): the same on both sides, for whatever the two agree to use it for.
  /// Throws `.handshakeNotComplete`, and `.extendedMasterSecretMissing` without RFC 7627, since the result would not be bound.
  public func exportKeyingMaterial(label: String, context: [UInt8]?, byteCount: Int) throws(TLSFailure) -> [UInt8] {
    []
  }

  /// The facts collected since the last call, in order.
  public mutating func takeEvents() -> [TLSEvent] { [] }
}
