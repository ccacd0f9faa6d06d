import Handfast
import HandfastCore
import HandfastInspect
import HandfastNIO
import HandfastTrust
import HandfastWire

// Whole handshakes: what no question in clear can show.
extension Surveyor {
  mutating func shakeHands() async {
    // Whether the server insists on a certificate only shows when it gets none. Nothing is at risk: this side has nothing to
    // lose, and says nothing.
    let recorder = TraceRecorder()
    survey.bare = await trial(nil, recorder)
    await noteTrial(recorder.entries.map(\.event))
    // Who a client is, is for servers that are known.
    guard let identity = survey.chosen, case .trusted? = survey.verdict else { return }
    survey.mutual = await trial(identity, TraceRecorder())
  }

  /// What TLS 1.3 says under encryption, and a question in clear does not show.
  private mutating func noteTrial(_ events: [TLSEvent]) async {
    guard survey.speaks13 else { return }
    var request: PeerSurvey.Request?
    for case .received(let fact) in events where fact.type == .certificateRequest {
      request = Self.request(in: fact).map { .init(version: .tls13, accepted: $0) } ?? request
    }
    if let request {
      note(request)
    } else if survey.bare?.negotiated?.version == .tls13 {
      // Whoever asks in TLS 1.2 only does not ask in the version that is spoken.
      survey.requests = []
      (survey.chosen, survey.candidates) = (nil, [])
    }
    guard survey.chain.isEmpty else { return }
    for case .received(let fact) in events where fact.type == .certificate {
      let message = try? Certificate13(decoding: Array(fact.bytes.dropFirst(4)).span, "Certificate")
      await judge(message?.entries.map(\.certificate) ?? [])
    }
    // A server that insists on a certificate refuses only after this side's handshake is complete.
    var name: String?
    for case .handshakeCompleted(let settled) in events { name = settled.applicationProtocol }
    survey.protocols.values = name.map { [$0] } ?? []
    survey.protocols.gap = "TLS 1.3 encrypts its choice, and only one handshake was asked"
  }

  private static func request(in fact: MessageFact) -> ClientIdentityRequest? {
    guard
      let message = try? CertificateRequest13(decoding: Array(fact.bytes.dropFirst(4)).span, "CertificateRequest")
    else { return nil }
    let filters = try? message.extensions.decode(OIDFilters.self)?.filters
    return ClientIdentityRequest(
      certificateTypes: [], signatureSchemes: (try? message.extensions.decode(SignatureAlgorithms.self)?.schemes) ?? [],
      authorities: (try? message.extensions.decode(CertificateAuthorities.self)?.names) ?? [],
      filters: (filters ?? []).map { CertificateFilter(oid: $0.oid, values: $0.values) })
  }

  private mutating func trial(_ identity: Identity?, _ recorder: TraceRecorder) async -> PeerSurvey.Trial? {
    guard prober.spend() else { return nil }
    var judge = trust
    judge.judgesInline = identity != nil
    var configuration = ClientConfiguration(trust: judge)
    configuration.identities = .these(identity.map { [$0] } ?? [])
    configuration.extendedMasterSecret = .preferred
    configuration.secureRenegotiation = .preferred
    configuration.limits.handshakeSeconds = prober.seconds
    if wantsProtocols, !survey.speaks12 { configuration.applicationProtocols = protocols }
    do {
      let connection = try await SecureConnection.connect(
        try TLSClient(configuration), host: prober.host, port: prober.port, as: reference,
        delegate: identity == nil ? AcceptAnyone(trust: trust) : nil,
        tracing: { side, event in recorder.record([event], side: side) }, connectSeconds: prober.seconds)
      let isConfirmed = try await hearsOfAcceptance(over: connection)
      return .init(negotiated: connection.negotiated, failure: nil, networkError: nil, isConfirmed: isConfirmed)
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

  /// Parts, and says whether the server has accepted this client. In TLS 1.3 that shows late: by a ticket, by data, or by an answer
  /// to the goodbye where a refusal would have come before it. Throws the refusal.
  private func hearsOfAcceptance(over connection: SecureConnection) async throws -> Bool {
    guard connection.negotiated.version == .tls13 else {
      try? await connection.close(within: 1)
      return true
    }
    if try await connection.confirmed(within: min(prober.seconds, 2)) {
      try? await connection.close(within: 1)
      return true
    }
    do {
      try await connection.close(within: 1)
      return true
    } catch let failure as TLSFailure {
      if case .alertReceived = failure.error { throw failure }
      return false
    } catch {
      return false
    }
  }
}
