import Foundation
import Handfast
import HandfastCore
import HandfastTestKit
import HandfastTrust
import TestTurns
import Testing

/// The conventions between the shim and BoringSSL's runner, held without the runner: how the shim dials and says its id, that it
/// echoes, how it ends, and what it says when it fails.
@Suite("BoGo's shim", .serialized, .inTurn) struct ShimTests {
  private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("handfast-shim-\(UUID())")

  /// Flags that name files with a chain and a key of our development PKI.
  private func credential(_ request: LeafRequest) throws -> [String] {
    let issued = try TestIdentities.shared.pki.issueWithPEM(request)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let (chain, key) = (folder.appendingPathComponent("chain.pem"), folder.appendingPathComponent("key.pem"))
    try issued.certificateChainPEM.write(to: chain, atomically: true, encoding: .utf8)
    try issued.privateKeyPEM.write(to: key, atomically: true, encoding: .utf8)
    return ["-cert-file", chain.path, "-key-file", key.path]
  }

  private func cleanUp() { try? FileManager.default.removeItem(at: folder) }

  /// Handshakes and has bytes echoed.
  private func expectEcho(_ runner: ScriptedRunner, _ side: Endpoint, isResumed: Bool = false) throws {
    #expect(try runner.accept() == [2, 1, 0, 0, 0, 0, 0, 0])
    try runner.talk(side, until: \.isComplete)
    #expect(side.failure == nil)
    let negotiated = side.connection.negotiated
    #expect(negotiated?.isResumed == isResumed)
    try runner.write(try #require(side.seal([0x68, 0, 0xff])))
    try runner.talk(side) { $0.received.count >= 3 }
    #expect(side.takeReceived() == [0x97, 0xff, 0])
    side.close()
    try runner.talk(side, until: \.peerHasClosed)
  }

  @Test(arguments: [ProtocolVersion.tls12, .tls13])
  func `as client it dials, says its id, echoes and ends well`(version: ProtocolVersion) throws {
    var setup = try Setup()
    setup.use([version])
    setup.server.sessionTickets = .automatic()
    let server = try setup.makeServer()
    let runner = try ScriptedRunner()
    try runner.start(["-resume-count", "1"])
    for number in 0..<2 {
      try expectEcho(runner, Endpoint(server.accept(tracing: true)), isResumed: number == 1)
    }
    #expect(runner.end() == .init(status: 0, output: "", errors: ""))
  }

  @Test(arguments: [ProtocolVersion.tls12, .tls13])
  func `as server it asks for a certificate, echoes and ends well`(version: ProtocolVersion) throws {
    defer { cleanUp() }
    var setup = try Setup(clientKey: .ecdsa(.secp256r1), .required)
    setup.use([version])
    let runner = try ScriptedRunner()
    try runner.start(["-server", "-require-any-client-certificate"] + credential(.server("localhost")))
    try expectEcho(runner, Endpoint(try setup.clientConnection()))
    #expect(runner.end() == .init(status: 0, output: "", errors: ""))
  }

  @Test func `it names the missing client certificate as the runner does, and sends the alert`() throws {
    defer { cleanUp() }
    var setup = try Setup()
    setup.use([.tls12])
    let runner = try ScriptedRunner()
    try runner.start(["-server", "-require-any-client-certificate"] + credential(.server("localhost")))
    _ = try runner.accept()
    let side = Endpoint(try setup.clientConnection())
    try runner.talk(side) { _ in false }
    #expect(side.error == .alertReceived(.handshakeFailure))
    let ending = runner.end()
    #expect(ending.status == 1)
    #expect(ending.errors.contains(":PEER_DID_NOT_RETURN_A_CERTIFICATE:"))
  }

  @Test func `it says what is no TLS`() throws {
    defer { cleanUp() }
    let runner = try ScriptedRunner()
    try runner.start(["-server"] + credential(.server("localhost")))
    _ = try runner.accept()
    try runner.write(Array("GET / HTTP/1.0\r\n\r\n".utf8))
    let ending = runner.end()
    #expect(ending.status == 1)
    #expect(ending.errors.contains(":HTTP_REQUEST:"))
  }

  @Test(arguments: [CipherSuite.ecdheECDSAWithChaCha20Poly1305SHA256, .ecdheECDSAWithAES256GCMSHA384])
  func `it reads sets of suites in a cipher string, and passes over what there is not`(first: CipherSuite) throws {
    defer { cleanUp() }
    var setup = try Setup()
    setup.use([.tls12])
    setup.client.cipherSuites = [first, .ecdheECDSAWithAES256GCMSHA384, .ecdheECDSAWithChaCha20Poly1305SHA256]
    let (aes, chaCha20) = ("ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-ECDSA-CHACHA20-POLY1305")
    let suites = "[\(aes)|TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA|\(chaCha20)]:3DES"
    let runner = try ScriptedRunner()
    try runner.start(
      ["-server", "-cipher", suites, "-expect-cipher", "\(first.rawValue)"] + credential(.server("localhost")))
    try expectEcho(runner, Endpoint(try setup.clientConnection()))
    #expect(runner.end() == .init(status: 0, output: "", errors: ""))
  }

  @Test func `it compares the messages that came and went`() throws {
    let server = try Setup()
    let messages = "write hs 1\nread hs 2\nread hs 11\nread hs 12\nread hs 14\nwrite hs 16\nwrite ccs\nwrite hs 20\n"
    for (rest, status) in [("read ccs\nread hs 20\nread alert 1 0\n", Int32(0)), ("read ccs\n", 1)] {
      let runner = try ScriptedRunner()
      try runner.start(["-expect-no-session", "-expect-msg-callback", messages + rest])
      try expectEcho(runner, Endpoint(try server.serverConnection()))
      #expect(runner.end().status == status)
    }
  }

  @Test func `flags that it does not know are not implemented`() throws {
    let runner = try ScriptedRunner()
    try runner.start(["-no-such-flag"])
    #expect(runner.end().status == 89)
  }

  @Test func `it has no handshaker of its own`() throws {
    let runner = try ScriptedRunner()
    try runner.start(["-is-handshaker-supported"], dials: false)
    #expect(runner.end() == .init(status: 0, output: "No\n", errors: ""))
  }
}
