import Handfast
import HandfastNIO
import NIOCore
import Synchronization

/// Accepts connections until there were enough, or someone interrupts, and holds a conversation on each.
final class ServeRun: Sendable {
  /// What clients get.
  enum Service: Sendable {
    case standardInput(SharedInput)
    case echo
    case web
    case command(ChildCommand)
  }

  private struct State {
    var finished = 0
    var status = ExitStatus.success
    /// By the client's address; a trace is taken from here when its handshake is over.
    var traces: [String: ConnectionTrace] = [:]
    var isInterrupted = false
  }

  private let service: Service
  private let report: ConnectionReport
  private let traces: TraceWriter
  private let limit: Int?
  private let updatesKeys: Bool
  private let state = Mutex(State())

  /// - Parameter updatesKeys: After each handshake.
  init(service: Service, report: ConnectionReport, traces: TraceWriter, limit: Int?, updatesKeys: Bool = false) {
    self.service = service
    self.report = report
    self.traces = traces
    self.limit = limit
    self.updatesKeys = updatesKeys
  }

  /// - Parameters:
  ///   - interrupts: Says when to say goodbye to everyone.
  ///   - started: Told the port.
  func serve(
    _ server: TLSServer, host: String, port: Int, until interrupts: AsyncStream<Void>,
    started: (Int) -> Void = { _ in }
  ) async throws -> ExitStatus {
    let (enough, reached) = AsyncStream.makeStream(of: Void.self)
    let listener = try await SecureListener.bind(
      server, host: host, port: port, tracing: { self.beginTrace(with: $0) },
      onFailure: { self.note($0, reached) })
    report.listening(host: listener.host, port: listener.port)
    started(listener.port)
    let asksClients = server.configuration.clientAuthentication.trust != nil
    let accepting = Task {
      await withDiscardingTaskGroup { group in
        for await connection in listener {
          group.addTask { self.finish(await self.converse(with: connection, asksClients: asksClients), reached) }
        }
      }
    }
    let watching = Task {
      for await _ in interrupts {
        state.withLock { $0.isInterrupted = true }
        accepting.cancel()
        await listener.close()
      }
    }
    let counting = Task {
      for await _ in enough { return await listener.close() }
    }
    await accepting.value
    if case .standardInput(let input) = service { await input.stop() }
    watching.cancel()
    counting.cancel()
    // The clients' failures are theirs; who interrupts a server means no failure either.
    return state.withLock { $0.isInterrupted ? .success : $0.status }
  }

  private func beginTrace(with address: String) -> Tracing {
    let trace = traces.begin(with: address)
    state.withLock { $0.traces[address] = trace }
    return trace.tracing
  }

  private func note(_ failed: SecureListener.FailedHandshake, _ reached: AsyncStream<Void>.Continuation) {
    let trace = state.withLock { $0.traces.removeValue(forKey: failed.remoteAddress) }
    trace?.end(failed.error)
    guard !(failed.error is CancellationError) else { return }
    finish(report.failed(failed.error, remote: failed.remoteAddress, number: trace?.number), reached)
  }

  private func finish(_ status: ExitStatus, _ reached: AsyncStream<Void>.Continuation) {
    let isEnough = state.withLock { state in
      state.finished += 1
      if state.status == .success { state.status = status }
      return limit.map { state.finished >= $0 } ?? false
    }
    if isEnough { reached.yield() }
  }

  private func converse(with connection: SecureConnection, asksClients: Bool) async -> ExitStatus {
    let trace = state.withLock { $0.traces.removeValue(forKey: connection.remoteAddress) }
    let number = trace?.number ?? 0
    report.connected(connection, number: number)
    if let fact = trace?.resumption, fact.concernsSession { report.resumed(fact, number: number) }
    if !connection.negotiated.isResumed {
      if connection.peer == nil, asksClients {
        report.noted("the client sent no certificate, though it was asked for one")
      }
      report.warned(connection.warnings, number: number)
    }
    if let early = EarlyDataReport(trace?.earlyData, connection, number: number) { report.sentEarly(early) }
    let traffic = Traffic()
    do {
      if updatesKeys {
        try await connection.updateKeys(requestingPeer: true)
        report.updatedKeys(of: connection)
      }
      try await converse(over: connection, traffic)
      trace?.end()
    } catch is CancellationError {
      // In a task of its own, since this one is cancelled and could not wait.
      await Task.detached { try? await connection.close(within: 1) }.value
      trace?.end()
    } catch {
      trace?.end(error)
      if report.notes(error, remote: connection.remoteAddress, after: trace) {
        report.closed(connection, number: number, traffic)
        return .success
      }
      return report.failed(error, remote: connection.remoteAddress, number: number)
    }
    report.closed(connection, number: number, traffic)
    return .success
  }

  private func converse(over connection: SecureConnection, _ traffic: Traffic) async throws {
    switch service {
    case .echo:
      let incoming = Incoming(connection)
      while let data = try await incoming.read() {
        traffic.receive(data.readableBytes)
        try await connection.write(data)
        traffic.send(data.readableBytes)
      }
      try await connection.close()
    case .standardInput(let input):
      try await input.converse(over: connection, traffic)
      try await connection.close()
    case .web:
      try await WebAnswer.converse(over: connection, traffic)
      // The answer's length is known: a client that hangs up without a goodbye has lost nothing.
      try await connection.closeOutput()
      try? await connection.close()
    case .command(let command):
      try await command.converse(over: connection, traffic)
      try await connection.close()
    }
  }
}
