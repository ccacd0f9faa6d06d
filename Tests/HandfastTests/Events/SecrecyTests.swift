import Handfast
import HandfastTestKit
import TestTurns
import Testing

@Suite("Secrets", .inTurn) struct SecrecyTests {
  private static let combinations: [(CipherSuite, KeyKind)] = [
    (.ecdheECDSAWithAES128GCMSHA256, .ecdsa(.secp256r1)), (.ecdheECDSAWithAES256GCMSHA384, .ed25519),
    (.ecdheRSAWithChaCha20Poly1305SHA256, .rsa(bits: 2048)), (.rsaWithAES256GCMSHA384, .rsa(bits: 2048)),
  ]

  private func run(_ suite: CipherSuite, _ key: KeyKind) throws -> (InMemoryPair, CapturingSink, CapturingSink) {
    let (clientSink, serverSink) = (CapturingSink(), CapturingSink())
    var setup = try Setup(serverKey: key, clientKey: .ed25519, .required)
    setup.client.rsaKeyTransport = .allowedAgainstRFC10015
    setup.server.rsaKeyTransport = .allowedAgainstRFC10015
    setup.client.cipherSuites = [suite]
    setup.server.cipherSuites = [suite]
    setup.client.secretSink = clientSink
    setup.server.secretSink = serverSink
    let pair = try setup.pair()
    pair.run()
    pair.send(Array("a line that nobody shall see".utf8), from: .client)
    pair.close()
    return (pair, clientSink, serverSink)
  }

  /// Every array of bytes and every text anywhere in a value.
  private func contents(of value: Any, _ bytes: inout [[UInt8]], _ texts: inout [String]) {
    if let array = value as? [UInt8] {
      bytes.append(array)
      return
    }
    if let text = value as? String { texts.append(text) }
    for child in Mirror(reflecting: value).children { contents(of: child.value, &bytes, &texts) }
  }

  @Test("are in no event, whole or in part", arguments: combinations)
  func events(suite: CipherSuite, key: KeyKind) throws {
    let (pair, sink, _) = try run(suite, key)
    let parameters = try #require(CipherSuiteParameters(suite))
    let block = try #require(sink.bytes(of: .keyBlock))
    // The IVs after the keys are half of the nonces, which events do tell.
    let secrets = [
      try #require(sink.bytes(of: .preMasterSecret)), try #require(sink.bytes(of: .masterSecret)),
      Array(block.prefix(2 * parameters.aead.keyByteCount)), Array("a line that nobody shall see".utf8),
    ]
    var bytes: [[UInt8]] = []
    var texts: [String] = []
    for event in pair.client.events + pair.server.events {
      contents(of: event, &bytes, &texts)
      texts.append("\(event)")
    }
    #expect(bytes.count > 50)
    var windows: Set<[UInt8]> = []
    for array in bytes where array.count >= 8 {
      for start in 0...(array.count - 8) { windows.insert(Array(array[start..<start + 8])) }
    }
    let text = texts.joined(separator: "\n").lowercased()
    for secret in secrets {
      // The pre-master secret of RSA begins with a version.
      for start in stride(from: 2, through: secret.count - 8, by: 1) {
        let window = Array(secret[start..<start + 8])
        #expect(!windows.contains(window))
        let hex = window.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        #expect(!text.contains(hex))
      }
    }
    #expect(!text.contains("a line that nobody"))
  }

  @Test("are given to the sink that was installed, the same on both sides", arguments: combinations)
  func sinks(suite: CipherSuite, key: KeyKind) throws {
    let (pair, client, server) = try run(suite, key)
    #expect(client.secrets.map(\.kind) == [.preMasterSecret, .masterSecret, .keyBlock])
    #expect(server.secrets.map(\.kind) == [.preMasterSecret, .masterSecret, .keyBlock])
    #expect(client.secrets.map(\.bytes) == server.secrets.map(\.bytes))
    #expect(client.bytes(of: .masterSecret)?.count == 48)
    var random: [UInt8]?
    for case .sent(let fact) in pair.client.events where fact.type == .clientHello {
      random = Array(fact.bytes[6..<38])
    }
    #expect(client.secrets.allSatisfy { $0.clientRandom == random })
    #expect(client.secrets.map(\.keyLogLabel) == [nil, "CLIENT_RANDOM", nil])
  }

  @Test("are in no error's words")
  func errors() throws {
    let sink = CapturingSink()
    var setup = try Setup()
    setup.server.secretSink = sink
    let pair = try setup.pair()
    pair.tamper = { flight in
      if flight.sender == .client, flight.index == 1 { flight.bytes[flight.bytes.count - 1] ^= 1 }
    }
    pair.run()
    #expect(pair.server.error == .badRecordMAC(sequenceNumber: 0))
    let failure = try #require(pair.server.failure)
    var bytes: [[UInt8]] = []
    var texts: [String] = []
    contents(of: failure, &bytes, &texts)
    for secret in sink.secrets { #expect(!bytes.contains(secret.bytes)) }
  }
}
