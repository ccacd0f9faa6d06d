import Handfast
import HandfastCore
import HandfastCrypto
import HandfastTestKit
import HandfastTrust
import HandfastWire

/// A real client, brought into a state by a server in the test's hands.
final class ClientUnderTest: Sender12 {
  let server: RawServer
  let endpoint: Endpoint
  private let step: HandshakeStep

  var peer: RawPeer { server.peer }

  init(in step: HandshakeStep) throws {
    self.step = step
    let shared = try TestIdentities.shared
    var configuration = ClientConfiguration(
      trust: step == .awaitingServerVerdict ? PausingTrust(shared.trust) : shared.trust)
    configuration.versions = [.tls12]
    configuration.sessionStore = nil
    configuration.requestsCertificateStatus = step == .awaitingCertificateStatus
    let identity = try shared.client()
    configuration.identities =
      switch step {
      case .awaitingClientIdentity: .asked
      case .awaitingClientSignature: .these([identity.withoutKey])
      default: .these([identity])
      }
    endpoint = Endpoint(
      try TLSClient(configuration).connect(to: try ServerReference("localhost"), tracing: true))
    server = RawServer(
      provider: DefaultCryptoProvider(), identity: try shared.server(), suite: .ecdheECDSAWithAES128GCMSHA256,
      request: RawServer.anyCertificate)
    if step == .awaitingCertificateStatus { server.extensions.set(StatusRequestAcknowledgement()) }
    try bring()
  }

  private func bring() throws {
    exchange(peer, endpoint)
    _ = server.readHello()
    let way: [Arrival] = [
      .serverHello, .certificate, .serverKeyExchange, .certificateRequest, .serverHelloDone, .changeCipherSpec,
      .finished,
    ]
    let count: [HandshakeStep: Int] = [
      .awaitingServerHello: 0, .awaitingServerCertificate: 1, .awaitingCertificateStatus: 2, .awaitingServerVerdict: 2,
      .awaitingServerKeyExchange: 2,
      .awaitingCertificateRequestOrServerHelloDone: 3, .awaitingServerHelloDone: 4, .awaitingClientIdentity: 5,
      .awaitingClientSignature: 5, .awaitingChangeCipherSpec: 5, .awaitingFinished: 6,
    ]
    for arrival in way.prefix(count[step] ?? way.count) {
      try send(arrival)
      exchange(peer, endpoint)
      readAnswer(to: arrival)
    }
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

  func sendRight(_ arrival: Arrival) throws -> Bool {
    switch arrival {
    case .serverHello: server.sendHello()
    case .certificate: server.sendCertificate()
    case .serverKeyExchange where peer.suite != nil: try server.sendKeyExchange()
    case .finished where peer.suite != nil: peer.sendFinished()
    default: return false
    }
    return true
  }

  func readAnswer(to arrival: Arrival) {
    if arrival == .serverHelloDone { _ = try? server.readFlight() }
  }
}
