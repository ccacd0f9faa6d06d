import HandfastCore
import HandfastWire
import TestTurns
import Testing
import X509

@testable import HandfastTrust

/// RFC 5280 §5 and §6.3.
@Suite(.inTurn) struct RevocationListTests {
  let pki: DevelopmentPKI
  let alice: [[UInt8]]
  let bob: [[UInt8]]

  init() throws {
    pki = try DevelopmentPKI()
    alice = try pki.issue(.client("alice")).chain
    bob = try pki.issue(.client("bob")).chain
  }

  private func trust(
    _ lists: [[UInt8]], whenUnknown: Revocation.WhenUnknown = .refuse, whenStale: Revocation.WhenStale = .refuse,
    at now: Int64 = testTime
  ) throws -> Trust {
    var trust = try pki.trust
    trust.now = { now }
    trust.revocation = Revocation(lists: try RevocationLists(lists), whenUnknown: whenUnknown, whenStale: whenStale)
    return trust
  }

  /// The root's list, on which nothing stands.
  private var rootList: [UInt8] { get throws { try pki.revocationList(of: \.root) } }

  private func list(_ change: (inout RevocationListRequest) throws -> Void) throws -> [UInt8] {
    var request = RevocationListRequest(thisUpdate: testTime - 600, nextUpdate: testTime + 86_400)
    try change(&request)
    return try pki.intermediate.revocationList(request)
  }

  private func entry(_ chain: [[UInt8]], _ reason: RevocationReason? = nil) throws -> RevocationListRequest.Entry {
    let fields = try CertificateFields(der: try #require(chain.first))
    return .init(serialNumber: Array(fields.serialNumber), revokedAt: testTime - 3600, reason: reason)
  }

  @Test func `a revoked client is refused, and the refusal says who says so, since when and why`() async throws {
    let list = try pki.revocationList(revoking: [alice[0]], reason: .keyCompromise)
    let trust = try trust([list, rootList])
    let verdict = await trust.client(alice)
    try expectRefused(verdict, .revoked, at: 0)
    let detail = try #require(verdict.rejection?.detail)
    #expect(detail.contains("the CRL of CN=Test Intermediate, number 1".dropFirst(3)))
    #expect(detail.contains("revoked at 2026-11-22 23:00:00Z (keyCompromise)"))
    #expect(verdict.rejected?.checks.last?.rule == .revocation)

    let other = try expectTrusted(await trust.client(bob))
    #expect(other.checks.filter { $0.rule == .revocation }.map(\.outcome) == [.passed, .passed])
  }

  @Test func `a revoked intermediate is refused by its position`() async throws {
    let list = try pki.revocationList(of: \.root, revoking: [pki.intermediateDER])
    try expectRefused(await trust([list], whenUnknown: .accept).client(alice), .revoked, at: 1)
  }

  @Test func `with the leaf in scope only, the intermediate is nobody's business`() async throws {
    var trust = try trust([pki.revocationList(of: \.root, revoking: [pki.intermediateDER]), pki.revocationList()])
    trust.revocation.scope = .leaf
    try expectTrusted(await trust.client(alice))
  }

  @Test func `without a list of the issuer, soft fail warns and hard fail refuses`() async throws {
    let soft = try expectTrusted(await trust([rootList], whenUnknown: .accept).client(alice))
    #expect(soft.checks.filter { $0.rule == .revocation }.map(\.outcome) == [.warned, .passed])
    let hard = await (try trust([rootList])).client(alice)
    try expectRefused(hard, .revocationUnknown, at: 0)
    #expect(hard.rejection?.detail.contains("there is no list (CRL) of CN=Test Intermediate") == true)
    try expectRefused(await trust([pki.revocationList()]).client(alice), .revocationUnknown, at: 1)
  }

  @Test func `a stale list is named as such, and counts or not as was chosen`() async throws {
    let lists = [try pki.revocationList(), try rootList]
    let later = testTime + 8 * 86_400
    let verdict = await (try trust(lists, at: later)).client(alice)
    try expectRefused(verdict, .revocationStale, at: 0)
    #expect(verdict.rejection?.detail.contains("is stale: the next one was due at 2026-11-30 00:00:00Z") == true)
    let warned = try expectTrusted(await trust(lists, whenStale: .warn, at: later).client(alice))
    #expect(warned.checks.count { $0.rule == .revocation && $0.outcome == .warned } == 2)
  }

  @Test func `what a stale list revokes is revoked`() async throws {
    let lists = [try pki.revocationList(revoking: [alice[0]]), try rootList]
    for choice in Revocation.WhenStale.allCases {
      let trust = try trust(lists, whenUnknown: .accept, whenStale: choice, at: testTime + 8 * 86_400)
      try expectRefused(await trust.client(alice), .revoked, at: 0)
    }
  }

  @Test func `a list that is signed by somebody else of the same name does not count`() async throws {
    let namesake = try DevelopmentPKI()
    let trust = try trust([namesake.revocationList(revoking: [alice[0]]), rootList], whenUnknown: .accept)
    let peer = try expectTrusted(await trust.client(alice))
    #expect(
      peer.checks.contains { $0.outcome == .warned && $0.detail.contains("another authority with the same name") })
  }

  @Test func `a list whose signature is broken does not count`() async throws {
    var list = try pki.revocationList(revoking: [alice[0]])
    list[list.count - 1] ^= 1
    let verdict = await (try trust([list, rootList])).client(alice)
    try expectRefused(verdict, .revocationUnknown, at: 0)
    #expect(verdict.rejection?.detail.contains("its signature was not made with that authority's key") == true)
  }

  @Test func `the newest of several lists decides`() async throws {
    let held = try list { $0.revoked = [try entry(alice, .certificateHold)] }
    let released = try list {
      $0.thisUpdate += 60
      $0.number = 2
    }
    try expectTrusted(await trust([held, released, rootList]).client(alice))
    try expectRefused(await trust([held, rootList]).client(alice), .revoked, at: 0)
  }

  static let unusable: [(String, @Sendable (inout RevocationListRequest) -> Void)] = [
    ("delta CRL", { $0.isDelta = true }),
    ("indirect CRL", { $0.distributionPoint = [0x30, 0x03, 0x84, 0x01, 0xff] }),
    ("some reasons", { $0.distributionPoint = [0x30, 0x04, 0x83, 0x02, 0x01, 0x06] }),
    ("attribute certificates", { $0.distributionPoint = [0x30, 0x03, 0x85, 0x01, 0xff] }),
    ("authorities' certificates only", { $0.distributionPoint = [0x30, 0x03, 0x82, 0x01, 0xff] }),
    ("critical extension 1.2.3.4", { $0.unknownCriticalExtensions = ["1.2.3.4"] }),
    ("no cRLNumber", { $0.number = nil }), ("cRLNumber is marked critical", { $0.isNumberCritical = true }),
    ("nextUpdate is missing", { $0.nextUpdate = nil }), ("holds only from", { $0.thisUpdate = testTime + 3600 }),
  ]

  @Test(arguments: unusable.indices)
  func `a list that must not be used is not, and the reason is said`(_ index: Int) async throws {
    let (words, change) = Self.unusable[index]
    let verdict = await (try trust([list(change), rootList])).client(alice)
    try expectRefused(verdict, .revocationUnknown, at: 0)
    #expect(verdict.rejection?.detail.contains(words) == true, "\(verdict.rejection?.detail ?? "")")
  }

  @Test func `a list about end entities vouches for clients and not for intermediates`() async throws {
    let scope: [UInt8] = [0x30, 0x03, 0x81, 0x01, 0xff]
    let leaves = try list { $0.distributionPoint = scope }
    try expectTrusted(await trust([leaves, rootList]).client(alice))
    var request = RevocationListRequest(thisUpdate: testTime - 600, nextUpdate: testTime + 600)
    request.distributionPoint = scope
    let roots = try pki.root.revocationList(request)
    try expectRefused(await trust([leaves, roots]).client(alice), .revocationUnknown, at: 1)
  }

  @Test func `what a list without a number revokes is revoked all the same`() async throws {
    let list = try list {
      $0.number = nil
      $0.revoked = [try entry(alice)]
    }
    try expectRefused(await trust([list, rootList], whenUnknown: .accept).client(alice), .revoked, at: 0)
  }

  @Test func `the list of an authority that may not sign lists does not count`() async throws {
    let root = try TestAuthority("Root")
    let signer = try IssuingAuthority(certificateDER: try root.der, key: root.key)
    let leaf = try root.leaf { $0.extendedKeyUsage = [.clientAuth] }
    let list = try signer.revocationList(.init(thisUpdate: testTime, nextUpdate: testTime + 60))
    var trust = try Trust(root)
    trust.revocation = Revocation(lists: try RevocationLists([list]), whenUnknown: .refuse, whenStale: .refuse)
    let verdict = await trust.client([leaf])
    try expectRefused(verdict, .revocationUnknown, at: 0)
    #expect(verdict.rejection?.detail.contains("lacks cRLSign") == true)
  }

  @Test(arguments: [KeyKind.ecdsa(.secp384r1), .ecdsa(.secp521r1), .ed25519, .rsa(bits: 2048)])
  func `lists signed with each kind of key count`(_ kind: KeyKind) async throws {
    let pki = try DevelopmentPKI("Other", keyKind: kind)
    let client = try pki.issue(.client("alice")).chain
    var trust = try pki.testTrust
    trust.revocation = Revocation(
      lists: try RevocationLists([pki.revocationList(), pki.revocationList(of: \.root)]), whenUnknown: .refuse,
      whenStale: .refuse)
    try expectTrusted(await trust.client(client))
    trust.revocation.lists = try RevocationLists([pki.revocationList(revoking: [client[0]])])
    try expectRefused(await trust.client(client), .revoked, at: 0)
  }

  /// DER puts a zero byte before a first bit that is set, and some authorities' serial numbers have it in every second one.
  @Test(arguments: [[0x80, 1], [0xff, 2, 3, 4, 5, 6, 7, 8], Array(repeating: 0xfe, count: 20), [0x7f, 9], [0x15]])
  func `whatever the first bit of its serial number, a revoked certificate is refused`(_ serial: [UInt8]) async throws {
    var request = LeafRequest.client("mallory")
    request.serialNumber = serial
    let mallory = try pki.issue(request).chain
    let list = try pki.revocationList(revoking: [mallory[0]])
    try expectRefused(await trust([list, rootList]).client(mallory), .revoked, at: 0)
    // A list that continues this one keeps it.
    let next = try pki.intermediate.nextList(
      after: list, revoking: [alice[0]], reason: nil, now: testTime, holdingFor: 600)
    try expectRefused(await trust([next, rootList]).client(mallory), .revoked, at: 0)
    let hexadecimal = serial.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    #expect(CertificateDescription(der: mallory[0])?.serialNumber == hexadecimal)
  }

  @Test func `one of many thousands is found, and none beside it`() throws {
    let entries = (0..<20_000).map { number in
      RevocationListRequest.Entry(
        serialNumber: [0x40, UInt8(number >> 8), UInt8(number & 0xff), 1, 2, 3, 4, 5, UInt8(number % 7)],
        revokedAt: testTime)
    }
    let list = try RevocationList(der: try list { $0.revoked = entries.shuffled() })
    #expect(list.revoked.count == 20_000)
    for entry in entries { #expect(list.revoked[entry.serialNumber[...]] != nil) }
    #expect(list.revoked[[0x41, 0, 0, 1, 2, 3, 4, 5, 0]] == nil)
    #expect(list.revoked[[0x40, 0, 1, 1, 2, 3, 4, 5, 0]] == nil)
    #expect(list.revoked[[1, 2, 3, 4, 5, 0]] == nil)
    #expect(list.revoked[[]] == nil)
  }

  @Test func `a session's scope changes with what is revoked, what is stale and the policy, and with nothing else`()
    throws
  {
    let scope = try trust([pki.revocationList()]).sessionScope
    #expect(try trust([list { $0.number = 9 }]).sessionScope == scope)
    #expect(try trust([pki.revocationList(revoking: [alice[0]])]).sessionScope != scope)
    #expect(try trust([pki.revocationList()], at: testTime + 8 * 86_400).sessionScope != scope)
    #expect(try trust([pki.revocationList()], whenUnknown: .accept).sessionScope != scope)
    #expect(try trust([pki.revocationList()], whenStale: .warn).sessionScope != scope)
  }
}
