import Handfast
import HandfastTestKit
import Testing

@Suite("TLS 1.3 handshakes") struct HandshakeTests13 {
  private static let keys: [KeyKind] = [
    .ecdsa(.secp256r1), .ecdsa(.secp384r1), .ecdsa(.secp521r1), .rsa(bits: 2048), .ed25519,
  ]

  @Test("complete with every suite, with and without a client certificate", arguments: [true, false])
  func suites(isMutual: Bool) throws {
    for suite in [CipherSuite.aes128GCMSHA256, .aes256GCMSHA384, .chaCha20Poly1305SHA256] {
      var setup = try Setup(clientKey: isMutual ? .ed25519 : nil, isMutual ? .required : .none)
      setup.use([.tls13])
      setup.client.cipherSuites = [suite]
      let pair = try setup.pair()
      pair.run()
      try expectComplete(pair, suite: suite)
      let client = pair.server.connection.peer
      #expect((client != nil) == isMutual)
    }
  }

  @Test("complete with every group", arguments: [NamedGroup].recommended) func groups(group: NamedGroup) throws {
    var setup = try Setup()
    setup.use([.tls13])
    setup.client.groups = [group]
    let pair = try setup.pair()
    pair.run()
    try expectComplete(pair)
    let negotiated = pair.client.connection.negotiated
    #expect(negotiated?.group == group)
  }

  @Test("complete with every kind of key on both sides", arguments: keys) func keyKinds(kind: KeyKind) throws {
    var setup = try Setup(serverKey: kind, clientKey: kind, .required)
    setup.use([.tls13])
    let pair = try setup.pair()
    pair.run()
    try expectComplete(pair)
    let negotiated = pair.server.connection.negotiated
    #expect(negotiated?.clientSignatureScheme == kind.signatureSchemes13.first)
  }

  @Test("ask for another key share where the first is of no common group", arguments: [false, true])
  func retry(withCookie: Bool) throws {
    var setup = try Setup(clientKey: .ecdsa(.secp256r1), .required)
    setup.use([.tls13])
    setup.server.groups = [.secp384r1]
    setup.server.sendsRetryCookie = withCookie
    let pair = try setup.pair()
    pair.run()
    try expectComplete(pair)
    let negotiated = pair.client.connection.negotiated
    #expect(negotiated?.group == .secp384r1)
    for endpoint in [pair.client, pair.server] {
      let retries = endpoint.events.compactMap { event in
        if case .retryRequested(let fact) = event { fact } else { nil }
      }
      #expect(retries.map(\.group) == [.secp384r1])
      #expect(retries.map(\.hasCookie) == [withCookie])
    }
  }

  @Test("arrive byte by byte") func byteByByte() throws {
    var setup = try Setup(clientKey: .ecdsa(.secp256r1), .required)
    setup.use([.tls13])
    let pair = try setup.pair()
    pair.chunking = .every(1)
    pair.run()
    try expectComplete(pair)
  }

  private func expectComplete(_ pair: InMemoryPair, suite: CipherSuite? = nil) throws {
    #expect(pair.client.failure == nil)
    #expect(pair.server.failure == nil)
    let settled = pair.client.connection.negotiated
    let negotiated = try #require(settled)
    let seen = pair.server.connection.negotiated
    #expect(seen == negotiated)
    #expect(negotiated.version == .tls13)
    if let suite { #expect(negotiated.cipherSuite == suite) }
    #expect(pair.send([1, 2, 3], from: .client))
    #expect(pair.send([4, 5], from: .server))
    #expect(pair.server.received == [1, 2, 3])
    #expect(pair.client.received == [4, 5])
    let exported = try pair.client.connection.exportKeyingMaterial(label: "test", context: [1], byteCount: 48)
    let same = try pair.server.connection.exportKeyingMaterial(label: "test", context: [1], byteCount: 48)
    #expect(exported == same)
    pair.close()
    #expect(pair.client.failure == nil)
    #expect(pair.server.failure == nil)
  }
}
