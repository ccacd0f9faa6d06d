package import Handfast

/// How a test answers what a connection asks. Without a closure the question stays open.
package struct Answers {
  package enum Answer {
    case verdict(Verdict)
    case signature([UInt8])
    case identity(Identity?)
  }
  package var verdict: ((PeerVerification) -> Verdict?)?
  package var signature: ((SignatureRequest) -> [UInt8])?
  package var serverIdentity: ((ServerIdentityRequest) -> Identity?)?
  package var clientIdentity: ((ClientIdentityRequest) -> Identity?)?

  package init() {}

  func answer(to need: Need) -> Answer? {
    switch need {
    case .peerVerdict(let request): verdict?(request).map { .verdict($0) }
    case .signature(let request): signature.map { .signature($0(request)) }
    case .serverIdentity(let request): serverIdentity.map { .identity($0(request)) }
    case .clientIdentity(let request): clientIdentity.map { .identity($0(request)) }
    case .input, .plaintext, .earlyData, .nothing: nil
    @unknown default: nil
    }
  }
}
