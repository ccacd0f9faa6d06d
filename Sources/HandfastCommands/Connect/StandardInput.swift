import Foundation
import NIOCore
import NIOPosix
import SystemPackage

/// Standard input as it comes, whatever it is: a terminal, a pipe or a file.
///
/// What can be waited for is read by NIO, and not by Dispatch: on Linux that crashes now and then when the writer of a pipe
/// goes (it looks once more at what it has just given back).
struct StandardInput {
  /// NIO makes the descriptor non-blocking, which the shell that shares it would not expect.
  private let flags = fcntl(0, F_GETFL)

  /// Calls `body` with each piece, until the input ends, the task is cancelled, or `body` throws.
  func forEachPiece(_ body: @Sendable (ByteBuffer) async throws -> Void) async throws {
    guard canBeWaitedFor else { return try await readWithoutWaiting(body) }
    defer { _ = fcntl(0, F_SETFL, flags) }
    let channel = try await open()
    try await channel.executeThenClose { pieces in
      for try await piece in pieces { try await body(piece) }
    }
  }

  /// Not so a file, /dev/null, or nothing at all: they answer at once.
  private var canBeWaitedFor: Bool {
    guard let type = try? FileDescriptor.standardInput.stat().type else { return false }
    return type == .fifo || type == .socket || isatty(0) == 1
  }

  private func open() async throws -> NIOAsyncChannel<ByteBuffer, Never> {
    let descriptor = try FileDescriptor.standardInput.duplicate()
    return try await NIOPipeBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .takingOwnershipOfDescriptor(input: descriptor.rawValue) { channel in
        channel.eventLoop.makeCompletedFuture { try NIOAsyncChannel(wrappingChannelSynchronously: channel) }
      }
  }

  private func readWithoutWaiting(_ body: @Sendable (ByteBuffer) async throws -> Void) async throws {
    while !Task.isCancelled {
      let data: Data?
      do {
        data = try FileHandle.standardInput.read(upToCount: 1 << 16)
      } catch {
        throw CommandError("standard input cannot be read: it is closed, or a directory", .noInput)
      }
      guard let data, !data.isEmpty else { return }
      try await body(ByteBuffer(bytes: data))
    }
  }
}
