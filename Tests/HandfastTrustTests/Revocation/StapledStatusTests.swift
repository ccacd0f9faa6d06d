import HandfastCore
import Testing

@testable import HandfastTrust

/// RFC 6960, RFC 6066 §8, RFC 7633.
@Suite struct StapledStatusTests {
  let pki: DevelopmentPKI
  let chain: [[UInt8]]

  init() throws {
    pki = try DevelopmentPKI()
    chain = try pki.issue(.server("a.example")).chain
  }

  private func response(
    _ status: OCSPRequest.Status = .good, about certificate: [UInt8]? = nil,
    _ change: (inout OCSPRequest) -> Void = { _ in }
  ) throws -> [UInt8] {
    var request = OCSPRequest(status, thisUpdate: testTime - 600, nextUpdate: testTime + 86_400)
    change(&request)
    return try pki.intermediate.ocspResponse(about: certificate ?? chain[0], request)
  }

  private func judge(
    _ status: [UInt8]?, _ chain: [[UInt8]]? = nil, hard: Bool = true, lists: [[UInt8]] = [], asks: Bool = true
  ) async throws -> Verdict {
    var trust = try pki.testTrust
    if hard || !lists.isEmpty {
      trust.revocation = Revocation(
        lists: try RevocationLists(lists), whenUnknown: hard ? .refuse : .accept, whenStale: .refuse)
      trust.revocation.scope = .leaf
    }
    return await trust.judge(
      PeerVerification(
        peer: .server, chain: chain ?? self.chain, reference: try ServerReference("a.example"),
        certificateStatus: status,
        asksForStatus: asks))
  }

  private func expectUnusable(
    _ status: [UInt8], _ words: String, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let hard = try await judge(status)
    try expectRefused(hard, .badStatusResponse, at: 0, sourceLocation: sourceLocation)
    #expect(
      hard.rejection?.detail.contains(words) == true, "\(hard.rejection?.detail ?? "")", sourceLocation: sourceLocation)
    let soft = try expectTrusted(try await judge(status, hard: false), sourceLocation: sourceLocation)
    #expect(
      soft.checks.contains { $0.rule == .revocation && $0.outcome == .warned && $0.detail.contains(words) },
      sourceLocation: sourceLocation)
  }

  @Test func `a good response of the issuer vouches for the certificate`() async throws {
    let peer = try expectTrusted(try await judge(response()))
    let check = try #require(peer.checks.first { $0.rule == .revocation })
    #expect(check.outcome == .passed && check.position == 0)
    #expect(check.detail.contains("of CN=Test Intermediate, of 2026-11-22 23:50:00Z, good until 2026-11-24 00:00:00Z"))
  }

  @Test func `a response about a serial number whose first bit is set counts, good or revoked`() async throws {
    var request = LeafRequest.server("a.example")
    request.serialNumber = [0x80, 0, 1]
    let chain = try pki.issue(request).chain
    for (status, isGood) in [(OCSPRequest.Status.good, true), (.revoked(at: testTime - 60, reason: nil), false)] {
      let response = try response(status, about: chain[0])
      let verdict = try await judge(response, chain)
      if isGood { try expectTrusted(verdict) } else { try expectRefused(verdict, .revoked, at: 0) }
    }
  }

  @Test func `the issuer is recognised by SHA-256 too, and the responder by its key`() async throws {
    try expectTrusted(try await judge(response { $0.hash = .sha256 }))
    try expectTrusted(try await judge(response { $0.namesResponderByKey = true }))
  }

  @Test func `a revoked certificate is refused, whatever the policy and the response's age`() async throws {
    let status = OCSPRequest.Status.revoked(at: testTime - 7200, reason: .cessationOfOperation)
    for hard in [true, false] {
      let verdict = try await judge(response(status), hard: hard)
      try expectRefused(verdict, .revoked, at: 0)
      #expect(verdict.rejection?.detail.contains("revoked at 2026-11-22 22:00:00Z (cessationOfOperation)") == true)
    }
    let old = try response(status) { $0.nextUpdate = testTime - 3600 }
    try expectRefused(try await judge(old, hard: false), .revoked, at: 0)
  }

  @Test func `a responder that does not know the certificate is no answer`() async throws {
    try expectRefused(try await judge(response(.unknown)), .revocationUnknown, at: 0)
    try expectTrusted(try await judge(response(.unknown), hard: false))
  }

  @Test func `a stale response does not count, but for a few minutes' difference of clocks`() async throws {
    try await expectUnusable(response { $0.nextUpdate = testTime - 301 }, "is stale: it held until")
    try await expectUnusable(response { $0.thisUpdate = testTime + 301 }, "holds only from")
    try expectTrusted(try await judge(response { $0.nextUpdate = testTime - 299 }))
    try expectTrusted(try await judge(response { $0.thisUpdate = testTime + 299 }))
  }

  @Test func `a response that does not say how long it holds counts for a day`() async throws {
    try expectTrusted(try await judge(response { $0.nextUpdate = nil }))
    try await expectUnusable(
      response {
        $0.nextUpdate = nil
        $0.thisUpdate = testTime - 2 * 86_400
      }, "more than a day is too old")
  }

  @Test func `a response about another certificate does not count`() async throws {
    let other = try pki.issue(.server("a.example")).chain
    try await expectUnusable(response(about: other[0]), "is about another certificate")
    let namesake = try DevelopmentPKI()
    let foreign = try namesake.intermediate.ocspResponse(
      about: chain[0], .init(.good, thisUpdate: testTime, nextUpdate: testTime + 60))
    try await expectUnusable(foreign, "is about another certificate")
  }

  @Test func `a response that says nothing, or is none, does not count`() async throws {
    try await expectUnusable(response { $0.responseStatus = 3 }, "\"tryLater\"")
    try await expectUnusable([1, 2, 3], "cannot be read")
    try await expectUnusable(response { $0.unknownCriticalExtensions = ["1.2.3.4"] }, "critical extension 1.2.3.4")
  }

  @Test func `every truncation of a response is refused, and every changed byte harms nobody`() async throws {
    let good = try response()
    let leaf = try CertificateFields(der: chain[0])
    let issuer = try CertificateFields(der: pki.intermediateDER)
    let judge = StapledStatus(at: testTime, lists: nil)
    for count in good.indices {
      guard case .unusable = judge.answer(Array(good.prefix(count)), for: leaf, of: issuer) else {
        Issue.record("\(count) bytes count as a response")
        continue
      }
    }
    for index in good.indices {
      var damaged = good
      damaged[index] ^= 0x01
      guard case .unusable = judge.answer(damaged, for: leaf, of: issuer) else {
        Issue.record("byte \(index) may be changed")
        continue
      }
    }
  }

  @Test func `a responder whom the issuer has named may speak for it`() async throws {
    let delegate = try pki.intermediate.ocspDelegate("Responder", notBefore: testTime - 60, notAfter: testTime + 60)
    let peer = try expectTrusted(try await judge(response { $0.delegate = delegate }))
    #expect(peer.checks.contains { $0.detail.contains("CN=Responder (for CN=Test Intermediate)") })
    try await expectUnusable(
      response {
        $0.delegate = delegate
        $0.sendsDelegate = false
      }, "signed neither by the issuer")
  }

  @Test func `a responder without OCSPSigning, out of date, of another authority or revoked may not`() async throws {
    let serverAuth = try pki.intermediate.ocspDelegate(
      "Responder", notBefore: testTime - 60, notAfter: testTime + 60, isForOCSP: false)
    try await expectUnusable(response { $0.delegate = serverAuth }, "lacks OCSPSigning")
    let old = try pki.intermediate.ocspDelegate("Responder", notBefore: testTime - 60, notAfter: testTime - 1)
    try await expectUnusable(response { $0.delegate = old }, "not valid now")
    let foreign = try pki.root.ocspDelegate("Responder", notBefore: testTime - 60, notAfter: testTime + 60)
    try await expectUnusable(response { $0.delegate = foreign }, "another authority has issued")
    let good = try pki.intermediate.ocspDelegate("Responder", notBefore: testTime - 60, notAfter: testTime + 60)
    let list = try pki.revocationList(revoking: [good.certificateDER])
    let verdict = try await judge(response { $0.delegate = good }, hard: false, lists: [list])
    #expect(verdict.trusted?.checks.contains { $0.outcome == .warned && $0.detail.contains("is revoked") } == true)
  }

  @Test func `a list that revokes is believed against a good response`() async throws {
    try expectRefused(try await judge(response(), lists: [pki.revocationList(revoking: [chain[0]])]), .revoked, at: 0)
  }

  @Test func `a list vouches where the response does not count`() async throws {
    let peer = try expectTrusted(try await judge([1, 2, 3], lists: [pki.revocationList()]))
    #expect(peer.checks.filter { $0.rule == .revocation }.map(\.outcome) == [.passed, .warned])
  }

  @Test func `a certificate that must be stapled is refused without a good response`() async throws {
    var request = LeafRequest.server("a.example")
    request.mustStaple = true
    let demanding = try pki.issue(request).chain
    let bare = try await judge(nil, demanding, hard: false)
    try expectRefused(bare, .badStatusResponse, at: 0)
    #expect(bare.rejection?.detail.contains("must-staple") == true)
    try expectRefused(try await judge(response(), demanding, hard: false), .badStatusResponse, at: 0)
    try expectTrusted(try await judge(response(about: demanding[0]), demanding, hard: false))
    let unasked = try expectTrusted(try await judge(nil, demanding, hard: false, asks: false))
    #expect(unasked.checks.contains { $0.outcome == .warned && $0.detail.contains("was not asked") })
  }
}
