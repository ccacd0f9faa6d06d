// swift-nio-ssl as a peer. See Interop/peers/agent.py for what it reads and writes.

import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

struct Order: Sendable {
  let number: String
  let role: String
  let version: String
  let suite: String
  let chain: String
  let key: String
  let roots: String
  let port: Int
  let name: String
  let groups: [String]
  let connections: Int
  let size: Int

  init(line: String) {
    let fields = line.split(separator: "\t").map(String.init)
    (number, role, version, suite, chain) = (fields[0], fields[1], fields[2], fields[3], fields[4])
    (key, roots, port, name) = (fields[5], fields[6], Int(fields[7]) ?? 0, fields[8])
    groups = fields[9] == "-" ? [] : fields[9].split(separator: ",").map(String.init)
    (connections, size) = (Int(fields[10]) ?? 1, Int(fields[12]) ?? 0)
  }

  func context() throws -> NIOSSLContext {
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.minimumTLSVersion = .tlsv12
    configuration.maximumTLSVersion = version == "1.2" ? .tlsv12 : nil
    if suite != "-" { configuration.cipherSuites = suite }
    if !groups.isEmpty { configuration.curves = groups.compactMap { curves[$0] } }
    configuration.trustRoots = .file(roots)
    configuration.certificateVerification = role == "server" ? .noHostnameVerification : .fullVerification
    // Ed25519 is not among its defaults.
    let algorithms: [SignatureAlgorithm] = [
      .ecdsaSecp256R1Sha256, .ecdsaSecp384R1Sha384, .ecdsaSecp521R1Sha512, .rsaPssRsaeSha256, .rsaPkcs1Sha256, .ed25519,
    ]
    configuration.verifySignatureAlgorithms = algorithms
    configuration.signingSignatureAlgorithms = algorithms
    if chain != "-" {
      configuration.certificateChain = try NIOSSLCertificate.fromPEMFile(chain).map { .certificate($0) }
      configuration.privateKey = .privateKey(try NIOSSLPrivateKey(file: key, format: .pem))
    }
    return try NIOSSLContext(configuration: configuration)
  }

  func play(on group: EventLoopGroup) async {
    do {
      let context = try context()
      if role == "server" {
        try await serve(context, on: group)
      } else {
        try await connect(context, on: group)
      }
    } catch {
      say(number, "failed", "\(error)")
    }
  }

  private func serve(_ context: NIOSSLContext, on group: EventLoopGroup) async throws {
    let countdown = Countdown(connections)
    let listener = try await ServerBootstrap(group: group)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandlers(
            NIOSSLServerHandler(context: context), Talk(number: number, data: nil, countdown: countdown))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    say(number, "listening", "\(listener.localAddress?.port ?? 0)")
  }

  private func connect(_ context: NIOSSLContext, on group: EventLoopGroup) async throws {
    _ = try await ClientBootstrap(group: group)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandlers(
            NIOSSLClientHandler(context: context, serverHostname: name),
            Talk(number: number, data: (0..<size).map { _ in UInt8.random(in: 0...255) }, countdown: Countdown(1)))
        }
      }
      .connect(host: "127.0.0.1", port: port).get()
  }
}

let curves: [String: NIOTLSCurve] = [
  "x25519": .x25519, "secp256r1": .secp256r1, "secp384r1": .secp384r1, "secp521r1": .secp521r1,
  "X25519MLKEM768": .x25519_MLKEM768,
]

/// The last of several connections is the one to tell of.
final class Countdown: Sendable {
  private let left: Mutex<Int>

  init(_ count: Int) { left = Mutex(count) }

  func isLast() -> Bool {
    left.withLock { left in
      left -= 1
      return left == 0
    }
  }
}

/// Echoes, or sends `data` and compares what comes back.
final class Talk: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let number: String
  private let data: [UInt8]?
  private var received: [UInt8] = []
  private var seen: [String]?
  private var isOver = false
  private let countdown: Countdown

  init(number: String, data: [UInt8]?, countdown: Countdown) {
    self.number = number
    self.data = data
    self.countdown = countdown
  }

  func channelActive(context: ChannelHandlerContext) {
    let channel = context.channel
    context.eventLoop.scheduleTask(in: .seconds(15)) { channel.close(promise: nil) }
    context.fireChannelActive()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if let event = event as? TLSUserEvent, case .handshakeCompleted = event {
      seen = describe(context)
      if let data {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: data)), promise: nil)
      }
    }
    context.fireUserInboundEventTriggered(event)
  }

  func channelRead(context: ChannelHandlerContext, data read: NIOAny) {
    guard let data else {
      context.writeAndFlush(read, promise: nil)
      return
    }
    received += unwrapInboundIn(read).readableBytesView
    guard received.count >= data.count else { return }
    if received != data {
      end("failed", "other bytes come back")
    }
    context.close(promise: nil)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    end("failed", "\(error)")
    context.close(promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) {
    if let seen, data == nil || received.count == data?.count {
      if countdown.isLast() { end(["done"] + seen) }
    } else {
      end("failed", "closed early")
    }
    context.fireChannelInactive()
  }

  /// It tells neither the suite nor whether a session is resumed nor, but for its description, the peer's name.
  private func describe(_ context: ChannelHandlerContext) -> [String] {
    let handler = try? context.pipeline.syncOperations.handler(type: NIOSSLHandler.self)
    let certificate = handler?.peerCertificate.map { "\($0)" } ?? ""
    let name = certificate.split(separator: "common_name=").dropFirst().first?.prefix { $0 != ";" && $0 != ">" }
    let version =
      switch handler?.tlsVersion {
      case .tlsv12: "TLSv1.2"
      case .tlsv13: "TLSv1.3"
      default: "another"
      }
    return [version, "-", name.map(String.init) ?? "", "-"]
  }

  private func end(_ fields: String...) { end(fields) }

  private func end(_ fields: [String]) {
    guard !isOver else { return }
    isOver = true
    say([number] + fields)
  }
}

func say(_ fields: String...) { say(fields) }

func say(_ fields: [String]) {
  let line = fields.map { $0.split(whereSeparator: \.isWhitespace).joined(separator: " ") }.joined(separator: "\t")
  // One write, so that the lines of several threads do not mix.
  _ = Array((line + "\n").utf8).withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
}

let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
while let line = readLine() {
  let order = Order(line: line)
  Task.detached { await order.play(on: group) }
}
