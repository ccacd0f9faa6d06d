import Handfast
import Synchronization

/// Accepts whomever the test wants accepted. It is the application that judges here, and what is tested is what follows.
final class ShimTrust: PeerTrust {
  static let unusableChain = "the chain cannot be used"
  static let unusableKey = "the raw public key cannot be used"
  static let statusRefused = "the OCSP callback fails"
  static let missingStatus = "there is no OCSP response"

  let authorities: [[UInt8]]
  let certificateTypes: [CertificateType]
  let sessionScope: [UInt8]? = Array("bogo".utf8)
  private let isAsync: Bool
  private let fails: Bool
  private let failsOnRetry: Bool
  /// Raw public keys have no verification that OpenSSL could forget.
  private let failsAlways: Bool
  /// OpenSSL tells a verification of its own from one by callback.
  private let alert: AlertDescription
  private let needsStatus: Bool
  private let statusCallback: StatusCallback
  private let last = Mutex<PeerVerification?>(nil)

  /// `retry`: the options that hold once the server has rejected early data.
  init(_ options: Options, retry: Options? = nil) {
    authorities = options.authorities ?? []
    certificateTypes = options.acceptedPeerTypes.isEmpty ? [.x509] : options.acceptedPeerTypes
    isAsync = options.isAsync || retry != nil
    failsOnRetry = retry?.failsVerification ?? options.failsVerification
    // Without -verify-peer or -require-any-client-certificate, OpenSSL looks at a chain and forgets what it saw.
    failsAlways = options.failsVerification
    fails = options.failsVerification && (options.verifiesPeer || options.requiresClientCertificate)
    alert = options.hasCustomVerification ? .certificateUnknown : .handshakeFailure
    needsStatus = options.expected.status != nil
    statusCallback = options.isServer ? StatusCallback() : options.statusCallback
  }

  /// The question that was asked last, if one was.
  var question: PeerVerification? { last.withLock { $0 } }

  func judgeInline(_ request: PeerVerification) -> Verdict? { isAsync ? nil : judge(request) }

  func judge(_ request: PeerVerification, isRetry: Bool = false) -> Verdict {
    last.withLock { $0 = request }
    let trusted: TrustedPeer
    do {
      trusted =
        request.certificateType == .rawPublicKey
        ? try TrustedPeer(acceptingRawPublicKey: request.chain[0]) : try TrustedPeer(accepting: request.chain)
    } catch {
      return .rejected(
        byApplication: request.certificateType == .rawPublicKey ? Self.unusableKey : Self.unusableChain,
        chain: request.chain, alert: .decodeError)
    }
    if statusCallback.isUsed, statusCallback.fails {
      return .rejected(
        byApplication: Self.statusRefused, chain: request.chain, alert: .badCertificateStatusResponse)
    }
    if needsStatus, request.certificateStatus == nil {
      return .rejected(byApplication: Self.missingStatus, chain: request.chain)
    }
    let failsHere = isRetry ? failsOnRetry : fails || request.certificateType == .rawPublicKey && failsAlways
    guard failsHere else { return .trusted(trusted) }
    return .rejected(byApplication: "the test refuses it", chain: request.chain, alert: alert)
  }
}
