import Handfast
import HandfastTestKit
import Testing

@Suite("One client and one server, shared") struct SharingTests {
  @Test("make connections for many tasks at once")
  func manyTasks() async throws {
    let setup = try Setup(clientKey: .rsa(bits: 2048), .required)
    let (client, server) = (try TLSClient(setup.client), try TLSServer(setup.server))
    let reference = try ServerReference("localhost")
    let results = await withTaskGroup(of: [UInt8]?.self) { group in
      for number in 0..<40 {
        group.addTask {
          let pair = InMemoryPair(client: client.connect(to: reference), server: server.accept())
          pair.run()
          pair.send([UInt8(number)], from: .client)
          pair.close()
          return pair.client.error == nil && pair.server.error == nil ? pair.server.received : nil
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(results.compactMap(\.self).compactMap(\.first).sorted() == (0..<40).map { UInt8($0) })
  }

  @Test("make connections that have nothing in common: randoms, keys and secrets are fresh")
  func fresh() throws {
    let sink = CapturingSink()
    var setup = try Setup()
    setup.client.secretSink = sink
    for _ in 0..<10 { try setup.pair().run() }
    #expect(Set(sink.secrets.map(\.clientRandom)).count == 10)
    #expect(Set(sink.secrets.map(\.bytes)).count == 30)
  }
}
