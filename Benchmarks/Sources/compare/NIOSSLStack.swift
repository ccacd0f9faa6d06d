import NIOCore
import NIOEmbedded
import NIOSSL

/// swift-nio-ssl, one handler in each of two embedded channels. It offers a client no way to resume.
struct NIOSSLStack: Stack {
  let name = "NIOSSL"

  func pair(for scenario: Scenario, with credentials: Credentials) throws -> (any Pair)? {
    // Ed25519 has to be allowed by lists that then replace all others; what would be measured is BoringSSL's, and stands there.
    guard scenario.work != .resumed, scenario.keyKind != .ed25519 else { return nil }
    let root = try NIOSSLCertificate(bytes: Array(credentials.rootPEM.utf8), format: .pem)
    var client = TLSConfiguration.makeClientConfiguration()
    client.trustRoots = .certificates([root])
    var server = try TLSConfiguration.makeServerConfiguration(
      certificateChain: chain(credentials.server), privateKey: key(credentials.server))
    if scenario.isMutual {
      client.certificateChain = try chain(credentials.client)
      client.privateKey = try key(credentials.client)
      server.trustRoots = .certificates([root])
      server.certificateVerification = .noHostnameVerification
    }
    return NIOSSLPair(
      client: try NIOSSLContext(configuration: restricted(client, scenario)),
      server: try NIOSSLContext(configuration: restricted(server, scenario)))
  }

  private func restricted(_ configuration: TLSConfiguration, _ scenario: Scenario) -> TLSConfiguration {
    var configuration = configuration
    configuration.minimumTLSVersion = scenario.version == .tls12 ? .tlsv12 : .tlsv13
    configuration.maximumTLSVersion = configuration.minimumTLSVersion
    switch scenario.group {
    case .x25519: configuration.curves = [.x25519]
    case .p256: configuration.curves = [.secp256r1]
    case .hybrid: configuration.curves = [.x25519_MLKEM768]
    }
    if scenario.version == .tls12 { configuration.cipherSuites = scenario.opensslCipher }
    return configuration
  }

  private func chain(_ chain: Credentials.Chain) throws -> [NIOSSLCertificateSource] {
    try NIOSSLCertificate.fromPEMBytes(Array(chain.chainPEM.utf8)).map { .certificate($0) }
  }

  private func key(_ chain: Credentials.Chain) throws -> NIOSSLPrivateKeySource {
    .privateKey(try NIOSSLPrivateKey(bytes: Array(chain.keyPEM.utf8), format: .pem))
  }
}

private final class NIOSSLPair: Pair {
  private let client: NIOSSLContext
  private let server: NIOSSLContext
  private var kept: (client: EmbeddedChannel, server: EmbeddedChannel)?
  private let data = ByteBuffer(repeating: 1, count: 16_384)

  init(client: NIOSSLContext, server: NIOSSLContext) { (self.client, self.server) = (client, server) }

  func handshake(_ cost: inout Cost) throws {
    let (client, server) = try shakeHands(&cost)
    // `finish()` would wait for a goodbye that nobody carries.
    try charge(&cost.client) { try end(client) }
    try charge(&cost.server) { try end(server) }
  }

  private func shakeHands(_ cost: inout Cost) throws -> (EmbeddedChannel, EmbeddedChannel) {
    let address = try SocketAddress(unixDomainSocketPath: "/benchmark")
    // The channel is not TLS's cost; its handler is.
    let (client, server) = (EmbeddedChannel(), EmbeddedChannel())
    try charge(&cost.client) {
      try client.pipeline.syncOperations.addHandler(
        NIOSSLClientHandler(context: self.client, serverHostname: "localhost"))
      client.connect(to: address, promise: nil)
    }
    try charge(&cost.server) {
      try server.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: self.server))
      server.connect(to: address, promise: nil)
    }
    for _ in 0..<10 {
      let sent = try pass(from: client, &cost.client, to: server, &cost.server)
      let answered = try pass(from: server, &cost.server, to: client, &cost.client)
      if !sent, !answered { break }
    }
    try charge(&cost.server) { try send(1, from: server) }
    _ = try pass(from: server, &cost.server, to: client, &cost.client)
    guard try charge(&cost.client, { try client.readInbound(as: ByteBuffer.self) })?.readableBytes == 1 else {
      throw Failed(what: "NIOSSL's handshake")
    }
    return (client, server)
  }

  private func pass(
    from sender: EmbeddedChannel, _ sending: inout UInt64, to receiver: EmbeddedChannel, _ receiving: inout UInt64
  ) throws -> Bool {
    var hasPassed = false
    while let bytes = try charge(&sending, { try sender.readOutbound(as: ByteBuffer.self) }) {
      try charge(&receiving) { _ = try receiver.writeInbound(bytes) }
      hasPassed = true
    }
    return hasPassed
  }

  private func send(_ size: Int, from channel: EmbeddedChannel) throws {
    channel.writeAndFlush(data.getSlice(at: 0, length: size)!, promise: nil)
  }

  private func end(_ channel: EmbeddedChannel) throws {
    channel.close(promise: nil)
    while try channel.readOutbound(as: ByteBuffer.self) != nil {}
    channel.embeddedEventLoop.advanceTime(by: .seconds(10))
  }

  func transfer(size: Int, count: Int, _ cost: inout Cost) throws {
    if kept == nil {
      var ignored = Cost()
      kept = try shakeHands(&ignored)
    }
    guard let kept else { return }
    var wire: [ByteBuffer] = []
    try charge(&cost.client) {
      for _ in 0..<count { kept.client.write(data.getSlice(at: 0, length: size)!, promise: nil) }
      kept.client.flush()
      while let bytes = try kept.client.readOutbound(as: ByteBuffer.self) { wire.append(bytes) }
    }
    var taken = 0
    try charge(&cost.server) {
      for bytes in wire { _ = try kept.server.writeInbound(bytes) }
      while let bytes = try kept.server.readInbound(as: ByteBuffer.self) { taken += bytes.readableBytes }
    }
    guard taken == size * count else { throw Failed(what: "NIOSSL's transfer") }
  }
}
