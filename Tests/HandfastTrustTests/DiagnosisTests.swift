import HandfastCore
import HandfastTrust
import HandfastWire
import TestTurns
import Testing

@Suite(.inTurn) struct DiagnosisTests {
  // MARK: All of them

  @Test func `every error has a sample here`() {
    #expect(Set(EveryError.all.map(EveryError.name)).count == EveryError.caseCount)
  }

  @Test(arguments: Side.allCases) func `a failure of TLS 1.3 cites no rule of TLS 1.2`(_ side: Side) {
    var knowledge = HandshakeKnowledge()
    knowledge.version = .tls13
    for error in EveryError.all {
      let rule = Diagnosis(of: error, on: side, at: .awaitingFinished, knowing: knowledge).rule ?? ""
      #expect(!rule.contains("RFC 5246"), "\(error): \(rule)")
    }
  }

  @Test(arguments: Side.allCases)
  func `every error is explained in whole sentences, with a remedy, on either side at any step`(_ side: Side) throws {
    for error in EveryError.all {
      for step in HandshakeStep.allCases {
        for knowledge in try Self.knowledges(side) {
          let diagnosis = Diagnosis(of: error, on: side, at: step, knowing: knowledge)
          for text in [diagnosis.explanation, diagnosis.remedy.text, diagnosis.basis]
            + diagnosis.others.flatMap({ [$0.explanation, $0.remedy.text, $0.basis] })
          {
            #expect(text.hasSuffix(".") && !text.hasSuffix("..") && text.utf8.count >= 30, "\(error): \(text)")
            #expect(text.first?.isUppercase == true, "\(error): \(text)")
            #expect(!text.contains("  ") && !text.contains("Optional(") && !text.contains("\n"), "\(error): \(text)")
          }
          if let rule = diagnosis.rule { #expect(rule.utf8.count > 8, "\(error): \(rule)") }
          if case .alertReceived = error { #expect(diagnosis.certainty != .certain, "\(error)") }
          #expect(diagnosis.others.allSatisfy { $0.others.isEmpty && $0.certainty != .certain }, "\(error)")
          let causes = [diagnosis.cause] + diagnosis.others.map(\.cause)
          #expect(Set(causes).count == causes.count, "\(error): \(causes)")
        }
      }
    }
  }

  @Test func `a refusal by this side is certain, and concerns the peer's certificate`() throws {
    let rejection = CertificateRejection(
      reason: .expired, position: 1, subject: "CN=Old", detail: "It expired at 2020-01-01 00:00:00Z; now it is later.")
    let diagnosis = Diagnosis(
      of: .certificateRejected(rejection), on: .client, at: .awaitingServerVerdict, knowing: HandshakeKnowledge())
    #expect(diagnosis.fault == .server && diagnosis.certainty == .certain)
    #expect(diagnosis.certificate == CertificateReference(owner: .server, position: 1, subject: "CN=Old"))
    #expect(
      diagnosis.explanation
        == "Certificate 1 (the leaf is 0) of the server's chain (CN=Old) is refused. It expired at 2020-01-01 00:00:00Z; now it is later."
    )
    #expect(diagnosis.rule == "RFC 5280 §4.1.2.5 (validity)")
  }

  // MARK: No client certificate

  @Test func `a client refused without certificate learns that it needed one, and why it sent none`() throws {
    var knowledge = HandshakeKnowledge()
    knowledge.certificateRequest = Self.request()
    knowledge.lastSent = .finished
    for error in [TLSError.alertReceived(.handshakeFailure), .alertReceived(.certificateRequired)] {
      let diagnosis = Diagnosis(of: error, on: .client, at: .awaitingChangeCipherSpec, knowing: knowledge)
      #expect(diagnosis.fault == .client && diagnosis.certainty == .likely)
      #expect(diagnosis.explanation.contains("requires a client certificate and none was sent"))
      #expect(diagnosis.explanation.contains("this client has no certificate configured"))
    }
    knowledge.ownCandidates = [
      .init("CN=alice (RSA-2048)", .issuerNotAmongAuthorities(issuer: "CN=Other Root"))
    ]
    let diagnosis = Diagnosis(
      of: .alertReceived(.handshakeFailure), on: .client, at: .awaitingChangeCipherSpec, knowing: knowledge)
    #expect(
      diagnosis.explanation.contains("CN=alice (RSA-2048): its issuer (CN=Other Root) is not among the authorities"))
    knowledge.lastReceived = .serverHelloDone
    #expect(Diagnosis(of: .truncated, on: .client, at: .awaitingFinished, knowing: knowledge).fault == .client)
  }

  @Test func `handshake_failure right after ClientHello is about the offers`() {
    var knowledge = HandshakeKnowledge()
    knowledge.lastSent = .clientHello
    let diagnosis = Diagnosis(
      of: .alertReceived(.handshakeFailure), on: .client, at: .awaitingServerHello, knowing: knowledge)
    #expect(diagnosis.explanation.contains("ClientHello") && diagnosis.certainty == .likely)
    #expect(!diagnosis.explanation.contains("client certificate"))
  }

  @Test func `a server that gets no client certificate says what it asked for`() {
    var knowledge = HandshakeKnowledge()
    knowledge.certificateRequest = Self.request(authorities: [[0x30, 0x00]])
    let diagnosis = Diagnosis(
      of: .certificateMissing(.client), on: .server, at: .awaitingClientCertificate, knowing: knowledge)
    #expect(diagnosis.fault == .client && diagnosis.certainty == .certain)
    #expect(
      diagnosis.explanation.contains("ecdsa_sign")
        && diagnosis.explanation.contains("an authority that is trusted here"))
  }

  // MARK: The own chain in the light of an alert

  static let faults: [(AlertDescription, Side, String, @Sendable (inout LeafRequest) -> Void)] = [
    (
      .certificateExpired, .server, "expired at",
      {
        $0.notAfter = -900 * 86_400
        $0.notBefore = -1000 * 86_400
      }
    ),
    (
      .certificateExpired, .client, "is valid only from",
      {
        $0.notBefore = 9000 * 86_400
        $0.notAfter = 9001 * 86_400
      }
    ),
    (
      .badCertificate, .server, "expired at",
      {
        $0.notAfter = -900 * 86_400
        $0.notBefore = -1000 * 86_400
      }
    ),
    (.unsupportedCertificate, .server, "extendedKeyUsage allows only clientAuth", { $0.purpose = .clientAuth }),
    (.unsupportedCertificate, .client, "extendedKeyUsage allows only serverAuth", { $0.purpose = .serverAuth }),
    (.unsupportedCertificate, .client, "keyUsage does not allow digitalSignature", { $0.keyUsage = ["keyAgreement"] }),
    (.certificateUnknown, .server, "extendedKeyUsage allows only clientAuth", { $0.purpose = .clientAuth }),
    (.unknownCA, .server, "is self-signed", { $0.signer = .selfSigned }),
    (.unknownCA, .client, "sent its certificate alone", { $0.sendsIntermediate = false }),
  ]

  @Test(arguments: faults)
  func `an alert about the own certificate is explained by the own chain`(
    _ alert: AlertDescription, _ side: Side, _ words: String, _ change: @Sendable (inout LeafRequest) -> Void
  ) throws {
    var request = side == .server ? LeafRequest.server("a.example") : .client("alice")
    change(&request)
    var knowledge = HandshakeKnowledge()
    knowledge.ownIdentity = try DevelopmentPKI().issue(request)
    knowledge.certificateRequest = Self.request()
    let diagnosis = Diagnosis(of: .alertReceived(alert), on: side, at: .awaitingFinished, knowing: knowledge)
    #expect(diagnosis.explanation.contains(words), "\(diagnosis.explanation)")
    #expect(diagnosis.certainty == .likely)
    #expect(diagnosis.certificate?.owner == side && diagnosis.certificate?.position == 0)
  }

  @Test(arguments: [AlertDescription.badCertificate, .certificateUnknown, .handshakeFailure, .illegalParameter])
  func `whatever the alert, a fault of the own chain is found`(_ alert: AlertDescription) throws {
    var request = LeafRequest.client("alice")
    request.unknownCriticalExtensions = ["1.3.6.1.4.1.99999.1"]
    let found = try Self.refused(DevelopmentPKI().issue(request), alert)
    #expect(found.cause == .criticalExtensionUnknown && found.fault == .client, "\(found)")
    #expect(found.certificate?.position == 0 && found.certificate?.fingerprint?.count == 32)
  }

  @Test func `a chain whose second certificate has not issued the first is found`() throws {
    let (one, other) = (try DevelopmentPKI("One"), try DevelopmentPKI("Other"))
    let (mine, theirs) = (try one.issue(.client("alice")), try other.issue(.client("bob")))
    let mixed = Identity(
      chain: [mine.chain[0], theirs.chain[1]], certificates: [mine.certificates[0], theirs.certificates[1]],
      keyKind: mine.keyKind, issuerNames: mine.issuerNames, dnsNames: mine.dnsNames, key: nil)
    let found = try Self.refused(mixed, .unknownCA)
    #expect(found.cause == .intermediateMissing && found.fault == .client && found.certainty == .likely, "\(found)")
  }

  @Test func `a chain in order leaves the refused side with possibilities only`() throws {
    for alert in [AlertDescription.badCertificate, .certificateUnknown, .handshakeFailure, .internalError] {
      let found = try Self.refused(DevelopmentPKI().issue(.client("alice")), alert)
      #expect(found.certainty == .possible && found.fault == nil, "\(alert): \(found)")
    }
  }

  @Test func `a client that was cut off before it could answer is not told that it sent no certificate`() {
    var knowledge = HandshakeKnowledge()
    knowledge.certificateRequest = Self.request()
    knowledge.lastSent = .clientHello
    knowledge.lastReceived = .certificateRequest
    let found = Diagnosis(of: .truncated, on: .client, at: .awaitingServerCertificate, knowing: knowledge)
    #expect(found.cause == .peerClosed && found.fault == nil)
  }

  private static func refused(_ identity: Identity, _ alert: AlertDescription) throws -> Diagnosis {
    var knowledge = HandshakeKnowledge()
    knowledge.ownIdentity = identity
    knowledge.certificateRequest = request()
    knowledge.lastSent = .finished
    knowledge.lastReceived = .serverHelloDone
    return Diagnosis(of: .alertReceived(alert), on: .client, at: .awaitingFinished, knowing: knowledge)
  }

  @Test func `a server whose name the client did not find says which names it has`() throws {
    var knowledge = HandshakeKnowledge()
    knowledge.ownIdentity = try DevelopmentPKI().issue(.server("a.example"))
    knowledge.reference = .dnsName("b.example")
    let diagnosis = Diagnosis(
      of: .alertReceived(.badCertificate), on: .server, at: .awaitingClientKeyExchange, knowing: knowledge)
    #expect(diagnosis.certainty == .likely && diagnosis.fault == .server)
    #expect(diagnosis.explanation.contains("asked for b.example") && diagnosis.explanation.contains("DNS:a.example"))

    knowledge.reference = nil
    let guess = Diagnosis(
      of: .alertReceived(.badCertificate), on: .server, at: .awaitingClientKeyExchange, knowing: knowledge)
    #expect(guess.certainty == .possible && guess.fault == nil)
    let mismatch = guess.others.first { $0.cause == .nameMismatch }
    #expect(mismatch?.explanation.contains("another name (it is for DNS:a.example)") == true)
  }

  @Test func `a root of the same name with another key is told with the way out`() async throws {
    let (one, two) = (try DevelopmentPKI(), try DevelopmentPKI())
    let verdict = try await two.testTrust.server(try one.issue(.server("a.example")).chain)
    let rejection = try #require(verdict.rejection)
    let diagnosis = Diagnosis(
      of: .certificateRejected(rejection), on: .client, at: .awaitingServerVerdict, knowing: HandshakeKnowledge())
    #expect(diagnosis.explanation.contains("the same name, but another key"))
    #expect(diagnosis.remedy.text.contains("not only one of its name"))
  }

  @Test(arguments: HandshakeStep.allCases)
  func `every step is said for people`(_ step: HandshakeStep) {
    for side in Side.allCases {
      let phrase = step.phrase(on: side)
      #expect(phrase.hasPrefix("while ") || phrase.hasPrefix("after ") || phrase.hasPrefix("when "))
      #expect(!phrase.contains("await"))
    }
    #expect(
      HandshakeStep.awaitingChangeCipherSpec.phrase(on: .client) == "while waiting for the server's ChangeCipherSpec")
  }

  @Test func `a client whose issuer the server does not accept says so`() throws {
    let pki = try DevelopmentPKI()
    var knowledge = HandshakeKnowledge()
    knowledge.ownIdentity = try pki.issue(.client("alice"))
    knowledge.certificateRequest = Self.request(authorities: try DevelopmentPKI("Other").trust.authorities)
    let diagnosis = Diagnosis(of: .alertReceived(.unknownCA), on: .client, at: .awaitingFinished, knowing: knowledge)
    #expect(
      diagnosis.explanation.contains("is not among those that the server accepts") && diagnosis.certainty == .likely)

    knowledge.certificateRequest = Self.request(authorities: try pki.trust.authorities)
    let other = Diagnosis(of: .alertReceived(.unknownCA), on: .client, at: .awaitingFinished, knowing: knowledge)
    #expect(other.explanation.contains("its root has the same name, but most likely another key"))
    // OpenSSL says unknown_ca of a revocation list that it misses, too.
    #expect(other.certainty == .possible && other.others.map(\.cause) == [.revocationUnknown])

    knowledge.certificateRequest = Self.request()
    let silent = Diagnosis(of: .alertReceived(.unknownCA), on: .client, at: .awaitingFinished, knowing: knowledge)
    #expect(silent.explanation.contains("does not seem to trust CN=Test Root") && silent.certainty == .likely)
  }

  @Test(arguments: [HandshakeStep.awaitingCertificateOrCertificateRequest, .awaitingServerCertificate])
  func `a TLS 1.3 server that gives up where its certificate is due may have none that fits`(_ step: HandshakeStep) {
    var knowledge = HandshakeKnowledge()
    knowledge.version = .tls13
    knowledge.lastSent = .clientHello
    knowledge.lastReceived = .encryptedExtensions
    let diagnosis = Diagnosis(
      of: .alertReceived(.handshakeFailure), on: .client, at: step, knowing: knowledge)
    #expect(diagnosis.cause == .serverCertificateUnfit && diagnosis.fault == nil && diagnosis.certainty == .possible)
  }

  @Test(arguments: [AlertDescription.unexpectedMessage, .illegalParameter])
  func `a ClientHello with one group only, answered as Java does, may lack a group`(_ alert: AlertDescription) throws {
    var knowledge = HandshakeKnowledge()
    var extensions = ExtensionBlock()
    extensions.set(SupportedGroups(groups: [.secp384r1]))
    knowledge.clientHello = ClientHello(
      version: .tls12, random: Array(repeating: 1, count: 32), sessionID: [],
      cipherSuites: [.aes128GCMSHA256, .aes256GCMSHA384, .chaCha20Poly1305SHA256], extensions: extensions)
    knowledge.lastSent = .clientHello
    let diagnosis = Diagnosis(
      of: .alertReceived(alert), on: .client, at: .awaitingServerHello, knowing: knowledge)
    #expect(diagnosis.cause == .protocolViolation && diagnosis.others.map(\.cause) == [.groupNotShared])
    #expect(([diagnosis] + diagnosis.others).allSatisfy { $0.certainty == .possible && $0.fault == nil })
  }

  @Test func `each authority of the chain may have revoked what it issued`() throws {
    var knowledge = HandshakeKnowledge()
    knowledge.ownIdentity = try DevelopmentPKI().issue(.client("alice"))
    let diagnosis = Diagnosis(
      of: .alertReceived(.certificateRevoked), on: .client, at: .awaitingFinished, knowing: knowledge)
    #expect(diagnosis.explanation.contains("CN=Test Intermediate may have revoked CN=alice"))
    #expect(diagnosis.explanation.contains("CN=Test Root may have revoked CN=Test Intermediate"))
  }

  // MARK: Material

  static func request(authorities: [[UInt8]] = []) -> ClientIdentityRequest {
    ClientIdentityRequest(
      certificateTypes: [.ecdsaSign], signatureSchemes: [.ecdsaSecp256r1SHA256], authorities: authorities)
  }

  /// Nothing; and everything.
  static func knowledges(_ side: Side) throws -> [HandshakeKnowledge] {
    var full = HandshakeKnowledge()
    full.reference = .dnsName("a.example")
    full.ownIdentity = identity
    full.certificateRequest = request()
    full.ownCandidates = [.init("CN=alice (Ed25519)", .noCommonSignatureScheme), .init("CN=bob (Ed25519)", nil)]
    full.peerChain = identity?.certificates ?? []
    full.lastSent = .certificate
    full.lastReceived = .serverHelloDone
    full.cipherSuite = .ecdheECDSAWithAES128GCMSHA256
    var anonymous = full
    anonymous.ownIdentity = nil
    return [HandshakeKnowledge(), full, anonymous]
  }

  private static let identity = try? DevelopmentPKI().issue(.server("a.example"))
}
