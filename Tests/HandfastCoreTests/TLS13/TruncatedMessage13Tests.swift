import Handfast
import HandfastCore
import HandfastTestKit
import HandfastWire
import TestTurns
import Testing

/// Every message of TLS 1.3, cut at every length with its length field made to fit, under the right keys.
@Suite("A message of TLS 1.3 cut at any length", .inTurn) struct TruncatedMessage13Tests {
  private static let serverWay: [HandshakeType] = [
    .serverHello, .encryptedExtensions, .certificateRequest, .certificate, .certificateVerify, .finished,
  ]
  private static let clientWay: [HandshakeType] = [.clientHello, .certificate, .certificateVerify, .finished]

  /// The body of the server's `index`th message, sent as `cut` makes it; its predecessors are right.
  private func serve(_ index: Int, _ cut: ([UInt8]) -> [UInt8]) throws -> (trial: ClientTrial13, body: [UInt8]) {
    let trial = try ClientTrial13(try Setup(clientKey: .ed25519), serverKey: .ed25519, asks: true)
    #expect(trial.receiveHello())
    let server = trial.server
    let bodies: [() throws -> [UInt8]?] = [
      { try server.hello().encoded() }, { EncryptedExtensions(extensions: server.extensions).encoded() },
      { RawServer13.anyCertificate.encoded() }, { server.identity.certificate13.encoded() },
      { try server.peer.proof13(server.identity).encoded() },
      { Finished(verifyData: server.peer.verifyData13(of: .server)).encoded() },
    ]
    for step in 0..<index {
      switch step {
      case 0: try server.sendHello()
      case 1: server.sendExtensions()
      case 2: server.peer.send(RawServer13.anyCertificate)
      case 3: server.sendCertificate()
      default: try server.sendCertificateVerify()
      }
    }
    let body = try #require(try bodies[index]())
    server.peer.send(WireMessage(Self.serverWay[index], cut(body)))
    trial.exchange()
    return (trial, body)
  }

  private func present(_ index: Int, _ cut: ([UInt8]) -> [UInt8]) throws -> (trial: ServerTrial13, body: [UInt8]) {
    let trial = try ServerTrial13(
      try Setup(serverKey: .ed25519, .required), clientIdentity: try TestIdentities.shared.client(.ed25519))
    let client = trial.client
    if index > 0 { #expect(try trial.sendHello()) }
    if index > 1 { client.sendCertificate() }
    if index > 2 { try client.sendCertificateVerify() }
    let bodies: [() throws -> [UInt8]?] = [
      { client.hello.encoded() }, { client.identity?.certificate13.encoded() },
      { try client.peer.proof13(try TestIdentities.shared.client(.ed25519)).encoded() },
      { Finished(verifyData: client.peer.verifyData13(of: .client)).encoded() },
    ]
    let body = try #require(try bodies[index]())
    client.peer.send(WireMessage(Self.clientWay[index], cut(body)))
    trial.exchange()
    return (trial, body)
  }

  /// All of them, and of a long certificate every seventh from some length on.
  private func lengths(_ count: Int) -> [Int] { (0..<count).filter { $0 < 80 || $0 % 7 == 0 || $0 + 8 > count } }

  private func expectRefused(_ endpoint: Endpoint, _ type: HandshakeType, _ count: Int) throws {
    let error = try #require(endpoint.error, "\(type) of \(count) bytes")
    switch error {
    case .malformed(type, _), .malformedExtension(_, in: type, _):
      #expect(endpoint.failure?.alertSent == .decodeError)
    // Its length is the hash's, which no definition says: it is a verify_data that differs.
    case .badFinished(expectedCount: 32, gotCount: count) where type == .finished:
      #expect(endpoint.failure?.alertSent == .decryptError)
    // A hello without extensions is one of TLS 1.2.
    case .unofferedVersion(.tls12) where type == .serverHello, .versionNotSupported where type == .clientHello: break
    default: Issue.record("\(type) of \(count) bytes: \(error)")
    }
  }

  @Test("is refused by the client", arguments: serverWay.indices) func ofServer(index: Int) throws {
    let whole = try serve(index) { $0 }
    #expect(whole.trial.error == nil)
    for count in lengths(whole.body.count) {
      try expectRefused(try serve(index) { Array($0.prefix(count)) }.trial.endpoint, Self.serverWay[index], count)
    }
    try expectRefused(try serve(index) { $0 + [0] }.trial.endpoint, Self.serverWay[index], whole.body.count + 1)
  }

  @Test("is refused by the server", arguments: clientWay.indices) func ofClient(index: Int) throws {
    let whole = try present(index) { $0 }
    #expect(whole.trial.error == nil)
    for count in lengths(whole.body.count) {
      try expectRefused(try present(index) { Array($0.prefix(count)) }.trial.endpoint, Self.clientWay[index], count)
    }
    try expectRefused(try present(index) { $0 + [0] }.trial.endpoint, Self.clientWay[index], whole.body.count + 1)
  }

  @Test("changes nothing where it is only split, at any byte of either flight", arguments: Side.allCases)
  func everySplit(side: Side) throws {
    var setup = try Setup(serverKey: .ed25519, clientKey: .ed25519, .required)
    setup.use([.tls13])
    setup.client.groups = [.x25519]
    setup.isTracing = false
    let whole = try setup.pair()
    whole.run()
    let flights = whole.flights.filter { $0.sender == side }
    for flight in flights {
      for place in lengths(flight.bytes.count) where place > 0 {
        let pair = try setup.pair()
        pair.chunking = .split(side, flight: flight.index, at: place)
        pair.run()
        #expect(pair.client.isComplete && pair.server.isComplete, "flight \(flight.index) at \(place)")
      }
    }
  }
}
