import HandfastCore
import HandfastWire
import Testing

@testable import HandfastTrust

/// What one's own chain is told to be frail in, before any peer sees it.
@Suite struct FrailtyTests {
  let pki: DevelopmentPKI

  init() throws { pki = try DevelopmentPKI() }

  private func expect(_ request: LeafRequest, _ words: String, sourceLocation: SourceLocation = #_sourceLocation) throws
  {
    let found = try pki.issue(request).frailties(at: testTime)
    #expect(
      found.count == 1 && found[0].hasPrefix("certificate 0 (CN=alice): ") && found[0].contains(words), "\(found)",
      sourceLocation: sourceLocation)
  }

  @Test func `an ordinary chain is told nothing`() throws {
    #expect(try pki.issue(.client("alice")).frailties(at: testTime).isEmpty)
    #expect(try pki.issue(.server("a.example")).frailties(at: testTime).isEmpty)
  }

  @Test func `one that expires soon, has no names or may not sign is told so`() throws {
    var request = LeafRequest.client("alice")
    request.notBefore = -80 * 86_400
    request.notAfter = 2 * 86_400
    try expect(request, "expires in 2 days")
    try expect(LeafRequest(commonName: "alice", purpose: .clientAuth), "no subjectAltName")
    request = .client("alice")
    request.keyUsage = ["keyAgreement"]
    try expect(request, "lacks digitalSignature")
    request.keyUsage = []
    #expect(try pki.issue(request).frailties(at: testTime).isEmpty)
  }

  @Test func `a root that would be sent along is named by its place`() throws {
    let alice = try pki.issue(.client("alice"))
    let identity = try Identity(certificateChainDER: alice.chain + [pki.rootDER])
    let found = identity.frailties(at: testTime)
    #expect(found.count == 1 && found[0].hasPrefix("certificate 2 (CN=Test Root): A root"))
  }
}
