import Handfast
import Synchronization

/// Accepts whomever the test wants accepted. It is the application that judges here, and what is tested is what follows.
final class ShimTrust: PeerTrust {
  static let unusableChain = "the chain cannot be used"
  static let statusRefused = "the OCSP callback fails"
  static let missingStatus = "there is no OCSP response"

  let authorities: [[UInt8]]
  let sessionScope: [UInt8]? = Array("bogo".utf8)
  private let isAsync: Bool
  private let fails: Bool
  private let needsStatus: Bool
  private let statusCallback: StatusCallback
  private let last = Mutex<PeerVerification?>(nil)

  init(_ options: Options) {
    authorities = options.authorities ?? []
    isAsync = options.isAsync
    // Without -verify-peer or -require-any-client-certificate, OpenSSL looks at a chain and forgets what it saw.
    fails = options.failsVerification && (options.verifiesPeer || options.requiresClientCertificate)
    needsStatus = options.expected.status != nil
    statusCallback = options.isServer ? StatusCallback() : options.statusCallback
  }

  /// The question that was asked last, if one was.
  var question: PeerVerification? { last.withLock { $0 } }

  func judgeInline(_ request: PeerVerification) -> Verdict? { isAsync ? nil : judge(request) }

  func judge(_ request: PeerVerification) -> Verdict {
    last.withLock { $0 = request }
    let trusted: TrustedPeer
    do {
      trusted = try TrustedPeer(accepting: request.chain)
    } catch {
      return .rejected(byApplication: Self.unusableChain, chain: request.chain)
    }
    if statusCallback.isUsed, statusCallback.fails {
      return .rejected(byApplication: Self.statusRefused, chain: request.chain)
    }
    if needsStatus, request.certificateStatus == nil {
      return .rejected(byApplication: Self.missingStatus, chain: request.chain)
    }
    return fails ? .rejected(byApplication: "the test refuses it", chain: request.chain) : .trusted(trusted)
  }
}
