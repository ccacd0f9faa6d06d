import Handfast
import HandfastCore
import HandfastCrypto
import HandfastTestKit
import HandfastTrust
import HandfastWire

/// A real server, brought into a state by a client in the test's hands.
final class ServerUnderTest: Sender12 {
  let client: RawClient
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
    var configuration = ServerConfiguration(identities: source, clientAuthentication: .required(trust))
    configuration.versions = [.tls12]
    configuration.sessionTickets = .off
    configuration.sessionCache = nil
    endpoint = Endpoint(try TLSServer(configuration).accept(tracing: true))
    client = RawClient(provider: DefaultCryptoProvider(), identity: try shared.client())
    try bring()
  }

  /// Sends what comes before the state.
  private func bring() throws {
    var way: [Arrival] = [
      .clientHello, .certificate, .clientKeyExchange, .certificateVerify, .changeCipherSpec, .finished,
    ]
    let count: [HandshakeStep: Int] = [
      .awaitingClientHello: 0, .awaitingServerIdentity: 1, .awaitingServerSignature: 1, .awaitingClientCertificate: 1,
      .awaitingClientVerdict: 2, .awaitingClientKeyExchange: 2, .awaitingCertificateVerify: 3,
      .awaitingChangeCipherSpec: 4, .awaitingFinished: 5,
    ]
    way = Array(way.prefix(count[step] ?? way.count))
    for arrival in way {
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
    case .clientHello: client.sendHello()
    case .certificate: client.sendCertificate()
    case .clientKeyExchange where client.serverKeyExchange != nil: try client.sendKeyExchange()
    case .certificateVerify: try client.sendCertificateVerify()
    case .finished where peer.suite != nil: peer.sendFinished()
    default: return false
    }
    return true
  }

  func readAnswer(to arrival: Arrival) {
    if arrival == .clientHello { _ = client.readServerFlight() }
  }
}
