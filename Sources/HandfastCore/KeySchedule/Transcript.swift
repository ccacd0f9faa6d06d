import HandfastWire

/// All handshake messages so far, as both sides saw them (RFC 5246 §7.4.9).
package struct Transcript: ~Copyable {
  private var hash: (any RunningHash)?
  /// The messages themselves: until the hash is known, and as long as a CertificateVerify may have to cover them (its hash is
  /// the signature scheme's, not the suite's).
  private var messages: [UInt8]?
  package private(set) var messageCount = 0

  package init() { messages = [] }

  package mutating func append(_ message: Span<UInt8>) {
    messageCount += 1
    hash?.update(message)
    messages?.append(copying: message)
  }

  /// The first message, as a rule, is kept as it is and not copied.
  package mutating func append(_ message: [UInt8]) {
    guard let messages, messages.isEmpty else { return append(message.span) }
    messageCount += 1
    hash?.update(message.span)
    self.messages = message
  }

  /// The suite is chosen, and with it the hash.
  package mutating func start(_ algorithm: HashAlgorithm, _ provider: any CryptoProvider) {
    let hash = provider.runningHash(algorithm)
    if let messages { hash.update(messages.span) }
    self.hash = hash
  }

  //= https://www.rfc-editor.org/rfc/rfc9846#section-4.1
  //# the value of ClientHello1 is replaced with a special synthetic handshake message of handshake type "message_hash" (254)
  //# containing Hash(ClientHello1).
  package mutating func replaceWithMessageHash(_ algorithm: HashAlgorithm, _ provider: any CryptoProvider) {
    let first = provider.runningHash(algorithm)
    first.update(wholeMessages.span)
    let hash = provider.runningHash(algorithm)
    hash.update(MessageHash.bytes(of: first.digest()).span)
    self.hash = hash
    messages = nil
  }

  /// No CertificateVerify will come any more.
  package mutating func forgetMessages() {
    if hash != nil { messages = nil }
  }

  package var wholeMessages: [UInt8] { messages ?? [] }

  package func digest() -> [UInt8] { hash?.digest() ?? [] }

  /// The hash with a part of a message more, which is not added: what a PSK binder covers. Before the hash is known, it is
  /// `algorithm`.
  package func digest(
    adding part: Span<UInt8>, _ algorithm: HashAlgorithm, _ provider: any CryptoProvider
  ) -> [UInt8] {
    let copy: any RunningHash
    if let hash {
      copy = hash.copy()
    } else {
      copy = provider.runningHash(algorithm)
      copy.update(wholeMessages.span)
    }
    copy.update(part)
    return copy.digest()
  }
}
