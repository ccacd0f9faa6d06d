import SwiftASN1
import X509

/// Our rules within swift-certificates' search, so that it goes on to another path when they refuse one.
struct PathPolicy: VerifierPolicy, Sendable {
  let rules: PathRules
  /// Every certificate that a path may be made of.
  let known: [Certificate: CertificateFields]

  var verifyingCriticalExtensions: [ASN1ObjectIdentifier] { Self.enforced }

  /// keyUsage, extendedKeyUsage and subjectAltName are enforced by `LeafRules`, `IdentityRules` and `PathRules`.
  static let enforced: [ASN1ObjectIdentifier] = [
    .X509ExtensionID.basicConstraints, .X509ExtensionID.keyUsage, .X509ExtensionID.extendedKeyUsage,
    .X509ExtensionID.subjectAlternativeName, CertificateExtensions.tlsFeature,
  ]

  mutating func chainMeetsPolicyRequirements(chain: UnverifiedCertificateChain) async -> PolicyEvaluationResult {
    let path = chain.compactMap { known[$0] }
    guard path.count == chain.count else { return .failsToMeetPolicy(reason: "an unknown certificate in the path") }
    for index in path.indices.dropFirst() {
      let failure = rules.findings(at: index, in: path).compactMap(\.failure).first
      if let failure { return .failsToMeetPolicy(reason: failure) }
    }
    // Only now are the issuers known to be authorities.
    for index in path.indices {
      let failure = rules.revocationFindings(at: index, in: path).compactMap(\.failure).first
      if let failure { return .failsToMeetPolicy(reason: failure) }
    }
    return .meetsPolicy
  }
}
