import HandfastCore
import HandfastNIO
import HandfastWire
import NIOCore
import NIOPosix
import Synchronization

/// The one in the middle: a TCP relay on 127.0.0.1 that passes one connection on, and may change what it passes.
struct Relay: Sendable {
  let port: Int
  private let running: Task<Void, Never>
  private let recording: FirstFlight

  /// What the client has sent up to its first encrypted record: its hello and, where there is any, early data.
  var firstFlight: [UInt8] { recording.bytes }

  /// Starts to listen for the one client that is to be passed on to `target`.
  static func start(to target: Int, _ tampering: Tampering?) async throws -> Relay {
    let recording = FirstFlight()
    let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      .bind(host: "127.0.0.1", port: 0) { channel in
        channel.eventLoop.makeCompletedFuture { try wrap(channel) }
      }
    let running = Task {
      // Whatever breaks between the two shows on both sides; the relay has nothing to add.
      _ = try? await server.executeThenClose { clients in
        for try await client in clients {
          try await pass(client, to: target, tampering, recording)
          break
        }
      }
    }
    return Relay(port: server.channel.localAddress?.port ?? 0, running: running, recording: recording)
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

  private static func pass(
    _ client: Wire, to target: Int, _ tampering: Tampering?, _ recording: FirstFlight
  ) async throws {
    let progress = RelayProgress()
    let server = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .channelOption(.allowRemoteHalfClosure, value: true)
      .connect(host: "127.0.0.1", port: target) { channel in
        channel.eventLoop.makeCompletedFuture { try wrap(channel) }
      }
    try await client.executeThenClose { fromClient, toClient in
      try await server.executeThenClose { fromServer, toServer in
        await withDiscardingTaskGroup { group in
          group.addTask {
            let stream = TamperedStream(from: .client, tampering, progress)
            await pump(fromClient, through: stream, forward: toServer, back: toClient) { recording.add($0) }
          }
          group.addTask {
            let stream = TamperedStream(from: .server, tampering, progress)
            await pump(fromServer, through: stream, forward: toClient, back: toServer)
          }
        }
      }
    }
  }

  private static func pump(
    _ incoming: NIOAsyncChannelInboundStream<ByteBuffer>, through stream: TamperedStream,
    forward: NIOAsyncChannelOutboundWriter<ByteBuffer>, back: NIOAsyncChannelOutboundWriter<ByteBuffer>,
    _ listen: (ByteBuffer) -> Void = { _ in }
  ) async {
    var stream = stream
    do {
      for try await bytes in incoming {
        listen(bytes)
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

/// What one in the middle keeps of a client's first bytes, to send them once more.
final class FirstFlight: Sendable {
  private let state = Mutex<[UInt8]>([])

  /// No first flight is longer.
  private static let limit = 1 << 16

  func add(_ bytes: ByteBuffer) {
    state.withLock { state in
      if state.count < Self.limit { state += bytes.readableBytesView }
    }
  }

  /// The whole records up to the first that is encrypted.
  var bytes: [UInt8] {
    let all = state.withLock { $0 }
    var end = 0
    while all.count - end >= RecordHeader.byteCount {
      let next = end + RecordHeader.byteCount + Int(all[end + 3]) << 8 + Int(all[end + 4])
      guard next <= all.count else { break }
      let isEncrypted = all[end] == ContentType.applicationData.rawValue
      end = next
      if isEncrypted { break }
    }
    return Array(all[..<end])
  }
}

/// Sends bytes that someone else has sent before, waits for an answer, and leaves.
enum Replayer {
  static func send(_ bytes: [UInt8], to port: Int) async throws {
    let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .connect(host: "127.0.0.1", port: port) { channel in
        channel.eventLoop.makeCompletedFuture {
          try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
            wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
        }
      }
    try await channel.executeThenClose { incoming, outgoing in
      try await outgoing.write(ByteBuffer(bytes: bytes))
      var pieces = incoming.makeAsyncIterator()
      _ = try await pieces.next()
      // Without the keys there is nothing more to say. The rest is read, so that the end is an end and no reset.
      outgoing.finish()
      while try await pieces.next() != nil {}
    }
  }
}
