import Handfast
import HandfastCore
import HandfastTestKit
import HandfastTrust
import Testing

@Suite("Warnings of a handshake that works") struct WarningTests {
  private func pair(_ request: LeafRequest, _ bend: (inout Setup) -> Void = { _ in }) throws -> InMemoryPair {
    let pki = try TestIdentities.shared.pki
    var setup = try Setup(.these([try pki.issue(request)]), clientKey: .ecdsa(.secp256r1), .required)
    bend(&setup)
    let pair = try setup.pair()
    pair.run()
    return pair
  }

  @Test(arguments: [[ProtocolVersion.tls12], [.tls13]])
  func `are none where nothing is wrong`(versions: [ProtocolVersion]) throws {
    let pair = try pair(.server("localhost")) { $0.use(versions) }
    #expect(pair.client.outcome.isComplete && pair.server.outcome.isComplete)
    #expect(pair.client.warnings.isEmpty, "\(pair.client.warnings)")
    #expect(pair.server.warnings.isEmpty, "\(pair.server.warnings)")
  }

  @Test func `name a certificate that expires soon, on both sides`() throws {
    var request = LeafRequest.server("localhost")
    request.notBefore = -80 * 86_400
    request.notAfter = 3 * 86_400
    let pair = try pair(request)
    for warnings in [pair.client.warnings, pair.server.warnings] {
      let warning = try #require(warnings.first)
      #expect(warnings.count == 1 && warning.code == .certificateExpiresSoon && warning.side == .server)
      #expect(warning.certificate?.position == 0 && warning.certificate?.subject == "CN=localhost")
      #expect(warning.remedy.side == .server && warning.explanation.contains("expires in"))
    }
  }

  @Test func `tell of a certificate without a purpose`() throws {
    var request = LeafRequest.server("localhost")
    request.purpose = []
    #expect(try pair(request).client.warnings.map(\.code) == [.purposeMissing])
  }

  @Test func `tell of keys that were exchanged with RSA, and of a certificate good for nothing else`() throws {
    var request = LeafRequest.server("localhost", keyKind: .rsa(bits: 2048))
    request.keyUsage = ["keyEncipherment"]
    let pair = try pair(request) { setup in
      setup.client.rsaKeyTransport = .allowedAgainstRFC10015
      setup.server.rsaKeyTransport = .allowedAgainstRFC10015
      setup.client.cipherSuites = [.rsaWithAES128GCMSHA256]
      setup.server.cipherSuites = [.rsaWithAES128GCMSHA256]
    }
    for warnings in [pair.client.warnings, pair.server.warnings] {
      #expect(Set(warnings.map(\.code)) == [.rsaKeyExchange, .digitalSignatureMissing] && warnings.count == 2)
    }
  }

  @Test func `tell of what this peer let pass in the own certificate`() throws {
    let negotiated = try #require(try pair(.server("localhost")).client.outcome.negotiated)
    func warnings(_ bend: (inout LeafRequest) -> Void) throws -> [HandshakeWarning] {
      var request = LeafRequest.client("alice")
      bend(&request)
      let own = try TestIdentities.shared.pki.issue(request)
      return WarningBasis(side: .client, negotiated: negotiated, peer: nil, own: own).warnings
    }
    #expect(try warnings { _ in }.isEmpty)
    let unfit = try #require(try warnings { $0.keyUsage = ["keyAgreement"] }.first)
    #expect(unfit.code == .digitalSignatureMissing && unfit.side == .client && unfit.certificate?.position == 0)
    #expect(unfit.explanation.hasPrefix("The server did not mind, but others do: "))
    #expect(try warnings { $0.purpose = .serverAuth }.map(\.code) == [.purposeMissing])
  }

  @Test(arguments: [(-86_401, 0), (-86_400, 1), (-300, 1), (-299, 0), (0, 0), (299, 0), (300, 1), (90_000, 0)])
  func `suspect a clock that is minutes away, and not one that is no clock`(difference: Int64, count: Int) throws {
    let negotiated = try #require(try pair(.server("localhost")).client.outcome.negotiated)
    let now: Int64 = 1_800_000_000
    let basis = WarningBasis(
      side: .client, negotiated: negotiated, peer: nil, own: nil, peerClock: UInt32(now + difference), now: now)
    #expect(basis.warnings.map(\.code) == Array(repeating: .clockSkew, count: count))
    for warning in basis.warnings {
      #expect(warning.explanation.contains(difference > 0 ? "ahead of" : "behind") && warning.side == nil)
    }
  }
}
