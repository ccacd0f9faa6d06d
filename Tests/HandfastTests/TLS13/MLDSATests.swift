import Foundation
import Handfast
import HandfastCore
import HandfastTestKit
import HandfastTrust
import Testing

/// With certificates that Go has made (`Interop/agents/mldsa.go`).
@Suite("ML-DSA handshakes") struct MLDSATests {
  private func text(_ name: String) throws -> String {
    try String(
      contentsOf: URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Vectors/mldsa/\(name)"),
      encoding: .utf8)
  }

  private func identity(_ name: String) throws -> Identity {
    try Identity(certificateChainPEM: text("\(name).chain.pem"), privateKeyPEM: text("\(name).key"))
  }

  private func setup(server: String, client: String) throws -> Setup {
    var trust = try Trust(rootsPEM: text("root.pem"))
    // 2026-12-01
    trust.now = { 1_796_083_200 }
    var setup = try Setup()
    setup.client = ClientConfiguration(trust: trust)
    setup.client.identities = .these([try identity(client)])
    setup.server = ServerConfiguration(
      identities: .these([try identity(server)]), clientAuthentication: .required(trust))
    setup.name = "server.example"
    setup.use([.tls13, .tls12])
    return setup
  }

  @Test(arguments: [
    ("server-ML-DSA-44", "client-ML-DSA-65"), ("server-ML-DSA-65", "client-ML-DSA-44"),
    ("server-ML-DSA-87", "client-ML-DSA-65"),
  ])
  func `authenticate both sides`(_ server: String, _ client: String) throws {
    let pair = try setup(server: server, client: client).pair()
    pair.run()
    #expect(pair.client.outcome.isComplete && pair.server.outcome.isComplete)
    #expect(pair.client.outcome.peerSubject == "CN=\(server)")
    #expect(pair.server.outcome.peerSubject == "CN=\(client)")
    let negotiated = try #require(pair.server.outcome.negotiated)
    #expect(negotiated.version == .tls13)
    #expect(negotiated.serverSignatureScheme?.description == server.dropFirst(7).lowercased().filter { $0 != "-" })
    #expect(negotiated.clientSignatureScheme?.description == client.dropFirst(7).lowercased().filter { $0 != "-" })
  }

  @Test func `are not for TLS 1.2`() throws {
    var setup = try setup(server: "server-ML-DSA-44", client: "client-ML-DSA-44")
    setup.use([.tls12])
    let pair = try setup.pair()
    pair.run()
    #expect(pair.server.outcome.alertSent == .handshakeFailure)
    #expect(!pair.client.outcome.isComplete)
  }

  @Test func `may be all that a server of both versions accepts`() throws {
    var setup = try setup(server: "server-ML-DSA-65", client: "client-ML-DSA-44")
    setup.server.signatureSchemes = [.mldsa44]
    let pair = try setup.pair()
    pair.run()
    #expect(pair.server.outcome.peerSubject == "CN=client-ML-DSA-44")
    // One of TLS 1.2 has nothing to show.
    var older = try Setup(clientKey: .ecdsa(.secp256r1), .required)
    older.server.signatureSchemes = [.mldsa44]
    let refused = try older.pair()
    refused.run()
    #expect(refused.server.outcome.error == .certificateMissing(.client))
  }

  @Test func `of a client are not sent to a server that does not verify them`() throws {
    var setup = try setup(server: "server-ML-DSA-65", client: "client-ML-DSA-44")
    setup.server.signatureSchemes = [.mldsa65, .ecdsaSecp256r1SHA256]
    let pair = try setup.pair()
    pair.run()
    #expect(pair.server.outcome.error == .clientCertificateRequired)
    let choices = pair.client.outcome.events.compactMap { event -> Choice? in
      if case .chose(let choice) = event, choice.subject == .clientIdentity { choice } else { nil }
    }
    #expect(choices.first?.candidates.first?.ruledOut == .noCommonSignatureScheme)
  }
}
