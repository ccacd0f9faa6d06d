import Foundation
import HandfastCore
import HandfastWire
import Testing

@testable import HandfastTrust

/// Chains that Go has made, since swift-certificates has neither keys nor signatures of ML-DSA: root ML-DSA-87, intermediate
/// ML-DSA-65 (`Interop/agents/mldsa.go`).
@Suite("ML-DSA chains") struct MLDSAChainTests {
  /// 2026-12-01: the vectors are valid from 2026-11-26 on, for 50 years.
  private static let time: Int64 = 1_796_083_200

  private func text(_ name: String) throws -> String {
    try String(
      contentsOf: URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Vectors/mldsa/\(name)"),
      encoding: .utf8)
  }

  private func identity(_ name: String) throws -> Identity {
    try Identity(certificateChainPEM: text("\(name).chain.pem"), privateKeyPEM: text("\(name).key"))
  }

  private func trust(at time: Int64 = time) throws -> Trust {
    var trust = try Trust(rootsPEM: text("root.pem"))
    trust.now = { time }
    return trust
  }

  private func judge(
    _ chain: [[UInt8]], as peer: Side = .client, by trust: Trust
  ) async throws -> Verdict {
    let reference = peer == .server ? try ServerReference("server.example") : nil
    return await trust.judge(PeerVerification(peer: peer, chain: chain, reference: reference))
  }

  @Test(arguments: MLDSAParameterSet.allCases)
  func `of every strength are trusted`(_ parameters: MLDSAParameterSet) async throws {
    let chain = try identity("server-\(parameters)").chain
    let peer = try expectTrusted(try await judge(chain, as: .server, by: trust()))
    #expect(peer.key?.kind == .mldsa(parameters))
    #expect(peer.presented[0].key == parameters.description)
    #expect(peer.presented[0].signatureAlgorithm == "ML-DSA-65")
    #expect(peer.path.map(\.subject) == ["CN=server-\(parameters)", "CN=Interop intermediate", "CN=Interop root"])
  }

  @Test func `are refused with the reason`() async throws {
    let chain = try identity("client-ML-DSA-65").chain
    try expectRefused(try await judge(chain, by: trust(at: Self.time + 60 * 366 * 86_400)), .expired, at: 0)
    let anothers = try DevelopmentPKI().trust
    try expectRefused(try await judge(chain, by: anothers), .unknownIssuer, at: 1)
    try expectRefused(try await judge(Array(chain.prefix(1)), by: trust()), .unknownIssuer, at: 0)
    try expectRefused(try await judge(chain, as: .server, by: trust()), .extendedKeyUsage, at: 0)
    for position in chain.indices {
      var damaged = chain
      damaged[position][chain[position].count - 1] ^= 1
      try expectRefused(try await judge(damaged, by: trust()), .badSignature, at: position)
    }
  }

  @Test func `in another order are refused, and it is said why`() async throws {
    let chain = try identity("client-ML-DSA-44").chain
    let other = try identity("server-ML-DSA-44").chain
    let verdict = try await judge([chain[0], other[0], chain[1]], by: trust())
    try expectRefused(verdict, .unknownIssuer, at: nil)
    #expect(verdict.rejection?.detail.contains("in the order of the chain only") ?? false)
  }

  @Test func `are refused where their authority has revoked them`() async throws {
    var trust = try trust()
    trust.revocation = Revocation(
      lists: try RevocationLists([Array(try text("revoked.pem").utf8)]), whenUnknown: .accept, whenStale: .refuse)
    try expectRefused(try await judge(identity("client-ML-DSA-44").chain, by: trust), .revoked, at: 0)
    try expectTrusted(try await judge(identity("client-ML-DSA-65").chain, by: trust))
  }

  @Test func `belong to their keys, and to no others`() throws {
    #expect(try identity("client-ML-DSA-44").keyKind == .mldsa(.mldsa44))
    #expect(throws: IdentityError.self) {
      try Identity(
        certificateChainPEM: text("server-ML-DSA-65.chain.pem"), privateKeyPEM: text("client-ML-DSA-65.key"))
    }
    #expect(throws: IssuingError.unsupportedKey(.mldsa(.mldsa65))) {
      try DevelopmentPKI().issue(.client("alice", keyKind: .mldsa(.mldsa65)))
    }
  }
}
