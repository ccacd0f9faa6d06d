import Handfast
import HandfastCore
import HandfastTestKit
import HandfastTrust

/// What says that a certificate is revoked, changed on its way: nobody who cannot sign makes it say otherwise.
enum RevocationFiles {
  /// A chain, and what its issuer says of its leaf.
  private struct Statements {
    let trust: Trust
    let request: PeerVerification
    let good: [UInt8]
    let revoked: [UInt8]
    let list: [UInt8]

    init() throws {
      let identities = try TestIdentities.shared
      let (pki, chain) = (identities.pki, try identities.server().chain)
      let leaf = chain.first ?? []
      let now = Int64(SystemWallClock().now() / 1000)
      var trust = try pki.trust
      trust.now = { now }
      trust.revocation = Revocation(lists: nil, whenUnknown: .refuse, whenStale: .refuse)
      trust.revocation.scope = .leaf
      self.trust = trust
      request = PeerVerification(peer: .server, chain: chain, reference: try ServerReference("localhost"))
      func response(_ status: OCSPRequest.Status) throws -> [UInt8] {
        let request = OCSPRequest(status, thisUpdate: now - 600, nextUpdate: now + 86_400)
        return try pki.intermediate.ocspResponse(about: leaf, request)
      }
      good = try response(.good)
      revoked = try response(.revoked(at: now - 60, reason: .keyCompromise))
      list = try pki.revocationList(revoking: [leaf])
      // As if the server had proved its key: the chain's signatures are then not checked again each time.
      let first = PeerVerification(
        peer: .server, chain: chain, reference: request.reference, certificateStatus: good)
      guard case .trusted(let peer)? = trust.judgeInline(first) else {
        throw Violation("a good response is not enough")
      }
      peer.whenProved?()
    }
  }

  private static let statements = Result { try Statements() }

  /// What the issuer says, as seeds for whoever reads it.
  static var samples: [[UInt8]] { get throws { [try statements.get().list, try statements.get().revoked] } }

  static func judge(_ input: [UInt8]) throws {
    var choices = Choices(input)
    let (kind, count) = (choices.byte() % 3, Int(choices.byte() % 5))
    let edits = Edits(&choices, count: count)
    let statements = try statements.get()
    var trust = statements.trust
    var status: [UInt8]?
    switch kind {
    case 0: status = edits.apply(to: statements.good)
    case 1: status = edits.apply(to: statements.revoked)
    default:
      guard let lists = try? RevocationLists([edits.apply(to: statements.list)]) else { return }
      trust.revocation.lists = lists
    }
    let request = PeerVerification(
      peer: .server, chain: statements.request.chain, reference: statements.request.reference,
      certificateStatus: status)
    let isTrusted = if case .trusted? = trust.judgeInline(request) { true } else { false }
    if kind == 0 {
      try require(isTrusted || count > 0, "a good response is not enough")
    } else {
      try require(!isTrusted, "a revoked certificate is trusted")
    }
  }
}
