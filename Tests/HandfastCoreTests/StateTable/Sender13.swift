import Handfast
import HandfastCore
import HandfastCrypto
import HandfastTestKit
import HandfastWire

/// The other side of a TLS 1.3 connection under test: brings it into a state, then sends what the table says.
protocol Sender13: Sender where Arriving == Arrival13 {}

extension Sender13 {
  /// Sends `arrival`: the right one where there is one, else one that is well-formed.
  func send(_ arrival: Arrival13) throws {
    if try sendRight(arrival) { return }
    let random = [UInt8](repeating: 7, count: 32)
    let zeros = [UInt8](repeating: 0, count: 32)
    var version = ExtensionBlock()
    version.set(SelectedVersion(version: .tls13))
    switch arrival {
    case .helloRequest: peer.send(HelloRequest())
    case .clientHello:
      peer.send(
        ClientHello(
          version: .tls12, random: random, sessionID: [], cipherSuites: .recommended.tls13, extensions: version))
    case .serverHello, .retryRequest:
      peer.send(
        ServerHello(
          version: .tls12, random: arrival == .retryRequest ? ServerHello.retryRandom : random, sessionID: [],
          cipherSuite: .aes128GCMSHA256, extensions: version))
    case .encryptedExtensions: peer.send(EncryptedExtensions(extensions: ExtensionBlock()))
    case .certificateRequest: peer.send(RawServer13.anyCertificate)
    case .certificate:
      let entry = CertificateEntry(certificate: [0x30, 0x00], extensions: ExtensionBlock())
      peer.send(Certificate13(context: [], entries: [entry]))
    case .certificateVerify: peer.send(CertificateVerify(algorithm: .ed25519, signature: random + random))
    case .finished: peer.send(Finished(verifyData: zeros))
    case .endOfEarlyData: peer.send(EndOfEarlyData())
    case .newSessionTicket:
      peer.send(
        NewSessionTicket13(lifetime: 1, ageAdd: 2, nonce: [0], ticket: random, extensions: ExtensionBlock()))
    case .keyUpdate: peer.sendKeyUpdate()
    case .serverHelloDone: peer.send(ServerHelloDone())
    case .clientKeyExchange: peer.send(ECDHClientKeyExchange(point: random))
    case .messageHash: peer.send(WireMessage(.messageHash, zeros))
    case .unknown: peer.send(WireMessage(HandshakeType(rawValue: 99), [1, 2, 3]))
    case .clear: peer.sendClear(.handshake, WireMessage(.finished, zeros).bytes)
    case .changeCipherSpec: peer.sendDummyChangeCipherSpec()
    case .badChangeCipherSpec: peer.sendClear(.changeCipherSpec, [2])
    case .protectedChangeCipherSpec: peer.sendRecord(.changeCipherSpec, [1])
    case .warning: peer.sendAlert(.warning, .userCanceled)
    case .fatal: peer.sendAlert(.fatal, .internalError)
    case .closeNotify: peer.sendAlert(.warning, .closeNotify)
    case .applicationData: peer.sendRecord(.applicationData, [1, 2, 3])
    }
  }
}

/// A real TLS 1.3 server, brought into a state by a client in the test's hands.
final class ServerUnderTest13: Sender13 {
  let client: RawClient13
  let endpoint: Endpoint
  private let step: HandshakeStep

  var peer: RawPeer { client.peer }

  init(in step: HandshakeStep) throws {
    self.step = step
    let shared = try TestIdentities.shared
    let identity = try shared.server()
    let source: IdentitySource =
      switch step {
      case .awaitingServerIdentity: .asked
      case .awaitingServerSignature: .these([identity.withoutKey])
      default: .these([identity])
      }
    let trust: any PeerTrust = step == .awaitingClientVerdict ? PausingTrust(shared.trust) : shared.trust
    let isEarly = step == .awaitingEndOfEarlyData
    var configuration = ServerConfiguration(
      identities: source, clientAuthentication: isEarly ? .none : .required(trust))
    configuration.versions = [.tls13]
    configuration.sessionScope = [1]
    if isEarly {
      configuration.earlyData = .accepted(upTo: 1000, replayGuard: Admitting())
    } else {
      configuration.sessionTickets = .off
    }
    let server = try TLSServer(configuration)
    let isRetry = step == .awaitingSecondClientHello
    let session = isEarly ? try Self.session(with: server) : nil
    endpoint = Endpoint(server.accept(tracing: true))
    client = try RawClient13(
      provider: DefaultCryptoProvider(), shares: isRetry ? [] : [.x25519], identity: try shared.client())
    client.session = session
    if isEarly { client.hello.extensions?.set(EarlyDataIndication()) }
    try bring()
  }

  /// A whole handshake before, for its ticket.
  private static func session(with server: TLSServer) throws -> RawSession13? {
    let endpoint = Endpoint(server.accept())
    let client = try RawClient13(provider: DefaultCryptoProvider())
    client.sendHello()
    exchange(client.peer, endpoint)
    guard try client.readServerHello(), client.readServerFlight() else { return nil }
    try client.sendFlight()
    exchange(client.peer, endpoint)
    return client.readTicket()
  }

  private func bring() throws {
    let way: [Arrival13] = [.clientHello, .certificate, .certificateVerify, .finished]
    let count: [HandshakeStep: Int] = [
      .awaitingClientHello: 0, .awaitingServerIdentity: 1, .awaitingServerSignature: 1, .awaitingSecondClientHello: 1,
      .awaitingClientCertificate: 1, .awaitingClientVerdict: 2, .awaitingCertificateVerify: 2,
      .awaitingEndOfEarlyData: 1, .awaitingFinished: 3,
    ]
    for arrival in way.prefix(count[step] ?? way.count) { try advance(arrival) }
    switch step {
    case .closed:
      endpoint.close()
      try send(.closeNotify)
    case .failed: try send(.fatal)
    default: break
    }
    exchange(peer, endpoint)
    _ = peer.rest()
  }

  func sendRight(_ arrival: Arrival13) throws -> Bool {
    switch arrival {
    case .clientHello where peer.writeKeys == nil: client.sendHello()
    case .certificate where peer.schedule != nil: client.sendCertificate()
    case .certificateVerify where peer.schedule != nil: try client.sendCertificateVerify()
    case .finished where peer.schedule != nil && !endpoint.isComplete: peer.sendFinished13()
    default: return false
    }
    return true
  }

  func readAnswer(to arrival: Arrival13) {
    switch arrival {
    case .clientHello:
      if (try? client.readRetry()) == true { return }
      if step == .awaitingEndOfEarlyData { client.startEarlyData() }
      guard (try? client.readServerHello()) == true else { return }
      _ = client.readServerFlight()
    case .finished:
      peer.schedule?.finish(peer.transcript)
      peer.write(under: .application)
    default: break
    }
  }
}

/// Lets every early data in.
struct Admitting: EarlyDataReplayGuard {
  func admit(_ binder: [UInt8], expectedArrival: UInt64, at now: UInt64) -> EarlyDataAdmission { .accepted }
}

/// A real TLS 1.3 client, brought into a state by a server in the test's hands.
final class ClientUnderTest13: Sender13 {
  let server: RawServer13
  let endpoint: Endpoint
  private let step: HandshakeStep
  private let isRetried: Bool

  var peer: RawPeer { server.peer }

  init(in step: HandshakeStep, isRetried: Bool = false) throws {
    self.step = step
    self.isRetried = isRetried
    let shared = try TestIdentities.shared
    var configuration = ClientConfiguration(
      trust: step == .awaitingServerVerdict ? PausingTrust(shared.trust) : shared.trust)
    configuration.versions = [.tls13]
    configuration.keyShareGroups = [.x25519]
    configuration.sessionStore = nil
    let identity = try shared.client()
    configuration.identities =
      switch step {
      case .awaitingClientIdentity: .asked
      case .awaitingClientSignature: .these([identity.withoutKey])
      default: .these([identity])
      }
    endpoint = Endpoint(
      try TLSClient(configuration).connect(to: try ServerReference("localhost"), tracing: true))
    server = RawServer13(
      provider: DefaultCryptoProvider(), identity: try shared.server(), request: RawServer13.anyCertificate)
    try bring()
  }

  private func bring() throws {
    exchange(peer, endpoint)
    _ = server.readHello()
    if isRetried { try advance(.retryRequest) }
    let way: [Arrival13] = [
      .serverHello, .encryptedExtensions, .certificateRequest, .certificate, .certificateVerify, .finished,
      .newSessionTicket,
    ]
    let count: [HandshakeStep: Int] = [
      .awaitingServerHello: 0, .awaitingEncryptedExtensions: 1, .awaitingCertificateOrCertificateRequest: 2,
      .awaitingServerCertificate: 3, .awaitingServerVerdict: 4, .awaitingCertificateVerify: 4, .awaitingFinished: 5,
      .awaitingClientIdentity: 6, .awaitingClientSignature: 6, .awaitingConfirmation: 6,
    ]
    for arrival in way.prefix(count[step] ?? way.count) { try advance(arrival) }
    switch step {
    case .closed:
      endpoint.close()
      try send(.closeNotify)
    case .failed: try send(.fatal)
    default: break
    }
    exchange(peer, endpoint)
    _ = peer.rest()
  }

  func sendRight(_ arrival: Arrival13) throws -> Bool {
    let isClear = peer.writeKeys == nil
    switch arrival {
    case .retryRequest where isClear: server.sendRetry(server.retry(group: .secp256r1))
    case .serverHello where isClear: try server.sendHello()
    case .encryptedExtensions where !isClear: server.sendExtensions()
    case .certificate where !isClear: server.sendCertificate()
    case .certificateVerify where !isClear: try server.sendCertificateVerify()
    case .finished where !isClear && !endpoint.isComplete: server.peer.sendFinished13()
    case .newSessionTicket where endpoint.isComplete: server.sendTicket()
    default: return false
    }
    return true
  }

  func readAnswer(to arrival: Arrival13) {
    switch arrival {
    case .retryRequest: server.readHello()
    case .finished:
      peer.schedule?.enterApplication(finishedTranscript)
      peer.write(under: .application)
      _ = server.readFlight()
    default: break
    }
  }

  /// The server's Finished is the last that was sent; nothing was read since.
  private var finishedTranscript: [UInt8] { peer.transcript }
}
