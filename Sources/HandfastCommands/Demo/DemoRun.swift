import Handfast
import HandfastCore
import HandfastInspect
import HandfastNIO
import NIOCore
import Synchronization

/// A client and a server that shake hands over a real TCP socket on 127.0.0.1, say something to each other, and part; and again,
/// where the plan wants the session resumed.
final class DemoRun: Sendable {
  /// What came of it.
  struct Outcome: Sendable {
    let plan: DemoPlan
    let entries: [TraceEntry]
    /// The port that the server listened on.
    let port: Int
    /// Each side's failure; nil where all went well. A replay fails by its nature and does not count.
    let failures: [Side: TLSFailure]
    fileprivate let secrets: [Side: [DisclosedSecret]]
    fileprivate let texts: [Int: [Side: [[UInt8]]]]

    /// How many connections there were.
    var connections: Int { entries.map(\.connection).max() ?? 0 }

    func entries(of connection: Int) -> [TraceEntry] { entries.filter { $0.connection == connection } }

    /// What the first connection's story may tell beside its events.
    var extras: NarrativeExtras { extras(of: 1) }

    func extras(of connection: Int) -> NarrativeExtras {
      let random = clientRandom(of: connection)
      var extras = NarrativeExtras()
      extras.secrets = secrets.mapValues { $0.filter { $0.clientRandom == random } }
      extras.applicationData = texts[connection] ?? [:]
      return extras
    }

    /// Which tells a connection's secrets from those of others.
    private func clientRandom(of connection: Int) -> [UInt8]? {
      entries(of: connection).lazy.compactMap { entry -> [UInt8]? in
        guard entry.side == .client, case .sent(let fact) = entry.event, fact.type == .clientHello else { return nil }
        // After the header and the version.
        return fact.bytes.count >= 38 ? Array(fact.bytes[6..<38]) : nil
      }.first
    }
  }

  private let plan: DemoPlan
  private let parties: DemoParties
  private let recorder = TraceRecorder()
  private let sinks: (client: SecretCollector, server: SecretCollector)?
  private let texts = Mutex<[Int: [Side: [[UInt8]]]]>([:])
  private let current = Mutex(1)

  init(_ plan: DemoPlan, showsSecrets: Bool) throws {
    self.plan = plan
    sinks = showsSecrets ? (SecretCollector(), SecretCollector()) : nil
    parties = try DemoParties(plan, sinks: sinks.map { ($0.client, $0.server) })
  }

  /// Throws `NetworkError` for what the network does, and a `CommandError` when it does not end; what TLS refuses is part of the
  /// outcome.
  func run(within seconds: Int = 60) async throws -> Outcome {
    try await withThrowingTaskGroup(of: Outcome.self) { group in
      group.addTask { try await self.play() }
      group.addTask {
        try await Task.sleep(for: .seconds(seconds))
        throw CommandError("the two sides were not done after \(seconds) seconds", .timedOut)
      }
      defer { group.cancelAll() }
      guard let outcome = try await group.next() else { throw CancellationError() }
      return outcome
    }
  }

  private typealias Arrivals = AsyncStream<Result<SecureConnection, any Error>>

  private func play() async throws -> Outcome {
    let (arrivals, arrival) = Arrivals.makeStream()
    let listener = try await SecureListener.bind(
      parties.server, host: "127.0.0.1",
      tracing: { _ in self.tracing(self.current.withLock { $0 }) },
      onFailure: { arrival.yield(.failure($0.error)) })
    let accepting = Task {
      for await connection in listener { arrival.yield(.success(connection)) }
    }
    var failures = try await shakeHands(1, at: listener.port, arrivals)
    switch plan.sessions {
    case .unused: break
    case .resumed where failures.isEmpty: failures = try await shakeHands(2, at: listener.port, arrivals)
    case .earlyData where failures.isEmpty:
      failures = try await shakeHands(2, at: listener.port, arrivals)
      if failures.isEmpty { try await replay(flight.withLock { $0 }, at: listener.port, arrivals) }
    case .resumed, .earlyData: break
    }
    await listener.close()
    await accepting.value
    return Outcome(
      plan: plan, entries: recorder.entries, port: listener.port, failures: failures,
      secrets: sinks.map { [.client: $0.client.secrets, .server: $0.server.secrets] } ?? [:],
      texts: texts.withLock { $0 })
  }

  /// What the second client of a demo of early data sent first.
  private let flight = Mutex<[UInt8]>([])

  private func tracing(_ connection: Int) -> Tracing {
    { side, event in self.recorder.record([event], side: side, connection: connection) }
  }

  /// One connection from beginning to end.
  private func shakeHands(_ number: Int, at port: Int, _ arrivals: Arrivals) async throws -> [Side: TLSFailure] {
    current.withLock { $0 = number }
    let isRecorded = plan.sessions == .earlyData && number == 2
    let relay = plan.tampering != nil || isRecorded ? try await Relay.start(to: port, plan.tampering) : nil

    async let client: TLSFailure? = note(number) { try await speakAsClient(number, port: relay?.port ?? port) }
    async let server: TLSFailure? = note(number) {
      for await arrival in arrivals { return try await answer(number, try arrival.get()) }
    }
    let failures = try await [Side.client: client, .server: server].compactMapValues(\.self)
    await relay?.finish()
    if isRecorded { flight.withLock { $0 = relay?.firstFlight ?? [] } }
    return failures
  }

  /// Somebody sends what the client of the connection before sent first. It cannot end well, and that is no failure here.
  private func replay(_ bytes: [UInt8], at port: Int, _ arrivals: Arrivals) async throws {
    current.withLock { $0 = 3 }
    try? await Replayer.send(bytes, to: port)
    _ = try? await note(3) {
      for await arrival in arrivals { return try await arrival.get().close() }
    }
  }

  /// A TLS failure is what the demo wants to see: it goes to the trace, with its diagnosis.
  private func note(_ connection: Int, _ body: () async throws -> Void) async throws -> TLSFailure? {
    do {
      try await body()
      return nil
    } catch let failure as TLSFailure {
      recorder.record(failure, connection: connection)
      return failure
    }
  }

  private func speakAsClient(_ number: Int, port: Int) async throws {
    let request = "GET / HTTP/1.1\r\nHost: \(parties.reference)\r\n\r\n"
    let isEarly = plan.sessions == .earlyData && number == 2
    let connection = try await SecureConnection.connect(
      parties.client, host: "127.0.0.1", port: port, as: parties.reference, tracing: tracing(number),
      earlyData: isEarly ? ByteBuffer(string: request) : nil)
    // In TLS 1.3 a client that is done does not know yet whether the server takes its certificate; this one waits for word.
    if plan.givesTicket { _ = try await connection.confirmed() }
    if connection.earlyDataTaken > 0 {
      say(request, as: .client, number)
    } else {
      try await send(request, as: .client, number, over: connection)
    }
    _ = try await connection.read()
    try await connection.close()
  }

  private func answer(_ number: Int, _ connection: SecureConnection) async throws {
    if connection.earlyData == nil {
      guard try await connection.read() != nil else { return try await connection.close() }
    }
    let name = connection.peer?.presented.first?.subject ?? "whoever you are"
    let body = "Well met\(connection.negotiated.isResumed ? " again" : ""), \(name).\n"
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
    try await send(head + body, as: .server, number, over: connection)
    // The client says goodbye first.
    while try await connection.read() != nil {}
    try await connection.close()
  }

  private func send(_ text: String, as side: Side, _ number: Int, over connection: SecureConnection) async throws {
    say(text, as: side, number)
    try await connection.write(Array(text.utf8))
  }

  private func say(_ text: String, as side: Side, _ number: Int) {
    texts.withLock { $0[number, default: [:]][side, default: []].append(Array(text.utf8)) }
  }
}

/// Keeps the secrets that `--show-secrets` shows.
final class SecretCollector: SecretSink {
  private let state = Mutex<[DisclosedSecret]>([])

  func receive(_ secret: DisclosedSecret) { state.withLock { $0.append(secret) } }

  var secrets: [DisclosedSecret] { state.withLock { $0 } }
}
