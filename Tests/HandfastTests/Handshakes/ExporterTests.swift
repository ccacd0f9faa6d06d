import Handfast
import HandfastTestKit
import Testing

@Suite("Exported keying material") struct ExporterTests {
  private func pair(_ suite: CipherSuite = .ecdheECDSAWithAES128GCMSHA256) throws -> InMemoryPair {
    var setup = try Setup()
    setup.client.cipherSuites = [suite]
    let pair = try setup.pair()
    pair.run()
    return pair
  }

  private func error(_ endpoint: Endpoint, _ label: String, _ context: [UInt8]?, _ count: Int) -> TLSError? {
    do throws(TLSFailure) { _ = try endpoint.exported(label: label, context: context, byteCount: count) } catch {
      return error.error
    }
    return nil
  }

  @Test(
    "is the same on both sides, and of the length asked for",
    arguments: [CipherSuite.ecdheECDSAWithAES128GCMSHA256, .ecdheECDSAWithAES256GCMSHA384], [1, 32, 48, 255, 10_000])
  func same(suite: CipherSuite, count: Int) throws {
    let pair = try pair(suite)
    for context in [nil, [], [1, 2, 3], [UInt8](repeating: 0, count: 0xffff)] as [[UInt8]?] {
      let mine = try pair.client.exported(label: "EXPORTER-test", context: context, byteCount: count)
      let theirs = try pair.server.exported(label: "EXPORTER-test", context: context, byteCount: count)
      #expect(mine == theirs)
      #expect(mine.count == count)
    }
  }

  @Test("is other for another label, another context, and another connection; an empty context is not none")
  func different() throws {
    let pair = try pair()
    let other = try self.pair()
    func export(_ endpoint: Endpoint, _ label: String, _ context: [UInt8]?) throws -> [UInt8] {
      try endpoint.exported(label: label, context: context, byteCount: 32)
    }
    let all = [
      try export(pair.client, "EXPORTER-a", nil), try export(pair.client, "EXPORTER-b", nil),
      try export(pair.client, "EXPORTER-a", []), try export(pair.client, "EXPORTER-a", [0]),
      try export(other.client, "EXPORTER-a", nil),
    ]
    #expect(Set(all).count == all.count)
  }

  @Test("is what RFC 5705 says, from the master secret")
  func definition() throws {
    let sink = CapturingSink()
    var setup = try Setup()
    setup.client.secretSink = sink
    setup.client.cipherSuites = [.ecdheECDSAWithAES256GCMSHA384]
    let pair = try setup.pair()
    pair.run()
    let master = try #require(sink.bytes(of: .masterSecret))
    var randoms: [[UInt8]] = []
    for case .sent(let fact) in pair.client.events + pair.server.events
    where fact.type == .clientHello || fact.type == .serverHello {
      randoms.append(Array(fact.bytes[6..<38]))
    }
    #expect(randoms.count == 2)
    let seed = randoms[0] + randoms[1] + [0, 2, 7, 8]
    let expected = rawPRF(
      setup.clientProvider, .sha384, secret: master, label: "EXPORTER-x", seed: seed, count: 77)
    #expect(try pair.server.exported(label: "EXPORTER-x", context: [7, 8], byteCount: 77) == expected)
  }

  @Test("is not there before the handshake is complete")
  func tooEarly() throws {
    let pair = try Setup().pair()
    #expect(error(pair.client, "EXPORTER-test", nil, 32) == .handshakeNotComplete)
    #expect(error(pair.server, "EXPORTER-test", nil, 32) == .handshakeNotComplete)
  }

  @Test(
    "is refused under a label of TLS itself",
    arguments: ["client finished", "server finished", "master secret", "extended master secret", "key expansion"])
  func reservedLabels(label: String) throws {
    guard case .invalidExporterInput = error(try pair().client, label, nil, 32) else {
      Issue.record("exported under \(label)")
      return
    }
  }

  @Test("is refused in a length of nothing, or with a context that is too long", arguments: [0, -1, 1 << 20])
  func badInput(count: Int) throws {
    let pair = try pair()
    guard case .invalidExporterInput = error(pair.client, "EXPORTER-test", nil, count),
      case .invalidExporterInput = error(pair.client, "EXPORTER-test", [UInt8](repeating: 0, count: 0x1_0000), 32)
    else {
      Issue.record("exported")
      return
    }
    // The connection is none the worse for it.
    #expect(pair.send([1], from: .client))
  }
}
