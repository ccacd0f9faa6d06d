import Handfast
import HandfastCore
import HandfastTestKit
import HandfastTrust
import HandfastWire
import Testing

@Suite("What a client thinks of a server's certificate and key") struct ServerProofTests {
  private func session(
    _ serverKey: KeyKind = .ecdsa(.secp256r1), suite: CipherSuite = .ecdheECDSAWithAES128GCMSHA256,
    group: NamedGroup = .x25519, change: (inout Setup) -> Void = { _ in }
  ) throws -> ClientTrial {
    var setup = try Setup()
    change(&setup)
    let session = try ClientTrial(setup, serverKey: serverKey, suite: suite, group: group)
    session.receiveHello()
    session.server.sendHello()
    return session
  }

  private func expect(_ session: ClientTrial, _ error: TLSError, _ alert: AlertDescription) {
    session.exchange()
    #expect(session.error == error)
    #expect(session.alert() == alert)
  }

  @Test("an empty chain is no certificate")
  func emptyChain() throws {
    let session = try session()
    session.server.peer.send(Certificate12(chain: []))
    expect(session, .certificateMissing(.server), .decodeError)
  }

  @Test("a chain over the limit is refused before it is looked at")
  func longChain() throws {
    let session = try session { $0.client.limits.chainLength = 3 }
    session.server.peer.send(Certificate12(chain: [[UInt8]](repeating: [0x30, 0x00], count: 4)))
    expect(session, .chainTooLong(count: 4, limit: 3), .badCertificate)
  }

  @Test("bytes that are no certificate are refused as a bad one")
  func garbage() throws {
    let session = try session()
    session.server.peer.send(Certificate12(chain: [[1, 2, 3]]))
    session.exchange()
    guard case .certificateRejected(let rejection) = session.error else {
      Issue.record("\(String(describing: session.error))")
      return
    }
    #expect(rejection.reason == .unparsable)
    #expect(session.alert() == .badCertificate)
  }

  @Test("a certificate of another name, another purpose or another root is refused with its own alert")
  func rejections() throws {
    let shared = try TestIdentities.shared
    let other = try DevelopmentPKI(name: "Other")
    var expired = LeafRequest.server("localhost")
    expired.notBefore = -7200
    expired.notAfter = -3600
    let cases: [(Identity, CertificateRejection.Reason, AlertDescription)] = [
      (try shared.pki.issue(.server("other.example")), .wrongName, .badCertificate),
      (try shared.client(), .extendedKeyUsage, .unsupportedCertificate),
      (try other.issue(.server("localhost")), .unknownIssuer, .unknownCA),
      (try shared.pki.issue(expired), .expired, .certificateExpired),
    ]
    for (identity, reason, alert) in cases {
      let session = try session()
      session.server.identity = identity
      session.server.sendCertificate()
      session.exchange()
      guard case .certificateRejected(let rejection) = session.error else {
        Issue.record("\(String(describing: session.error))")
        continue
      }
      #expect(rejection.reason == reason)
      #expect(session.alert() == alert)
    }
  }

  @Test("a key that does not fit the suite is refused")
  func wrongKeyForSuite() throws {
    let session = try session(.rsa(bits: 2048))
    session.server.sendCertificate()
    try session.server.sendKeyExchange()
    expect(
      session, .keyDoesNotFitSuite(key: .rsa(bits: 2048), suite: .ecdheECDSAWithAES128GCMSHA256), .illegalParameter)
  }

  @Test("a group that was not offered is refused")
  func unofferedGroup() throws {
    let session = try session(group: .secp521r1) { $0.client.groups = [.x25519, .secp256r1] }
    session.server.sendCertificate()
    try session.server.sendKeyExchange()
    expect(session, .unofferedGroup(.secp521r1), .illegalParameter)
  }

  @Test("a signature scheme that was not offered is refused")
  func unofferedScheme() throws {
    let session = try session(.rsa(bits: 2048), suite: .ecdheRSAWithAES128GCMSHA256) {
      $0.client.signatureSchemes = [.rsaPSSRSAESHA256, .rsaPKCS1SHA512]
    }
    session.server.scheme = .rsaPKCS1SHA256
    session.server.sendCertificate()
    try session.server.sendKeyExchange()
    expect(session, .unofferedSignatureScheme(.rsaPKCS1SHA256), .illegalParameter)
  }

  @Test("a signature scheme of another kind of key is refused")
  func schemeOfOtherKey() throws {
    let session = try session()
    session.server.sendCertificate()
    var exchange = try session.server.keyExchange()
    exchange.algorithm = .rsaPSSRSAESHA256
    session.server.peer.send(exchange)
    expect(session, .signatureSchemeDoesNotFitKey(.rsaPSSRSAESHA256, key: .ecdsa(.secp256r1)), .illegalParameter)
  }

  @Test("a wrong signature is refused, for every kind of key", arguments: TestIdentities.kinds)
  func badSignature(kind: KeyKind) throws {
    let suite: CipherSuite =
      kind.authentication == .rsa ? .ecdheRSAWithAES128GCMSHA256 : .ecdheECDSAWithAES128GCMSHA256
    let changes: [(inout ServerKeyExchange) -> Void] = [
      { $0.signature[$0.signature.count - 1] ^= 1 },
      { $0.signature = [] },
      { $0.signature.removeLast() },
      { $0.signature.append(0) },
      // Another key than the one that was signed.
      { $0.params.point[0] ^= 1 },
    ]
    for change in changes {
      let session = try session(kind, suite: suite)
      session.server.sendCertificate()
      var exchange = try session.server.keyExchange()
      change(&exchange)
      session.server.peer.send(exchange)
      expect(session, .badSignature(in: .serverKeyExchange, exchange.algorithm), .decryptError)
    }
  }

  @Test("a signature over other randoms is refused: an old ServerKeyExchange cannot be used again")
  func replayedKeyExchange() throws {
    let first = try session()
    let exchange = try first.server.keyExchange()
    let second = try session()
    second.server.sendCertificate()
    second.server.peer.send(exchange)
    expect(second, .badSignature(in: .serverKeyExchange, exchange.algorithm), .decryptError)
  }

  @Test(
    "a public value that no honest server sends is refused, although it is signed",
    arguments: [
      (NamedGroup.x25519, [UInt8](repeating: 0, count: 32)), (.x25519, [1] + [UInt8](repeating: 0, count: 31)),
      (.x25519, [UInt8](repeating: 9, count: 31)), (.x25519, [UInt8](repeating: 9, count: 33)),
      (.secp256r1, [4] + [UInt8](repeating: 1, count: 64)), (.secp256r1, [0]),
      (.secp256r1, [UInt8](repeating: 4, count: 65)),
      (.secp256r1, [2] + [UInt8](repeating: 1, count: 32)), (.secp384r1, [4] + [UInt8](repeating: 1, count: 96)),
      (.secp521r1, [4] + [UInt8](repeating: 0, count: 132)),
    ])
  func invalidPoint(group: NamedGroup, point: [UInt8]) throws {
    let session = try session(group: group)
    session.server.sendCertificate()
    session.server.peer.send(try session.server.signed(ServerECDHParams(group: group, point: point)))
    session.server.peer.send(ServerHelloDone())
    expect(session, .invalidKeyShare(group), .illegalParameter)
  }

  @Test("a wrong Finished is refused", arguments: [0, 11])
  func badFinished(index: Int) throws {
    let session = try ClientTrial(try Setup())
    session.receiveHello()
    try session.server.sendFlight()
    session.exchange()
    #expect(try session.server.readFlight())
    session.server.peer.sendChangeCipherSpec()
    var verifyData = session.server.peer.verifyData(of: .server)
    verifyData[index] ^= 0x10
    session.server.peer.send(Finished(verifyData: verifyData))
    expect(session, .badFinished(expectedCount: 12, gotCount: 12), .decryptError)
    #expect(!session.endpoint.isComplete)
  }

  @Test("the client's own Finished, sent back to it, is refused")
  func reflectedFinished() throws {
    let session = try ClientTrial(try Setup())
    session.receiveHello()
    try session.server.sendFlight()
    session.exchange()
    #expect(try session.server.readFlight())
    session.server.peer.sendChangeCipherSpec()
    session.server.peer.send(Finished(verifyData: session.server.peer.verifyData(of: .client)))
    expect(session, .badFinished(expectedCount: 12, gotCount: 12), .decryptError)
  }

  @Test("a Finished in clear is refused")
  func clearFinished() throws {
    let session = try ClientTrial(try Setup())
    session.receiveHello()
    try session.server.sendFlight()
    session.exchange()
    #expect(try session.server.readFlight())
    session.server.peer.sendFinished()
    expect(session, .unexpectedMessage(got: .finished, wanted: []), .unexpectedMessage)
  }
}
