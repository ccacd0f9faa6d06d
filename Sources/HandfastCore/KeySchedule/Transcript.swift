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

  /// The suite is chosen, and with it the hash.
  package mutating func start(_ algorithm: HashAlgorithm, _ provider: any CryptoProvider) {
    var hash = provider.runningHash(algorithm)
    if let messages { hash.update(messages.span) }
    self.hash = hash
  }

  /// No CertificateVerify will come any more.
  package mutating func forgetMessages() {
    if hash != nil { messages = nil }
  }

  package var wholeMessages: [UInt8] { messages ?? [] }

  package func digest() -> [UInt8] { hash?.digest() ?? [] }
}
