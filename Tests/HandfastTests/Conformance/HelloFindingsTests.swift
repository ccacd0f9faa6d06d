import Handfast
import HandfastCore
import HandfastTestKit
import HandfastWire
import Testing

/// What BoGo found in hellos, in records and in alerts, held without its runner.
@Suite("BoGo's findings: hellos and records") struct HelloFindingsTests {
  @Test(arguments: Way.allCases) func `server_name is acknowledged in full handshakes only`(way: Way) throws {
    let meeting = try Meeting(way)
    let full = try meeting.meet()
    let resumed = try meeting.meet()
    #expect(full.isFull)
    #expect(resumed.isResumed)
    #expect(try acknowledgesName(full))
    #expect(try !acknowledgesName(resumed))
  }

  @Test(arguments: Way.allCases) func `server_name is not acknowledged by a server that does not want to`(
    way: Way
  ) throws {
    var meeting = try Meeting(way)
    meeting.setup.server.acknowledgesServerName = false
    let full = try meeting.meet()
    #expect(full.isFull)
    #expect(full.server.negotiated?.serverName == "localhost")
    #expect(try !acknowledgesName(full))
    #expect(try meeting.meet().isResumed)
  }

  /// Whether the server's answer has server_name.
  private func acknowledgesName(_ met: Encounter) throws -> Bool {
    let messages = met.server.events.compactMap { if case .sent(let fact) = $0 { fact } else { nil } }
    let place: HandshakeType = met.server.negotiated?.version == .tls13 ? .encryptedExtensions : .serverHello
    let message = try #require(messages.first { $0.type == place })
    let body = Array(message.bytes.dropFirst(4))
    if place == .serverHello {
      return try ServerHello(decoding: body.span, "body").extensions?.contains(.serverName) ?? false
    }
    return try EncryptedExtensions(decoding: body.span, "body").extensions.contains(.serverName)
  }

  @Test func `the first ClientHello's record says TLS 1.0, and all others TLS 1.2`() throws {
    var setup = try Setup()
    setup.use([.tls13, .tls12])
    setup.server.groups = [.secp384r1]
    let pair = try setup.pair()
    pair.run()
    #expect(Encounter(pair).isComplete)
    let records = pair.flights.filter { $0.sender == .client }.flatMap(\.records)
    #expect(records.first?.version == .tls10)
    #expect(records.dropFirst().allSatisfy { $0.version == .tls12 })
    #expect(records.filter { $0.type == .handshake }.count == 2)
  }

  @Test func `a key share is sent once, also where the hybrid that has it comes later`() throws {
    var setup = try Setup()
    setup.use([.tls13])
    setup.client.groups = [.x25519, .x25519MLKEM768]
    setup.client.keyShareGroups = [.x25519, .x25519MLKEM768]
    let pair = try setup.pair()
    let hello = try #require(WireRecord.parse(pair.client.takeOwed()).records.first).fragment
    let body = Array(hello.dropFirst(4))
    let message = try ClientHello(decoding: body.span, "body")
    let shares = try message.extensions?.decode(ClientKeyShares.self)?.entries.filter { !$0.group.isGREASE }
    #expect(shares?.map(\.group) == [.x25519, .x25519MLKEM768])
  }

  @Test func `ML-KEM alone makes the keys where both sides want it`() throws {
    var setup = try Setup()
    setup.use([.tls13])
    setup.client.groups = [.mlkem1024]
    setup.server.groups = [.mlkem1024, .x25519]
    let pair = try setup.pair()
    pair.run()
    #expect(Encounter(pair).isComplete)
    #expect(pair.client.outcome.negotiated?.group == .mlkem1024)
    #expect(pair.send([1, 2, 3], from: .client))
    #expect(pair.server.received == [1, 2, 3])
  }

  @Test func `ML-KEM alone is nothing for TLS 1.2`() throws {
    var setup = try Setup()
    setup.client.groups = [.mlkem1024]
    #expect(throws: ConfigurationError.noGroups) { try setup.pair() }
  }

  @Test(arguments: [0, 3, 5]) func `nothing may stand behind a ClientHello`(count: Int) throws {
    let setup = try Setup()
    let trial = try ServerTrial13(setup)
    trial.client.sendHello()
    var bytes = trial.client.peer.takeOutgoing()
    // A part of another message, in the same record.
    let rest = [UInt8](repeating: 1, count: count)
    var records = WireRecord.parse(bytes).records
    records[0].fragment += rest
    bytes = records.flatMap(\.bytes)
    trial.endpoint.feed(bytes)
    #expect(trial.error == (count == 0 ? nil : .messageBeforeAnswer))
  }

  @Test(arguments: [0, 2, 9]) func `a HelloRetryRequest with more behind it is not answered`(count: Int) throws {
    let trial = try ClientTrial13(try Setup())
    #expect(trial.receiveHello())
    trial.server.sendRetry(trial.server.retry(group: .secp256r1))
    var records = WireRecord.parse(trial.server.peer.takeOutgoing()).records
    // The beginning of a ServerHello, in the same record.
    records[0].fragment += [2, 0, 0, 60, 3, 3, 0, 0, 0].prefix(count)
    trial.endpoint.feed(records.flatMap(\.bytes))
    #expect(trial.error == (count == 0 ? nil : .messageBeforeAnswer))
    let hellos = WireRecord.parse(trial.endpoint.takeOwed()).records.filter { $0.type == .handshake }
    #expect(hellos.count == (count == 0 ? 1 : 0))
  }

  @Test func `legacy_compression_method of TLS 1.3 can only be zero`() throws {
    let trial = try ClientTrial13(try Setup())
    #expect(trial.receiveHello())
    var hello = try trial.server.hello()
    hello.compressionMethod = CompressionMethod(rawValue: 1)
    try trial.server.sendHello(hello)
    trial.exchange()
    #expect(
      trial.error == .malformed(.serverHello, .badValue(field: "legacy_compression_method", value: 1)))
    #expect(trial.endpoint.failure?.alertSent == .decodeError)
  }

  @Test func `an extension twice is told by another alert where it is a known one`() {
    let unknown = ExtensionType(rawValue: 0xfff0)
    #expect(TLSError.malformed(.serverHello, .duplicateExtension(.keyShare)).alert == .illegalParameter)
    #expect(TLSError.malformed(.serverHello, .duplicateExtension(unknown)).alert == .decodeError)
  }

  @Test func `an alert of a level that there is not is refused in TLS 1.3 too`() throws {
    let trial = try ServerTrial13(try Setup())
    #expect(try trial.handshake())
    trial.client.peer.sendAlert(AlertLevel(rawValue: 0x42), .unexpectedMessage)
    trial.exchange()
    #expect(trial.error == .malformedAlert(.badValue(field: "level", value: 0x42)))
    #expect(trial.endpoint.failure?.alertSent == .illegalParameter)
  }

  @Test func `empty records and warnings do not add up`() throws {
    let trial = try ServerTrial(try Setup())
    #expect(try trial.handshake())
    for _ in 0..<4 {
      for _ in 0..<8 { trial.client.peer.sendRecord(.applicationData, []) }
      trial.client.peer.sendAlert(.warning, .unrecognizedName)
    }
    trial.exchange()
    #expect(trial.error == nil)
    trial.client.peer.sendAlert(.warning, .unrecognizedName)
    trial.exchange()
    #expect(trial.error == .recordsWithoutProgress(limit: 4))
  }

  @Test(arguments: [ProtocolVersion.tls12, .tls13]) func `records are no larger than is wanted`(
    version: ProtocolVersion
  ) throws {
    var setup = try Setup()
    setup.use([version])
    setup.client.sentRecordSize = 500
    let pair = try setup.pair()
    pair.run()
    let sealed = try #require(pair.client.seal([UInt8](repeating: 7, count: 1_200)))
    let sizes = WireRecord.parse(sealed).records.map(\.fragment.count)
    #expect(sizes.count == 3)
    #expect(sizes.allSatisfy { $0 <= 500 + 24 })
    pair.deliver(sealed, from: .client)
    #expect(pair.server.received.count == 1_200)
    setup.client.sentRecordSize = 16_385
    #expect(throws: ConfigurationError.invalidLimit("sentRecordSize")) { try setup.pair() }
  }

  @Test(arguments: [ProtocolVersion.tls12, .tls13]) func `the application may end a connection with an alert`(
    version: ProtocolVersion
  ) throws {
    var setup = try Setup()
    setup.use([version])
    let pair = try setup.pair()
    pair.run()
    let failure = pair.server.connection.abort(with: .accessDenied)
    #expect(failure.error == .abortedByApplication(.accessDenied))
    #expect(failure.alertSent == .accessDenied)
    pair.run()
    #expect(pair.client.error == .alertReceived(.accessDenied))
    #expect(pair.server.connection.abort(with: .accessDenied).error == .alreadyEnded)
  }
}
