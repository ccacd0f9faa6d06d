import Handfast
import HandfastCore
import HandfastTestKit
import HandfastTrust
import HandfastWire
import Synchronization
import Testing

/// What BoGo found about certificates and who shows them, held without its runner.
@Suite("BoGo's findings: identities") struct IdentityFindingsTests {
  static let versions: [ProtocolVersion] = [.tls12, .tls13]

  @Test(arguments: versions) func `an identity signs with the schemes that it is given, best first`(
    version: ProtocolVersion
  ) throws {
    let shared = try TestIdentities.shared
    var (server, client) = (try shared.server(.rsa(bits: 2048)), try shared.client(.rsa(bits: 2048)))
    server.signatureSchemes = [.rsaPSSRSAESHA512, .rsaPSSRSAESHA256]
    client.signatureSchemes = [.ed25519, .rsaPSSRSAESHA384]
    var setup = try Setup(.these([server]), .required)
    setup.client.identities = .these([client])
    setup.use([version])
    let pair = try setup.pair()
    pair.run()
    let met = Encounter(pair)
    #expect(met.isComplete)
    #expect(met.server.negotiated?.serverSignatureScheme == .rsaPSSRSAESHA512)
    #expect(met.server.negotiated?.clientSignatureScheme == .rsaPSSRSAESHA384)
  }

  @Test(arguments: versions) func `one without a scheme that the peer verifies goes after one that has it`(
    version: ProtocolVersion
  ) throws {
    let shared = try TestIdentities.shared
    var (first, second) = (try shared.server(.rsa(bits: 2048)), try shared.server(.rsa(bits: 2048)))
    first.signatureSchemes = [.rsaPSSRSAESHA512]
    second.signatureSchemes = [.rsaPSSRSAESHA256]
    var setup = try Setup(.these([first, second]))
    setup.client.signatureSchemes = [.rsaPSSRSAESHA256]
    setup.use([version])
    let pair = try setup.pair()
    pair.run()
    #expect(Encounter(pair).isComplete)
    #expect(pair.server.outcome.ownIdentity?.signatureSchemes == [.rsaPSSRSAESHA256])
  }

  @Test(arguments: versions) func `a client that must authenticate fails here rather than go on without`(
    version: ProtocolVersion
  ) throws {
    var setup = try Setup(clientKey: .ecdsa(.secp256r1), .optional)
    setup.server.signatureSchemes = [.rsaPSSRSAESHA256, .ed25519]
    setup.use([version])
    let without = try setup.pair()
    without.run()
    #expect(Encounter(without).isComplete)
    #expect(without.server.outcome.peer == nil)
    setup.client.identityUse = .required
    let pair = try setup.pair()
    pair.run()
    #expect(pair.client.error == .noAcceptableIdentity(.noCommonSignatureScheme))
    #expect(pair.client.failure?.alertSent == .handshakeFailure)
    #expect(pair.client.failure?.diagnosis.fault == .client)
  }

  @Test(arguments: versions) func `authorities bind a client's identity unless it says that they do not`(
    version: ProtocolVersion
  ) throws {
    let shared = try TestIdentities.shared
    let others = try DevelopmentPKI(name: "Others")
    var stranger = try others.issue(.client("stranger"))
    var setup = try Setup(clientKey: .ecdsa(.secp256r1), .required)
    setup.use([version])
    setup.client.identityUse = .required
    setup.client.identities = .these([stranger])
    let bound = try setup.pair()
    bound.run()
    guard case .noAcceptableIdentity(.issuerNotAmongAuthorities) = bound.client.error else {
      Issue.record("\(String(describing: bound.client.error))")
      return
    }
    stranger.isBoundToAuthorities = false
    setup.client.identities = .these([stranger, try shared.client()])
    let free = try setup.pair()
    free.run()
    // It was shown, and refused for what it is.
    #expect(free.client.outcome.ownIdentity?.chain == stranger.chain || free.client.error != nil)
    guard case .certificateRejected(let rejection) = free.server.error else {
      Issue.record("\(String(describing: free.server.error))")
      return
    }
    #expect(rejection.reason == .unknownIssuer)
  }

  @Test(arguments: versions) func `a server's identity that is bound goes to clients that know its issuer`(
    version: ProtocolVersion
  ) throws {
    let shared = try TestIdentities.shared
    let others = try DevelopmentPKI(name: "Others")
    var bound = try others.issue(.server("localhost"))
    bound.isBoundToAuthorities = true
    var own = try shared.server()
    own.isBoundToAuthorities = true
    var setup = try Setup(.these([bound, own]))
    setup.use([version])
    let pair = try setup.pair()
    pair.tamper = { flight in
      guard flight.sender == .client, flight.index == 0 else { return }
      flight.replaceMessages { message in
        guard var hello = try? ClientHello(decoding: Array(message.bytes.dropFirst(4)).span, "body") else {
          return [message]
        }
        hello.extensions?.set(CertificateAuthorities(names: shared.trust.authorities))
        return [WireMessage(.clientHello, hello.encoded() ?? [])]
      }
    }
    pair.step(from: .client)
    let chosen = pair.server.outcome.events.compactMap { event -> String? in
      if case .chose(let choice) = event, choice.subject == .serverIdentity { choice.chosen } else { nil }
    }
    #expect(chosen == [own.label])
  }

  /// Accepts without looking, or refuses with an alert of its own choice.
  private struct Application: PeerTrust {
    var refusal: AlertDescription?
    var authorities: [[UInt8]] { [] }
    func judgeInline(_ request: PeerVerification) -> Verdict? {
      if let refusal { return .rejected(byApplication: "not today", chain: request.chain, alert: refusal) }
      return (try? TrustedPeer(accepting: request.chain)).map { .trusted($0) }
    }
  }

  @Test(arguments: versions) func `the application says which alert goes with its refusal`(
    version: ProtocolVersion
  ) throws {
    var setup = try Setup()
    setup.client = ClientConfiguration(trust: Application(refusal: .badCertificateStatusResponse))
    setup.use([version])
    let pair = try setup.pair()
    pair.run()
    #expect(pair.client.failure?.alertSent == .badCertificateStatusResponse)
    #expect(pair.server.error == .alertReceived(.badCertificateStatusResponse))
  }

  @Test(arguments: versions) func `keyUsage counts even for an application that accepts anybody`(
    version: ProtocolVersion
  ) throws {
    let pki = try DevelopmentPKI(name: "Usage")
    var request = LeafRequest.server("localhost")
    request.keyUsage = ["keyAgreement"]
    var setup = try Setup(.these([try pki.issue(request)]))
    setup.client = ClientConfiguration(trust: Application())
    setup.use([version])
    let pair = try setup.pair()
    pair.run()
    guard case .certificateRejected(let rejection) = pair.client.error else {
      Issue.record("\(String(describing: pair.client.error))")
      return
    }
    #expect(rejection.reason == .keyUsage)
    #expect(pair.client.failure?.alertSent == .unsupportedCertificate)
  }

  private final class Memory: PeerTrust {
    private let asked = Mutex<[PeerVerification]>([])
    private let inline: Bool
    init(inline: Bool = true) { self.inline = inline }
    var requests: [PeerVerification] { asked.withLock { $0 } }
    let authorities: [[UInt8]] = []
    let sessionScope: [UInt8]? = [1]
    func judge(_ request: PeerVerification) -> Verdict {
      asked.withLock { $0.append(request) }
      if request.isResumption, requests.count > 2 {
        return .rejected(byApplication: "not any more", chain: request.chain)
      }
      guard let peer = try? TrustedPeer(accepting: request.chain) else {
        return .rejected(byApplication: "unreadable", chain: request.chain)
      }
      return .trusted(peer)
    }
    func judgeInline(_ request: PeerVerification) -> Verdict? { inline ? judge(request) : nil }
  }

  @Test(arguments: Way.allCases, [true, false]) func `a server that resumes is judged anew where that is wanted`(
    way: Way, inline: Bool
  ) throws {
    var meeting = try Meeting(way, .none)
    let (name, store) = (meeting.setup.client.versions, meeting.setup.client.sessionStore)
    let trust = Memory(inline: inline)
    meeting.setup.client = ClientConfiguration(trust: trust)
    meeting.setup.client.versions = name
    meeting.setup.client.sessionStore = store
    meeting.setup.client.judgesResumedServers = true
    func meet() throws -> InMemoryPair {
      let pair = try meeting.pair()
      if !inline { pair.client.answers.verdict = { trust.judge($0) } }
      pair.run()
      return pair
    }
    #expect(Encounter(try meet()).isFull)
    #expect(Encounter(try meet()).isResumed)
    #expect(trust.requests.map(\.isResumption) == [false, true])
    #expect(trust.requests.map(\.chain).allSatisfy { $0 == trust.requests.first?.chain })
    let refused = try meet()
    guard case .certificateRejected = refused.client.error else {
      Issue.record("\(String(describing: refused.client.error))")
      return
    }
  }

  @Test(arguments: versions) func `what certificate logs have promised reaches whoever judges`(
    version: ProtocolVersion
  ) throws {
    var identity = try TestIdentities.shared.server()
    identity.certificateTimestamps = [[1, 2, 3], [4]]
    let trust = Memory()
    var setup = try Setup(.these([identity]))
    setup.client = ClientConfiguration(trust: trust)
    setup.client.requestsCertificateTimestamps = true
    setup.use([version])
    let pair = try setup.pair()
    pair.run()
    #expect(Encounter(pair).isComplete)
    #expect(trust.requests.first?.certificateTimestamps == [[1, 2, 3], [4]])
    setup.client.requestsCertificateTimestamps = false
    let without = try setup.pair()
    without.run()
    #expect(Encounter(without).isComplete)
    #expect(trust.requests.last?.certificateTimestamps == [])
  }
}
