import Handfast
import HandfastCore
import HandfastNIO
import HandfastTrust

/// Goes on whatever the judgement is, with the judgement's checks: to see what would come next.
struct AcceptAnyone: ConnectionDelegate {
  let trust: Trust
  var identity: (@Sendable (ServerIdentityRequest) -> Identity?)?

  func verdict(on request: PeerVerification) async -> Verdict {
    let verdict = await trust.judge(request)
    guard case .rejected(let rejected) = verdict, let peer = try? TrustedPeer(accepting: request.chain) else {
      return verdict
    }
    return .trusted(TrustedPeer(presented: peer.presented, path: [], checks: rejected.checks, key: peer.key))
  }

  func serverIdentity(for request: ServerIdentityRequest) async -> Identity? { identity?(request) }
}
