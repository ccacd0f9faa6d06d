import HandfastCore
import HandfastCrypto
import HandfastWire
import Testing

@Suite("A transcript") struct TranscriptTests {
  private let provider = DefaultCryptoProvider()
  private let messages: [[UInt8]] = [Array(0..<200), [7], Array(50..<90)]

  private func hash(_ algorithm: HashAlgorithm, _ parts: [[UInt8]]) -> [UInt8] {
    let hash = provider.runningHash(algorithm)
    for part in parts { hash.update(part.span) }
    return hash.digest()
  }

  @Test(arguments: HashAlgorithm.allCases)
  func `hashes what has come before its hash was known, and what comes after`(algorithm: HashAlgorithm) {
    for known in 0...messages.count {
      var transcript = Transcript()
      for (index, message) in messages.enumerated() {
        if index == known { transcript.start(algorithm, provider) }
        transcript.append(message.span)
      }
      if known == messages.count { transcript.start(algorithm, provider) }
      let digest = transcript.digest()
      #expect(digest == hash(algorithm, messages))
      let lent = transcript.withDigest { [UInt8](copying: $0) }
      #expect(lent == digest)
    }
  }

  @Test(arguments: HashAlgorithm.allCases, HashAlgorithm.allCases)
  func `that was begun with a session's hash goes on with the one that is chosen`(
    begun: HashAlgorithm, chosen: HashAlgorithm
  ) {
    let (first, second, third) = (messages[0], messages[1], messages[2])
    for count in [0, 1, 150, 200] {
      var transcript = Transcript()
      transcript.start(begun, provider)
      for _ in 0..<2 {
        let binderHash = transcript.digest(beginning: first.span.extracting(first: count))
        #expect(binderHash == hash(begun, [Array(first.prefix(count))]))
      }
      transcript.append(first.span)
      transcript.append(second.span)
      transcript.start(chosen, provider)
      transcript.forgetMessages()
      transcript.append(third.span)
      let digest = transcript.digest()
      #expect(digest == hash(chosen, messages))
    }
  }

  @Test func `goes on from the hash of a ClientHello that was answered by a HelloRetryRequest`() {
    let (first, second) = (messages[0], messages[2])
    var transcript = Transcript()
    transcript.start(.sha384, provider)
    _ = transcript.digest(beginning: first.span.extracting(first: 9))
    transcript.append(first.span)
    transcript.replaceWithMessageHash(.sha256, provider)
    transcript.start(.sha256, provider)
    let binderHash = transcript.digest(beginning: second.span.extracting(first: 9))
    transcript.append(second.span)
    let digest = transcript.digest()
    let hashed = MessageHash.bytes(of: hash(.sha256, [first]))
    #expect(binderHash == hash(.sha256, [hashed, Array(second.prefix(9))]))
    #expect(digest == hash(.sha256, [hashed, second]))
  }
}
