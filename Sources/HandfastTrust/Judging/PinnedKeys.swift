import Crypto
public import HandfastCore
import HandfastCrypto
public import HandfastWire

/// Trusts peers by their very keys, without certificates (RFC 7250). Whoever proves one of these keys is let in; that each belongs to
/// whom it should is for the application to know, which has got them on a way it trusts.
///
/// A key says nothing of names, dates or purposes, and nothing of them is checked: a client gives each server that it speaks to pins
/// of its own. A key is replaced by pinning the new one beside the old.
public struct PinnedKeys: PeerTrust {
  /// SHA-256 over the SubjectPublicKeyInfo.
  private let fingerprints: Set<[UInt8]>
  /// For peers with X.509 certificates; nil: they are not accepted.
  private let otherwise: (any PeerTrust)?

  /// Pins keys by their DER-encoded SubjectPublicKeyInfo. Peers that have no raw public key are judged by `otherwise`, if there is one.
  public init(subjectPublicKeyInfos keys: [[UInt8]], otherwise: (any PeerTrust)? = nil) throws(TrustError) {
    guard !keys.isEmpty else { throw .noPinnedKeys }
    var fingerprints: Set<[UInt8]> = []
    for (position, der) in keys.enumerated() {
      let key: RawPublicKey
      do { key = try RawPublicKey(der) } catch {
        throw .unusablePinnedKey(position: position, reason: plain(error))
      }
      let strength = CertificateRules.keyStrength(key.key)
      if strength.reason != nil { throw .unusablePinnedKey(position: position, reason: strength.detail) }
      fingerprints.insert(key.fingerprint)
    }
    self.fingerprints = fingerprints
    self.otherwise = otherwise
  }

  /// The same from PEM: every PUBLIC KEY block (RFC 7468 §13).
  public init(publicKeysPEM text: String, otherwise: (any PeerTrust)? = nil) throws(TrustError) {
    let blocks: [PEMBlock]
    do throws(PEMBlock.Problem) { blocks = try PEMBlock.all(in: text) } catch {
      switch error {
      case .tooLarge(let count): throw .pemTooLarge(byteCount: count, limit: PEMBlock.byteLimit)
      case .unreadable(let problem): throw .malformedPEM(problem)
      }
    }
    try self.init(
      subjectPublicKeyInfos: blocks.filter { $0.label == "PUBLIC KEY" }.map(\.der), otherwise: otherwise)
  }

  public var authorities: [[UInt8]] { otherwise?.authorities ?? [] }

  public var certificateTypes: [CertificateType] {
    [.rawPublicKey] + (otherwise?.certificateTypes ?? []).filter { $0 != .rawPublicKey }
  }

  /// SHA-256 over the pins, and the scope of the trust for other peers; nil where that has none.
  public var sessionScope: [UInt8]? {
    var hash = SHA256()
    hash.update(data: Array("handfast pinned keys 1".utf8))
    for pin in fingerprints.sorted(by: { $0.lexicographicallyPrecedes($1) }) { hash.update(data: pin) }
    let own = Array(hash.finalize())
    guard let otherwise else { return own }
    return otherwise.sessionScope.map { own + $0 }
  }

  public func judgeInline(_ request: PeerVerification) -> Verdict? { judgeInline(request, isTraced: true) }

  public func judgeInline(_ request: PeerVerification, isTraced: Bool) -> Verdict? {
    guard request.certificateType == .rawPublicKey else {
      guard let otherwise else { return .rejected(refusal(of: nil, [], unexpectedChain)) }
      return otherwise.judgeInline(request, isTraced: isTraced)
    }
    return judge(request.chain)
  }

  private func judge(_ chain: [[UInt8]]) -> Verdict {
    guard chain.count == 1, let raw = try? RawPublicKey(chain[0]) else {
      return .rejected(refusal(of: nil, [], .failed(.parse, .unparsable, "It is no SubjectPublicKeyInfo in DER.")))
    }
    let strength = CertificateRules.keyStrength(raw.key)
    guard strength.reason == nil else { return .rejected(refusal(of: raw, [], strength)) }
    guard let key = try? PublicKey(subjectPublicKeyInfo: raw.subjectPublicKeyInfo) else {
      return .rejected(refusal(of: raw, [], .failed(.parse, .unparsable, "Its key cannot be read: invalid key.")))
    }
    guard fingerprints.contains(raw.fingerprint) else {
      return .rejected(
        refusal(
          of: raw, [strength],
          .failed(.anchor, .keyNotPinned, "Its \(RawPublicKey.text(raw.fingerprint)) is none of the pinned keys'.")))
    }
    let checks = [strength, .passed(.anchor, "It is one of the pinned keys.")].map { $0.check(at: 0) }
    let described = raw.description
    return .trusted(TrustedPeer(presented: [described], path: [described], checks: checks, key: key))
  }

  private var unexpectedChain: Finding {
    .failed(.parse, .unparsable, "It is an X.509 chain, and only raw public keys are accepted.")
  }

  private func refusal(of raw: RawPublicKey?, _ passed: [Finding], _ failed: Finding) -> RejectedPeer {
    var rejection = CertificateRejection(
      reason: failed.reason ?? .unparsable, position: 0, subject: raw?.description.subject, detail: failed.detail)
    // RFC 7250 gives it no alert of its own: what cannot be read is a message that cannot be read.
    if rejection.reason == .unparsable { rejection.alert = .decodeError }
    return RejectedPeer(
      rejection: rejection, presented: raw.map { [$0.description] } ?? [],
      checks: (passed + [failed]).map { $0.check(at: 0) })
  }
}
