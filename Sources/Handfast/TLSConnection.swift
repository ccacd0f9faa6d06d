package import HandfastCore

/// One side of one TLS connection. It does no I/O and keeps no copy of application data: ciphertext is opened in the caller's
/// buffer, plaintext is lent to the caller from there, and what must be sent is written into the caller's buffer.
public struct TLSConnection: ~Copyable, Sendable {
  private var core: Connection

  package init(_ core: consuming Connection) { self.core = core }

  public var side: Side { core.side }

  // MARK: In

  /// Takes the first `count` bytes of `bytes` from the peer and opens records in place. Call it with everything not yet
  /// consumed, and again until it consumes nothing and needs `.input`. The buffer must be able to hold a whole record:
  /// `TLSConnection.largestRecord` bytes.
  ///
  /// After an error the connection is over; `writeOwed` still has the alert to send.
  public mutating func receive(_ bytes: inout MutableSpan<UInt8>, count: Int) throws(TLSFailure) -> Need {
    do throws(TLSError) { return try core.receive(&bytes, count: count) } catch { throw failure(error) }
  }

  /// How many bytes at the start of the buffer the last `receive` is done with. Drop them (after taking `.plaintext`), keep
  /// the rest, and present it again with more.
  public var consumed: Int { core.consumed }

  /// The most bytes one record can have (RFC 5246 §6.2.3): header, 2^14 of plaintext, 2,048 of expansion.
  public static let largestRecord = 5 + 16_384 + 2_048

  /// The peer's bytes have ended. Throws `.truncated` unless its close_notify came before: without it nobody can tell whether
  /// the data is complete.
  public mutating func receiveEndOfInput() throws(TLSFailure) {
    do throws(TLSError) { try core.receiveEndOfInput() } catch { throw failure(error) }
  }

  /// Answers `Need.peerVerdict`.
  public mutating func resume(with verdict: Verdict) throws(TLSFailure) -> Need { try resume(.verdict(verdict)) }

  /// Answers `Need.signature`. An empty one says that the key's keeper did not sign; the connection fails with
  /// `.signingFailed`.
  public mutating func resume(with signature: [UInt8]) throws(TLSFailure) -> Need { try resume(.signature(signature)) }

  /// Answers `Need.serverIdentity` or `Need.clientIdentity`.
  public mutating func resume(with identity: Identity?) throws(TLSFailure) -> Need { try resume(.identity(identity)) }

  private mutating func resume(_ answer: Answer) throws(TLSFailure) -> Need {
    do throws(TLSError) { return try core.resume(answer) } catch { throw failure(error) }
  }

  // MARK: Out

  /// Seals one record of application data into the caller's buffer and returns how many bytes of `data` it took: as many as fit a
  /// record and the buffer. 0 when there is no room, or while bytes are owed: call `writeOwed` first. Throws
  /// `.handshakeNotComplete` too early, and `.alreadyEnded` after `close`.
  public mutating func seal(
    _ data: Span<UInt8>, into output: inout OutputSpan<UInt8>
  ) throws(TLSFailure) -> Int {
    do throws(TLSError) { return try core.seal(data, into: &output) } catch { throw failure(error) }
  }

  /// How much room in its output `seal` needs at most to take `count` bytes of data, in as many records as it takes.
  public func sealedByteCount(of count: Int) -> Int { core.sealedByteCount(of: count) }

  // MARK: Early data

  /// Bytes of early data that this client may send now, before the handshake is complete (RFC 9846 §4.3.10); 0: none.
  public var earlyDataCapacity: Int { core.earlyDataCapacity }

  /// Seals early data, as `seal` does, and at most `earlyDataCapacity` bytes. Whoever records it can send it to the server again:
  /// only what may be done twice belongs there. Whether the server has taken it is said by `negotiated.isEarlyDataAccepted`; if
  /// not, it has to be sent anew. Throws `.earlyDataNotPossible` when there is no capacity.
  public mutating func sealEarlyData(
    _ data: Span<UInt8>, into output: inout OutputSpan<UInt8>
  ) throws(TLSFailure) -> Int {
    do throws(TLSError) { return try core.sealEarlyData(data, into: &output) } catch { throw failure(error) }
  }

  // MARK: Keys

  /// Changes the keys of what this side sends from here on, and asks the peer to change its own if so wanted (RFC 9846 §4.7.3);
  /// the KeyUpdate is owed to the peer. It happens by itself before a key has protected too much. Nothing in TLS 1.2.
  public mutating func updateKeys(requestingPeer: Bool = false) throws(TLSFailure) {
    do throws(TLSError) { try core.updateKeys(requestingPeer: requestingPeer) } catch { throw failure(error) }
  }

  /// Handshake bytes and alerts owed to the peer, as many as fit; after an error too.
  public mutating func writeOwed(into output: inout OutputSpan<UInt8>) { core.writeOwed(into: &output) }

  /// How many bytes `writeOwed` has to write.
  public var owedByteCount: Int { core.owedByteCount }

  /// Says goodbye: a close_notify is owed, and nothing can be sealed after it. Data may still be received. RFC 5246 §7.2.1
  /// wants it as the answer to the peer's close_notify too.
  public mutating func close() { core.close() }

  /// Ends a handshake that takes too long: the driver has the clock. Returns the failure; the alert is owed.
  public mutating func timeOut(afterSeconds seconds: Int) -> TLSFailure {
    let error = core.timeOut(afterSeconds: seconds)
    return failure(error)
  }

  // MARK: Facts

  /// What this side awaits, or awaited when it failed.
  public var step: HandshakeStep { core.step }
  public var isHandshakeComplete: Bool { core.isEstablished }
  /// Whether this side knows that the peer has accepted it. A client of TLS 1.3 completes its handshake before the server has
  /// judged its certificate; it knows with the server's first ticket or data, if any of them comes. An alert that comes instead
  /// is thrown as the handshake's failure, with the step `awaitingConfirmation`.
  public var isConfirmed: Bool { core.withEstablished { $0.isConfirmed } ?? false }
  /// What the handshake settled; nil until it is complete.
  public var negotiated: NegotiatedParameters? { core.withEstablished { $0.parameters } }
  /// The peer as it was judged; nil until the handshake is complete, and when it did not authenticate.
  public var peer: TrustedPeer? { core.withEstablished { $0.peer } ?? nil }
  /// The identity this side presented; nil until the handshake is complete, and when it presented none.
  public var ownIdentity: Identity? { core.withEstablished { $0.identity } ?? nil }

  /// What of either side's set-up works here, and will not tomorrow or elsewhere: empty until the handshake is complete. Reads
  /// this side's chain anew at each call.
  public var warnings: [HandshakeWarning] { warningBasis?.warnings ?? [] }

  /// What the warnings are made of; nil until the handshake is complete.
  package var warningBasis: WarningBasis? {
    negotiated.map {
      WarningBasis(side: side, negotiated: $0, peer: peer, own: ownIdentity, peerClock: core.knowledge.peerClock)
    }
  }

  /// Keying material bound to this connection (RFC 5705): the same on both sides, for whatever the two agree to use it for.
  ///
  /// Throws `.handshakeNotComplete`; `.extendedMasterSecretMissing` without RFC 7627, since a man in the middle could then
  /// share the result; `.invalidExporterInput` for a label of TLS itself or a context over 65,535 bytes.
  public func exportKeyingMaterial(
    label: String, context: [UInt8]?, byteCount: Int
  ) throws(TLSFailure) -> [UInt8] {
    let result: [UInt8]?
    do throws(TLSError) {
      result = try core.withEstablished { established throws(TLSError) in
        try established.exportKeyingMaterial(label: label, context: context, byteCount: byteCount)
      }
    } catch {
      throw failure(error)
    }
    guard let result else { throw failure(.handshakeNotComplete) }
    return result
  }

  /// The facts collected since the last call, in order; empty without `tracing`.
  public mutating func takeEvents() -> [TLSEvent] { core.takeEvents() }

  private func failure(_ error: TLSError) -> TLSFailure {
    TLSFailure(side: side, step: step, error: error, alertSent: core.alert(for: error), knowledge: core.knowledge)
  }
}
