import Handfast
import HandfastCrypto
import HandfastTestKit
import Testing

/// RFC 5246 §7.4.7.1: whatever is wrong with an encrypted pre-master secret, the server must go on as if nothing were, and fail
/// where a wrong secret fails. A difference is Bleichenbacher's oracle.
@Suite("RSA key transport") struct RSAKeyTransportTests {
  private struct Answer: Equatable {
    let error: TLSError?
    let step: HandshakeStep
    let alerts: [AlertDescription]
    let sent: [HandshakeType]
    /// Names of the facts, in order: not even this side's own trace may differ before the end.
    let events: [String]
  }

  private func setup() throws -> Setup {
    var setup = try Setup(serverKey: .rsa(bits: 2048))
    setup.client.rsaKeyTransport = .allowedAgainstRFC10015
    setup.server.rsaKeyTransport = .allowedAgainstRFC10015
    setup.client.cipherSuites = .rsaKeyTransport
    setup.server.cipherSuites = .rsaKeyTransport
    return setup
  }

  /// What the server does when the client's ciphertext is `encrypt`ed from its pre-master secret.
  private func answer(
    secret: [UInt8]? = nil, _ encrypt: (_ session: ServerTrial, _ honest: [UInt8]) throws -> [UInt8]
  ) throws -> Answer {
    let session = try ServerTrial(try setup())
    #expect(session.sendHello())
    let shared = try TestIdentities.shared
    let key = try shared.publicKey(of: try shared.server(.rsa(bits: 2048)))
    if let secret { session.client.preMasterSecret = secret }
    let honest = try key.encryptPreMasterSecret(Secret(session.client.preMasterSecret))
    session.client.peer.send(
      RSAClientKeyExchange(encryptedPreMasterSecret: try encrypt(session, honest)))
    session.client.deriveKeys()
    session.client.peer.sendChangeCipherSpec()
    session.client.peer.sendFinished()
    session.exchange()
    let outcome = session.endpoint.outcome
    return Answer(
      error: outcome.error, step: outcome.step, alerts: outcome.alertsSent, sent: outcome.sent,
      events: outcome.events.map { String("\($0)".prefix { $0.isLetter }) })
  }

  @Test("goes well with the right secret")
  func right() throws {
    let answer = try answer { $1 }
    #expect(answer.error == nil)
    #expect(answer.step == .established)
  }

  @Test("answers everything wrong in the same way, as a wrong secret")
  func oneAnswer() throws {
    // A secret that is well-formed in every way, and not the one the client goes on with.
    let shared = try TestIdentities.shared
    let key = try shared.publicKey(of: try shared.server(.rsa(bits: 2048)))
    let other: [UInt8] = [3, 3] + [UInt8](repeating: 0x77, count: 46)
    let expected = try answer { _, _ in try key.encryptPreMasterSecret(Secret(other)) }
    #expect(expected.error == .badRecordMAC(sequenceNumber: 0))
    #expect(expected.alerts == [.badRecordMAC])
    #expect(expected.step == .awaitingFinished)

    var random = SplitMix(seed: 0x526f_626f)
    let size = 256
    let wrongs: [(String, (ServerTrial, [UInt8]) throws -> [UInt8])] = [
      ("nothing", { _, _ in [] }),
      ("one byte", { _, _ in [1] }),
      ("all zeros", { _, _ in [UInt8](repeating: 0, count: size) }),
      ("one", { _, _ in [UInt8](repeating: 0, count: size - 1) + [1] }),
      ("larger than the modulus", { _, _ in [UInt8](repeating: 0xff, count: size) }),
      ("a byte short", { _, honest in Array(honest.dropLast()) }),
      ("a byte long", { _, honest in honest + [0] }),
      ("a leading zero more", { _, honest in [0] + honest }),
      ("a bit changed", { _, honest in honest.dropLast() + [honest[honest.count - 1] ^ 1] }),
      ("a secret of 47 bytes", { _, _ in try key.encryptPreMasterSecret(Secret([UInt8](repeating: 3, count: 47))) }),
      ("a secret of 49 bytes", { _, _ in try key.encryptPreMasterSecret(Secret([UInt8](repeating: 3, count: 49))) }),
      ("an empty secret", { _, _ in try key.encryptPreMasterSecret(Secret([])) }),
      ("the longest secret", { _, _ in try key.encryptPreMasterSecret(Secret([UInt8](repeating: 3, count: 245))) }),
    ]
    for (name, wrong) in wrongs { #expect(try answer(wrong) == expected, "\(name)") }
    for _ in 0..<20 {
      let noise = (0..<size).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      #expect(try answer { _, _ in noise } == expected)
    }
  }

  @Test(
    "answers a wrong version inside the secret like a wrong secret", arguments: [UInt16(0x0301), 0x0302, 0x0304, 0])
  func wrongVersion(version: UInt16) throws {
    let secret = [UInt8(version >> 8), UInt8(version & 0xff)] + [UInt8](repeating: 0x55, count: 46)
    let answer = try answer(secret: secret) { $1 }
    #expect(answer.error == .badRecordMAC(sequenceNumber: 0))
    #expect(answer.alerts == [.badRecordMAC])
    #expect(answer.step == .awaitingFinished)
  }

  @Test("takes the version of the ClientHello, even one of the future")
  func futureVersion() throws {
    let session = try ServerTrial(try setup())
    session.client.hello.version = .tls13
    session.client.preMasterSecret = [3, 4] + [UInt8](repeating: 0x55, count: 46)
    let shared = try TestIdentities.shared
    let key = try shared.publicKey(of: try shared.server(.rsa(bits: 2048)))
    #expect(try session.handshake(serverKey: key))
  }

  @Test("is refused a certificate that may only sign")
  func keyUsage() throws {
    var request = LeafRequest.server("localhost", keyKind: .rsa(bits: 2048))
    request.keyUsage = ["digitalSignature"]
    var setup = try setup()
    setup.server = ServerConfiguration(
      identity: try TestIdentities.shared.pki.issue(request), clientAuthentication: .none)
    setup.server.rsaKeyTransport = .allowedAgainstRFC10015
    setup.server.cipherSuites = .rsaKeyTransport
    let pair = try setup.pair()
    pair.run()
    guard case .certificateRejected(let rejection) = pair.client.error else {
      Issue.record("\(String(describing: pair.client.error))")
      return
    }
    #expect(rejection.reason == .keyUsage)
  }

  @Test("refuses a server key that cannot decrypt", arguments: [KeyKind.ed25519, .ecdsa(.secp256r1)])
  func keyWithoutDecryption(kind: KeyKind) throws {
    let session = try ClientTrial(try setup(), serverKey: kind, suite: .rsaWithAES128GCMSHA256)
    session.receiveHello()
    session.server.sendHello()
    session.server.sendCertificate()
    session.server.peer.send(ServerHelloDone())
    session.exchange()
    let error = try #require(session.error)
    switch error {
    case .keyDoesNotFitSuite(let key, let suite):
      #expect(key == kind)
      #expect(suite == .rsaWithAES128GCMSHA256)
    case .certificateRejected(let rejection): #expect(rejection.reason == .keyUsage)
    default: Issue.record("\(error)")
    }
  }

  @Test("has no ServerKeyExchange: one that comes is unexpected")
  func serverKeyExchange() throws {
    let session = try ClientTrial(try setup(), serverKey: .rsa(bits: 2048), suite: .rsaWithAES128GCMSHA256)
    session.receiveHello()
    session.server.sendHello()
    session.server.sendCertificate()
    try session.server.sendKeyExchange()
    session.exchange()
    #expect(
      session.error
        == .unexpectedMessage(got: .serverKeyExchange, wanted: [.certificateRequest, .serverHelloDone]))
  }
}
