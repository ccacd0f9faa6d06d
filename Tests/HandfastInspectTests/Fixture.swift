import Handfast
import HandfastCore
import HandfastInspect
import HandfastWire

/// A whole TLS 1.2 handshake with mutual authentication as two drivers would have recorded it, made by hand: every value is
/// fixed, so that what is told about it can be compared word for word.
struct Fixture: Sendable {
  private(set) var entries: [TraceEntry] = []
  private var ordinals: [Side: Int] = [:]
  /// Who has sent a ChangeCipherSpec: its messages are in protected records from there on.
  private var protecting: Set<Side> = []

  static let start: Int64 = 1_795_475_234_000_000_000
  static let clientRandom = [UInt8](0..<32)
  static let serverRandom = [UInt8](32..<64)
  static let suite = CipherSuite.ecdheECDSAWithAES128GCMSHA256

  mutating func add(_ side: Side, _ event: TLSEvent, _ diagnosis: Diagnosis? = nil) {
    entries.append(
      TraceEntry(
        side: side, time: Self.start + Int64(entries.count) * 50_000, order: entries.count, event: event,
        diagnosis: diagnosis))
  }

  mutating func send(_ side: Side, _ body: some HandshakeBody, changedTo changed: [UInt8]? = nil) {
    let bytes = body.message() ?? []
    let ordinal = ordinals[side, default: 0]
    ordinals[side] = ordinal + 1
    let type = type(of: body).type
    add(side, .sent(MessageFact(type: type, bytes: bytes, ordinal: ordinal, digest: Self.digest(bytes))))
    let received = changed ?? bytes
    let isPlain = !protecting.contains(side)
    if isPlain { add(side, .sentRecord(PlainRecordFact(type: .handshake, version: .tls12, length: bytes.count))) }
    if isPlain {
      add(side.peer, .receivedRecord(PlainRecordFact(type: .handshake, version: .tls12, length: received.count)))
    }
    add(side.peer, .received(MessageFact(type: type, bytes: received, ordinal: ordinal, digest: Self.digest(received))))
  }

  /// No digest at all, but equal for equal bytes and nothing else here; 32 bytes long.
  static func digest(_ bytes: [UInt8]) -> [UInt8] {
    var digest = [UInt8](repeating: UInt8(truncatingIfNeeded: bytes.count), count: 32)
    for (index, byte) in bytes.enumerated() { digest[index % 32] = digest[index % 32] &* 31 &+ byte }
    return digest
  }
}

extension Fixture {
  static let clientHello: ClientHello = {
    var block = ExtensionBlock()
    block.set(ExtensionType(rawValue: 0x2a2a), [])
    block.set(ServerName(hostName: Array("server.handfast.test".utf8)))
    block.set(ExtendedMasterSecret())
    block.set(RenegotiationInfo())
    block.set(SupportedGroups(groups: [.x25519, .secp256r1]))
    block.set(ECPointFormats(formats: [.uncompressed]))
    block.set(SignatureAlgorithms(schemes: [.ecdsaSecp256r1SHA256, .rsaPSSRSAESHA256]))
    block.set(ApplicationProtocols(names: [Array("http/1.1".utf8)]))
    return ClientHello(
      version: .tls12, random: clientRandom, sessionID: [],
      cipherSuites: [CipherSuite(rawValue: 0x0a0a), suite, .ecdheRSAWithAES256GCMSHA384], extensions: block)
  }()

  static let serverHello: ServerHello = {
    var block = ExtensionBlock()
    block.set(ExtendedMasterSecret())
    block.set(RenegotiationInfo())
    return ServerHello(version: .tls12, random: serverRandom, sessionID: [], cipherSuite: suite, extensions: block)
  }()

  static func certificate(_ subject: String, issuer: String, isCA: Bool, _ seed: UInt8) -> CertificateDescription {
    let certificate = CertificateDescription(
      subject: subject, issuer: issuer, notBefore: 1_795_471_634, notAfter: 1_798_063_634, key: "ECDSA secp256r1",
      signatureAlgorithm: "ecdsa-with-SHA256", names: isCA ? [] : ["DNS:server.handfast.test", "IP:127.0.0.1"],
      isCA: isCA, keyUsage: [isCA ? "keyCertSign" : "digitalSignature"],
      extendedKeyUsage: isCA ? nil : ["serverAuth"], serialNumber: "1f\(seed)",
      fingerprint: [UInt8](repeating: seed, count: 32))
    return certificate.changing { details in
      details.byteCount = 400 + Int(seed)
      details.publicKey = [4] + [UInt8](repeating: seed, count: 64)
      details.signature = [0x30] + [UInt8](repeating: seed, count: 70)
      details.subjectKeyIdentifier = [UInt8](repeating: seed, count: 20)
      details.authorityKeyIdentifier = [UInt8](repeating: isCA ? 3 : 2, count: 20)
      details.criticalExtensions = isCA ? ["basicConstraints", "keyUsage"] : ["keyUsage"]
    }
  }

  static let leaf = certificate("CN=server.handfast.test", issuer: "CN=Handfast Demo Issuing", isCA: false, 1)
  static let intermediate = certificate("CN=Handfast Demo Issuing", issuer: "CN=Handfast Demo Root", isCA: true, 2)
  static let root = certificate("CN=Handfast Demo Root", issuer: "CN=Handfast Demo Root", isCA: true, 3)
  static let clientLeaf = certificate("CN=alice", issuer: "CN=Handfast Demo Issuing", isCA: false, 4)

  mutating func hellos() {
    send(.client, Self.clientHello)
    add(
      .server,
      .chose(
        Choice(
          .cipherSuite, chosen: Self.suite.description, rule: "the first of the server's suites that both can use",
          candidates: [
            .init(Self.suite.description, nil),
            .init("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", .noIdentityWithKey("RSA")),
          ])))
    send(.server, Self.serverHello)
  }

  mutating func serverCertificate(rejection: CertificateRejection? = nil) {
    send(.server, Certificate12(chain: [[0x30, 1, 1], [0x30, 1, 2]]))
    let failed = rejection != nil
    add(
      .client,
      .peerJudged(
        JudgementFact(
          peer: .server, reference: .dnsName("server.handfast.test"), presented: [Self.leaf, Self.intermediate],
          path: failed ? [] : [Self.leaf, Self.intermediate, Self.root],
          checks: [
            CertificateCheck(
              rule: .validity, outcome: failed ? .failed : .passed, position: 0, detail: "within its dates"),
            CertificateCheck(
              rule: .identity, outcome: .passed, position: 0, detail: "DNS:server.handfast.test matches"),
          ], rejection: rejection)))
  }

  /// Everything up to and including the goodbyes.
  static func complete() -> Fixture {
    var fixture = Fixture()
    fixture.hellos()
    fixture.serverCertificate()
    fixture.keyExchange()
    fixture.secretsAndFinished()
    fixture.applicationData()
    return fixture
  }

  mutating func keyExchange() {
    let content = [
      NamedInput("client random", 32), NamedInput("server random", 32), NamedInput("ServerECDHParams", 36),
    ]
    let signed = SignatureFact(
      message: .serverKeyExchange, signer: .server, scheme: .ecdsaSecp256r1SHA256, key: .ecdsa(.secp256r1),
      content: content)
    add(.server, .chose(Choice(.group, chosen: "x25519", rule: "the first of the server's groups that both can do")))
    add(.server, .signed(signed))
    send(
      .server,
      ServerKeyExchange(
        params: ServerECDHParams(group: .x25519, point: [UInt8](64..<96)), algorithm: .ecdsaSecp256r1SHA256,
        signature: [UInt8](repeating: 0xaa, count: 71)))
    add(.client, .verifiedSignature(signed))
    send(
      .server,
      CertificateRequest12(
        certificateTypes: [.ecdsaSign, .rsaSign],
        signatureAlgorithms: [.ecdsaSecp256r1SHA256, SignatureScheme(rawValue: 0x0203)],
        authorities: [[0x30, 0x00]]))
    send(.server, ServerHelloDone())
    add(
      .client,
      .chose(
        Choice(
          .clientIdentity, chosen: "CN=alice (ECDSA secp256r1)", rule: "the first that the server accepts",
          candidates: [
            .init("CN=mallory (ECDSA secp256r1)", .issuerNotAmongAuthorities(issuer: "CN=Other Root")),
            .init("CN=alice (ECDSA secp256r1)", nil),
          ])))
    send(.client, Certificate12(chain: [[0x30, 1, 3]]))
    add(
      .server,
      .peerJudged(
        JudgementFact(
          peer: .client, reference: nil, presented: [Self.clientLeaf], path: [Self.clientLeaf, Self.root],
          checks: [CertificateCheck(rule: .anchor, outcome: .passed, position: nil, detail: "ends in a trusted root")],
          rejection: nil)))
    let preMaster = DerivationFact(
      name: .preMasterSecret, byteCount: 32, function: "x25519",
      inputs: [NamedInput("own private value", 32), NamedInput("peer's public value", 32)])
    add(.client, .derivedSecret(preMaster))
    send(.client, ECDHClientKeyExchange(point: [UInt8](96..<128)))
    add(.server, .derivedSecret(preMaster))
  }

  mutating func secretsAndFinished() {
    let master = DerivationFact(
      name: .masterSecret, byteCount: 48, function: "PRF with SHA-256", label: "extended master secret",
      inputs: [
        NamedInput("pre-master secret", 32), NamedInput("session_hash", 32, value: [UInt8](repeating: 0xdd, count: 32)),
      ])
    let block = DerivationFact(
      name: .keyBlock, byteCount: 40, function: "PRF with SHA-256", label: "key expansion",
      inputs: [NamedInput("master secret", 48), NamedInput("server random", 32), NamedInput("client random", 32)],
      parts: [
        NamedInput("client write key", 16), NamedInput("server write key", 16), NamedInput("client write IV", 4),
        NamedInput("server write IV", 4),
      ])
    for side in [Side.client, .server] {
      add(side, .derivedSecret(master))
      add(side, .derivedSecret(block))
    }
    let proof = SignatureFact(
      message: .certificateVerify, signer: .client, scheme: .ecdsaSecp256r1SHA256, key: .ecdsa(.secp256r1),
      content: [NamedInput("handshake messages so far", 640)])
    add(.client, .signed(proof))
    send(
      .client, CertificateVerify(algorithm: .ecdsaSecp256r1SHA256, signature: [UInt8](repeating: 0xbb, count: 70)))
    add(.server, .verifiedSignature(proof))
    finish(.client, count: 9)
    finish(.server, count: 10)
    let settled = NegotiatedParameters(
      version: .tls12, cipherSuite: Self.suite, group: .x25519, serverSignatureScheme: .ecdsaSecp256r1SHA256,
      clientSignatureScheme: .ecdsaSecp256r1SHA256, applicationProtocol: nil, serverName: "server.handfast.test",
      usesExtendedMasterSecret: true, usesSecureRenegotiation: true, maxFragmentLength: nil)
    add(.server, .handshakeCompleted(settled))
    add(.client, .handshakeCompleted(settled))
  }

  private mutating func finish(_ side: Side, count: Int) {
    let keys = KeyChangeFact(direction: .sending, suite: Self.suite, aead: "AES-128-GCM")
    let record = PlainRecordFact(type: .changeCipherSpec, version: .tls12, length: 1)
    add(side, .sentRecord(record))
    add(side, .sentChangeCipherSpec)
    add(side, .changedKeys(keys))
    protecting.insert(side)
    add(side.peer, .receivedRecord(record))
    add(side.peer, .receivedChangeCipherSpec)
    add(side.peer, .changedKeys(KeyChangeFact(direction: .receiving, suite: Self.suite, aead: "AES-128-GCM")))
    let fact = FinishedFact(
      sender: side, label: "\(side) finished", messageCount: count, transcriptHash: [UInt8](repeating: 0xcc, count: 32),
      verifyData: [UInt8](repeating: side == .client ? 0x0c : 0x05, count: 12))
    add(side, .computedFinished(fact))
    send(side, Finished(verifyData: fact.verifyData))
    add(side.peer, .verifiedFinished(fact))
  }

  mutating func record(_ side: Side, _ type: ContentType, number: UInt64, length: Int) {
    let fact = RecordFact(
      type: type, sequenceNumber: number, nonce: [0xa0, 0xa1, 0xa2, 0xa3, 0, 0, 0, 0, 0, 0, 0, UInt8(number)],
      additionalData: [0, 0, 0, 0, 0, 0, 0, UInt8(number), type.rawValue, 3, 3, 0, UInt8(length)],
      plaintextLength: length, ciphertextLength: length + 24,
      ciphertext: [UInt8](repeating: 0xee, count: length + 24))
    add(side, .sealedRecord(fact))
    add(side.peer, .openedRecord(fact))
  }

  mutating func applicationData() {
    record(.client, .applicationData, number: 1, length: 5)
    record(.server, .applicationData, number: 1, length: 7)
    let close = AlertFact(level: .warning, description: .closeNotify)
    for side in [Side.client, .server] {
      add(side, .sentAlert(close))
      record(side, .alert, number: 2, length: 2)
      add(side.peer, .receivedAlert(close))
      add(side.peer, .peerClosed(isTruncated: false))
    }
  }

  /// The client refuses an expired certificate.
  static func expired() -> Fixture {
    var fixture = Fixture()
    fixture.hellos()
    let rejection = CertificateRejection(
      reason: .expired, position: 0, subject: leaf.subject,
      detail: "it was valid until 2026-11-22, and today is 2026-11-23")
    fixture.serverCertificate(rejection: rejection)
    let reference = CertificateReference(owner: .server, position: 0, subject: leaf.subject)
    fixture.add(
      .client,
      .failed(
        FailureFact(
          step: .awaitingServerVerdict, error: .certificateRejected(rejection), alert: .certificateExpired)),
      diagnosis(.certain, "The server's certificate has expired.", "Renew the server's certificate.", reference))
    let alert = AlertFact(level: .fatal, description: .certificateExpired)
    let record = PlainRecordFact(type: .alert, version: .tls12, length: 2)
    fixture.add(.client, .sentAlert(alert))
    fixture.add(.client, .sentRecord(record))
    fixture.add(.server, .receivedRecord(record))
    fixture.add(.server, .receivedAlert(alert))
    fixture.add(
      .server,
      .failed(
        FailureFact(step: .awaitingClientCertificate, error: .alertReceived(.certificateExpired), alert: nil)),
      diagnosis(
        .likely, "The client says that this side's certificate has expired.",
        "Check its dates, and the client's clock.", reference))
    return fixture
  }

  private static func diagnosis(
    _ certainty: Diagnosis.Certainty, _ explanation: String, _ remedy: String, _ certificate: CertificateReference
  ) -> Diagnosis {
    var diagnosis = Diagnosis(
      .certificateExpired, fault: .server, certainty, basis: "It is so in this story.", explanation: explanation,
      remedy: Remedy(side: .server, text: remedy, command: "handfast pki show CHAIN.pem"))
    diagnosis.certificate = certificate
    diagnosis.parameter = "validity"
    diagnosis.expected = "valid at 2026-11-23 00:00:00Z"
    diagnosis.found = "notAfter 2026-11-22 00:00:00Z"
    if certainty == .certain {
      diagnosis.rule = "RFC 5280 §4.1.2.5 (validity)"
    } else {
      diagnosis.others = [
        Diagnosis(
          .clockWrong, fault: nil, .possible, basis: "It may be so in this story.",
          explanation: "One of the clocks is wrong.", remedy: Remedy(side: nil, text: "Compare the clocks."))
      ]
    }
    return diagnosis
  }
}

enum Story: String, CaseIterable {
  case complete
  case expired

  var entries: [TraceEntry] {
    switch self {
    case .complete: Fixture.complete().entries
    case .expired: Fixture.expired().entries
    }
  }
}
