import HandfastWire

/// All handshake messages so far, as both sides saw them (RFC 5246 §7.4.9).
package struct Transcript: ~Copyable {
  private var hash: (any RunningHash)?
  private var algorithm: HashAlgorithm?
  /// Bytes of the next message that the hash has in it already.
  private var begunCount = 0
  /// The messages themselves: until the hash is known, and as long as a CertificateVerify may have to cover them (its hash is
  /// the signature scheme's, not the suite's).
  private var messages: [UInt8]?
  package private(set) var messageCount = 0

  package init() { messages = [] }

  /// For messages that no handshake is made of: it keeps nothing.
  static var ofNothing: Transcript {
    var transcript = Transcript()
    transcript.messages = nil
    return transcript
  }

  package mutating func append(_ message: Span<UInt8>) {
    messageCount += 1
    hash?.update(message.extracting(droppingFirst: begunCount))
    begunCount = 0
    guard let count = messages?.count else { return }
    // A ClientHello has what it takes: often it is the only one that is kept. For what comes behind it there is room for a flight
    // with its certificates at once.
    if count > 0, count + message.count > messages?.capacity ?? 0 {
      messages?.reserveCapacity(max(count + message.count, min(2 * count, 1 << 16), 3072))
    }
    messages?.append(copying: message)
  }

  /// The suite is chosen, and with it the hash; or it is the one of a session that is offered, until the server has chosen.
  package mutating func start(_ algorithm: HashAlgorithm, _ provider: any CryptoProvider) {
    // Without the messages there is nothing to make another hash of.
    guard algorithm != self.algorithm, let messages else { return }
    let hash = provider.runningHash(algorithm)
    hash.update(messages.span)
    (self.hash, self.algorithm, begunCount) = (hash, algorithm, 0)
  }

  //= https://www.rfc-editor.org/rfc/rfc9846#section-4.1
  //# the value of ClientHello1 is replaced with a special synthetic handshake message of handshake type "message_hash" (254)
  //# containing Hash(ClientHello1).
  package mutating func replaceWithMessageHash(_ algorithm: HashAlgorithm, _ provider: any CryptoProvider) {
    let first = provider.runningHash(algorithm)
    first.update(wholeMessages.span)
    let hash = provider.runningHash(algorithm)
    hash.update(MessageHash.bytes(of: first.digest()).span)
    (self.hash, self.algorithm, begunCount) = (hash, algorithm, 0)
    messages = nil
  }

  /// No CertificateVerify will come any more.
  package mutating func forgetMessages() {
    if hash != nil { messages = nil }
  }

  package var wholeMessages: [UInt8] { messages ?? [] }

  package func digest() -> [UInt8] { hash?.digest() ?? [] }

  /// The same for `body` alone, without an array for it.
  package func withDigest<R: ~Copyable>(_ body: (Span<UInt8>) -> R) -> R {
    // As much as the longest takes.
    var room = InlineArray<64, UInt8>(repeating: 0)
    guard let hash, let count = algorithm?.byteCount else { return body(room.span.extracting(first: 0)) }
    var all = room.mutableSpan
    var digest = all._mutatingExtracting(first: count)
    hash.digest(into: &digest)
    return body(room.span.extracting(first: count))
  }

  /// The hash with the beginning of the next message in it: what a PSK binder covers. The message is then to be added as a whole,
  /// and no shorter beginning of it can be asked for.
  package mutating func digest(beginning part: Span<UInt8>) -> [UInt8] {
    if part.count > begunCount {
      hash?.update(part.extracting(droppingFirst: begunCount))
      begunCount = part.count
    }
    return digest()
  }
}
