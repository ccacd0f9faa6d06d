import Handfast
import HandfastCore
import HandfastInspect
import HandfastNIO
import HandfastTrust
import HandfastWire

/// Makes a survey, one connection after the other.
struct Surveyor {
  let reference: ServerReference
  let identities: [Identity]
  let trust: Trust
  let protocols: [String]
  var prober: Prober
  /// Whether the protocols are the user's choice.
  let wantsProtocols: Bool
  var survey = PeerSurvey()

  init(reference: ServerReference, identities: [Identity], trust: Trust, protocols: [String], prober: Prober) {
    self.reference = reference
    self.identities = identities
    self.trust = trust
    wantsProtocols = !protocols.isEmpty
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
    if survey.speaks13 {
      progress("TLS 1.3")
      try await askSuites13()
      try await askGroups13()
    }
    if first.version == .tls12 {
      await judge(first.chain)
      progress("cipher suites")
      try await askSuites(after: first)
      progress("groups")
      try await askGroups(after: first)
      progress("application protocols")
      try await askProtocols()
    } else if !survey.speaks13 {
      try await askForeignSuitesOnly()
    }
    if first.version == .tls12 || survey.speaks13 {
      progress("whole handshakes")
      await shakeHands()
    }
    survey.connections = prober.used
    return survey
  }

  private mutating func note(_ answer: ProbeAnswer) {
    survey.versions = [(.tls12, answer.version == .tls12 ? nil : refusal(answer))]
    note(answer.certificateRequest)
  }

  private mutating func note(_ request: CertificateRequest12?) {
    guard let request else { return }
    let wanted = ClientIdentityRequest(
      certificateTypes: request.certificateTypes, signatureSchemes: request.signatureAlgorithms,
      authorities: request.authorities)
    note(.init(version: .tls12, accepted: wanted))
  }

  /// The whole handshakes are of the highest version, so that its wishes decide.
  mutating func note(_ request: PeerSurvey.Request) {
    survey.requests = (survey.requests.filter { $0.version != request.version } + [request])
      .sorted { $0.version > $1.version }
    guard survey.requests.first?.version == request.version else { return }
    (survey.chosen, survey.candidates) = chooseClientIdentity(
      among: identities, for: request.accepted, in: request.version)
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
    note(answer.certificateRequest)
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

  private var hello13: ProbeHello {
    var hello = hello
    hello.version = .tls13
    hello.suites = ProbeHello.suitesOf13
    return hello
  }

  private mutating func askSuites13() async throws {
    var hello = hello13
    while !hello.suites.isEmpty {
      guard let answer = try await prober.ask(hello) else {
        survey.suites13.gap = "the connections are used up"
        return
      }
      guard answer.version == .tls13, let suite = answer.serverHello?.cipherSuite, hello.suites.contains(suite) else {
        return
      }
      survey.suites13.values.append(suite)
      hello.suites.removeAll { $0 == suite }
    }
  }

  private mutating func askGroups13() async throws {
    var hello = hello13
    while !hello.groups.isEmpty {
      guard let answer = try await prober.ask(hello) else {
        survey.groups13.gap = "the connections are used up"
        return
      }
      guard let group = answer.retryGroup, hello.groups.contains(group) else { return }
      survey.groups13.values.append(group)
      hello.groups.removeAll { $0 == group }
    }
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
    hello.suites = [CipherSuite].recommended.filter { !$0.isTLS13 }
    hello.groups = hello.groups.filter { !$0.isKEM }
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

  mutating func judge(_ chain: [[UInt8]]) async {
    survey.chain = chain.map { CertificateDescription(der: $0) ?? .init(unreadable: $0) }
    guard !chain.isEmpty else { return }
    survey.verdict = await trust.judge(PeerVerification(peer: .server, chain: chain, reference: reference))
  }
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
