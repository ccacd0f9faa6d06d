import Dispatch
import Foundation
import NIOCore

/// Standard input as it comes, whatever it is: a terminal, a pipe or a file.
///
/// The channel is never closed while a read is under way: whoever stops listening leaves the read where it is, and it ends
/// with the process. Closing it at that moment, from another thread, has crashed inside Dispatch.
final class StandardInput: Sendable {
  /// How much is read before what was read is used up.
  private static let window = 1 << 20
  private let queue = DispatchQueue(label: "standard input")
  private let io: DispatchIO
  /// Dispatch makes the descriptor non-blocking, which the shell that shares it would not expect.
  private let flags = fcntl(0, F_GETFL)

  init() {
    io = DispatchIO(type: .stream, fileDescriptor: 0, queue: queue) { _ in }
    io.setLimit(lowWater: 1)
  }

  /// Calls `body` with each piece, until the input ends, the task is cancelled, or `body` throws.
  func forEachPiece(_ body: @Sendable (ByteBuffer) async throws -> Void) async throws {
    defer { if flags >= 0 { _ = fcntl(0, F_SETFL, flags) } }
    while try await readWindow(body) == Self.window {}
  }

  private func readWindow(_ body: @Sendable (ByteBuffer) async throws -> Void) async throws -> Int {
    let (pieces, input) = AsyncThrowingStream.makeStream(of: ByteBuffer.self)
    io.read(offset: 0, length: Self.window, queue: queue) { isDone, data, error in
      if let data, !data.isEmpty { input.yield(ByteBuffer(bytes: data)) }
      guard isDone else { return }
      input.finish(
        throwing: error == 0 ? nil : CommandError("standard input cannot be read (error \(error))", .noInput))
    }
    var count = 0
    for try await piece in pieces {
      try await body(piece)
      count += piece.readableBytes
    }
    return count
  }
}
