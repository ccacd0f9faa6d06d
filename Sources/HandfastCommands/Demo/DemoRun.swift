import Handfast
import HandfastCore
import HandfastInspect
import HandfastNIO
import NIOCore
import Synchronization

/// A client and a server that shake hands over a real TCP socket on 127.0.0.1, say something to each other, and part.
final class DemoRun: Sendable {
  /// What came of it.
  struct Outcome: Sendable {
    let entries: [TraceEntry]
    let extras: NarrativeExtras
    /// The port that the server listened on.
    let port: Int
    /// Each side's failure; nil where all went well.
    let failures: [Side: TLSFailure]
  }

  private let parties: DemoParties
  private let tampering: Tampering?
  private let recorder = TraceRecorder()
  private let sinks: (client: SecretCollector, server: SecretCollector)?
  private let texts = Mutex<[Side: [[UInt8]]]>([:])

  init(_ plan: DemoPlan, showsSecrets: Bool) throws {
    sinks = showsSecrets ? (SecretCollector(), SecretCollector()) : nil
    parties = try DemoParties(plan, sinks: sinks.map { ($0.client, $0.server) })
    tampering = plan.tampering
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

  private func play() async throws -> Outcome {
    let (arrivals, arrival) = AsyncStream.makeStream(of: Result<SecureConnection, any Error>.self)
    let recorder = recorder
    let tracing: Tracing = { side, event in recorder.record([event], side: side) }
    let listener = try await SecureListener.bind(
      parties.server, host: "127.0.0.1", tracing: { _ in tracing },
      onFailure: { arrival.yield(.failure($0.error)) })
    let accepting = Task {
      for await connection in listener { arrival.yield(.success(connection)) }
    }
    let relay = tampering == nil ? nil : try await Relay.start(to: listener.port, tampering)

    async let client: TLSFailure? = note { try await speakAsClient(port: relay?.port ?? listener.port, tracing) }
    async let server: TLSFailure? = note {
      for await arrival in arrivals { return try await answer(try arrival.get()) }
    }
    let failures = try await [Side.client: client, .server: server].compactMapValues(\.self)

    await relay?.finish()
    await listener.close()
    await accepting.value
    var extras = NarrativeExtras()
    if let sinks { extras.secrets = [.client: sinks.client.secrets, .server: sinks.server.secrets] }
    extras.applicationData = texts.withLock { $0 }
    return Outcome(entries: recorder.entries, extras: extras, port: listener.port, failures: failures)
  }

  /// A TLS failure is what the demo wants to see: it goes to the trace, with its diagnosis.
  private func note(_ body: () async throws -> Void) async throws -> TLSFailure? {
    do {
      try await body()
      return nil
    } catch let failure as TLSFailure {
      recorder.record(failure)
      return failure
    }
  }

  private func speakAsClient(port: Int, _ tracing: @escaping Tracing) async throws {
    let connection = try await SecureConnection.connect(
      parties.client, host: "127.0.0.1", port: port, as: parties.reference, tracing: tracing)
    try await send("GET / HTTP/1.1\r\nHost: \(parties.reference)\r\n\r\n", as: .client, over: connection)
    _ = try await connection.read()
    try await connection.close()
  }

  private func answer(_ connection: SecureConnection) async throws {
    guard try await connection.read() != nil else { return try await connection.close() }
    let name = connection.peer?.presented.first?.subject ?? "whoever you are"
    let body = "Well met, \(name).\n"
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
    try await send(head + body, as: .server, over: connection)
    // The client says goodbye first.
    while try await connection.read() != nil {}
    try await connection.close()
  }

  private func send(_ text: String, as side: Side, over connection: SecureConnection) async throws {
    let bytes = Array(text.utf8)
    texts.withLock { $0[side, default: []].append(bytes) }
    try await connection.write(bytes)
  }
}

/// Keeps the secrets that `--show-secrets` shows.
final class SecretCollector: SecretSink {
  private let state = Mutex<[DisclosedSecret]>([])

  func receive(_ secret: DisclosedSecret) { state.withLock { $0.append(secret) } }

  var secrets: [DisclosedSecret] { state.withLock { $0 } }
}
