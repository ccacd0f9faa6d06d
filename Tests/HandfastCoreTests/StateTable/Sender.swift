import Handfast
import HandfastCore
import HandfastCrypto
import HandfastTestKit
import HandfastWire

/// The other side of a connection under test: brings it into a state, then sends what the table says.
protocol Sender<Arriving> {
  associatedtype Arriving
  var peer: RawPeer { get }
  var endpoint: Endpoint { get }
  /// Sends `arrival`: the right one where there is one, else one that is well-formed.
  func send(_ arrival: Arriving) throws
  /// Sends the handshake message if it is this side's turn to send a right one; false if it is not.
  func sendRight(_ arrival: Arriving) throws -> Bool
  /// Reads what the connection answers to a right message, for the transcript and the keys.
  func readAnswer(to arrival: Arriving)
}

/// The same for TLS 1.2.
protocol Sender12: Sender where Arriving == Arrival {}

extension Sender12 {
  /// Sends `arrival`: the right one where there is one, else one that is well-formed.
  func send(_ arrival: Arrival) throws {
    if try sendRight(arrival) { return }
    let random = [UInt8](repeating: 7, count: 32)
    switch arrival {
    case .helloRequest: peer.send(HelloRequest())
    case .clientHello:
      peer.send(
        ClientHello(version: .tls12, random: random, sessionID: [], cipherSuites: .recommended.tls12, extensions: nil))
    case .serverHello:
      peer.send(
        ServerHello(
          version: .tls12, random: random, sessionID: [], cipherSuite: .ecdheECDSAWithAES128GCMSHA256,
          extensions: nil))
    case .certificate: peer.send(Certificate12(chain: [[0x30, 0x00]]))
    case .serverKeyExchange:
      let params = ServerECDHParams(group: .x25519, point: [UInt8](repeating: 9, count: 32))
      peer.send(ServerKeyExchange(params: params, algorithm: .ed25519, signature: random + random))
    case .certificateRequest: peer.send(RawServer.anyCertificate)
    case .serverHelloDone: peer.send(ServerHelloDone())
    case .certificateVerify: peer.send(CertificateVerify(algorithm: .ed25519, signature: random + random))
    case .clientKeyExchange: peer.send(ECDHClientKeyExchange(point: [UInt8](repeating: 9, count: 32)))
    case .finished: peer.send(Finished(verifyData: [UInt8](repeating: 0, count: 12)))
    case .unknown: peer.send(WireMessage(HandshakeType(rawValue: 99), [1, 2, 3]))
    case .changeCipherSpec: peer.sendChangeCipherSpec()
    case .warning: peer.sendAlert(.warning, .unrecognizedName)
    case .fatal: peer.sendAlert(.fatal, .internalError)
    case .closeNotify: peer.sendAlert(.warning, .closeNotify)
    case .applicationData: peer.sendRecord(.applicationData, [1, 2, 3])
    }
  }
}

extension Sender {
  /// Sends the right message and reads the answer.
  func advance(_ arrival: Arriving) throws {
    try send(arrival)
    exchange(peer, endpoint)
    readAnswer(to: arrival)
  }

  /// What became of it, in the words of the table.
  func outcome(of arrival: Arriving) throws -> String {
    let (before, early) = (endpoint.outcome, endpoint.receivedEarly)
    try send(arrival)
    let bytes = peer.takeOutgoing()
    if before.failure != nil {
      do throws(TLSFailure) { _ = try endpoint.feedRegardless(bytes) } catch {
        return error.error == .alreadyEnded ? "old" : "\(error.error)"
      }
      return "taken after a failure"
    }
    endpoint.feed(bytes)
    let after = endpoint.outcome
    if let failure = after.failure {
      if case .alertReceived = failure.error { return failure.alertSent == nil ? "end" : "answered an alert" }
      return switch failure.alertSent {
      case .unexpectedMessage: "um"
      case .decodeError: "de"
      default: "\(failure.error)"
      }
    }
    if before.hasOpenQuestion, after.hasOpenQuestion, after.step == before.step {
      return endpoint.inbox == bytes ? "wt" : "read while a question is open"
    }
    if after.received != before.received || endpoint.receivedEarly != early { return "dat" }
    if after.step != before.step || after.sent.count > before.sent.count { return "ok" }
    if after.peerHasClosed, !before.peerHasClosed { return "bye" }
    if after.alertsSent.count > before.alertsSent.count {
      return after.alertsSent.last == .noRenegotiation ? "no" : "?"
    }
    return endpoint.inbox.isEmpty ? "--" : "not consumed"
  }
}
