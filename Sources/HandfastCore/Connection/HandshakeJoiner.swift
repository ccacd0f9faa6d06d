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

  package func decode<M: HandshakeBody>(_ message: M.Type) throws(TLSError) -> M {
    guard type == M.type else { throw .unexpectedMessage(got: type, wanted: [M.type]) }
    do throws(DecodeError) {
      return try M(decoding: raw.extracting(droppingFirst: 4), "body")
    } catch {
      throw .malformed(M.type, error)
    }
  }
}

/// Proof that no part of a handshake message is pending: the only moment at which keys may change. Only the joiner mints it.
package struct RecordBoundary: ~Copyable {
  fileprivate init() {}
}

/// Whole handshake messages out of record payloads. Owns what is incomplete, and what waits while a question is open.
package struct HandshakeJoiner: ~Copyable {
  private var buffer: [UInt8] = []
  private var start = 0
  private let messageLimit: Int

  package init(messageLimit: Int) { self.messageLimit = messageLimit }

  package var isAligned: Bool { start == buffer.count }

  package func boundary() throws(TLSError) -> RecordBoundary {
    guard isAligned else { throw .messageAcrossKeyChange }
    return RecordBoundary()
  }

  package mutating func append(_ payload: Span<UInt8>) {
    if start > 0 {
      buffer.removeFirst(start)
      start = 0
    }
    buffer.append(copying: payload)
  }

  /// Whether a whole message is there. A message that announces more than the limit is refused before it is collected.
  package func hasMessage() throws(TLSError) -> Bool {
    guard let length = bodyLength() else { return false }
    guard length + 4 <= messageLimit else {
      throw .messageTooLong(HandshakeType(rawValue: buffer[start]), length: length + 4, limit: messageLimit)
    }
    return start + 4 + length <= buffer.count
  }

  /// Whether nothing has come behind the next message.
  package var isLastMessage: Bool { start + 4 + (bodyLength() ?? 0) == buffer.count }

  /// The next message; call it only after `hasMessage` said so.
  @_lifetime(borrow self)
  package func next() -> HandshakeFrame {
    let end = start + 4 + (bodyLength() ?? 0)
    return HandshakeFrame(type: HandshakeType(rawValue: buffer[start]), raw: buffer.span.extracting(start..<end))
  }

  /// `expectsMore`: the room is kept for the messages to come. Otherwise it is given back: an idle connection holds no buffer.
  package mutating func drop(expectsMore: Bool) {
    start += 4 + (bodyLength() ?? 0)
    if start == buffer.count {
      buffer.empty(keepingRoom: expectsMore)
      start = 0
    }
  }

  /// The handshake is over, by an answer and not by a message: no more is expected.
  package mutating func giveBackRoom() { if buffer.isEmpty { buffer = [] } }

  private func bodyLength() -> Int? {
    guard start + 4 <= buffer.count else { return nil }
    return Int(buffer[start + 1]) << 16 | Int(buffer[start + 2]) << 8 | Int(buffer[start + 3])
  }
}
