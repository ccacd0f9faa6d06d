import Handfast
import HandfastCore
import HandfastTestKit
import HandfastWire
import Testing

/// The messages of one flight share records (RFC 9846 §5.1).
@Suite("Records of a TLS 1.3 flight") struct SharedRecordTests {
  private func pair(_ change: (inout Setup) -> Void = { _ in }) throws -> InMemoryPair {
    var setup = try Setup(clientKey: .ecdsa(.secp256r1), .required)
    setup.use([.tls13])
    setup.server.sessionTickets = .automatic()
    change(&setup)
    return try setup.pair()
  }

  /// Plaintext lengths of the handshake records that one side has sealed.
  private func sealed(_ side: Endpoint) -> [Int] {
    side.events.compactMap { event in
      if case .sealedRecord(let fact) = event, fact.type == .handshake { fact.plaintextLength } else { nil }
    }
  }

  /// Bytes of the messages that one side has sent under keys.
  private func sentByteCount(_ side: Endpoint) -> Int {
    side.events.reduce(0) { sum, event in
      guard case .sent(let fact) = event, fact.type != .clientHello, fact.type != .serverHello else { return sum }
      return sum + fact.bytes.count
    }
  }

  @Test func `hold a whole flight each, and the tickets`() throws {
    let pair = try pair()
    pair.run()
    #expect(Encounter(pair).isComplete)
    // EncryptedExtensions to Finished, and two tickets.
    #expect(sealed(pair.server).count == 2)
    // Certificate to Finished.
    #expect(sealed(pair.client).count == 1)
    #expect(sealed(pair.server).reduce(0, +) == sentByteCount(pair.server))
    #expect(sealed(pair.client).reduce(0, +) == sentByteCount(pair.client))
  }

  @Test(arguments: [64, 100, 512]) func `are filled up to the limit`(size: Int) throws {
    let pair = try pair { $0.server.sentRecordSize = size }
    pair.run()
    #expect(Encounter(pair).isComplete)
    let flight = sealed(pair.server).prefix { $0 == size }
    #expect(!flight.isEmpty)
    // Only the last of the flight and the last of the tickets may be shorter.
    #expect(sealed(pair.server).filter { $0 != size }.count <= 2)
  }

  @Test func `end before new keys`() throws {
    let pair = try pair()
    pair.run()
    let count = pair.client.events.count
    pair.client.updateKeys(requestingPeer: true)
    let order = pair.client.events[count...].compactMap { event -> String? in
      switch event {
      case .sent(let fact): "\(fact.type)"
      case .sealedRecord(let fact): "record \(fact.sequenceNumber)"
      case .changedKeys: "keys"
      default: nil
      }
    }
    #expect(order == ["KeyUpdate", "record 0", "keys"])
    pair.run()
    #expect(pair.send([1], from: .client))
    #expect(pair.server.received == [1])
  }

  @Test func `go out while a device makes the signature`() throws {
    let identity = try TestIdentities.shared.server()
    let key = try #require(identity.key)
    let elsewhere = Identity(
      chain: identity.chain, certificates: identity.certificates, keyKind: identity.keyKind,
      issuerNames: identity.issuerNames, dnsNames: identity.dnsNames, key: nil)
    var setup = try Setup(.these([elsewhere]))
    setup.use([.tls13])
    let pair = try setup.pair()
    pair.step(from: .client)
    guard case .signature(let request) = pair.server.openQuestion else {
      Issue.record("nothing was asked")
      return
    }
    #expect(sealed(pair.server).count == 1)
    #expect(pair.server.outcome.owedByteCount > 0)
    pair.server.resume(with: try key.sign(request.message, scheme: request.scheme))
    pair.run()
    #expect(Encounter(pair).isComplete)
    #expect(sealed(pair.server).count == 2)
  }

  @Test func `are told after the messages they hold, on the sender's side`() throws {
    let pair = try pair()
    pair.run()
    let words = pair.server.events.compactMap { event -> String? in
      switch event {
      case .sent(let fact): "\(fact.type)"
      case .sealedRecord: "record"
      case .changedKeys(let fact) where fact.direction == .sending: "keys"
      default: nil
      }
    }
    #expect(
      words == [
        "ServerHello", "keys", "EncryptedExtensions", "CertificateRequest", "Certificate", "CertificateVerify",
        "Finished", "record", "keys", "NewSessionTicket", "NewSessionTicket", "record",
      ])
  }

  @Test func `are not shared in clear`() throws {
    let pair = try pair { $0.use([.tls12]) }
    pair.run()
    #expect(Encounter(pair).isComplete)
    let records = pair.flights.first { $0.sender == .server }?.records ?? []
    #expect(records.filter { $0.type == .handshake }.count == 5)
  }
}
