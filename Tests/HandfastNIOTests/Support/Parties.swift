import Handfast
import HandfastNIO
import HandfastTrust
import NIOCore
import NIOPosix
import Synchronization

/// Seconds to wait for what is going to happen: the machine may be busy with other tests.
let patience = 600

/// A client and a server that trust each other, and what they are made of.
struct Parties {
  let pki: DevelopmentPKI
  var client: ClientConfiguration
  var server: ServerConfiguration

  init() throws {
    pki = try DevelopmentPKI()
    client = ClientConfiguration(trust: try pki.trust)
    client.identities = .these([try pki.issue(.client("alice"))])
    server = ServerConfiguration(
      identity: try pki.issue(.server("server.example")), clientAuthentication: .required(try pki.trust))
    client.limits.handshakeSeconds = patience
    server.limits.handshakeSeconds = patience
  }

  func listen(
    halfOpenLimit: Int = 64, delegate: (any ConnectionDelegate)? = nil, tracing: Tracing? = nil,
    onFailure: @escaping @Sendable (SecureListener.FailedHandshake) -> Void = { _ in }
  ) async throws -> SecureListener {
    try await SecureListener.bind(
      try TLSServer(server), halfOpenLimit: halfOpenLimit, delegate: delegate, tracing: { _ in tracing },
      onFailure: onFailure)
  }

  func connect(
    to listener: SecureListener, delegate: (any ConnectionDelegate)? = nil, tracing: Tracing? = nil
  ) async throws -> SecureConnection {
    try await SecureConnection.connect(
      try TLSClient(client), host: listener.host, port: listener.port, as: ServerReference("server.example"),
      delegate: delegate, tracing: tracing, connectSeconds: patience)
  }

  /// Both ends of a fresh connection, and the listener that made it.
  func pair(
    tracing: Tracing? = nil
  ) async throws -> (client: SecureConnection, server: SecureConnection, listener: SecureListener) {
    let listener = try await listen(tracing: tracing)
    async let accepted = listener.first { _ in true }
    let client = try await connect(to: listener, tracing: tracing)
    guard let server = await accepted else {
      throw NetworkError(host: listener.host, port: listener.port, reason: .closed)
    }
    return (client, server, listener)
  }
}

/// Echoes everything to everybody until the listener closes.
func echoing(_ listener: SecureListener) -> Task<Void, Never> {
  Task {
    await withDiscardingTaskGroup { group in
      for await connection in listener {
        group.addTask {
          do {
            while let data = try await connection.read() { try await connection.write(data) }
            try await connection.close(within: patience)
          } catch {}
        }
      }
    }
  }
}

extension SecureConnection {
  func read(exactly count: Int) async throws -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count, let data = try await read() { bytes += data.readableBytesView }
    return bytes
  }
}

/// Waits for things that happen elsewhere, one after the other.
struct Mailbox<Letter: Sendable>: Sendable {
  private let letters: AsyncStream<Letter>
  private let slot: AsyncStream<Letter>.Continuation

  init() { (letters, slot) = AsyncStream.makeStream() }

  func put(_ letter: Letter) { slot.yield(letter) }
  func next() async -> Letter? { await letters.first { _ in true } }
}

/// A TCP client that knows nothing of TLS.
struct PlainClient {
  private let channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>

  init(to listener: SecureListener) async throws {
    channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .connect(host: listener.host, port: listener.port) { channel in
        channel.eventLoop.makeCompletedFuture {
          try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
        }
      }
  }

  /// Sends, then returns everything that comes until the other side ends. Throws if the connection is reset.
  func exchange(_ bytes: [UInt8] = []) async throws -> [UInt8] {
    try await channel.executeThenClose { inbound, outbound in
      if !bytes.isEmpty { try await outbound.write(ByteBuffer(bytes: bytes)) }
      var received: [UInt8] = []
      for try await part in inbound { received += part.readableBytesView }
      return received
    }
  }

  func close() async throws { try await channel.executeThenClose { _, _ in } }
}

func tlsError(_ error: (any Error)?) -> TLSError? { (error as? TLSFailure)?.error }
