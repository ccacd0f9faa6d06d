import HandfastCore
import HandfastTrust
import HandfastWire
import Testing

/// The moment at which every certificate of these tests is judged: 2026-11-23 00:00:00Z.
let testTime: Int64 = 1_795_392_000

extension DevelopmentPKI {
  init(_ name: String = "Test", keyKind: KeyKind = .ecdsa(.secp256r1)) throws {
    try self.init(name: name, keyKind: keyKind, now: testTime)
  }

  var testTrust: Trust {
    get throws {
      var trust = try trust
      trust.now = { testTime }
      return trust
    }
  }
}

extension Trust {
  func server(_ chain: [[UInt8]], _ name: String = "a.example", isForKeyEncipherment: Bool = false) async throws
    -> Verdict
  {
    await judgeBothWays(
      PeerVerification(
        peer: .server, chain: chain, reference: try ServerReference(name), isForKeyEncipherment: isForKeyEncipherment))
  }

  func client(_ chain: [[UInt8]]) async -> Verdict {
    await judgeBothWays(PeerVerification(peer: .client, chain: chain, reference: nil))
  }

  /// With all checks; and a connection that tells nobody of them comes to the same, and keeps those that have not passed.
  private func judgeBothWays(_ request: PeerVerification) async -> Verdict {
    let verdict = await judge(request)
    guard let untold = judgeInline(request, isTraced: false) else { return verdict }
    // Not by the words: a number in swift-crypto's errors may be another one the next time.
    let kept = verdict.checks.filter { $0.outcome != .passed }
    #expect(untold.checks.map(\.rule) == kept.map(\.rule))
    #expect(untold.checks.map(\.position) == kept.map(\.position))
    #expect(untold.checks.map(\.outcome) == kept.map(\.outcome))
    #expect(untold.rejection?.reason == verdict.rejection?.reason)
    #expect(untold.trusted?.path == verdict.trusted?.path)
    return verdict
  }
}

extension Verdict {
  var trusted: TrustedPeer? { if case .trusted(let peer) = self { peer } else { nil } }
  var rejected: RejectedPeer? { if case .rejected(let peer) = self { peer } else { nil } }
  var rejection: CertificateRejection? { rejected?.rejection }
  var checks: [CertificateCheck] { trusted?.checks ?? rejected?.checks ?? [] }
}

/// Expects a refusal for `reason` at `position`, whose last check is the failed one.
func expectRefused(
  _ verdict: Verdict, _ reason: CertificateRejection.Reason, at position: Int?,
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let peer = try #require(verdict.rejected, "it was trusted", sourceLocation: sourceLocation)
  #expect(peer.rejection.reason == reason, "\(peer.rejection.detail)", sourceLocation: sourceLocation)
  #expect(peer.rejection.position == position, "\(peer.rejection.detail)", sourceLocation: sourceLocation)
  #expect(peer.checks.last?.outcome == .failed, sourceLocation: sourceLocation)
  #expect(peer.checks.last?.detail == peer.rejection.detail, sourceLocation: sourceLocation)
  #expect(peer.checks.dropLast().allSatisfy { $0.outcome != .failed }, sourceLocation: sourceLocation)
}

/// Expects trust; returns the peer.
@discardableResult func expectTrusted(
  _ verdict: Verdict, sourceLocation: SourceLocation = #_sourceLocation
) throws -> TrustedPeer {
  let peer = try #require(verdict.trusted, "\(verdict.rejection?.detail ?? "")", sourceLocation: sourceLocation)
  #expect(!peer.checks.contains { $0.outcome == .failed }, sourceLocation: sourceLocation)
  return peer
}
