import ArgumentParser
import Foundation
import Handfast
import HandfastCore
import HandfastInspect
import HandfastNIO
import HandfastTrust
import HandfastWire
import NIOCore
import TestTurns
import Testing

@testable import HandfastCommands

/// `connect` against `serve`, as both run from the command line, in TLS 1.3 and with sessions.
@Suite(.timeLimit(.minutes(20)), .inTurn) struct SessionTests {
  /// A folder with a PKI, a server of its files, and what the two said of it.
  private struct Bench {
    let folder: TemporaryFolder
    let pki: DevelopmentPKI

    init() throws {
      folder = try TemporaryFolder()
      pki = try DevelopmentPKI(name: "Bench")
      try folder.write(pki.rootPEM, as: "root.pem")
      try issue(.server("localhost", "127.0.0.1"), by: pki, as: "server")
      try issue(.client("alice"), by: pki, as: "alice")
      // An authority of the same name and another key: its client believes that it is wanted.
      try issue(.client("mallory"), by: DevelopmentPKI(name: "Bench"), as: "mallory")
    }

    private func issue(_ request: LeafRequest, by pki: DevelopmentPKI, as name: String) throws {
      let issued = try pki.issueWithPEM(request)
      try folder.write(issued.certificateChainPEM, as: "\(name).pem")
      try folder.write(issued.privateKeyPEM, as: "\(name)-key.pem")
    }

    func certificate(_ name: String) -> [String] {
      ["--cert", "\(folder.path)/\(name).pem", "--key", "\(folder.path)/\(name)-key.pem"]
    }

    func serveCommand(_ arguments: [String]) throws -> ServeCommand {
      try ServeCommand.parse(certificate("server") + ["--client-ca", "\(folder.path)/root.pem"] + arguments)
    }

    /// What came of a client's visit to an echo.
    struct Visit {
      let client: HandfastCommands.ExitStatus
      let server: HandfastCommands.ExitStatus
      /// Both sides' events, by side and connection.
      let events: [Side: [Int: [TLSEvent]]]

      func settled(_ side: Side) -> [NegotiatedParameters] {
        (events[side] ?? [:]).sorted { $0.key < $1.key }.flatMap(\.value).compactMap { event in
          if case .handshakeCompleted(let settled) = event { settled } else { nil }
        }
      }

      /// The lengths of the application data's records that the client sent or got.
      func plaintexts(_ pick: (TLSEvent) -> RecordFact?) -> [Int] {
        (events[.client] ?? [:]).values.joined().compactMap(pick).filter { $0.type == .applicationData }
          .map(\.plaintextLength)
      }
    }

    func visit(
      serve: [String] = [], connect: [String], as name: String? = "alice", connections: Int, saying text: String = "hi"
    ) async throws -> Visit {
      let server = try TLSServer(try serveCommand(serve).configuration())
      let traces = "\(folder.path)/server.jsonl"
      let run = ServeRun(
        service: .echo, report: ConnectionReport(format: .json, side: .server),
        traces: try TraceWriter(.json, path: traces), limit: connections,
        updatesKeys: serve.contains("--update-keys"))
      var status = HandfastCommands.ExitStatus.failure
      let serverStatus = try await run.serve(server) { port in
        let trace = ["--trace", "json", "--trace-file", "\(folder.path)/client.jsonl", "--json"]
        let command = try ConnectCommand.parse(
          ["localhost:\(port)", "--ca", "\(folder.path)/root.pem"] + (name.map(certificate) ?? []) + trace + connect)
        let (noInterrupts, _) = AsyncStream.makeStream(of: Void.self)
        status = try await command.connect(reading: { try await $0(ByteBuffer(string: text)) }, until: noInterrupts)
      }
      var events: [Side: [Int: [TLSEvent]]] = [:]
      for file in ["client", "server"] {
        let text = try String(contentsOfFile: "\(folder.path)/\(file).jsonl", encoding: .utf8)
        for entry in try TraceFile.entries(in: text) {
          events[entry.side, default: [:]][entry.connection, default: []].append(entry.event)
        }
      }
      return Visit(client: status, server: serverStatus, events: events)
    }
  }

  @Test(arguments: [("1.3", 3), ("1.2", 3), ("1.3,1.2", 2)])
  func `connect resumes its sessions one after the other`(version: String, count: Int) async throws {
    let visit = try await Bench().visit(
      connect: ["--resume", "\(count - 1)", "--version", version], connections: count)
    #expect(visit.client == .success && visit.server == .success)
    for side in Side.allCases {
      #expect(visit.settled(side).map(\.isResumed) == [false] + Array(repeating: true, count: count - 1), "\(side)")
    }
  }

  @Test(arguments: [["--no-tickets"], ["--tickets", "0"]])
  func `a server without tickets is met by full handshakes`(_ arguments: [String]) async throws {
    let visit = try await Bench().visit(serve: arguments, connect: ["--resume", "1"], connections: 2)
    #expect(visit.client == .success)
    #expect(visit.settled(.client).map(\.isResumed) == [false, false])
  }

  @Test func `early data is sent with a resumed session, taken, and answered`() async throws {
    let bench = try Bench()
    try bench.folder.write("early", as: "early.txt")
    let visit = try await bench.visit(
      serve: ["--early-data", "100"], connect: ["--early-data", "\(bench.folder.path)/early.txt"], connections: 2)
    #expect(visit.client == .success && visit.server == .success)
    #expect(visit.settled(.server).map(\.isEarlyDataAccepted) == [false, true])
    // The echo is of the early data first, then of what came after.
    #expect(visit.plaintexts { if case .openedRecord(let fact) = $0 { fact } else { nil } } == [5, 2])
  }

  @Test(arguments: [[], ["--early-data", "2"]])
  func `what is not taken early is sent afterwards`(_ arguments: [String]) async throws {
    let bench = try Bench()
    try bench.folder.write("early", as: "early.txt")
    let visit = try await bench.visit(
      serve: arguments, connect: ["--early-data", "\(bench.folder.path)/early.txt"], connections: 2)
    #expect(visit.client == .success)
    let echoed = visit.plaintexts { if case .openedRecord(let fact) = $0 { fact } else { nil } }
    #expect(echoed.reduce(0, +) == 7)
  }

  @Test func `a late rejection is the failure of connect's handshake`() async throws {
    let visit = try await Bench().visit(
      connect: ["--version", "1.3"], as: "mallory", connections: 1)
    #expect(visit.client == .refusedByPeer)
    #expect(visit.server == .peerRefused)
    let failure = visit.events[.client]?[1]?.compactMap { if case .failed(let fact) = $0 { fact } else { nil } }.first
    #expect(failure?.step == .awaitingConfirmation)
    // It had not sent a byte of what was for the server.
    #expect(visit.plaintexts { if case .sealedRecord(let fact) = $0 { fact } else { nil } }.isEmpty)
  }

  @Test func `a client without a certificate learns late that it needs one`() async throws {
    let visit = try await Bench().visit(connect: [], as: nil, connections: 1)
    #expect(visit.client == .refusedByPeer && visit.server == .peerRefused)
  }

  @Test func `a server that says nothing leaves it unknown, and the conversation goes on`() async throws {
    let visit = try await Bench().visit(serve: ["--tickets", "0"], connect: ["--version", "1.3"], connections: 1)
    #expect(visit.client == .success)
    let confirmations = visit.events[.client]?[1]?.compactMap { event -> HandfastCore.PeerConfirmation? in
      if case .confirmed(let by) = event { by } else { nil }
    }
    #expect(confirmations == [.applicationData])
  }

  @Test func `either side can change the keys after the handshake`() async throws {
    for (serve, connect) in [(["--update-keys"], []), ([], ["--update-keys"])] {
      let visit = try await Bench().visit(serve: serve, connect: connect, connections: 1)
      #expect(visit.client == .success && visit.server == .success)
      for side in Side.allCases {
        let generations = visit.events[side]?[1]?.compactMap { event -> String? in
          guard case .changedKeys(let fact) = event, fact.generation > 0 else { return nil }
          return "\(fact.direction) \(fact.generation)"
        }
        #expect(Set(generations ?? []) == ["sending 1", "receiving 1"], "\(side)")
      }
    }
    let old = try await Bench().visit(serve: ["--version", "1.2"], connect: ["--update-keys"], connections: 1)
    #expect(old.client == .success)
  }

  @Test func `records are as large and as padded as asked for`() async throws {
    let visit = try await Bench().visit(
      serve: ["--record-size-limit", "201"], connect: ["--padding", "64", "--record-size-limit", "101"], connections: 1,
      saying: String(repeating: "a", count: 350))
    #expect(visit.client == .success)
    let sealed = visit.plaintexts { if case .sealedRecord(let fact) = $0 { fact } else { nil } }
    #expect(sealed.reduce(0, +) == 350 && sealed.allSatisfy { $0 <= 200 })
    let opened = visit.plaintexts { if case .openedRecord(let fact) = $0 { fact } else { nil } }
    #expect(opened.reduce(0, +) == 350 && opened.allSatisfy { $0 <= 100 })
    let lengths = (visit.events[.client]?[1] ?? []).compactMap { event -> Int? in
      if case .sealedRecord(let fact) = event, fact.type == .applicationData { fact.ciphertextLength } else { nil }
    }
    // Content type and tag take 17 bytes; no padding goes beyond what the peer takes.
    #expect(!lengths.isEmpty && lengths.allSatisfy { ($0 - 17) % 64 == 0 || $0 - 17 == 200 })
  }

  @Test func `the key log has TLS 1.3's labels`() async throws {
    let bench = try Bench()
    let path = "\(bench.folder.path)/keys.log"
    _ = try await bench.visit(connect: ["--keylog", path, "--update-keys"], connections: 1)
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    let labels = Set(lines.compactMap { $0.split(separator: " ").first.map(String.init) })
    for label in [
      "CLIENT_HANDSHAKE_TRAFFIC_SECRET", "SERVER_HANDSHAKE_TRAFFIC_SECRET", "CLIENT_TRAFFIC_SECRET_0",
      "SERVER_TRAFFIC_SECRET_0", "CLIENT_TRAFFIC_SECRET_1", "EXPORTER_SECRET",
    ] {
      #expect(labels.contains(label), "\(label)")
    }
  }

  @Test func `servers that share ticket keys accept each other's tickets`() throws {
    let bench = try Bench()
    let path = "\(bench.folder.path)/ticket.key"
    try Data((0..<80).map { UInt8($0) }).write(to: URL(fileURLWithPath: path))
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    var client = ClientConfiguration(trust: try bench.pki.trust)
    client.identities = .these([try bench.pki.issue(.client("alice"))])
    let tls = try TLSClient(client)
    let reference = try ServerReference("localhost")
    var resumed: [Bool] = []
    for _ in 1...2 {
      let server = try TLSServer(try bench.serveCommand(["--ticket-keys", path]).configuration())
      var pair = Wire(client: tls.connect(to: reference), server: server.accept())
      try pair.run()
      let settled = pair.server.negotiated
      resumed.append(try #require(settled).isResumed)
    }
    #expect(resumed == [false, true])
  }

  @Test func `ticket keys that cannot be used stop serve before it begins`() throws {
    let bench = try Bench()
    try bench.folder.write("short", as: "short.key")
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o600], ofItemAtPath: "\(bench.folder.path)/short.key")
    for (file, expected) in [("short.key", HandfastCommands.ExitStatus.badInput), ("missing.key", .noInput)] {
      let command = try bench.serveCommand(["--ticket-keys", "\(bench.folder.path)/\(file)"])
      let error = #expect(throws: CommandError.self) { try command.configuration() }
      #expect(error?.status == expected)
      #expect(error?.description.contains(file) == true)
    }
  }

  @Test func `the options reach the server's configuration`() throws {
    let bench = try Bench()
    let plain = try bench.serveCommand([]).configuration()
    #expect(plain.versions == [.tls13, .tls12] && plain.ticketCount == 2 && plain.recordSizeLimit == nil)
    if case .accepted = plain.earlyData { Issue.record("early data is on") }
    let bent = try bench.serveCommand([
      "--version", "1.3", "--tickets", "5", "--record-size-limit", "1000", "--padding", "256", "--early-data", "77",
      "--group", "SecP256r1MLKEM768",
    ]).configuration()
    #expect(bent.versions == [.tls13] && bent.ticketCount == 5 && bent.recordSizeLimit == 1000)
    #expect(bent.recordPaddingMultiple == 256 && bent.groups == [.secp256r1MLKEM768])
    guard case .accepted(let limit, _) = bent.earlyData else {
      Issue.record("early data is off")
      return
    }
    #expect(limit == 77)
    let without = try bench.serveCommand(["--no-tickets"]).configuration()
    #expect(without.sessionCache == nil)
    guard case .off = without.sessionTickets else {
      Issue.record("there are tickets")
      return
    }
  }
}

/// Two connections that are carried to each other.
private struct Wire: ~Copyable {
  var client: TLSConnection
  var server: TLSConnection

  init(client: consuming TLSConnection, server: consuming TLSConnection) {
    self.client = client
    self.server = server
  }

  mutating func run() throws {
    for _ in 0..<10 {
      try Self.carry(from: &client, to: &server)
      try Self.carry(from: &server, to: &client)
    }
  }

  private static func carry(from sender: inout TLSConnection, to receiver: inout TLSConnection) throws {
    let count = sender.owedByteCount
    guard count > 0 else { return }
    var bytes = [UInt8](capacity: count) { sender.writeOwed(into: &$0) }
    while !bytes.isEmpty {
      let left = bytes.count
      var span = bytes.mutableSpan
      _ = try receiver.receive(&span, count: left)
      guard receiver.consumed > 0 else { return }
      bytes.removeFirst(receiver.consumed)
    }
  }
}

/// What `serve` and `connect` say of sessions.
@Suite(.inTurn) struct SessionReportTests {
  private func fact(_ outcome: ResumptionFact.Outcome, peer: String? = "CN=alice") -> ResumptionFact {
    ResumptionFact(outcome: outcome, mechanism: .preSharedKey, peer: peer, age: 7)
  }

  @Test func `a resumed session says whose identity it carries`() {
    let text = ResumptionReport(fact(.resumed), number: 1).text(on: .server)
    #expect(text == "resumed a session of 7 s ago (PSK with (EC)DHE): the client is CN=alice, as it proved then")
    #expect(ResumptionReport(fact(.resumed, peer: nil), number: 1).text(on: .server).contains("did not authenticate"))
  }

  @Test func `a session that is not resumed says why`() {
    let report = ResumptionReport(fact(.declined(.ticketKeyUnknown)), number: 1)
    #expect(!report.resumed && report.reason == ResumptionRefusal.ticketKeyUnknown.phrase)
    #expect(report.text(on: .server).hasPrefix("not resumed: "))
  }

  @Test func `only what concerns a session is worth a line`() {
    let trifles = [ResumptionRefusal.noSession, .notEnabledHere, .notOffered].map { fact(.declined($0)) }
    #expect(trifles.allSatisfy { !$0.concernsSession })
    #expect(fact(.resumed).concernsSession && fact(.declined(.otherScope)).concernsSession)
  }

  @Test func `a confirmation that has not come is said to be missing`() {
    #expect(ConfirmationReport(.newSessionTicket, number: 1).text.contains("has accepted this client"))
    let silence = ConfirmationReport(nil, number: 1)
    #expect(!silence.confirmed && silence.text.contains("not known yet"))
  }

  @Test func `early data that was not taken says why`() {
    #expect(EarlyDataReport(taken: 5, of: 5, .accepted, number: 1).text == "early data: 5 of 5 bytes taken")
    let refused = EarlyDataReport(taken: 0, of: 5, .rejected(.declinedByServer), number: 1)
    #expect(refused.text.contains(EarlyDataRefusal.declinedByServer.rawValue))
    #expect(EarlyDataReport(taken: 0, of: 5, nil, number: 1).reason?.contains("session") == true)
    #expect(EarlyDataReport(taken: 3, of: 5, .accepted, number: 1).reason?.contains("no more") == true)
  }
}
