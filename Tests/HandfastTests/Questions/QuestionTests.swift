import Handfast
import HandfastTestKit
import Testing

@Suite("What a connection asks its owner") struct QuestionTests {
  private func pausing(_ side: Side) throws -> Setup {
    let shared = try TestIdentities.shared
    var setup = try Setup(clientKey: .ed25519, .required)
    switch side {
    case .client:
      let old = setup.client
      setup.client = ClientConfiguration(trust: PausingTrust(shared.trust))
      setup.client.identities = old.identities
    case .server:
      setup.server = ServerConfiguration(
        identity: try shared.server(), clientAuthentication: .required(PausingTrust(shared.trust)))
    }
    return setup
  }

  @Test("a verdict on the peer, and what arrives meanwhile waits", arguments: Side.allCases)
  func verdict(side: Side) throws {
    let shared = try TestIdentities.shared
    let pair = try pausing(side).pair()
    pair.run()
    let asking = side == .client ? pair.client : pair.server
    guard case .peerVerdict(let request)? = asking.openQuestion else {
      Issue.record("nothing was asked")
      return
    }
    #expect(request.peer == side.peer)
    #expect(request.chain == (side == .client ? try shared.server().chain : try shared.client(.ed25519).chain))
    #expect(request.reference == (side == .client ? .dnsName("localhost") : nil))
    #expect(!request.isForKeyEncipherment)
    #expect(asking.outcome.peer == nil)
    // The rest of the flight has come and was not read.
    #expect(!asking.inbox.isEmpty)
    #expect(!pair.client.isComplete && !pair.server.isComplete)
    asking.resume(with: try #require(shared.trust.judgeInline(request)))
    pair.run()
    #expect(pair.client.isComplete && pair.server.isComplete)
    #expect(asking.inbox.isEmpty)
    #expect(asking.outcome.peer != nil)
  }

  @Test("a refusal by the application ends the handshake with access_denied", arguments: Side.allCases)
  func refusal(side: Side) throws {
    let pair = try pausing(side).pair()
    pair.run()
    let (asking, other) = side == .client ? (pair.client, pair.server) : (pair.server, pair.client)
    let rejection = CertificateRejection(
      reason: .refusedByApplication, position: 0, subject: nil, detail: "not on the list")
    asking.resume(with: .rejected(RejectedPeer(rejection: rejection, presented: [], checks: [])))
    pair.run()
    #expect(asking.error == .certificateRejected(rejection))
    #expect(asking.outcome.peer == nil)
    #expect(other.error == .alertReceived(.accessDenied))
  }

  @Test("a server sends no application data before its client's verdict")
  func noDataBeforeVerdict() throws {
    let pair = try pausing(.server).pair()
    pair.run()
    #expect(pair.server.openQuestion != nil)
    #expect(pair.server.seal([1]) == nil)
    #expect(pair.server.error == .handshakeNotComplete)
  }

  @Test("a signature by a key elsewhere, on either side", arguments: Side.allCases, TestIdentities.kinds)
  func signature(side: Side, kind: KeyKind) throws {
    let shared = try TestIdentities.shared
    let identity = side == .client ? try shared.client(kind) : try shared.server(kind)
    var setup: Setup
    if side == .server {
      setup = try Setup(.these([identity.withoutKey]))
    } else {
      setup = try Setup(.required)
      setup.client.identities = .these([identity.withoutKey])
    }
    let pair = try setup.pair()
    pair.run()
    let asking = side == .client ? pair.client : pair.server
    guard case .signature(let request)? = asking.openQuestion else {
      Issue.record("nothing was asked")
      return
    }
    #expect(request.certificate == identity.chain.first)
    #expect(request.scheme == kind.signatureSchemes.first)
    #expect(asking.outcome.step == (side == .client ? .awaitingClientSignature : .awaitingServerSignature))
    let key = try #require(identity.key)
    asking.resume(with: try key.sign(request.message, scheme: request.scheme))
    pair.run()
    #expect(pair.client.isComplete && pair.server.isComplete)
  }

  @Test("a wrong signature by a key elsewhere is found out by the peer", arguments: Side.allCases)
  func wrongSignature(side: Side) throws {
    let shared = try TestIdentities.shared
    var setup = try Setup(.these([side == .server ? try shared.server().withoutKey : try shared.server()]), .required)
    setup.client.identities = .these([side == .client ? try shared.client().withoutKey : try shared.client()])
    let pair = try setup.pair()
    pair.run()
    let (asking, other) = side == .client ? (pair.client, pair.server) : (pair.server, pair.client)
    asking.resume(with: [1, 2, 3])
    pair.run()
    #expect(
      other.error
        == .badSignature(in: side == .client ? .certificateVerify : .serverKeyExchange, .ecdsaSecp256r1SHA256))
    #expect(asking.error == .alertReceived(.decryptError))
  }

  @Test("the server's identity for a ClientHello")
  func serverIdentity() throws {
    let shared = try TestIdentities.shared
    var setup = try Setup(.asked)
    setup.client.applicationProtocols = ["h2"]
    setup.client.cipherSuites = [.ecdheECDSAWithAES128GCMSHA256]
    setup.client.sendsGREASE = false
    let pair = try setup.pair()
    pair.run()
    guard case .serverIdentity(let request)? = pair.server.openQuestion else {
      Issue.record("nothing was asked")
      return
    }
    #expect(request.serverName == "localhost")
    #expect(request.applicationProtocols == ["h2"])
    #expect(request.cipherSuites == [.ecdheECDSAWithAES128GCMSHA256])
    #expect(request.groups == .recommended.classical)
    #expect(request.signatureSchemes == .recommended)
    pair.server.resume(with: try shared.server(.ecdsa(.secp384r1)))
    pair.run()
    #expect(pair.client.isComplete && pair.server.isComplete)
    #expect(pair.server.outcome.ownIdentity?.keyKind == .ecdsa(.secp384r1))
  }

  @Test("no identity for a ClientHello refuses the client with unrecognized_name")
  func noServerIdentity() throws {
    let pair = try Setup(.asked).pair()
    pair.run()
    pair.server.resume(with: Identity?.none)
    pair.run()
    #expect(pair.server.error == .serverNameUnknown("localhost"))
    #expect(pair.client.error == .alertReceived(.unrecognizedName))
  }

  @Test("an identity that does not fit what the client offers refuses the client")
  func unfittingServerIdentity() throws {
    var setup = try Setup(.asked)
    setup.client.cipherSuites = [.ecdheECDSAWithAES128GCMSHA256]
    let pair = try setup.pair()
    pair.run()
    pair.server.resume(with: try TestIdentities.shared.server(.rsa(bits: 2048)))
    pair.run()
    #expect(pair.server.error == .noFittingIdentity)
    #expect(pair.client.error == .alertReceived(.handshakeFailure))
  }

  @Test("the client's identity for a CertificateRequest", arguments: [KeyKind?.none, .ed25519])
  func clientIdentity(kind: KeyKind?) throws {
    let shared = try TestIdentities.shared
    var setup = try Setup(.optional)
    setup.client.identities = .asked
    let pair = try setup.pair()
    pair.run()
    guard case .clientIdentity(let request)? = pair.client.openQuestion else {
      Issue.record("nothing was asked")
      return
    }
    #expect(request.authorities == shared.trust.authorities)
    #expect(request.signatureSchemes == .recommended)
    pair.client.resume(with: try kind.map { try shared.client($0) })
    pair.run()
    #expect(pair.client.isComplete && pair.server.isComplete)
    #expect((pair.server.outcome.peer != nil) == (kind != nil))
  }

  @Test("a client identity whose signatures the server does not verify is this side's mistake")
  func unfittingClientIdentity() throws {
    var setup = try Setup(.required)
    setup.client.identities = .asked
    setup.server.signatureSchemes = [.ecdsaSecp256r1SHA256]
    let pair = try setup.pair()
    pair.run()
    pair.client.resume(with: try TestIdentities.shared.client(.ed25519))
    pair.run()
    guard case .identityDoesNotFit = pair.client.error else {
      Issue.record("\(String(describing: pair.client.error))")
      return
    }
    #expect(pair.server.error == .alertReceived(.internalError))
  }

  @Test("an answer of another kind than asked for ends the connection", arguments: Side.allCases)
  func wrongAnswer(side: Side) throws {
    let pair = try pausing(side).pair()
    pair.run()
    let (asking, other) = side == .client ? (pair.client, pair.server) : (pair.server, pair.client)
    asking.resume(with: [1, 2, 3])
    pair.run()
    #expect(asking.error == .unexpectedAnswer)
    #expect(asking.failure?.alertSent == .internalError)
    #expect(other.error == .alertReceived(.internalError))
  }

  @Test("an answer that nobody asked for ends the connection")
  func unasked() throws {
    let answers: [(Endpoint) -> Void] = [
      { $0.resume(with: [1]) }, { $0.resume(with: Identity?.none) },
      {
        let rejection = CertificateRejection(reason: .expired, position: nil, subject: nil, detail: "")
        $0.resume(with: .rejected(RejectedPeer(rejection: rejection, presented: [], checks: [])))
      },
    ]
    for answer in answers {
      for steps in 0...4 {
        let pair = try Setup(clientKey: .ed25519, .required).pair()
        for step in 0..<steps { pair.step(from: step.isMultiple(of: 2) ? .client : .server) }
        for endpoint in [pair.client, pair.server] {
          answer(endpoint)
          #expect(endpoint.error == .unexpectedAnswer)
        }
      }
    }
  }

  @Test("a question is asked again as long as it is not answered, and nothing is consumed")
  func askedAgain() throws {
    let pair = try pausing(.server).pair()
    pair.run()
    for _ in 0..<3 {
      let need = try pair.server.feedRegardless([])
      #expect(need.isQuestion)
      #expect(pair.server.connection.consumed == 0)
    }
  }

  @Test("several questions in one handshake are answered one after the other")
  func allQuestions() throws {
    let shared = try TestIdentities.shared
    var setup = try Setup(.asked)
    setup.server = ServerConfiguration(
      identities: .asked, clientAuthentication: .required(PausingTrust(shared.trust)))
    setup.client = ClientConfiguration(trust: PausingTrust(shared.trust))
    setup.client.identities = .asked
    let pair = try setup.pair()
    let (client, server) = (try shared.client(.ecdsa(.secp521r1)), try shared.server(.rsa(bits: 2048)))
    var asked: [String] = []
    func answers(_ identity: Identity, _ name: String) -> Answers {
      var answers = Answers()
      answers.verdict = {
        asked.append("\(name) verdict")
        return shared.trust.judgeInline($0)
      }
      answers.signature = {
        asked.append("\(name) signature")
        return (try? identity.key?.sign($0.message, scheme: $0.scheme)) ?? []
      }
      answers.serverIdentity = { _ in
        asked.append("\(name) identity")
        return identity.withoutKey
      }
      answers.clientIdentity = { _ in
        asked.append("\(name) identity")
        return identity.withoutKey
      }
      return answers
    }
    pair.client.answers = answers(client, "client")
    pair.server.answers = answers(server, "server")
    pair.run()
    #expect(pair.client.isComplete && pair.server.isComplete)
    #expect(
      asked == [
        "server identity", "server signature", "client verdict", "client identity", "client signature",
        "server verdict",
      ])
  }
}
