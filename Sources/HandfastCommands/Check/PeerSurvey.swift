import Handfast
import HandfastCore
import HandfastInspect
import HandfastNIO
import HandfastTrust
import HandfastWire

/// What a server accepts, and what a mutual handshake with it would need.
struct PeerSurvey: Sendable {
  /// What came of one list of questions.
  struct Accepted<Value: Sendable>: Sendable {
    /// In the order in which the peer chose them.
    var values: [Value] = []
    /// Why there may be more; nil: there is no more.
    var gap: String?
  }
  /// What became of a whole handshake.
  struct Trial: Sendable {
    let negotiated: NegotiatedParameters?
    let failure: TLSFailure?
    let networkError: String?

    var isComplete: Bool { negotiated != nil }
  }

  var connections = 0
  /// Nil: the peer did not say.
  var versions: [(version: ProtocolVersion, refusal: String?)] = []
  var suites = Accepted<CipherSuite>()
  /// One of those that are not spoken here.
  var foreignSuite: CipherSuite?
  var groups = Accepted<NamedGroup>()
  var protocols = Accepted<String>()
  var chain: [CertificateDescription] = []
  /// Nil when there was no chain.
  var verdict: Verdict?
  var certificateRequest: CertificateRequest12?
  /// Which of the given certificates would be sent, and what rules out the others.
  var chosen: Identity?
  var candidates: [Choice.Candidate] = []
  /// What is wrong with each of them as a client's certificate, whoever asks.
  var unfitness: [[String]] = []
  /// Without a certificate.
  var bare: Trial?
  /// With the chosen one.
  var mutual: Trial?

  var speaks12: Bool { versions.contains { $0.version == .tls12 && $0.refusal == nil } }
}

/// Makes a survey, one connection after the other.
struct Surveyor {
  let reference: ServerReference
  let identities: [Identity]
  let trust: Trust
  let protocols: [String]
  var prober: Prober
  private var survey = PeerSurvey()

  init(reference: ServerReference, identities: [Identity], trust: Trust, protocols: [String], prober: Prober) {
    self.reference = reference
    self.identities = identities
    self.trust = trust
    self.protocols = protocols.isEmpty ? ["h2", "http/1.1"] : protocols
    self.prober = prober
  }

  private var hello: ProbeHello {
    var hello = ProbeHello()
    if case .dnsName(let name) = reference { hello.serverName = name }
    return hello
  }

  /// `progress` is told what is asked, before it is.
  mutating func run(progress: (String) -> Void = { _ in }) async throws -> PeerSurvey {
    progress("TLS 1.2")
    guard let first = try await prober.ask(hello) else { return survey }
    note(first)
    guard first.isTLS else {
      survey.connections = prober.used
      return survey
    }
    for identity in identities {
      let uses = await ChainExplanation(identity.chain).uses
      survey.unfitness.append(uses.first { $0.role == .client }?.reasons ?? [])
    }
    progress("other versions")
    try await askVersions()
    if first.version == .tls12 {
      await judge(first.chain)
      progress("cipher suites")
      try await askSuites(after: first)
      progress("groups")
      try await askGroups(after: first)
      progress("application protocols")
      try await askProtocols()
      progress("whole handshakes")
      await shakeHands()
    } else {
      try await askForeignSuitesOnly()
    }
    survey.connections = prober.used
    return survey
  }

  private mutating func note(_ answer: ProbeAnswer) {
    survey.versions = [(.tls12, answer.version == .tls12 ? nil : refusal(answer))]
    note(request: answer.certificateRequest)
  }

  private mutating func note(request: CertificateRequest12?) {
    survey.certificateRequest = request
    guard let request else { return }
    let wanted = ClientIdentityRequest(
      certificateTypes: request.certificateTypes, signatureSchemes: request.signatureAlgorithms,
      authorities: request.authorities)
    (survey.chosen, survey.candidates) = chooseClientIdentity(among: identities, for: wanted)
  }

  private func refusal(_ answer: ProbeAnswer) -> String {
    answer.version.map { "the peer wants \($0) instead" } ?? answer.refusal
  }

  // MARK: - Questions

  /// Whether it was only the suites that TLS 1.2 failed over.
  private mutating func askForeignSuitesOnly() async throws {
    var hello = hello
    hello.suites = ProbeHello.foreignSuites
    guard let answer = try await prober.ask(hello), answer.version == .tls12 else { return }
    survey.foreignSuite = answer.serverHello?.cipherSuite
    survey.versions = survey.versions.map { $0.version == .tls12 ? (.tls12, nil) : $0 }
    note(request: answer.certificateRequest)
    await judge(answer.chain)
  }

  private mutating func askVersions() async throws {
    var asked: [(ProtocolVersion, String?)] = []
    for version in [ProtocolVersion.tls13, .tls11, .tls10] {
      var hello = hello
      hello.version = version
      hello.suites = version == .tls13 ? ProbeHello.suitesOf13 : ProbeHello.foreignSuites
      guard let answer = try await prober.ask(hello) else { break }
      asked.append((version, answer.version == version ? nil : refusal(answer)))
    }
    survey.versions = (survey.versions + asked).sorted { $0.0 > $1.0 }
  }

  private mutating func askSuites(after first: ProbeAnswer) async throws {
    var hello = hello
    var answer: ProbeAnswer? = first
    while let suite = answer?.serverHello?.cipherSuite, hello.suites.contains(suite) {
      survey.suites.values.append(suite)
      hello.suites.removeAll { $0 == suite }
      guard !hello.suites.isEmpty else { break }
      answer = try await prober.ask(hello)
      if answer == nil { survey.suites.gap = "the connections are used up" }
    }
    hello.suites = ProbeHello.foreignSuites
    survey.foreignSuite = try await prober.ask(hello)?.serverHello?.cipherSuite
  }

  private mutating func askGroups(after first: ProbeAnswer) async throws {
    var hello = hello
    hello.suites = .recommended
    // RFC 8422 §5.1: a server may not use a certificate whose curve the client does not list, so that this one stays, last.
    let curve = NamedGroup.names.keys.lazy.map { NamedGroup(rawValue: $0) }
      .first { survey.chain.first?.key == KeyKind.ecdsa($0).description }
    var isCurveLast = false
    var followsClient = false
    // A server may have preferred RSA key transport, which has no group.
    var answer: ProbeAnswer? = first.keyExchange == nil ? try await prober.ask(hello) : first
    while let group = answer?.keyExchange?.params.group, hello.groups.contains(group) {
      if !survey.groups.values.contains(group) { survey.groups.values.append(group) }
      hello.groups.removeAll { $0 == group }
      guard !hello.groups.isEmpty else { return }
      if group == curve {
        guard !isCurveLast else { break }
        hello.groups.append(group)
        isCurveLast = true
      } else if isCurveLast {
        // It would have been the curve again, if the server went by an order of its own.
        followsClient = true
        guard hello.groups != [curve] else { return }
      }
      answer = try await prober.ask(hello)
      if answer == nil { survey.groups.gap = "the connections are used up" }
    }
    guard isCurveLast, !followsClient, survey.groups.gap == nil, let curve else { return }
    let unknown = hello.groups.filter { $0 != curve }.map(\.description).joined(separator: ", ")
    survey.groups.gap =
      "it prefers \(curve), without which its own certificate cannot be used, so that it cannot be asked for \(unknown)"
  }

  private mutating func askProtocols() async throws {
    var hello = hello
    hello.protocols = protocols
    while !hello.protocols.isEmpty {
      guard let answer = try await prober.ask(hello) else {
        survey.protocols.gap = "the connections are used up"
        return
      }
      guard let name = answer.applicationProtocol, hello.protocols.contains(name) else { return }
      survey.protocols.values.append(name)
      hello.protocols.removeAll { $0 == name }
    }
  }

  private mutating func judge(_ chain: [[UInt8]]) async {
    survey.chain = chain.map { CertificateDescription(der: $0) ?? .init(unreadable: $0) }
    guard !chain.isEmpty else { return }
    survey.verdict = await trust.judge(PeerVerification(peer: .server, chain: chain, reference: reference))
  }

  // MARK: - Whole handshakes

  private mutating func shakeHands() async {
    // Whether the server insists on a certificate only shows when it gets none. Nothing is at risk: this side has nothing to
    // lose, and says nothing.
    survey.bare = await trial(nil)
    // Who a client is, is for servers that are known.
    guard let identity = survey.chosen, case .trusted? = survey.verdict else { return }
    survey.mutual = await trial(identity)
  }

  private mutating func trial(_ identity: Identity?) async -> PeerSurvey.Trial? {
    guard prober.spend() else { return nil }
    var judge = trust
    judge.judgesInline = identity != nil
    var configuration = ClientConfiguration(trust: judge)
    configuration.identities = .these(identity.map { [$0] } ?? [])
    configuration.extendedMasterSecret = .preferred
    configuration.secureRenegotiation = .preferred
    configuration.limits.handshakeSeconds = prober.seconds
    let recorder = TraceRecorder()
    do {
      let connection = try await SecureConnection.connect(
        try TLSClient(configuration), host: prober.host, port: prober.port, as: reference,
        delegate: identity == nil ? AcceptAnyone(trust: trust) : nil,
        tracing: { side, event in recorder.record([event], side: side) }, connectSeconds: prober.seconds)
      let negotiated = connection.negotiated
      try? await connection.close(within: 1)
      return .init(negotiated: negotiated, failure: nil, networkError: nil)
    } catch let failure as TLSFailure {
      return .init(negotiated: nil, failure: failure, networkError: nil)
    } catch {
      // A server may hang up as soon as it has nothing more to say.
      let negotiated = recorder.entries.lazy.compactMap { entry in
        if case .handshakeCompleted(let parameters) = entry.event { parameters } else { nil }
      }.first
      return .init(negotiated: negotiated, failure: nil, networkError: negotiated == nil ? "\(error)" : nil)
    }
  }
}

/// Goes on whatever the judgement is, with the judgement's checks: to see what would come next.
struct AcceptAnyone: ConnectionDelegate {
  let trust: Trust
  var identity: (@Sendable (ServerIdentityRequest) -> Identity?)?

  func verdict(on request: PeerVerification) async -> Verdict {
    let verdict = await trust.judge(request)
    guard case .rejected(let rejected) = verdict, let peer = try? TrustedPeer(accepting: request.chain) else {
      return verdict
    }
    return .trusted(TrustedPeer(presented: peer.presented, path: [], checks: rejected.checks, key: peer.key))
  }

  func serverIdentity(for request: ServerIdentityRequest) async -> Identity? { identity?(request) }
}

extension CertificateDescription {
  /// So that positions stay right.
  init(unreadable der: [UInt8]) {
    self.init(
      subject: "(unreadable)", issuer: "(unreadable)", notBefore: 0, notAfter: 0, key: "unknown",
      signatureAlgorithm: "unknown", names: [], isCA: false, keyUsage: nil, extendedKeyUsage: nil, serialNumber: "",
      fingerprint: [])
  }
}
