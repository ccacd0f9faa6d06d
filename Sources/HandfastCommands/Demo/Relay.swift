import HandfastCore
import HandfastNIO
import NIOCore
import NIOPosix

/// The one in the middle: a TCP relay on 127.0.0.1 that passes one connection on, and may change what it passes.
struct Relay: Sendable {
  let port: Int
  private let running: Task<Void, Never>

  /// Starts to listen for the one client that is to be passed on to `target`.
  static func start(to target: Int, _ tampering: Tampering?) async throws -> Relay {
    let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      .bind(host: "127.0.0.1", port: 0) { channel in
        channel.eventLoop.makeCompletedFuture { try wrap(channel) }
      }
    let running = Task {
      // Whatever breaks between the two shows on both sides; the relay has nothing to add.
      _ = try? await server.executeThenClose { clients in
        for try await client in clients {
          try await pass(client, to: target, tampering)
          break
        }
      }
    }
    return Relay(port: server.channel.localAddress?.port ?? 0, running: running)
  }

  /// Waits until both directions have ended.
  func finish() async {
    running.cancel()
    await running.value
  }

  private typealias Wire = NIOAsyncChannel<ByteBuffer, ByteBuffer>

  private static func wrap(_ channel: any Channel) throws -> Wire {
    try NIOAsyncChannel(
      wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
  }

  private static func pass(_ client: Wire, to target: Int, _ tampering: Tampering?) async throws {
    let server = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .channelOption(.allowRemoteHalfClosure, value: true)
      .connect(host: "127.0.0.1", port: target) { channel in
        channel.eventLoop.makeCompletedFuture { try wrap(channel) }
      }
    try await client.executeThenClose { fromClient, toClient in
      try await server.executeThenClose { fromServer, toServer in
        await withDiscardingTaskGroup { group in
          group.addTask { await pump(.client, fromClient, forward: toServer, back: toClient, tampering) }
          group.addTask { await pump(.server, fromServer, forward: toClient, back: toServer, tampering) }
        }
      }
    }
  }

  private static func pump(
    _ sender: Side, _ incoming: NIOAsyncChannelInboundStream<ByteBuffer>,
    forward: NIOAsyncChannelOutboundWriter<ByteBuffer>, back: NIOAsyncChannelOutboundWriter<ByteBuffer>,
    _ tampering: Tampering?
  ) async {
    var stream = TamperedStream(from: sender, tampering)
    do {
      for try await bytes in incoming {
        let outcome = stream.take(Array(bytes.readableBytesView))
        if !outcome.forward.isEmpty { try? await forward.write(ByteBuffer(bytes: outcome.forward)) }
        if !outcome.back.isEmpty { try? await back.write(ByteBuffer(bytes: outcome.back)) }
        if outcome.ends {
          forward.finish()
          back.finish()
        }
      }
    } catch {
      // A reset: the other direction learns of it by the end of its bytes.
    }
    forward.finish()
  }
}
