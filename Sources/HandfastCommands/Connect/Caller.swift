import Foundation
import Handfast
import HandfastCore
import HandfastNIO
import HandfastTrust
import NIOCore

/// Makes the connections of `connect`, one after the other.
struct Caller: Sendable {
  let command: ConnectCommand
  let client: TLSClient
  let reference: ServerReference
  let trusted: TrustedPeers
  /// Goes with the first bytes of the last connection.
  let early: ByteBuffer?
  /// Standard input, piece by piece.
  let input: @Sendable (@escaping @Sendable (ByteBuffer) async throws -> Void) async throws -> Void

  /// How long to wait for a server's word on this client's certificate, and for its tickets, in seconds.
  private static let patience = 1

  private var report: ConnectionReport { ConnectionReport(format: command.options.summaryFormat, side: .client) }

  /// - Parameter isLast: Standard input goes over the last connection; the others are for their sessions.
  func call(_ trace: ConnectionTrace, isLast: Bool) async throws -> ExitStatus {
    do {
      try await talk(trace, isLast: isLast)
      trace.end()
      return .success
    } catch is CancellationError {
      trace.end()
      return .interrupted
    } catch {
      trace.end(error)
      guard error is TLSFailure || error is NetworkError else { throw error }
      let remote = command.target.description
      if report.notes(error, remote: remote, after: trace) { return .success }
      return report.failed(error, remote: remote, number: trace.number)
    }
  }

  private func talk(_ trace: ConnectionTrace, isLast: Bool) async throws {
    let early = isLast ? early : nil
    let connection = try await SecureConnection.connect(
      client, host: command.target.host, port: command.target.port, as: reference, tracing: trace.tracing,
      earlyData: early)
    report.connected(connection, number: trace.number)
    if let fact = trace.resumption, fact.concernsSession || trace.number > 1 {
      report.resumed(fact, number: trace.number)
    }
    if !connection.negotiated.isResumed {
      if let anchor = connection.peer?.path.last { report.trusted(because: anchor, by: trusted) }
      report.showed(OwnCertificate(connection.ownIdentity, trace.clientIdentity))
      report.warned(connection.warnings, number: trace.number)
    }
    try await waitForWord(over: connection, trace, isLast: isLast)
    if command.options.updateKeys {
      try await connection.updateKeys(requestingPeer: true)
      report.updatedKeys(of: connection)
    }
    let traffic = Traffic()
    if let early { try await finishSending(early, over: connection, trace, traffic) }
    guard isLast else { return try await leave(connection) }
    try await converse(over: connection, traffic)
    report.closed(connection, number: trace.number, traffic)
  }

  /// In TLS 1.3 a client is done before the server has judged its certificate, and its session comes later still.
  private func waitForWord(over connection: SecureConnection, _ trace: ConnectionTrace, isLast: Bool) async throws {
    guard connection.negotiated.version == .tls13 else { return }
    let wasAsked = trace.clientIdentity != nil
    guard wasAsked || !isLast else { return }
    _ = try await connection.confirmed(within: Self.patience)
    if wasAsked { report.confirmed(by: trace.confirmation, number: trace.number) }
  }

  /// What the server has not taken early goes the ordinary way.
  private func finishSending(
    _ early: ByteBuffer, over connection: SecureConnection, _ trace: ConnectionTrace, _ traffic: Traffic
  ) async throws {
    let taken = connection.earlyDataTaken
    report.sentEarly(
      EarlyDataReport(taken: taken, of: early.readableBytes, trace.earlyData, number: trace.number))
    var rest = early
    rest.moveReaderIndex(forwardBy: min(taken, rest.readableBytes))
    if rest.readableBytes > 0 { try await connection.write(rest) }
    traffic.send(early.readableBytes)
  }

  private func leave(_ connection: SecureConnection) async throws {
    do {
      try await connection.close(within: Self.patience)
    } catch let failure as TLSFailure where failure.error != .truncated {
      throw failure
    } catch is CancellationError {
      throw CancellationError()
    } catch {
      // It was for the session only: a server that leaves without a goodbye has cut off nothing.
    }
  }

  private func converse(over connection: SecureConnection, _ traffic: Traffic) async throws {
    let closesAtEnd = command.closeAtEnd
    let sending = Task {
      do {
        try await input { piece in
          try await connection.write(piece)
          traffic.send(piece.readableBytes)
        }
      } catch {
        if !Task.isCancelled { try? await connection.close() }
        throw error
      }
      guard closesAtEnd ?? true else { return }
      if closesAtEnd == nil { try await traffic.silence(of: .seconds(1)) }
      try await connection.closeOutput()
    }
    do {
      while let data = try await connection.read() {
        traffic.receive(data.readableBytes)
        try FileHandle.standardOutput.write(contentsOf: Data(data.readableBytesView))
      }
    } catch {
      // In a task of its own, since this one may be cancelled and could not wait.
      await Task.detached { try? await connection.close(within: 1) }.value
      sending.cancel()
      _ = await sending.result
      throw error
    }
    // Once the server has closed, whatever standard input still holds has nowhere to go.
    sending.cancel()
    try? await connection.close()
    do {
      try await sending.value
    } catch let error as CommandError {
      throw error
    } catch {
      // What could not be sent any more: the server has closed, and that is no failure.
    }
  }
}
