import HandfastCore
import HandfastWire

/// Alerts by which a peer refuses this side's certificate, or the lack of one. The peer alone knows why; this side looks at its own
/// chain for what the peer may have seen.
extension Diagnostician {
  func certificateRefused(_ alert: AlertDescription) -> Diagnosis {
    let opening = "The \(them) refused this \(me)'s certificate\(lateness) (\(alert): \(alert.meaning))"
    guard let identity = knowledge.ownIdentity else {
      if side == .client, let missing = missingClientCertificate { return noCertificate(alert, missing, .likely) }
      return because(
        .refusedWithoutReason, of: nil, "\(opening), but this \(me) had sent none.", rule: alert.rule,
        remedy: "Give this \(me) a certificate that the \(them) accepts, and look into the \(them)'s log.", on: side,
        .possible, basis: onlyAnAlert(alert))
    }
    if identity.certificateType == .rawPublicKey { return keyRefused(alert, identity) }
    let suspected = suspected(of: identity, alert, opening)
    var guesses = guesses(about: identity, alert, opening)
    // What can be seen goes before what can only be guessed.
    if !suspected.isEmpty { for index in guesses.indices { guesses[index].certainty = .possible } }
    return Diagnosis.ranked(suspected + guesses)
      ?? because(
        .certificateRefused, of: nil, "\(opening).", rule: alert.rule, remedy: "Look into the \(them)'s log.",
        on: peer, .possible, basis: onlyAnAlert(alert), certificate: ownCertificate)
  }

  private func keyRefused(_ alert: AlertDescription, _ identity: Identity) -> Diagnosis {
    because(
      .keyNotPinned, of: nil,
      "The \(them) refused this \(me)'s \(identity.label)\(lateness) (\(alert): \(alert.meaning)); "
        + "most likely it does not know that key.",
      rule: "RFC 7250 §6 (keys that are known beforehand)",
      remedy: "Pin this \(me)'s key on the \(them), or give this \(me) the key that is pinned there.", on: peer,
      .likely, basis: onlyAnAlert(alert), certificate: ownCertificate)
  }

  /// A server that refuses the ClientHello for its certificates has none of a type that the client accepts, or judges none that the
  /// client has.
  var certificateTypeRefused: Diagnosis {
    because(
      .certificateTypeNotShared, of: nil,
      "The server refused the ClientHello (unsupported_certificate): the two sides have no type of certificates in common.",
      rule: "RFC 7250 §4.2 (unsupported_certificate)",
      remedy: Self.sameCertificateType, .likely, basis: onlyAnAlert(.unsupportedCertificate))
  }

  func onlyAnAlert(_ alert: AlertDescription) -> String {
    "The \(them) said no more than the alert \(alert); the rest is what this \(me) knows of itself."
  }

  /// In TLS 1.3 a client is done before it is judged.
  private var lateness: String {
    let isLate = side == .client && (step == .awaitingConfirmation || step == .established)
    return isLate ? " after this client had completed the handshake, as TLS 1.3 allows" : ""
  }

  /// The faults of the own chain that this side can see. A fault that the alert does not name may still be the cause.
  private func suspected(of identity: Identity, _ alert: AlertDescription, _ opening: String) -> [Diagnosis] {
    let review = OwnChainReview(
      identity: identity, side: side, request: knowledge.certificateRequest, reference: knowledge.reference,
      hasClientHello: knowledge.clientHello != nil, now: now)
    return review.suspicions.compactMap { found in
      let fits = alert.suspects.contains(found.kind)
      guard fits || !found.kind.isPeersChoice else { return nil }
      return because(
        found.kind.cause, of: found.kind.isPeersChoice ? nil : side,
        "\(opening). \(fits ? "The likely" : "A possible") cause, seen from here: \(found.explanation).",
        rule: found.rule, remedy: found.remedy, command: "handfast pki show CHAIN.pem",
        fits && !found.isVague && (!found.kind.isPeersChoice || alert == .unknownCA) ? .likely : .possible,
        basis: onlyAnAlert(alert),
        certificate: ownCertificate(of: identity, at: found.position)
      ).comparing(found.field, expected: found.expected, found: found.found)
    }
  }

  /// What the peer may think of a chain that is in order.
  private func guesses(about identity: Identity, _ alert: AlertDescription, _ opening: String) -> [Diagnosis] {
    let issuer = identity.certificates.last?.issuer ?? "its issuer"
    let names = identity.certificates.first?.names ?? []
    if alert == .unknownCA, namesItsIssuer(identity) {
      // OpenSSL has this alert for a revocation list that it misses, too.
      return [
        because(
          .issuerNamesake, of: nil,
          "\(opening). The \(them) does name \(issuer) among the authorities that it accepts: its root has the same name, but most "
            + "likely another key than the one that issued this \(me)'s certificate, such as a root that was made anew.",
          rule: alert.rule,
          remedy:
            "Compare the SHA-256 fingerprint of \(issuer) on both sides; then have this \(me)'s certificate issued under the "
            + "\(them)'s root, or give the \(them) the root that issued it.",
          command: "handfast pki show ROOT.pem", .possible, basis: onlyAnAlert(alert), certificate: ownCertificate),
        guess(.revocationUnknown, alert, opening, identity, issuer, names),
      ]
    }
    return alert.guesses(of: side).map { guess($0, alert, opening, identity, issuer, names) }
  }

  private func guess(
    _ cause: FailureCause, _ alert: AlertDescription, _ opening: String, _ identity: Identity, _ issuer: String,
    _ names: [String]
  ) -> Diagnosis {
    // Each authority may have revoked what it has issued: the leaf, or an intermediate.
    let issuers = Set(identity.certificates.map(\.issuer)).sorted()
    let revokers = list(identity.certificates.map { "\($0.issuer) may have revoked \($0.subject)" }, limit: 3)
    return because(
      cause, of: nil,
      "\(opening). Seen from here the chain is in order, so that what the \(them) knows decides: "
        + "\(cause == .certificateRevoked ? revokers : cause.guess(issuer: issuer, them: them, names: names)).",
      rule: alert.rule, remedy: cause.remedy(issuer: issuer, issuers: list(issuers, limit: 3), them: them),
      on: cause == .certificateRevoked ? side : cause == .clockWrong ? nil : peer,
      alert.isPlain(about: cause) ? .likely : .possible, basis: onlyAnAlert(alert),
      certificate: cause == .certificateExpired
        ? CertificateReference(owner: side, position: nil, subject: issuer) : ownCertificate)
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
    let hasCandidates = !knowledge.ownCandidates.isEmpty
    var diagnosis = because(
      hasCandidates ? .clientCertificateUnfit : .clientCertificateMissing, of: side,
      "The server requires a client certificate and none was sent (\(alert)): \(missing).",
      rule: alert == .certificateRequired ? alert.rule : "RFC 5246 §7.4.6 (client certificate)",
      remedy: noCertificateRemedy, command: Self.check, certainty,
      basis: alert == .certificateRequired
        ? "The alert certificate_required says it, and this client did send none."
        : "The alert \(alert) came after this client had sent no certificate."
    ).comparing(
      hasCandidates ? "certificate_authorities" : "certificate_list", expected: requested,
      found: hasCandidates ? candidates : "no certificate configured")
    diagnosis.others = unfitCandidates
    return diagnosis
  }

  /// What may be behind a certificate that was not sent, because no authority of the server's has issued it.
  private var unfitCandidates: [Diagnosis] {
    let issuers = knowledge.ownCandidates.compactMap { candidate in
      if case .issuerNotAmongAuthorities(let issuer)? = candidate.ruledOut { issuer } else { nil }
    }
    guard let issuer = issuers.first else { return [] }
    let basis = "The server named the authorities that it accepts; whose set-up is meant otherwise, nobody said."
    return [
      because(
        .issuerUnknown, of: nil, "The server does not list \(issuer), the issuer of this client's certificate.",
        rule: "RFC 5246 §7.4.4 (certificate_authorities)",
        remedy: "Have the server trust \(issuer), or use a certificate from an authority that it names.", .possible,
        basis: basis),
      because(
        .intermediateMissing, of: side,
        "If \(issuer) is an intermediate under one of the server's authorities, the chain file of this client lacks its certificate.",
        rule: "RFC 5246 §7.4.6 (client certificate)",
        remedy: "Put the intermediate certificates behind the own one in this client's chain file.",
        command: "handfast pki show CHAIN.pem", .possible, basis: basis),
    ]
  }

  /// What the server asked for.
  private var requested: String? {
    knowledge.certificateRequest.map { request in
      let types = request.certificateTypes.isEmpty ? "" : "\(list(request.certificateTypes)); "
      return types + "signatures \(list(request.signatureSchemes, limit: 4)); "
        + (request.authorities.isEmpty ? "any authority" : "issued under \(names(of: request.authorities))")
    }
  }

  private func names(of authorities: [[UInt8]]) -> String {
    let names = authorities.prefix(4).map { distinguishedNameText(der: $0) ?? "a name that cannot be read" }
    return names.joined(separator: ", or ").safeForDisplay
      + (authorities.count > 4 ? ", or one of \(authorities.count - 4) more" : "")
  }

  private var wantedIssuer: String {
    let authorities = knowledge.certificateRequest?.authorities ?? []
    return authorities.isEmpty ? "" : ": issued under \(names(of: authorities))"
  }

  /// Why this client sent no certificate though it was asked; nil when it was not asked, or sent one.
  var missingClientCertificate: String? {
    guard let request = knowledge.certificateRequest, knowledge.ownIdentity == nil, hasAnsweredRequest else {
      return nil
    }
    guard !knowledge.ownCandidates.isEmpty else { return "this client has no certificate configured" }
    let accepts =
      request.authorities.isEmpty
      ? "any authority" : "an authority that it names"
    let kinds = request.certificateTypes.isEmpty ? "" : "\(list(request.certificateTypes)) "
    return "none of its certificates fits what the server accepts (\(kinds)from \(accepts)): \(candidates)"
  }

  /// The client's first message after its hello is its certificate, if only an empty one.
  private var hasAnsweredRequest: Bool {
    switch knowledge.lastSent {
    case nil, .clientHello?, .endOfEarlyData?: false
    default: true
    }
  }

  var noCertificateRemedy: String {
    knowledge.ownCandidates.isEmpty
      ? "Configure an identity, a certificate chain and its private key, issued by an authority that the server accepts."
      : "Configure an identity that fits (key type, signature algorithm and issuer as the server asks)\(wantedIssuer)."
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

  /// What of this side's chain is suspected when this alert comes. Implementations differ much in which they send: Go and Java have
  /// one for nearly everything.
  var suspects: Set<OwnChainReview.Suspicion.Kind> {
    switch self {
    case .certificateExpired: [.expired, .notYetValid]
    case .unknownCA:
      [.authority, .selfSigned, .noIntermediate, .brokenLink, .issuerNotAuthority, .damaged, .pathLength]
    case .unsupportedCertificate: [.purpose, .keyUsage, .weakSignature, .weakKey, .criticalExtension, .unsupported]
    case .badCertificate, .certificateUnknown: Set(OwnChainReview.Suspicion.Kind.allCases)
    case .accessDenied: [.authority, .purpose]
    default: []
    }
  }

  /// What it may stand for when the chain is in order, the likeliest first.
  func guesses(of side: Side) -> [FailureCause] {
    switch self {
    case .certificateExpired: [.clockWrong, .certificateExpired, .revocationStale]
    case .certificateRevoked: [.certificateRevoked]
    // OpenSSL has this one for a revocation list that it misses, too.
    case .unknownCA: [.issuerUnknown, .revocationUnknown]
    case .accessDenied: [.accessDenied]
    case .unsupportedCertificate: [.keyUnsupported, .certificateRefused]
    case .badCertificate:
      [.issuerUnknown] + (side == .server ? [.nameMismatch] : []) + [.certificateRevoked, .certificateRefused]
    // Java's for everything, and ours where the status of a certificate is not known.
    case .certificateUnknown:
      [.issuerUnknown] + (side == .server ? [.nameMismatch] : []) + [
        .revocationUnknown, .certificateRevoked, .certificateRefused,
      ]
    default: [.certificateRefused]
    }
  }

  /// Whether its name alone says so.
  func isPlain(about cause: FailureCause) -> Bool {
    switch (self, cause) {
    case (.unknownCA, .issuerUnknown), (.certificateRevoked, .certificateRevoked), (.accessDenied, .accessDenied): true
    default: false
    }
  }
}

extension FailureCause {
  fileprivate func guess(issuer: String, them: String, names: [String]) -> String {
    let listed = names.isEmpty ? "it has none" : "it is for " + names.prefix(6).joined(separator: ", ")
    return switch self {
    case .clockWrong: "its clock may be wrong, or this side's"
    case .certificateExpired: "the root that it trusts, or an intermediate of its own, may have expired"
    case .revocationUnknown:
      "it may not find out whether the certificate is revoked, as its revocation list (CRL) is missing or out of date"
    case .revocationStale: "its revocation list may be out of date, for which some software has the same alert"
    case .issuerUnknown:
      "it does not seem to trust \(issuer) or the root above it, or it has a root of that name with another key"
    case .nameMismatch: "it may have asked for another name (\(listed))"
    case .accessDenied: "its own rules do not let this certificate in"
    case .keyUnsupported: "it may not take this kind of key or signature"
    default: "it may have a rule of its own that this certificate does not meet"
    }
  }

  fileprivate func remedy(issuer: String, issuers: String, them: String) -> String {
    switch self {
    case .clockWrong: "Compare the clocks of both sides."
    case .certificateExpired: "Look at the dates of the \(them)'s trusted roots, and replace those that have expired."
    case .revocationUnknown, .revocationStale:
      "If the \(them) looks for revocation, give it the current lists (CRLs) of \(issuers)."
    case .certificateRevoked:
      "Ask \(issuers) whether a certificate of this chain is revoked, and have a new one issued if so."
    case .issuerUnknown: "Add \(issuer), or the root above it, to the \(them)'s trusted roots."
    case .nameMismatch:
      "Check the name by which the client connects against the certificate's, and look into the client's log."
    case .accessDenied: "Have this certificate's subject allowed on the \(them)."
    case .keyUnsupported: "Use a certificate with an ECDSA P-256 or RSA-2048 key, signed with SHA-256."
    default: "Look into the \(them)'s log for its reason; check that it trusts \(issuer)."
    }
  }
}
