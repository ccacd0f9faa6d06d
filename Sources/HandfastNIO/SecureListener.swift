public import Handfast
public import NIOCore
public import NIOPosix

/// Accepts TLS connections: an asynchronous sequence of those whose handshake went well.
///
/// Handshakes run side by side, each within `Limits.handshakeSeconds`. A client that fails is reported to `onFailure` and
/// otherwise forgotten. Dropping the last reference, or `close`, ends the sequence.
public final class SecureListener: AsyncSequence, Sendable {
  public typealias Element = SecureConnection
  public typealias Failure = Never

  /// A client that did not get through the handshake.
  public struct FailedHandshake: Sendable {
    /// The client's address and port.
    public let remoteAddress: String
    /// `TLSFailure`, `NetworkError` or, when the listener closed meanwhile, `CancellationError`.
    public let error: any Error
  }

  /// The address that is listened on.
  public let host: String
  /// The port that is listened on; never 0.
  public let port: Int
  private let channel: any Channel
  private let gate: NIOLoopBound<Gate>
  private let connections: AsyncStream<SecureConnection>

  /// Starts to listen.
  ///
  /// - Parameters:
  ///   - host: A name or an address of this machine.
  ///   - port: 0: any that is free; see the property `port`.
  ///   - halfOpenLimit: How many clients may be in their handshake, or past it and not yet taken from the sequence. Others
  ///     wait in the system's queue.
  ///   - delegate: Answers the connections' questions; by default the configuration's trust judges clients.
  ///   - tracing: Makes the receiver of one connection's events, given the client's address.
  ///   - onFailure: Told of each client that did not get through.
  ///   - group: Whose event loops carry the connections.
  public static func bind(
    _ server: TLSServer, host: String = "127.0.0.1", port: Int = 0, halfOpenLimit: Int = 256,
    delegate: (any ConnectionDelegate)? = nil, tracing: (@Sendable (_ remoteAddress: String) -> Tracing?)? = nil,
    onFailure: @escaping @Sendable (FailedHandshake) -> Void = { _ in },
    on group: any EventLoopGroup = .singletonMultiThreadedEventLoopGroup
  ) async throws(NetworkError) -> SecureListener {
    guard (0...65_535).contains(port) else { throw NetworkError(host: host, port: port, reason: .invalidPort) }
    let (sockets, arrivals) = AsyncStream.makeStream(of: Socket.self)
    let (channel, gate): (any Channel, NIOLoopBound<Gate>)
    do {
      (channel, gate) = try await listen(
        host: host, port: port, room: halfOpenLimit, on: group, arrivals: arrivals)
    } catch {
      throw NetworkError(error, host: host, port: port)
    }
    let (connections, established) = AsyncStream.makeStream(of: SecureConnection.self)
    Task.detached {
      await withDiscardingTaskGroup { handshakes in
        for await socket in sockets {
          handshakes.addTask {
            let address = socket.channel.remoteAddress.map(describe) ?? "unknown"
            do {
              established.yield(
                try await SecureConnection.accept(server, from: socket, delegate: delegate, tracing: tracing?(address)))
            } catch {
              onFailure(FailedHandshake(remoteAddress: address, error: error))
              channel.eventLoop.execute { gate.value.leave() }
            }
          }
        }
        handshakes.cancelAll()
      }
      established.finish()
    }
    return SecureListener(host: host, port: port, channel: channel, gate: gate, connections: connections)
  }

  private init(
    host: String, port: Int, channel: any Channel, gate: NIOLoopBound<Gate>, connections: AsyncStream<SecureConnection>
  ) {
    self.host = channel.localAddress?.ipAddress ?? host
    self.port = channel.localAddress?.port ?? port
    self.channel = channel
    self.gate = gate
    self.connections = connections
  }

  deinit { channel.close(promise: nil) }

  /// Stops listening. Handshakes under way are given up; connections already taken live on.
  public func close() async { try? await channel.close() }

  public struct Iterator: AsyncIteratorProtocol {
    let listener: SecureListener
    var base: AsyncStream<SecureConnection>.Iterator

    /// The next connection; nil when the listener has closed.
    public mutating func next() async -> SecureConnection? {
      guard let connection = await base.next() else { return nil }
      let gate = listener.gate
      listener.channel.eventLoop.execute { gate.value.leave() }
      return connection
    }
  }

  public func makeAsyncIterator() -> Iterator {
    Iterator(listener: self, base: connections.makeAsyncIterator())
  }

  private static func listen(
    host: String, port: Int, room: Int, on group: any EventLoopGroup, arrivals: AsyncStream<Socket>.Continuation
  ) async throws -> (any Channel, NIOLoopBound<Gate>) {
    let gates = group.next().makePromise(of: NIOLoopBound<Gate>.self)
    let bootstrap = ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 256)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .serverChannelOption(.maxMessagesPerRead, value: 1)
      .serverChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let gate = Gate(room: room)
          try channel.pipeline.syncOperations.addHandler(gate)
          gates.succeed(NIOLoopBound(gate, eventLoop: channel.eventLoop))
        }
      }
      .childChannelOption(.autoRead, value: false)
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          if case .terminated = arrivals.yield(try Socket(channel)) { throw ChannelError.alreadyClosed }
        }
      }
    let channel: any Channel
    do {
      channel = try await bootstrap.bind(host: host, port: port).get()
    } catch {
      gates.fail(error)
      throw error
    }
    channel.closeFuture.whenComplete { _ in arrivals.finish() }
    return (channel, try await gates.futureResult.get())
  }
}
