import Handfast
import HandfastCore
import HandfastTestKit
import Testing

@Suite("The events of a handshake") struct EventOrderTests {
  private func run(_ setup: Setup) throws -> InMemoryPair {
    let pair = try setup.pair()
    pair.run()
    pair.send([1, 2, 3], from: .client)
    pair.send([4, 5], from: .server)
    pair.close()
    return pair
  }

  /// One line for each fact, but for records in clear: how many there are is not the handshake's to say.
  private func words(_ events: [TLSEvent]) -> [String] {
    events.compactMap { event in
      switch event {
      case .sent(let fact): "sent \(fact.type)"
      case .received(let fact): "received \(fact.type)"
      case .sentChangeCipherSpec: "sent ChangeCipherSpec"
      case .receivedChangeCipherSpec: "received ChangeCipherSpec"
      case .sentAlert(let fact): "sent alert \(fact.description)"
      case .receivedAlert(let fact): "received alert \(fact.description)"
      case .chose(let choice): "chose \(choice.subject.rawValue)"
      case .ignored: "ignored"
      case .peerJudged(let fact): "judged \(fact.peer.rawValue)"
      case .signed(let fact): "signed \(fact.message)"
      case .verifiedSignature(let fact): "verified \(fact.message)"
      case .derivedSecret(let fact): "derived \(fact.name.rawValue)"
      case .changedKeys(let fact): "changed keys \(fact.direction.rawValue)"
      case .computedFinished(let fact): "computed \(fact.label)"
      case .verifiedFinished(let fact): "verified \(fact.label)"
      case .handshakeCompleted: "completed"
      case .resumption: "resumption"
      case .retryRequested: "retry requested"
      case .confirmed(let confirmation): "confirmed by \(confirmation)"
      case .earlyData: "early data"
      case .issuedTicket: "issued ticket"
      case .receivedTicket: "received ticket"
      case .sentRecord, .receivedRecord: nil
      case .sealedRecord(let fact): "sealed \(fact.type) \(fact.sequenceNumber)"
      case .openedRecord(let fact): "opened \(fact.type) \(fact.sequenceNumber)"
      case .peerClosed(let isTruncated): isTruncated ? "truncated" : "peer closed"
      case .failed: "failed"
      @unknown default: "?"
      }
    }
  }

  private static let client = [
    "resumption", "sent ClientHello", "received ServerHello", "chose extendedMasterSecret", "received Certificate",
    "judged server", "received ServerKeyExchange", "verified ServerKeyExchange", "received CertificateRequest",
    "received ServerHelloDone", "chose clientIdentity", "sent Certificate", "chose signatureScheme",
    "sent ClientKeyExchange", "derived pre-master secret", "derived master secret", "signed CertificateVerify",
    "sent CertificateVerify", "derived key block", "sent ChangeCipherSpec", "changed keys sending",
    "computed client finished", "sent Finished", "sealed handshake 0", "received ChangeCipherSpec",
    "changed keys receiving", "opened handshake 0", "received Finished", "verified server finished", "completed",
    "sealed application_data 1", "opened application_data 1", "sent alert close_notify", "sealed alert 2",
    "opened alert 2", "received alert close_notify", "peer closed",
  ]
  private static let server = [
    "received ClientHello", "chose version", "chose compression", "chose extendedMasterSecret",
    "chose applicationProtocol", "ignored", "resumption", "chose cipherSuite", "chose serverIdentity", "chose group",
    "chose signatureScheme", "sent ServerHello", "sent Certificate", "signed ServerKeyExchange",
    "sent ServerKeyExchange", "sent CertificateRequest", "sent ServerHelloDone", "received Certificate",
    "judged client", "received ClientKeyExchange", "derived pre-master secret", "derived master secret",
    "received CertificateVerify", "verified CertificateVerify", "derived key block", "received ChangeCipherSpec",
    "changed keys receiving", "opened handshake 0", "received Finished", "verified client finished",
    "sent ChangeCipherSpec", "changed keys sending", "computed server finished", "sent Finished",
    "sealed handshake 0", "completed", "opened application_data 1", "sealed application_data 1",
    "sent alert close_notify", "sealed alert 2", "opened alert 2", "received alert close_notify", "peer closed",
  ]

  @Test("are complete and in order on both sides")
  func order() throws {
    var setup = try Setup(clientKey: .ed25519, .required)
    setup.client.applicationProtocols = ["h2"]
    setup.server.applicationProtocols = ["h2"]
    let pair = try run(setup)
    #expect(words(pair.client.events) == Self.client)
    #expect(words(pair.server.events) == Self.server)
  }

  @Test("are the same in number and order however the bytes arrive", arguments: [1, 3, 100])
  func pieces(size: Int) throws {
    var setup = try Setup(clientKey: .ed25519, .required)
    setup.client.applicationProtocols = ["h2"]
    setup.server.applicationProtocols = ["h2"]
    let pair = try setup.pair()
    pair.chunking = .every(size)
    pair.tamper = { $0.refragment(size) }
    pair.run()
    pair.send([1, 2, 3], from: .client)
    pair.send([4, 5], from: .server)
    pair.close()
    #expect(words(pair.client.events) == Self.client)
    #expect(words(pair.server.events) == Self.server)
  }

  @Test("tell each message on both sides alike: type, bytes, ordinal and digest")
  func matching() throws {
    let pair = try run(try Setup(clientKey: .rsa(bits: 2048), .required))
    func sent(_ endpoint: Endpoint) -> [MessageFact] {
      endpoint.events.compactMap { if case .sent(let fact) = $0 { fact } else { nil } }
    }
    func received(_ endpoint: Endpoint) -> [MessageFact] {
      endpoint.events.compactMap { if case .received(let fact) = $0 { fact } else { nil } }
    }
    for (sender, receiver) in [(pair.client, pair.server), (pair.server, pair.client)] {
      #expect(sent(sender) == received(receiver))
      #expect(sent(sender).map(\.ordinal) == Array(sent(sender).indices))
      for fact in sent(sender) {
        #expect(fact.digest.count == 32)
        #expect(WireMessage.parse(fact.bytes).messages.map(\.type) == [fact.type])
      }
    }
  }

  @Test("tell what each Finished covers, alike on both sides")
  func finished() throws {
    let pair = try run(try Setup(clientKey: .ed25519, .required))
    func facts(_ endpoint: Endpoint) -> [FinishedFact] {
      endpoint.events.compactMap { event in
        switch event {
        case .computedFinished(let fact), .verifiedFinished(let fact): fact
        default: nil
        }
      }
    }
    let (client, server) = (facts(pair.client), facts(pair.server))
    #expect(client == server)
    #expect(client.map(\.sender) == [.client, .server])
    // ClientHello to CertificateVerify are nine; the client's Finished is the tenth.
    #expect(client.map(\.messageCount) == [9, 10])
    #expect(client.allSatisfy { $0.transcriptHash.count == 32 && $0.verifyData.count == 12 })
  }

  @Test("tell records by their numbers: sequence, nonce, additional data and lengths")
  func records() throws {
    let pair = try run(try Setup())
    let record = try #require(
      pair.flights.flatMap(\.records).first { $0.type == .applicationData })
    func facts(_ endpoint: Endpoint, isSealed: Bool) -> [RecordFact] {
      endpoint.events.compactMap { event in
        switch event {
        case .sealedRecord(let fact) where isSealed && fact.type == .applicationData: fact
        case .openedRecord(let fact) where !isSealed && fact.type == .applicationData: fact
        default: nil
        }
      }
    }
    let sealed = try #require(facts(pair.client, isSealed: true).first)
    #expect(facts(pair.server, isSealed: false) == [sealed])
    #expect(sealed.sequenceNumber == 1)
    #expect(sealed.additionalData == [0, 0, 0, 0, 0, 0, 0, 1, 23, 3, 3, 0, 3])
    #expect(sealed.nonce.count == 12)
    #expect(sealed.nonce.suffix(8) == record.fragment.prefix(8))
    #expect(sealed.plaintextLength == 3)
    #expect(sealed.ciphertextLength == record.fragment.count)
    #expect(sealed.ciphertext == record.fragment)
  }

  @Test("tell the header of each record in clear, alike on both sides and as it is on the wire")
  func plainRecords() throws {
    let pair = try run(try Setup(clientKey: .ed25519, .required))
    func facts(_ endpoint: Endpoint, isSender: Bool) -> [PlainRecordFact] {
      endpoint.events.compactMap { event in
        switch event {
        case .sentRecord(let fact) where isSender: fact
        case .receivedRecord(let fact) where !isSender: fact
        default: nil
        }
      }
    }
    for (sender, receiver) in [(pair.client, pair.server), (pair.server, pair.client)] {
      let records = pair.flights.filter { $0.sender == sender.side }.flatMap(\.records)
      let last = try #require(records.firstIndex { $0.type == .changeCipherSpec })
      let plain = records[...last].map {
        PlainRecordFact(type: $0.type, version: $0.version, length: $0.fragment.count)
      }
      #expect(facts(sender, isSender: true) == plain)
      #expect(facts(receiver, isSender: false) == plain)
    }
  }

  @Test("keep the beginning of a long record's ciphertext only")
  func longRecord() throws {
    let pair = try Setup().pair()
    pair.run()
    pair.send([UInt8](repeating: 7, count: 5000), from: .client)
    let record = try #require(pair.flights.flatMap(\.records).first { $0.type == .applicationData })
    for endpoint in [pair.client, pair.server] {
      let kept = endpoint.events.compactMap { event -> [UInt8]? in
        switch event {
        case .sealedRecord(let fact) where fact.type == .applicationData: fact.ciphertext
        case .openedRecord(let fact) where fact.type == .applicationData: fact.ciphertext
        default: nil
        }
      }
      #expect(kept == [Array(record.fragment.prefix(RecordFact.ciphertextLimit))])
    }
  }

  @Test("say why each suite was not chosen")
  func suites() throws {
    var setup = try Setup()
    setup.client.cipherSuites = [
      .ecdheECDSAWithChaCha20Poly1305SHA256, .ecdheECDSAWithAES256GCMSHA384, .ecdheRSAWithAES128GCMSHA256,
    ]
    setup.server.cipherSuites = [
      .ecdheRSAWithAES128GCMSHA256, .ecdheECDSAWithAES128GCMSHA256, .ecdheECDSAWithAES256GCMSHA384,
    ]
    let pair = try run(setup)
    var choice: Choice?
    for case .chose(let found) in pair.server.events where found.subject == .cipherSuite { choice = found }
    #expect(choice?.chosen == CipherSuite.ecdheECDSAWithAES256GCMSHA384.description)
    #expect(
      choice?.candidates == [
        .init("\(CipherSuite.ecdheRSAWithAES128GCMSHA256)", .noIdentityWithKey("RSA")),
        .init("\(CipherSuite.ecdheECDSAWithAES128GCMSHA256)", .notOfferedByPeer),
        .init("\(CipherSuite.ecdheECDSAWithAES256GCMSHA384)", nil),
        .init("\(CipherSuite.ecdheECDSAWithChaCha20Poly1305SHA256)", .notEnabledHere),
      ])
  }

  @Test("end with the failure on both sides: step, error and alert")
  func failure() throws {
    let pair = try Setup(.required).pair()
    pair.run()
    var facts: [Side: FailureFact] = [:]
    for endpoint in [pair.client, pair.server] {
      for case .failed(let fact) in endpoint.events { facts[endpoint.side] = fact }
      #expect(!words(endpoint.events).contains("completed"))
    }
    #expect(
      facts[.server]
        == FailureFact(
          step: .awaitingClientCertificate, error: .certificateMissing(.client), alert: .handshakeFailure))
    #expect(
      facts[.client]
        == FailureFact(step: .awaitingChangeCipherSpec, error: .alertReceived(.handshakeFailure), alert: nil))
    #expect(words(pair.server.events).suffix(2) == ["failed", "sent alert handshake_failure"])
    #expect(words(pair.client.events).suffix(2) == ["received alert handshake_failure", "failed"])
  }

  @Test("are not kept unless someone wants them")
  func off() throws {
    var setup = try Setup(clientKey: .ed25519, .required)
    setup.isTracing = false
    let pair = try run(setup)
    #expect(pair.client.events.isEmpty && pair.server.events.isEmpty)
  }

  @Test("are handed out once")
  func once() throws {
    let pair = try Setup().pair()
    let first = pair.client.connection.takeEvents()
    #expect(words(first) == ["resumption", "sent ClientHello"])
    #expect(pair.client.connection.takeEvents().isEmpty)
  }

  @Test func `show a candidate by its name, and keep none of its key`() throws {
    let identity = try TestIdentities.shared.client()
    let candidate = Choice.Candidate(identity, .lessPreferred)
    #expect(candidate == Choice.Candidate(identity.label, .lessPreferred))
    #expect("\(candidate)".contains(identity.label))
    var dumped = ""
    dump(candidate, to: &dumped)
    let plain = Mirror(reflecting: candidate).children.map { $0.label ?? "" }
    #expect(plain == ["label", "ruledOut"])
    #expect(!dumped.contains("Identity") && !dumped.contains("PrivateKey"))
  }
}
