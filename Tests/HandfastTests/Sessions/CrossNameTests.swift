import Handfast
import HandfastCore
import HandfastTestKit
import HandfastTrust
import HandfastWire
import Testing

/// A session made with one name, resumed with another of the same certificate (RFC 9846 §4.7.1).
@Suite("Sessions across server names") struct CrossNameTests {
  private static let both = Result {
    try TestIdentities.shared.pki.issue(.server("localhost", "other.localhost", "*.wild.localhost"))
  }

  /// Two sides that have met under "localhost", the client with two tickets.
  private func acquainted(
    _ authentication: Setup.Authentication = .required, _ change: (inout Meeting) throws -> Void = { _ in }
  ) throws -> Meeting {
    var meeting = try Meeting(.preSharedKey, authentication)
    meeting.replaceServer(identities: .these([try Self.both.get()]))
    meeting.setup.server.resumesAcrossNames = true
    meeting.setup.client.resumesAcrossNames = true
    try change(&meeting)
    #expect(try meeting.meet().isFull)
    return meeting
  }

  private func meet(_ meeting: Meeting, under name: String) throws -> Encounter {
    var meeting = meeting
    meeting.setup.name = name
    return try meeting.meet()
  }

  private func judged(_ met: Encounter) -> [JudgementFact] {
    met.client.events.compactMap { if case .peerJudged(let fact) = $0 { fact } else { nil } }
  }

  @Test(arguments: ["other.localhost", "a.wild.localhost"]) func `are resumed, and the server judged for the new name`(
    name: String
  ) throws {
    let meeting = try acquainted()
    let met = try meet(meeting, under: name)
    #expect(met.isResumed)
    #expect(met.client.negotiated?.serverName == name && met.server.negotiated?.serverName == name)
    #expect(judged(met).map(\.reference) == [try ServerReference(name)])
    #expect(met.server.peerSubject == "CN=client")
    // The tickets of that connection are for its name, and go across as well.
    #expect(try meet(meeting, under: name).isResumed)
    #expect(try meet(meeting, under: "localhost").isResumed)
  }

  @Test func `are kept apart without the client's wish, and without the server's word`() throws {
    let shy = try acquainted { $0.setup.client.resumesAcrossNames = false }
    #expect(try meet(shy, under: "other.localhost").isFull)
    let silent = try acquainted { $0.setup.server.resumesAcrossNames = false }
    let met = try meet(silent, under: "other.localhost")
    #expect(met.isFull)
    #expect(met.client.refusals == [.noSession])
  }

  @Test func `are not offered for a name that the certificate does not have`() throws {
    let met = try meet(try acquainted(), under: "elsewhere.localhost")
    #expect(met.client.refusals.first == .noSession)
    guard case .certificateRejected(let rejection) = met.client.error else {
      Issue.record("a certificate for other names is taken")
      return
    }
    #expect(rejection.reason == .wrongName)
  }

  @Test func `are not resumed by a server none of whose identities is for both names`() throws {
    var meeting = try acquainted()
    let pki = try TestIdentities.shared.pki
    // The same scope by the application's word, as of a fleet.
    meeting.setup.server.sessionScope = [1]
    #expect(try meeting.meet().isFull)
    meeting.replaceServer(
      identities: .these([try pki.issue(.server("localhost")), try pki.issue(.server("other.localhost"))]))
    meeting.setup.server.sessionScope = [1]
    meeting.setup.server.resumesAcrossNames = true
    let met = try meet(meeting, under: "other.localhost")
    #expect(met.isFull)
    #expect(met.server.refusals.contains(.otherServerName(session: "localhost", offered: "other.localhost")))
  }

  @Test func `end where the client's judge refuses the new name`() throws {
    let trust = Choosy(trust: try TestIdentities.shared.trust, barred: "other.localhost")
    let meeting = try acquainted { meeting in
      var client = ClientConfiguration(trust: trust)
      client.identities = meeting.setup.client.identities
      client.sessionStore = InMemoryClientSessions()
      client.sessionScope = [7]
      client.resumesAcrossNames = true
      client.versions = [.tls13]
      meeting.setup.client = client
    }
    let met = try meet(meeting, under: "other.localhost")
    guard case .certificateRejected = met.client.error else {
      Issue.record("nobody was asked about the new name")
      return
    }
  }

  private struct Choosy: PeerTrust {
    let trust: Trust
    let barred: String
    var authorities: [[UInt8]] { trust.authorities }
    var sessionScope: [UInt8]? { nil }

    func judgeInline(_ request: PeerVerification) -> Verdict? {
      guard case .dnsName(barred)? = request.reference else { return trust.judgeInline(request) }
      return .rejected(byApplication: "not for this name", chain: request.chain)
    }
  }

  @Test func `carry no early data`() throws {
    let meeting = try acquainted { meeting in
      meeting.setup.client.offersEarlyData = true
      let register = StrikeRegister(startedAt: meeting.clock.now() - 60_000)
      meeting.setup.server.earlyData = .accepted(upTo: 16_384, replayGuard: register)
    }
    let met = try meet(meeting, under: "other.localhost")
    #expect(met.isResumed)
    #expect(met.client.earlyData.isEmpty)
  }

  @Test func `do not exist in TLS 1.2`() throws {
    var meeting = try Meeting(.ticket)
    meeting.replaceServer(identities: .these([try Self.both.get()]))
    meeting.setup.server.resumesAcrossNames = true
    meeting.setup.client.resumesAcrossNames = true
    #expect(try meeting.meet().isFull)
    #expect(try meet(meeting, under: "other.localhost").isFull)
    meeting.setup.client.sessionStore = try LooseSessions(meeting.setup)
    #expect(try meeting.meet().isFull)
    let met = try meet(meeting, under: "other.localhost")
    #expect(met.isFull)
    #expect(met.server.refusals == [.otherServerName(session: "localhost", offered: "other.localhost")])
  }

  @Test(arguments: [([UInt8]([1, 0]), AlertDescription.illegalParameter), ([], .decodeError)])
  func `are refused with flags that are not as they must be`(flags: [UInt8], alert: AlertDescription) throws {
    let trial = try ClientTrial13(try Setup())
    #expect(try trial.handshake())
    var extensions = ExtensionBlock()
    extensions.set(.tlsFlags, [UInt8(flags.count)] + flags)
    trial.server.peer.send(
      NewSessionTicket13(lifetime: 60, ageAdd: 1, nonce: [1], ticket: [1, 2, 3], extensions: extensions))
    trial.exchange()
    #expect(trial.alert() == alert)
  }
}
