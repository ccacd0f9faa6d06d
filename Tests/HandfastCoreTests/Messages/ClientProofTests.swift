import Handfast
import HandfastCore
import HandfastTestKit
import HandfastTrust
import HandfastWire
import Testing

@Suite("What a server thinks of a client's certificate and key") struct ClientProofTests {
  private func session(
    _ clientKey: KeyKind = .ecdsa(.secp256r1), serverKey: KeyKind = .ecdsa(.secp256r1),
    change: (inout Setup) -> Void = { _ in }
  ) throws -> ServerTrial {
    var setup = try Setup(serverKey: serverKey, .required)
    change(&setup)
    let session = try ServerTrial(setup, clientIdentity: try TestIdentities.shared.client(clientKey))
    #expect(session.sendHello())
    return session
  }

  private func expect(_ session: ServerTrial, _ error: TLSError, _ alert: AlertDescription) {
    session.exchange()
    #expect(session.error == error)
    #expect(session.alert() == alert)
    #expect(!session.endpoint.isComplete)
  }

  @Test("a chain over the limit is refused before it is looked at")
  func longChain() throws {
    let session = try session { $0.server.limits.chainLength = 2 }
    session.client.peer.send(Certificate12(chain: [[UInt8]](repeating: [0x30, 0x00], count: 3)))
    expect(session, .chainTooLong(count: 3, limit: 2), .badCertificate)
  }

  @Test("a server's certificate in a client's hands is refused")
  func wrongPurpose() throws {
    let session = try session()
    session.client.identity = try TestIdentities.shared.server()
    session.client.sendCertificate()
    session.exchange()
    guard case .certificateRejected(let rejection) = session.error else {
      Issue.record("\(String(describing: session.error))")
      return
    }
    #expect(rejection.reason == .extendedKeyUsage)
    #expect(session.alert() == .unsupportedCertificate)
  }

  @Test("a bad certificate is refused even where none is required")
  func optionalButBad() throws {
    let setup = try Setup(.optional)
    let other = try DevelopmentPKI(name: "Other")
    let session = try ServerTrial(setup, clientIdentity: try other.issue(.client("client")))
    #expect(session.sendHello())
    session.client.sendCertificate()
    session.exchange()
    guard case .certificateRejected(let rejection) = session.error else {
      Issue.record("\(String(describing: session.error))")
      return
    }
    #expect(rejection.reason == .unknownIssuer)
    #expect(session.alert() == .unknownCA)
  }

  @Test("a wrong proof is refused, for every kind of key", arguments: TestIdentities.kinds)
  func badProof(kind: KeyKind) throws {
    let scheme = try #require(kind.signatureSchemes.first)
    let changes: [(inout [UInt8]) -> Void] = [
      { $0[$0.count - 1] ^= 1 }, { $0 = [] }, { $0.removeLast() }, { $0.append(0) },
    ]
    for change in changes {
      let session = try session(kind)
      session.client.sendCertificate()
      try session.client.sendKeyExchange()
      let key = try #require(session.client.identity?.key)
      var signature = try key.sign(session.client.peer.transcript, scheme: scheme)
      change(&signature)
      session.client.peer.send(CertificateVerify(algorithm: scheme, signature: signature))
      expect(session, .badSignature(in: .certificateVerify, scheme), .decryptError)
    }
  }

  @Test("a proof over another handshake is refused")
  func replayedProof() throws {
    let session = try session()
    session.client.sendCertificate()
    try session.client.sendKeyExchange()
    let key = try #require(session.client.identity?.key)
    var other = session.client.peer.transcript
    other[other.count - 1] ^= 1
    let signature = try key.sign(other, scheme: .ecdsaSecp256r1SHA256)
    session.client.peer.send(CertificateVerify(algorithm: .ecdsaSecp256r1SHA256, signature: signature))
    expect(session, .badSignature(in: .certificateVerify, .ecdsaSecp256r1SHA256), .decryptError)
  }

  @Test("somebody else's certificate is refused at the proof")
  func stolenCertificate() throws {
    let session = try session()
    session.client.sendCertificate()
    try session.client.sendKeyExchange()
    session.client.identity = try TestIdentities.shared.pki.issue(.client("thief"))
    try session.client.sendCertificateVerify()
    expect(session, .badSignature(in: .certificateVerify, .ecdsaSecp256r1SHA256), .decryptError)
  }

  @Test("leaving the proof out is refused")
  func noProof() throws {
    let session = try session()
    session.client.sendCertificate()
    try session.client.sendKeyExchange()
    session.client.peer.sendChangeCipherSpec()
    expect(session, .unexpectedChangeCipherSpec, .unexpectedMessage)
  }

  @Test("a signature scheme that was not asked for is refused")
  func unofferedScheme() throws {
    let session = try session(.rsa(bits: 2048)) { $0.server.signatureSchemes = [.rsaPSSRSAESHA256] }
    session.client.sendCertificate()
    try session.client.sendKeyExchange()
    try session.client.sendCertificateVerify(scheme: .rsaPKCS1SHA256)
    expect(session, .unofferedSignatureScheme(.rsaPKCS1SHA256), .illegalParameter)
  }

  @Test("a signature scheme of another kind of key is refused")
  func schemeOfOtherKey() throws {
    let session = try session()
    session.client.sendCertificate()
    try session.client.sendKeyExchange()
    session.client.peer.send(CertificateVerify(algorithm: .ed25519, signature: [UInt8](repeating: 0, count: 64)))
    expect(session, .signatureSchemeDoesNotFitKey(.ed25519, key: .ecdsa(.secp256r1)), .illegalParameter)
  }

  @Test(
    "a public value that no honest client sends is refused",
    arguments: [
      (NamedGroup.x25519, [UInt8](repeating: 0, count: 32)), (.x25519, [UInt8](repeating: 9, count: 31)),
      (.secp256r1, [4] + [UInt8](repeating: 1, count: 64)), (.secp256r1, [0]),
      (.secp384r1, [UInt8](repeating: 4, count: 97)), (.secp521r1, [4] + [UInt8](repeating: 255, count: 132)),
    ])
  func invalidPoint(group: NamedGroup, point: [UInt8]) throws {
    let session = try session { $0.server.groups = [group] }
    session.client.sendCertificate()
    session.client.peer.send(ECDHClientKeyExchange(point: point))
    expect(session, .invalidKeyShare(group), .illegalParameter)
  }

  @Test("a wrong Finished is refused", arguments: [0, 11])
  func badFinished(index: Int) throws {
    let session = try session()
    session.client.sendCertificate()
    try session.client.sendKeyExchange()
    try session.client.sendCertificateVerify()
    session.client.peer.sendChangeCipherSpec()
    var verifyData = session.client.peer.verifyData(of: .client)
    verifyData[index] ^= 0x01
    session.client.peer.send(Finished(verifyData: verifyData))
    expect(session, .badFinished(expectedCount: 12, gotCount: 12), .decryptError)
  }

  @Test("a Finished of another length is refused", arguments: [0, 11, 13, 36])
  func finishedLength(count: Int) throws {
    let session = try session()
    session.client.sendCertificate()
    try session.client.sendKeyExchange()
    try session.client.sendCertificateVerify()
    session.client.peer.sendChangeCipherSpec()
    let verifyData = session.client.peer.verifyData(of: .client)
    session.client.peer.send(
      Finished(verifyData: Array((verifyData + [UInt8](repeating: 0, count: 24)).prefix(count))))
    expect(session, .badFinished(expectedCount: 12, gotCount: count), .decryptError)
  }

  @Test("the request carries the authorities unless they are kept back", arguments: [true, false])
  func authorities(areAnnounced: Bool) throws {
    let session = try session { $0.server.announcesAuthorities = areAnnounced }
    let request = try #require(session.client.request)
    #expect(request.authorities == (areAnnounced ? try TestIdentities.shared.trust.authorities : []))
    #expect(areAnnounced != request.authorities.isEmpty)
    #expect(Set(request.certificateTypes) == [.ecdsaSign, .rsaSign])
    #expect(request.signatureAlgorithms == .recommended)
  }
}
