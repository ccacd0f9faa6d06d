package import HandfastWire

/// One whole handshake message, still borrowing the joiner's bytes.
package struct HandshakeFrame: ~Escapable, ~Copyable {
  package let type: HandshakeType
  /// Type, length and body, as they go into the transcript.
  package let raw: Span<UInt8>

  @_lifetime(copy raw)
  package init(type: HandshakeType, raw: Span<UInt8>) {
    self.type = type
    self.raw = raw
  }

  /// The body of a message of that kind, as it came.
  @_lifetime(copy self)
  package func body<M: HandshakeBody>(of message: M.Type) throws(TLSError) -> Span<UInt8> {
    guard type == M.type else { throw .unexpectedMessage(got: type, wanted: [M.type]) }
    return raw.extracting(droppingFirst: 4)
  }

  package func decode<M: HandshakeBody>(_ message: M.Type) throws(TLSError) -> M {
    let body = try body(of: message)
    do throws(DecodeError) {
      return try M(decoding: body, "body")
    } catch {
      throw .malformed(M.type, error)
    }
  }
}

/// Proof that no part of a handshake message is pending: the only moment at which keys may change. Only the joiner mints it.
package struct RecordBoundary: ~Copyable {
  fileprivate init() {}
}

/// Whole handshake messages out of record payloads: those that lie in one record are read there. Owns what is incomplete, and what
/// waits while a question is open.
package struct HandshakeJoiner: ~Copyable {
  private var buffer: [UInt8] = []
  private var start = 0
  private let messageLimit: Int

  package init(messageLimit: Int) { self.messageLimit = messageLimit }

  package var isAligned: Bool { start == buffer.count }

  /// `rest`: bytes of the record in hand that are not in the joiner yet.
  package func boundary(before rest: Int = 0) throws(TLSError) -> RecordBoundary {
    guard isAligned, rest == 0 else { throw .messageAcrossKeyChange }
    return RecordBoundary()
  }

  /// The message at the start of `payload`, where it lies, if it is there as a whole and nothing waits before it. One that
  /// announces more than the limit is refused before it is collected.
  @_lifetime(copy payload)
  package func frame(in payload: Span<UInt8>) throws(TLSError) -> HandshakeFrame? {
    guard isAligned, let length = try messageLength(in: payload), length <= payload.count else { return nil }
    return HandshakeFrame(type: HandshakeType(rawValue: payload[0]), raw: payload.extracting(first: length))
  }

  package mutating func append(_ payload: Span<UInt8>) {
    if start > 0 {
      buffer.removeFirst(start)
      start = 0
    }
    buffer.append(copying: payload)
  }

  /// How long the next message is if it is there as a whole. One that announces more than the limit is refused before it is collected.
  package func nextLength() throws(TLSError) -> Int? {
    guard let length = try messageLength(in: waiting), length <= waiting.count else { return nil }
    return length
  }

  /// The next message, of `length` bytes as `nextLength` said.
  @_lifetime(borrow self)
  package func next(_ length: Int) -> HandshakeFrame {
    HandshakeFrame(type: HandshakeType(rawValue: waiting[0]), raw: waiting.extracting(first: length))
  }

  /// How many bytes have come behind the next message, of `length` bytes.
  package func restCount(behind length: Int) -> Int { waiting.count - length }

  /// `expectsMore`: the room is kept for the messages to come. Otherwise it is given back: an idle connection holds no buffer.
  package mutating func drop(_ length: Int, expectsMore: Bool) {
    start += length
    if start == buffer.count {
      buffer.empty(keepingRoom: expectsMore)
      start = 0
    }
  }

  /// The handshake is over, by an answer and not by a message: no more is expected.
  package mutating func giveBackRoom() { if buffer.isEmpty { buffer = [] } }

  private var waiting: Span<UInt8> {
    @_lifetime(borrow self)
    get { buffer.span.extracting(droppingFirst: start) }
  }

  /// As its header says; nil while that is not there.
  private func messageLength(in bytes: Span<UInt8>) throws(TLSError) -> Int? {
    guard bytes.count >= 4 else { return nil }
    let length = 4 + (Int(bytes[1]) << 16 | Int(bytes[2]) << 8 | Int(bytes[3]))
    guard length <= messageLimit else {
      throw .messageTooLong(HandshakeType(rawValue: bytes[0]), length: length, limit: messageLimit)
    }
    return length
  }
}
