import ArgumentParser
import Handfast
import HandfastCore
import HandfastInspect
import HandfastWire
import TestTurns
import Testing

@testable import HandfastCommands

/// The stories of TLS 1.3, and those of two connections; each is really played.
@Suite(.inTurn) struct DemoVersionTests {
  private func play(_ arguments: [String], showsSecrets: Bool = false) async throws -> DemoRun.Outcome {
    try await DemoRun(DemoCommand.parse(arguments).plan, showsSecrets: showsSecrets).run()
  }

  @Test func `the story without options is TLS 1.2's, and knows nothing of TLS 1.3`() async throws {
    let outcome = try await play([])
    #expect(outcome.settled(1).map(\.version) == [.tls12, .tls12])
    #expect(outcome.connections == 1)
    let hello = try #require(
      outcome.entries.lazy.compactMap { entry -> MessageFact? in
        if case .sent(let fact) = entry.event, fact.type == .clientHello { fact } else { nil }
      }.first)
    let message = try ClientHello(decoding: Array(hello.bytes.dropFirst(4)).span, "ClientHello")
    #expect(message.cipherSuites.allSatisfy { !$0.isTLS13 })
    let groups = try message.extensions?.decode(SupportedGroups.self)?.groups
    #expect(groups?.contains { $0.isHybrid } == false)
    for type in [ExtensionType.supportedVersions, .keyShare, .sessionTicket] {
      #expect(message.extensions?.contains(type) == false)
    }
  }

  @Test(arguments: ["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"])
  func `TLS 1.3 takes the suite that is asked for`(_ suite: String) async throws {
    let outcome = try await play(["--version", "1.3", "--suite", suite])
    #expect(DemoVerdict(outcome, nil).isAsTold)
    #expect(outcome.settled(1).map(\.cipherSuite.description) == [suite, suite])
    #expect(outcome.settled(1).map(\.version) == [.tls13, .tls13])
  }

  @Test(arguments: GroupArgument.allValueStrings)
  func `TLS 1.3 takes the group that is asked for, at once or after a HelloRetryRequest`(_ name: String) async throws {
    let group = try #require(GroupArgument(argument: name)?.group)
    for arguments in [[], ["--hello-retry"]] {
      let outcome = try await play(["--version", "1.3", "--group", name] + arguments)
      #expect(DemoVerdict(outcome, nil).isAsTold)
      #expect(outcome.settled(1).map(\.group) == [group, group])
      let retries = outcome.entries.compactMap { entry -> RetryFact? in
        if case .retryRequested(let fact) = entry.event { fact } else { nil }
      }
      #expect(retries.map(\.group) == (arguments.isEmpty ? [] : [group, group]))
      #expect(retries.allSatisfy { $0.hasCookie })
    }
  }

  @Test(arguments: KeyType.allCases)
  func `every kind of key authenticates both sides of TLS 1.3`(_ key: KeyType) async throws {
    let outcome = try await play(["--version", "1.3", "--key-type", key.rawValue])
    #expect(DemoVerdict(outcome, nil).isAsTold)
    #expect(outcome.settled(1).count == 2)
    #expect(outcome.settled(1).allSatisfy { $0.clientSignatureScheme != nil })
  }

  @Test func `in TLS 1.3 the client is told when it is accepted`() async throws {
    let outcome = try await play(["--version", "1.3"])
    let confirmations = outcome.entries.compactMap { entry -> HandfastCore.PeerConfirmation? in
      if case .confirmed(let by) = entry.event { by } else { nil }
    }
    #expect(confirmations == [.newSessionTicket])
  }

  @Test(arguments: [["--version", "1.2"], ["--version", "1.3"], ["--paper"], ["--no-client-cert"]])
  func `a session is made and resumed, and carries who the two sides were`(_ arguments: [String]) async throws {
    let outcome = try await play(["--resume"] + arguments)
    let verdict = DemoVerdict(outcome, nil)
    #expect(verdict.isAsTold, "\(verdict.surprise)")
    #expect(outcome.connections == 2)
    #expect(outcome.settled(1).map(\.isResumed) == [false, false])
    #expect(outcome.settled(2).map(\.isResumed) == [true, true])
    #expect(verdict.summary.contains("CN=server.handfast.test (the client)"))
    let isKnown = !arguments.contains("--no-client-cert")
    #expect(verdict.summary.contains(isKnown ? "CN=alice (the server)" : "nobody in particular (the server)"))
    let certificates = outcome.entries(of: 2).contains { entry in
      if case .sent(let fact) = entry.event { fact.type == .certificate } else { false }
    }
    #expect(!certificates)
    // The application has it, too.
    let said = outcome.extras(of: 2).applicationData[.server]?.first.map { String(decoding: $0, as: UTF8.self) }
    #expect(said?.contains("Well met again, \(isKnown ? "CN=alice" : "whoever you are").") == true)
  }

  @Test func `early data is taken once, and its copy is recognised`() async throws {
    let outcome = try await play(["--version", "1.3", "--early-data"])
    let verdict = DemoVerdict(outcome, nil)
    #expect(verdict.isAsTold, "\(verdict.surprise)")
    #expect(outcome.connections == 3)
    #expect(outcome.earlyData(of: 1) == nil)
    #expect(outcome.earlyData(of: 2) == .accepted)
    #expect(outcome.earlyData(of: 3) == .rejected(.replayed))
    #expect(outcome.settled(2).map(\.isEarlyDataAccepted) == [true, true])
    #expect(outcome.settled(3).isEmpty)
    #expect(outcome.entries(of: 3).allSatisfy { $0.side == .server })
    // The copy is one: the ClientHello that the server got twice.
    let hellos = [2, 3].map { connection in
      outcome.entries(of: connection).compactMap { entry -> [UInt8]? in
        guard entry.side == .server, case .received(let fact) = entry.event else { return nil }
        return fact.type == .clientHello ? fact.bytes : nil
      }
    }
    #expect(hellos[0].count == 1 && hellos[0] == hellos[1])
  }

  @Test func `each connection has its own secrets, and none is in the events`() async throws {
    let outcome = try await play(["--version", "1.3", "--early-data"], showsSecrets: true)
    let text = try TraceFile.text(outcome.entries)
    for connection in [1, 2] {
      let extras = outcome.extras(of: connection)
      for kind in [
        DisclosedSecret.Kind.clientHandshakeTrafficSecret, .serverHandshakeTrafficSecret,
        .clientApplicationTrafficSecret, .serverApplicationTrafficSecret, .exporterSecret,
      ] {
        let values = Side.allCases.compactMap { side in extras.secrets[side]?.first { $0.kind == kind }?.bytes }
        #expect(values.count == 2 && values.first == values.last, "\(kind)")
        #expect(!text.contains(hexText(values.first?.prefix(12) ?? [])))
      }
      let early = Side.allCases.compactMap { extras.secrets[$0]?.first { $0.kind == .clientEarlyTrafficSecret }?.bytes }
      #expect(early.count == (connection == 2 ? 2 : 0))
    }
    #expect(
      outcome.extras(of: 1).secrets[.client]?.first?.bytes != outcome.extras(of: 2).secrets[.client]?.first?.bytes)
  }

  @Test(arguments: [
    ["--version", "1.3"], ["--version", "1.3", "--hello-retry"], ["--resume"], ["--version", "1.3", "--early-data"],
    ["--version", "1.3", "--break", "untrusted-client"], ["--version", "1.3", "--break", "downgrade"],
  ])
  func `a trace of TLS 1.3 or of several connections survives its file`(_ arguments: [String]) async throws {
    let entries = try await play(arguments).entries
    #expect(try TraceFile.entries(in: try TraceFile.text(entries)) == entries)
  }

  @Test(arguments: [80, 120])
  func `each connection is told with what it is about`(_ width: Int) async throws {
    let outcome = try await play(["--version", "1.3", "--early-data"])
    for connection in 1...3 {
      let steps = Narrative(outcome.entries(of: connection), extras: outcome.extras(of: connection)).steps
      #expect(steps.count > 3)
      let text = NarrativeRenderer(width: width).render(Narrative(outcome.entries(of: connection)))
      for line in text.split(separator: "\n") { #expect(line.count <= width, "\(line)") }
    }
  }
}
