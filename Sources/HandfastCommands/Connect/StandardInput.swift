import Dispatch
import NIOCore
import SystemPackage

/// Standard input as it comes, whatever it is: a terminal, a pipe or a file.
final class StandardInput: Sendable {
  /// How much is read before what was read is used up.
  private static let window = 1 << 20
  private let queue = DispatchQueue(label: "standard input")
  private let io: DispatchIO
  private let closed: AsyncStream<Never>

  init() {
    let (closed, closing) = AsyncStream.makeStream(of: Never.self)
    io = DispatchIO(type: .stream, fileDescriptor: 0, queue: queue) { _ in closing.finish() }
    io.setLimit(lowWater: 1)
    self.closed = closed
  }

  /// Calls `body` with each piece, until the input ends, the task is cancelled, or `body` throws.
  func forEachPiece(_ body: @Sendable (ByteBuffer) async throws -> Void) async throws {
    let result: Result<Void, any Error>
    do {
      try await withTaskCancellationHandler {
        while try await readWindow(body) == Self.window {}
      } onCancel: {
        io.close(flags: .stop)
      }
      result = .success(())
    } catch {
      result = .failure(error)
    }
    // Dispatch has made the descriptor non-blocking, which the shell that shares it would not expect; closing undoes that.
    io.close(flags: .stop)
    for await _ in closed {}
    try result.get()
  }

  private func readWindow(_ body: @Sendable (ByteBuffer) async throws -> Void) async throws -> Int {
    let (pieces, input) = AsyncThrowingStream.makeStream(of: ByteBuffer.self)
    io.read(offset: 0, length: Self.window, queue: queue) { isDone, data, error in
      if let data, !data.isEmpty { input.yield(ByteBuffer(bytes: data)) }
      guard isDone else { return }
      // Cancelled: the connection ended first, and nobody waits for input any more.
      let isEnd = error == 0 || error == Errno.canceled.rawValue
      input.finish(throwing: isEnd ? nil : CommandError("standard input cannot be read (error \(error))", .noInput))
    }
    var count = 0
    for try await piece in pieces {
      try await body(piece)
      count += piece.readableBytes
    }
    return count
  }
}
