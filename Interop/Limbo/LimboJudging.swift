import Foundation
import HandfastCore
import HandfastTrust

/// What came of a case.
package enum LimboOutcome: Sendable {
  case success
  /// Why the chain is refused.
  case failure(String)
  /// What the case asks for and `Trust` has no means for.
  case skipped(String)
}

extension LimboSuite.Case {
  /// Judged as a TLS connection would have it judged; `takesStraightPaths` false: always by a search; `isTraced` false: as by one that
  /// tells nobody of the checks.
  package func judge(takesStraightPaths: Bool = true, isTraced: Bool = true) async throws -> LimboOutcome {
    let isServer = validationKind == "SERVER"
    if let algorithms = signatureAlgorithms, !algorithms.isEmpty {
      return .skipped("the signature algorithms are not the caller's to choose")
    }
    let purpose = isServer ? "serverAuth" : "clientAuth"
    if let usages = extendedKeyUsage, usages.contains(where: { $0 != purpose }) {
      return .skipped("the purpose is always \(purpose)")
    }
    if let usages = keyUsage, usages.contains(where: { $0 != "digitalSignature" }) {
      return .skipped("the key usage is always digitalSignature")
    }
    let time = try validationTime.map { try Date($0, strategy: .iso8601) } ?? .now
    return try await judge(at: time, isServer, takesStraightPaths, isTraced)
  }

  private func judge(
    at time: Date, _ isServer: Bool, _ takesStraightPaths: Bool, _ isTraced: Bool
  ) async throws -> LimboOutcome {
    // Like `Trust.system()`: a root that cannot be used is left out.
    let usable = trustedCerts.flatMap(der).filter { (try? Trust(roots: [$0])) != nil }
    guard !usable.isEmpty else { return .failure("no usable root") }
    var trust = try Trust(roots: usable)
    trust.now = { Int64(time.timeIntervalSince1970) }
    trust.intermediateLimit = maxChainDepth
    trust.takesStraightPaths = takesStraightPaths
    if let crls, !crls.isEmpty {
      let lists: RevocationLists
      do { lists = try RevocationLists(crls.map { Array($0.utf8) }) } catch { return .failure("\(error)") }
      trust.revocation = Revocation(lists: lists, whenUnknown: .refuse, whenStale: .refuse)
    }
    var reference: ServerReference?
    if isServer, let name = expectedPeerName {
      do { reference = try ServerReference(name.value) } catch { return .failure("\(error)") }
    }
    let chain = ([peerCertificate] + untrustedIntermediates).flatMap(der)
    let request = PeerVerification(peer: isServer ? .server : .client, chain: chain, reference: reference)
    switch isTraced ? await trust.judge(request) : trust.judgeInline(request, isTraced: false) {
    case nil: return .skipped("it is not judged inline")
    case .trusted: return .success
    case .rejected(let peer):
      let rejection = peer.rejection
      let place = rejection.position.map { "certificate \($0)" } ?? "the path"
      return .failure("\(rejection.reason.rawValue), \(place): \(rejection.detail)")
    }
  }

  private func der(_ pem: String) -> [[UInt8]] {
    let base64 = pem.split(separator: "\n").filter { !$0.hasPrefix("-----") }.joined()
    return Data(base64Encoded: base64).map { [Array($0)] } ?? []
  }
}
