import Handfast
import HandfastCore
import HandfastTestKit
import HandfastTrust
import Testing

@Suite("oid_filters") struct FilterTests {
  /// keyUsage, with the bit keyAgreement.
  private let wanted = CertificateFilter(oid: [6, 3, 0x55, 0x1d, 0x0f], values: [3, 2, 3, 0x08])
  /// 1.2.3.4
  private let unknown = CertificateFilter(oid: [6, 3, 0x2a, 3, 4], values: [1])

  @Test(arguments: [true, false]) func `choose among a client's certificates`(hasFitting: Bool) throws {
    let identities = try TestIdentities.shared
    var request = LeafRequest.client("alice")
    request.keyUsage = ["digitalSignature", "keyAgreement"]
    var setup = try Setup(clientKey: .ecdsa(.secp256r1), .optional)
    setup.use([.tls13])
    setup.client.identities = .these(
      [try identities.client()] + (hasFitting ? [try identities.pki.issue(request)] : []))
    setup.server.oidFilters = [unknown, wanted]
    let pair = try setup.pair()
    pair.run()
    let (client, server) = (pair.client.outcome, pair.server.outcome)
    #expect(server.isComplete)
    #expect(server.peerSubject == (hasFitting ? "CN=alice" : nil))
    let choice = client.events.lazy.compactMap { event -> Choice? in
      if case .chose(let choice) = event, choice.subject == .clientIdentity { choice } else { nil }
    }.first
    #expect(choice?.candidates.first?.ruledOut == .filterNotMatched(oid: wanted.oid))
  }
}
