import HandfastCore
import HandfastWire

/// Alerts by which a peer refuses this side's certificate, or the lack of one. The peer alone knows why; this side looks at its own
/// chain for what the peer may have seen.
extension Diagnostician {
  func certificateRefused(_ alert: AlertDescription) -> Diagnosis {
    let opening = "The \(them) refused this \(me)'s certificate (\(alert): \(alert.meaning))"
    guard let identity = knowledge.ownIdentity else {
      if side == .client, let missing = missingClientCertificate { return noCertificate(alert, missing, .likely) }
      return because(
        of: side, "\(opening), but this \(me) had sent none.", rule: alert.rule,
        remedy: "Give this \(me) a certificate that the \(them) accepts, and look into the \(them)'s log.", .possible)
    }
    let review = OwnChainReview(
      identity: identity, side: side, request: knowledge.certificateRequest, reference: knowledge.reference, now: now)
    let fitting = review.suspicions.filter { alert.suspects.contains($0.kind) }
    // A fault that the alert does not name may still be the cause; whom the peer trusts is no such fault.
    if let found = fitting.first ?? review.suspicions.first(where: { !$0.kind.isPeersChoice }) {
      return because(
        of: found.kind.isPeersChoice ? nil : side,
        "\(opening). \(fitting.isEmpty ? "A possible" : "The likely") cause, seen from here: \(found.explanation).",
        rule: found.rule, remedy: found.remedy, fitting.isEmpty ? .possible : .likely,
        certificate: CertificateReference(owner: side, position: found.position, subject: found.subject))
    }
    let issuer = identity.certificates.last?.issuer ?? "its issuer"
    if alert == .unknownCA, namesItsIssuer(identity) {
      return because(
        of: nil,
        "\(opening). The \(them) does name \(issuer) among the authorities that it accepts: its root has the same name, but most "
          + "likely another key than the one that issued this \(me)'s certificate, such as a root that was made anew.",
        rule: alert.rule,
        remedy:
          "Compare the SHA-256 fingerprint of \(issuer) on both sides (handfast pki show); then have this \(me)'s certificate issued "
          + "under the \(them)'s root, or give the \(them) the root that issued it.",
        .likely, certificate: ownCertificate)
    }
    return because(
      of: nil,
      "\(opening). Seen from here the chain is in order (dates, purpose, key usage, signatures), so that what the \(them) knows "
        + "decides: \(alert.guess(issuer: issuer, them: them, names: identity.certificates.first?.names ?? [])).",
      rule: alert.rule, remedy: alert.remedy(issuer: issuer, them: them), alert == .unknownCA ? .likely : .possible,
      certificate: ownCertificate)
  }

  /// Whether the peer has said that it accepts what this chain was issued under, as far as names go.
  private func namesItsIssuer(_ identity: Identity) -> Bool {
    guard side == .client, let request = knowledge.certificateRequest, !request.authorities.isEmpty else {
      return false
    }
    return identity.issuerNames.contains(where: request.authorities.contains)
  }

  func noCertificate(
    _ alert: AlertDescription, _ missing: String, _ certainty: Diagnosis.Certainty
  ) -> Diagnosis {
    because(
      of: side,
      "The server requires a client certificate and none was sent (\(alert)): \(missing).",
      rule: alert == .certificateRequired ? alert.rule : "RFC 5246 §7.4.6 (client certificate)",
      remedy: noCertificateRemedy, certainty)
  }

  /// Why this client sent no certificate though it was asked; nil when it was not asked, or sent one.
  var missingClientCertificate: String? {
    guard let request = knowledge.certificateRequest, knowledge.ownIdentity == nil else { return nil }
    guard !knowledge.ownCandidates.isEmpty else { return "this client has no certificate configured" }
    let accepts =
      request.authorities.isEmpty
      ? "any authority" : "an authority that it names"
    return
      "none of its certificates fits what the server accepts (\(list(request.certificateTypes)) from \(accepts)): \(candidates)"
  }

  var noCertificateRemedy: String {
    knowledge.ownCandidates.isEmpty
      ? "On this client: configure an identity, a certificate chain and its private key, issued by an authority that the server accepts."
      : "On this client: configure an identity that fits (key type, signature algorithm and issuer as the server asks)."
  }
}

extension OwnChainReview.Suspicion.Kind {
  /// Whether the peer's set-up may as well be what has to change.
  var isPeersChoice: Bool {
    switch self {
    case .authority, .selfSigned, .noIntermediate: true
    case .expired, .notYetValid, .purpose, .keyUsage, .weakSignature, .wrongName: false
    }
  }
}

extension AlertDescription {
  /// What RFC 5246 §7.2.2 says it stands for, in short.
  var meaning: String {
    switch self {
    case .badCertificate: "it is damaged, badly signed, or not for the expected name"
    case .unsupportedCertificate: "it is of a kind that the peer does not take"
    case .certificateRevoked: "its issuer has revoked it"
    case .certificateExpired: "it is expired or not yet valid"
    case .certificateUnknown: "for a reason that the peer does not tell"
    case .unknownCA: "its authority is not known or not trusted"
    case .accessDenied: "it is valid, but may not come in"
    case .certificateRequired: "one is required, and none came"
    default: "for a reason that the peer does not tell"
    }
  }

  var rule: String {
    switch self {
    case .certificateRequired: "RFC 9846 §6.2 (certificate_required)"
    default: "RFC 5246 §7.2.2 (\(self))"
    }
  }

  /// What of this side's chain is suspected first when this alert comes.
  var suspects: Set<OwnChainReview.Suspicion.Kind> {
    switch self {
    case .certificateExpired: [.expired, .notYetValid]
    case .unknownCA: [.authority, .selfSigned, .noIntermediate]
    case .unsupportedCertificate: [.purpose, .keyUsage, .weakSignature]
    case .badCertificate: [.expired, .notYetValid, .purpose, .keyUsage, .weakSignature, .wrongName, .selfSigned]
    case .certificateUnknown: Set(OwnChainReview.Suspicion.Kind.allCases)
    case .accessDenied: [.authority, .purpose]
    default: []
    }
  }

  func guess(issuer: String, them: String, names: [String]) -> String {
    let listed = names.isEmpty ? "it has none" : "it is for " + names.prefix(6).joined(separator: ", ")
    return switch self {
    case .certificateExpired: "its clock may be wrong"
    case .certificateRevoked: "\(issuer) may have revoked the certificate"
    case .unknownCA:
      "it does not seem to trust \(issuer) or the root above it, or it has a root of that name with another key"
    case .badCertificate where them == "client": "it may have asked for another name (\(listed)), or distrust \(issuer)"
    case .accessDenied: "its own rules may not let this certificate in"
    case .unsupportedCertificate: "it may not take this kind of key or signature"
    default: "it may distrust \(issuer), or expect another name (\(listed))"
    }
  }

  func remedy(issuer: String, them: String) -> String {
    switch self {
    case .certificateExpired: "Compare the clocks of both sides."
    case .certificateRevoked: "Ask \(issuer) whether the certificate is revoked, and have a new one issued if so."
    case .unknownCA: "Add \(issuer), or the root above it, to the \(them)'s trusted roots."
    case .badCertificate where them == "client":
      "Check the name by which the client connects against the certificate's, and look into the client's log."
    case .accessDenied: "Have this certificate's subject allowed on the \(them)."
    case .unsupportedCertificate: "Use a certificate with an ECDSA P-256 or RSA-2048 key, signed with SHA-256."
    default: "Look into the \(them)'s log for its reason; check that it trusts \(issuer)."
    }
  }
}
