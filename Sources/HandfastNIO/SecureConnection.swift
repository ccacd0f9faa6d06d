public import Handfast
public import NIOCore
public import NIOPosix

/// A TLS connection over a socket, its handshake done.
///
/// One task may read while another writes. Dropping the last reference closes the socket without a goodbye; call `close`.
public final class SecureConnection: Sendable {
  /// What the handshake settled.
  public let negotiated: NegotiatedParameters
  /// The peer as it was judged; nil when it did not authenticate.
  public let peer: TrustedPeer?
  /// The identity this side presented, if any.
  public let ownIdentity: Identity?
  /// On a server: early data, which came with a resuming client's first bytes (RFC 9846 §4.3.10); nil: none. The handshake
  /// that followed shows that this connection is no replay; an application that shares its work among servers may have seen the
  /// same data elsewhere all the same.
  public let earlyData: ByteBuffer?
  /// On a client: how many bytes of its early data the server has taken. The rest has to be written now.
  public let earlyDataTaken: Int
  /// What of either side's set-up works here, and will not tomorrow or elsewhere. Reads this side's chain anew at each call.
  public var warnings: [HandshakeWarning] { warningBasis?.warnings ?? [] }
  private let warningBasis: WarningBasis?
  /// The peer's address and port, as the system writes them.
  public let remoteAddress: String
  private let driver: Driver

  /// Connects to `host` and makes the handshake.
  ///
  /// - Parameters:
  ///   - reference: What the server's certificate must name; by default `host`.
  ///   - delegate: Answers the connection's questions; by default the configuration's trust judges the server.
  ///   - tracing: Receives the connection's events.
  ///   - earlyData: Sent with the first bytes as far as a session allows it; see `earlyDataTaken`. Whoever records it can send it
  ///     to the server again: only what may be done twice belongs there.
  ///   - connectSeconds: How long to wait for the TCP connection. The handshake has `Limits.handshakeSeconds`.
  ///   - group: Whose event loops carry the connection.
  /// - Throws: `TLSFailure` for what TLS refuses, `NetworkError` for what the network does, `ConfigurationError` when `host`
  ///   is no name to look for in a certificate, and `CancellationError`.
  public static func connect(
    _ client: TLSClient, host: String, port: Int, as reference: ServerReference? = nil,
    delegate: (any ConnectionDelegate)? = nil, tracing: Tracing? = nil, earlyData: ByteBuffer? = nil,
    connectSeconds: Int = 10, on group: any EventLoopGroup = .singletonMultiThreadedEventLoopGroup
  ) async throws -> SecureConnection {
    let reference = try reference ?? ServerReference(host)
    let socket = try await open(host: host, port: port, seconds: connectSeconds, on: group)
    let driver = Driver(
      client.connect(to: reference, tracing: tracing != nil), over: socket, host: host, port: port,
      delegate: delegate ?? TrustDelegate(trust: client.configuration.trust), tracing: tracing)
    return try await SecureConnection(driver, limits: client.configuration.limits, early: earlyData)
  }

  /// Makes the server's side of the handshake on a connection that was just accepted.
  static func accept(
    _ server: TLSServer, from socket: Socket, delegate: (any ConnectionDelegate)?, tracing: Tracing?
  ) async throws -> SecureConnection {
    let address = socket.channel.remoteAddress
    let driver = Driver(
      server.accept(tracing: tracing != nil), over: socket, host: address?.ipAddress ?? "unknown",
      port: address?.port ?? 0,
      delegate: delegate ?? TrustDelegate(trust: server.configuration.clientAuthentication.trust), tracing: tracing)
    return try await SecureConnection(driver, limits: server.configuration.limits)
  }

  private init(_ driver: Driver, limits: Limits, early: ByteBuffer? = nil) async throws {
    let settled = try await driver.handshake(within: limits.handshakeSeconds, early: early)
    earlyData = settled.receivedEarly
    earlyDataTaken = settled.sentEarly
    negotiated = settled.negotiated
    peer = settled.peer
    ownIdentity = settled.ownIdentity
    warningBasis = settled.warningBasis
    remoteAddress = driver.channel.remoteAddress.map(describe) ?? "\(driver.host):\(driver.port)"
    self.driver = driver
  }

  deinit { driver.channel.close(promise: nil) }

  /// Waits until it is known whether the server has accepted this client. In TLS 1.3 a client's handshake is complete before the
  /// server has judged its certificate; its first ticket or data tells. True: accepted. False: unknown, since neither came within
  /// `seconds`; a server that gives no tickets and waits for a request never tells. Data that comes meanwhile is kept for `read`.
  ///
  /// True at once on a server, and in TLS 1.2.
  ///
  /// - Throws: `TLSFailure` when the server refuses the client after all, with its diagnosis; `NetworkError`; with
  ///   `.alreadyReading` while another task reads.
  public func confirmed(within seconds: Int = 5) async throws -> Bool {
    try await driver.confirmed(within: .seconds(Int64(seconds)))
  }

  /// Changes the keys of what this side sends from here on, and asks the peer to change its own if so wanted; nothing in TLS 1.2.
  /// It happens by itself in time; see `TLSConnection.updateKeys`.
  public func updateKeys(requestingPeer: Bool = false) async throws {
    try await driver.updateKeys(requestingPeer: requestingPeer)
  }

  /// The next application data, as it comes: at most one record's. Nil at the peer's close_notify, and after `close`.
  ///
  /// - Throws: `TLSFailure`, with `.truncated` when the peer's bytes end without a close_notify; `NetworkError`;
  ///   `CancellationError`, after which the connection can still be used.
  public func read() async throws -> ByteBuffer? { try await driver.read() }

  /// Sends `bytes`, and returns when the socket has taken them. Tasks that write at the same time may find their bytes
  /// interleaved, in stretches of 64 KiB.
  ///
  /// - Throws: `TLSFailure` or `NetworkError`.
  public func write(_ bytes: ByteBuffer) async throws { try await driver.write(bytes) }

  public func write(_ bytes: some Sequence<UInt8> & Sendable) async throws {
    try await driver.write(ByteBuffer(bytes: bytes))
  }

  /// Sends close_notify: nothing more will be written. What the peer still has to say can be read.
  ///
  /// RFC 5246 §7.2.1 lets a peer answer with its own close_notify at once, and drop what it had not yet sent.
  public func closeOutput() async throws { try await driver.closeOutput() }

  /// Sends close_notify, waits for the peer's, and closes the socket. Data that still comes goes to the task that waits in
  /// `read`, if there is one; otherwise it is dropped.
  ///
  /// - Throws: `TLSFailure` with `.truncated` when the peer ends without a goodbye of its own, `NetworkError` with `.timedOut`
  ///   when nothing comes within `seconds`. The socket is closed in any case; whoever does not care says `try?`.
  public func close(within seconds: Int = 5) async throws { try await driver.close(within: .seconds(Int64(seconds))) }

  /// Keying material bound to this connection (RFC 5705); see `TLSConnection.exportKeyingMaterial`.
  public func exportKeyingMaterial(label: String, context: [UInt8]?, byteCount: Int) async throws -> [UInt8] {
    try await driver.exportKeyingMaterial(label: label, context: context, byteCount: byteCount)
  }

  private static func open(
    host: String, port: Int, seconds: Int, on group: any EventLoopGroup
  ) async throws(NetworkError) -> Socket {
    guard (1...65_535).contains(port) else { throw NetworkError(host: host, port: port, reason: .invalidPort) }
    do {
      return try await ClientBootstrap(group: group)
        .connectTimeout(.seconds(Int64(seconds)))
        .channelOption(.autoRead, value: false)
        .channelOption(.allowRemoteHalfClosure, value: true)
        .channelOption(.tcpOption(.tcp_nodelay), value: 1)
        .connect(host: host, port: port) { channel in
          channel.eventLoop.makeCompletedFuture { try Socket(channel) }
        }
    } catch {
      throw NetworkError(error, host: host, port: port)
    }
  }
}

/// Lets a configuration's trust answer for itself. A trust of a kind that is not known here has its own way to be asked, and
/// whoever made it passes a delegate.
struct TrustDelegate: ConnectionDelegate {
  let trust: (any PeerTrust)?

  func verdict(on request: PeerVerification) async -> Verdict {
    guard let trust = trust as? Trust else { return .refusedUnasked }
    return await trust.judge(request)
  }
}

/// "127.0.0.1:4433", "[::1]:4433".
func describe(_ address: SocketAddress) -> String {
  guard let host = address.ipAddress, let port = address.port else { return "\(address)" }
  return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
}
