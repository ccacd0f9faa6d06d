import Foundation
import HandfastNIO
import NIOCore

/// Standard input and output for one connection after the other. What is typed while there is none waits for the next.
actor SharedInput {
  private var isTaken = false
  private var queue: [CheckedContinuation<Void, Never>] = []
  private var reading: Task<Void, Never>?
  private var hasEnded = false
  private var piece: ByteBuffer?
  private var putter: CheckedContinuation<Void, Never>?
  private var takes = 0
  private var taker: CheckedContinuation<ByteBuffer?, Never>?

  /// Waits for its turn; then sends what comes on standard input, and writes what the peer sends to standard output.
  func converse(over connection: SecureConnection, _ traffic: Traffic) async throws {
    await waitForTurn()
    defer { endTurn() }
    startReading()
    let sending = Task {
      while let piece = await take() {
        try await connection.write(piece)
        traffic.send(piece.readableBytes)
      }
    }
    defer { sending.cancel() }
    let incoming = Incoming(connection)
    while let data = try await incoming.read() {
      traffic.receive(data.readableBytes)
      try FileHandle.standardOutput.write(contentsOf: Data(data.readableBytesView))
    }
  }

  func stop() {
    reading?.cancel()
    // It may wait for a piece to be taken.
    putter?.resume()
    putter = nil
  }

  private func waitForTurn() async {
    guard isTaken else {
      isTaken = true
      return
    }
    await withCheckedContinuation { queue.append($0) }
  }

  private func endTurn() {
    if queue.isEmpty { isTaken = false } else { queue.removeFirst().resume() }
  }

  private func startReading() {
    guard reading == nil else { return }
    reading = Task {
      try? await StandardInput().forEachPiece { await put($0) }
      hasEnded = true
      taker?.resume(returning: nil)
      taker = nil
    }
  }

  /// Waits until the piece is taken, so that no more is read than is sent.
  private func put(_ piece: ByteBuffer) async {
    if let taker {
      self.taker = nil
      return taker.resume(returning: piece)
    }
    self.piece = piece
    await withCheckedContinuation { putter = $0 }
  }

  /// The next piece; nil at the end of the input, and when the task is cancelled.
  private func take() async -> ByteBuffer? {
    guard !Task.isCancelled else { return nil }
    if let piece {
      self.piece = nil
      putter?.resume()
      putter = nil
      return piece
    }
    guard !hasEnded else { return nil }
    takes += 1
    let number = takes
    return await withTaskCancellationHandler {
      await withCheckedContinuation { taker = $0 }
    } onCancel: {
      Task { await self.stopTaking(number) }
    }
  }

  /// Comes late, perhaps when the next connection is waiting already.
  private func stopTaking(_ number: Int) {
    guard number == takes else { return }
    taker?.resume(returning: nil)
    taker = nil
  }
}
