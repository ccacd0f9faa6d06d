import Handfast
import HandfastCrypto
import HandfastTestKit
import TestTurns
import Testing

/// The shim over BoringSSL and swift-crypto's public API must do the same; here with each other, and each with itself.
@Suite("Both record ciphers", .inTurn) struct RecordCipherTests {
  private static let ciphers: [RecordCipher] = [.best, .publicAPI]

  @Test(
    "speak to each other, in handshake, data and goodbye", arguments: [CipherSuite].recommended.tls12,
    [(RecordCipher.best, RecordCipher.publicAPI), (.publicAPI, .best), (.publicAPI, .publicAPI), (.best, .best)])
  func together(suite: CipherSuite, ciphers: (RecordCipher, RecordCipher)) throws {
    let serverKey: KeyKind =
      CipherSuiteParameters(suite)?.authentication == .rsa ? .rsa(bits: 2048) : .ecdsa(.secp256r1)
    var setup = try Setup(serverKey: serverKey, clientKey: .ed25519, .required)
    setup.client.cipherSuites = [suite]
    setup.clientProvider = DefaultCryptoProvider(recordCipher: ciphers.0)
    setup.serverProvider = DefaultCryptoProvider(recordCipher: ciphers.1)
    let pair = try setup.pair()
    pair.run()
    #expect(pair.client.error == nil && pair.server.error == nil)
    let data = (0..<50_000).map { UInt8(truncatingIfNeeded: $0) }
    #expect(pair.send(data, from: .client) && pair.send(data, from: .server))
    #expect(pair.server.received == data && pair.client.received == data)
    pair.close()
    #expect(pair.client.error == nil && pair.server.error == nil)
    #expect(pair.client.peerHasClosed && pair.server.peerHasClosed)
  }

  @Test(
    "write the same bytes",
    arguments: [CipherSuite.ecdheECDSAWithAES128GCMSHA256, .ecdheECDSAWithChaCha20Poly1305SHA256])
  func sameBytes(suite: CipherSuite) throws {
    let flights = try Self.ciphers.map { cipher in
      var setup = try Setup(serverKey: .ed25519, clientKey: .ed25519, .required)
      setup.client.cipherSuites = [suite]
      setup.clientProvider = SeededProvider(seed: 3, recordCipher: cipher)
      setup.serverProvider = SeededProvider(seed: 4, recordCipher: cipher)
      let pair = try setup.pair()
      pair.run()
      pair.send(Array("the same".utf8), from: .client)
      #expect(pair.server.received == Array("the same".utf8))
      return pair.flights.map(\.bytes)
    }
    #expect(flights[0] == flights[1])
  }

  @Test("refuse a changed record", arguments: ciphers)
  func changed(cipher: RecordCipher) throws {
    var setup = try Setup()
    setup.serverProvider = DefaultCryptoProvider(recordCipher: cipher)
    for position in [5, 13, 20, 45] {
      let pair = try setup.pair()
      pair.run()
      pair.tamper = { $0.bytes[position] ^= 4 }
      pair.send([UInt8](repeating: 9, count: 30), from: .client)
      #expect(pair.server.error == .badRecordMAC(sequenceNumber: 1))
      #expect(pair.server.received.isEmpty)
    }
  }
}
