public import HandfastCore
import HandfastCrypto
public import HandfastWire

extension TrustedPeer {
  /// For an application that judges chains itself: accepts `chain` (DER, the peer's own certificate first) without any check of
  /// ours but of keyUsage, which TLS itself has a rule for. The peer still has to prove that it holds the leaf's key.
  ///
  /// Throws `TrustError.unusableChain` when the leaf cannot be read, or its key cannot be used.
  public init(accepting chain: [[UInt8]]) throws(TrustError) {
    guard let der = chain.first else { throw .unusableChain(reason: "it is empty") }
    let leaf: CertificateFields
    do {
      leaf = try CertificateFields(der: der)
    } catch {
      throw .unusableChain(reason: "its first certificate is no X.509 certificate (\(plain(error)))")
    }
    if let problem = CertificateRules.keyStrength(leaf).failure { throw .unusableChain(reason: problem) }
    guard let key = try? PublicKey(subjectPublicKeyInfo: leaf.publicKeyInfo) else {
      throw .unusableChain(reason: "the key of its first certificate cannot be read")
    }
    let check = CertificateCheck(
      rule: .anchor, outcome: .warned, position: nil, detail: "The application accepted the chain by itself.")
    let described = CertificateDescription(leaf)
    self.init(
      presented: [described] + chain.dropFirst().map { CertificateDescription(der: $0) ?? .unreadable($0) },
      path: [described], checks: [check], key: key)
  }
}

extension TrustedPeer {
  /// The same for a raw public key (RFC 7250): the peer's DER-encoded SubjectPublicKeyInfo.
  ///
  /// Throws `TrustError.unusableChain` when it cannot be read or used.
  public init(acceptingRawPublicKey der: [UInt8]) throws(TrustError) {
    let raw: RawPublicKey
    do { raw = try RawPublicKey(der) } catch {
      throw .unusableChain(reason: "it is no SubjectPublicKeyInfo (\(plain(error)))")
    }
    if let problem = CertificateRules.keyStrength(raw.key).failure { throw .unusableChain(reason: problem) }
    guard let key = try? PublicKey(subjectPublicKeyInfo: der) else {
      throw .unusableChain(reason: "the key cannot be read")
    }
    let check = CertificateCheck(
      rule: .anchor, outcome: .warned, position: nil, detail: "The application accepted the key by itself.")
    let described = raw.description
    self.init(presented: [described], path: [described], checks: [check], key: key)
  }
}

extension Verdict {
  /// For an application that judges chains itself: refuses `chain` for `reason`, one plain sentence that stays on this side. The
  /// peer is told `alert`; nil: access_denied.
  public static func rejected(
    byApplication reason: String, chain: [[UInt8]], alert: AlertDescription? = nil
  ) -> Verdict {
    let presented = chain.map { CertificateDescription(der: $0) ?? .unreadable($0) }
    var rejection = CertificateRejection(
      reason: .refusedByApplication, position: nil, subject: presented.first?.subject, detail: reason)
    rejection.alert = alert
    let check = CertificateCheck(rule: .anchor, outcome: .failed, position: nil, detail: reason)
    return .rejected(RejectedPeer(rejection: rejection, presented: presented, checks: [check]))
  }
}
