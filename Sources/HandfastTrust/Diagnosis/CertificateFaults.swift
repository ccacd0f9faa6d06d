import HandfastCore
import HandfastWire

/// A chain that this side refused, or did not get: it judged itself, so it is certain.
extension Diagnostician {
  func certificateMissing(_ owner: Side) -> Diagnosis {
    guard owner != side else {
      return because(
        side == .client ? .clientCertificateMissing : .serverCertificateMissing, of: side,
        "This \(me) has no certificate to send.", rule: "RFC 5246 §7.4.2",
        remedy: "Give this \(me) an identity: a certificate chain and its private key.")
    }
    guard owner == .client else {
      return protocolBroken(
        "The server sent an empty certificate list.", rule: "RFC 5246 §7.4.2 (server certificate)",
        .serverCertificateMissing)
    }
    return noClientCertificate(rule: "RFC 5246 §7.4.6 (client certificate)")
  }

  func noClientCertificate(rule: String) -> Diagnosis {
    let request = knowledge.certificateRequest
    let kinds = request.map { $0.certificateTypes.isEmpty ? "" : "one of type \(list($0.certificateTypes)), with " }
    let asked = request.map { request in
      "It was asked for \(kinds ?? "")signatures \(list(request.signatureSchemes, limit: 3)), "
        + (request.authorities.isEmpty ? "from any authority." : "from an authority that is trusted here.")
    }
    return because(
      .clientCertificateMissing, of: .client,
      "This server requires a client certificate, and the client sent none.\(asked.map { " \($0)" } ?? "")",
      rule: rule,
      remedy:
        "Give the client a certificate and key that fit this request; or make client authentication optional here.",
      command: "handfast connect HOST:PORT --cert CHAIN.pem --key KEY.pem",
      basis: "The client's certificate list was empty; why, only the client knows."
    ).comparing("certificate_list", expected: "a client certificate", found: "none")
  }

  func chainTooLong(_ count: Int, _ limit: Int) -> Diagnosis {
    because(
      .chainTooLong, of: peer, "The \(them) sent \(count) certificates; at most \(limit) are accepted here.",
      rule: "limits.chainLength of this side",
      remedy: "Have the \(them) send its certificate and its intermediates only; or raise limits.chainLength here.",
      certificate: CertificateReference(owner: peer, position: nil, subject: nil)
    ).comparing("certificate_list", expected: "at most \(limit) certificates", found: "\(count)")
  }

  func rejected(_ rejection: CertificateRejection) -> Diagnosis {
    let advice = advice(on: rejection)
    let place =
      switch rejection.position {
      case 0: "The \(them)'s certificate\(naming(rejection)) is refused"
      case let position?:
        "Certificate \(position) (the leaf is 0) of the \(them)'s chain\(naming(rejection)) is refused"
      case nil: "The \(them)'s chain is refused\(rejection.subject.map { " because of \($0)" } ?? "")"
      }
    var diagnosis = because(
      advice.cause, of: advice.fault, "\(place). \(sentence(rejection.detail))", rule: advice.rule,
      remedy: advice.remedy, on: advice.place, command: advice.command, advice.certainty,
      basis: advice.basis ?? "This \(me) judged the chain itself.",
      certificate: peerCertificate(rejection.position, rejection.subject))
    let known = rejection.position.flatMap {
      knowledge.peerChain.indices.contains($0) ? knowledge.peerChain[$0] : nil
    }
    diagnosis = diagnosis.comparing(
      advice.field, expected: advice.expected, found: known.flatMap { advice.found?($0) })
    if advice.cause == .intermediateMissing { diagnosis.others = [rootNotTrusted(rejection)] }
    return diagnosis
  }

  /// What else a chain of one certificate may be.
  private func rootNotTrusted(_ rejection: CertificateRejection) -> Diagnosis {
    because(
      .issuerUnknown, of: nil,
      "If the issuer is no intermediate but a root, this \(me) does not trust it.",
      rule: "RFC 5280 §6.1 (path to a trusted root)",
      remedy: "Add the issuer to this \(me)'s trusted roots, if you trust it.", on: side, .possible,
      certificate: peerCertificate(rejection.position, rejection.subject))
  }

  private func naming(_ rejection: CertificateRejection) -> String { rejection.subject.map { " (\($0))" } ?? "" }

  private func sentence(_ text: String) -> String { text.hasSuffix(".") ? text : text + "." }

  /// What to say about a kind of rejection.
  private struct Advice {
    let cause: FailureCause
    var fault: Side?
    let rule: String
    let remedy: String
    /// Where the remedy is applied, if not on the side at fault.
    var place: Side?
    var certainty = Diagnosis.Certainty.certain
    var basis: String?
    var command: String? = "handfast pki show CHAIN.pem"
    /// The certificate's field or extension.
    var field: String?
    var expected: String?
    var found: ((CertificateDescription) -> String?)?
  }

  private func advice(on rejection: CertificateRejection) -> Advice {
    let position = rejection.position
    let isRoot = position == nil
    let isIntermediate = (position ?? 0) > 0
    let reissue =
      isIntermediate ? "Have this authority's certificate issued anew" : "Have a new certificate issued for the \(them)"
    return switch rejection.reason {
    case .unparsable:
      Advice(
        cause: .certificateUnreadable, fault: peer, rule: "RFC 5280 §4.1 (certificate format)",
        remedy: "Install the certificate again, as X.509 version 3 in DER or PEM.")
    case .unsupportedKey:
      Advice(
        cause: .keyUnsupported, fault: peer, rule: "RFC 8422 §5, RFC 5246 §7.4.2 (keys)",
        remedy: "\(reissue) with an ECDSA P-256 key, the one understood everywhere.",
        field: "subjectPublicKeyInfo", expected: "ECDSA secp256r1, secp384r1 or secp521r1, RSA, or Ed25519",
        found: \.key)
    case .weakKey:
      Advice(
        cause: .keyWeak, fault: peer, rule: "RFC 9325 §4.5 (RSA keys from 2048 bits)",
        remedy: "\(reissue) with an ECDSA P-256 or RSA-2048 key.", field: "subjectPublicKeyInfo",
        expected: "RSA from 2048 bits", found: \.key)
    case .weakSignature:
      Advice(
        cause: .signatureWeak, fault: peer, rule: "RFC 9155 (no MD5 and SHA-1)",
        remedy: "Have the certificate issued anew, signed with SHA-256 or better.",
        field: "signatureAlgorithm", expected: "SHA-256 or better", found: \.signatureAlgorithm)
    case .unsupportedSignature:
      Advice(
        cause: .signatureUnsupported, fault: peer, rule: "RFC 5246 §7.4.1.4.1 (signature algorithms)",
        remedy: "Have the certificate issued anew, signed with ECDSA, RSA PKCS#1 with SHA-2, or Ed25519.",
        field: "signatureAlgorithm", expected: "ECDSA, RSA PKCS#1 with SHA-2, or Ed25519", found: \.signatureAlgorithm)
    case .expired where isRoot:
      Advice(
        cause: .certificateExpired, fault: side, rule: "RFC 5280 §4.1.2.5 (validity)",
        remedy: "Replace the expired root among the trusted ones, and check this side's clock.",
        field: "validity")
    case .expired:
      Advice(
        cause: .certificateExpired, fault: peer, rule: "RFC 5280 §4.1.2.5 (validity)",
        remedy:
          "\(isIntermediate ? "Replace this intermediate by its current one" : "Renew the certificate"). If it is not "
          + "expired, correct this side's clock.",
        field: "validity", expected: "valid at \(UnixTime.text(now))",
        found: { "notAfter \(UnixTime.text($0.notAfter))" })
    case .notYetValid:
      Advice(
        cause: .certificateNotYetValid, rule: "RFC 5280 §4.1.2.5 (validity)",
        remedy: "Correct the clock of this \(me), or of the machine that issued the certificate; or wait.",
        field: "validity", expected: "valid at \(UnixTime.text(now))",
        found: { "notBefore \(UnixTime.text($0.notBefore))" })
    case .unknownIssuer: unknownIssuer(rejection)
    case .selfSigned:
      Advice(
        cause: .certificateSelfSigned, rule: "RFC 5280 §6.1 (path to a trusted root)",
        remedy:
          "If you trust this very certificate (compare the fingerprint), add it to this \(me)'s trusted roots; else have a certificate issued for the \(them) by an authority that is trusted here.",
        field: "issuer", expected: "an issuer that is trusted here", found: { "\($0.issuer), itself" })
    case .badSignature:
      Advice(
        cause: .chainSignatureInvalid, fault: peer, rule: "RFC 5280 §6.1.3 (signatures along the path)",
        remedy:
          "Install certificate and intermediates again as issued; one is damaged or does not belong to the others.",
        field: "signatureValue")
    case .issuerNotCA:
      Advice(
        cause: .issuerNotAuthority, fault: peer, rule: "RFC 5280 §4.2.1.9 (basic constraints)",
        remedy: "\(reissue) by a certificate marked as an authority (CA: true).",
        field: "basicConstraints", expected: "CA: true", found: { $0.isCA ? nil : "CA: false, or none" })
    case .pathLengthExceeded:
      Advice(
        cause: .pathLengthExceeded, fault: peer, rule: "RFC 5280 §4.2.1.9 (path length)",
        remedy: "\(reissue) by an authority higher up in the hierarchy.", field: "basicConstraints")
    case .nameConstraint:
      Advice(
        cause: .nameConstraintViolated, fault: peer, rule: "RFC 5280 §4.2.1.10 (name constraints)",
        remedy: "\(reissue) with names that its authority may certify.", field: "nameConstraints")
    case .unknownCriticalExtension:
      Advice(
        cause: .criticalExtensionUnknown, fault: peer, rule: "RFC 5280 §4.2 (critical extensions)",
        remedy: "\(reissue) without that critical extension.", field: "extensions",
        found: { $0.criticalExtensions.joined(separator: ", ") })
    case .keyUsage:
      Advice(
        cause: .keyUsageWrong, fault: peer, rule: "RFC 5280 §4.2.1.3 (key usage)",
        remedy: "\(reissue) with the key usage that is expected.", field: "keyUsage",
        expected: isIntermediate ? "keyCertSign" : nil, found: { $0.keyUsage?.joined(separator: ", ") })
    case .extendedKeyUsage:
      Advice(
        cause: .purposeWrong, fault: peer, rule: "RFC 5280 §4.2.1.12 (extended key usage)",
        remedy: "\(reissue) with extendedKeyUsage \(peer.purpose), or use the one that has it.",
        field: "extendedKeyUsage", expected: peer.purpose, found: { $0.extendedKeyUsage?.joined(separator: ", ") })
    case .wrongName: name(.nameMismatch, reissue)
    case .noNames: name(.nameMissing, reissue)
    case .tooComplex:
      Advice(
        cause: .chainTooComplex, fault: peer, rule: "limits on what a chain may cost to judge",
        remedy: "Send only the certificate and its intermediates, with few names.")
    case .revoked:
      Advice(
        cause: .certificateRevoked, fault: peer, rule: "RFC 5280 §5, RFC 6960 (revocation)",
        remedy: "\(reissue), with a new key; the old certificate stays revoked.")
    case .revocationUnknown:
      Advice(
        cause: .revocationUnknown, fault: side, rule: "RFC 5280 §6.3 (revocation lists), this side's policy",
        remedy:
          "Provide the current revocation list of each authority on the path; or accept an unknown status (soft fail).",
        command: nil)
    case .revocationStale:
      Advice(
        cause: .revocationStale, fault: side, rule: "RFC 5280 §5.1.2.5 (nextUpdate), this side's policy",
        remedy: "Replace the revocation list by the authority's current one, and check this side's clock.",
        command: nil)
    case .badStatusResponse:
      Advice(
        cause: .statusResponseBad, fault: peer, rule: "RFC 6066 §8, RFC 7633 (stapled OCSP responses)",
        remedy: "Staple the authority's current OCSP response for this very certificate, and renew it in time.",
        command: nil)
    case .keyNotPinned:
      Advice(
        cause: .keyNotPinned, rule: "RFC 7250 §6 (keys that are known beforehand)",
        remedy:
          "If this is the \(them)'s key (compare its SHA-256 with the \(them)'s own), pin it on this \(me); if it is not, somebody "
          + "else answered.",
        command: nil, field: "subjectPublicKeyInfo", expected: "a key that is pinned here", found: \.key)
    case .refusedByApplication:
      Advice(
        cause: .certificateRefused, rule: "this application's own rule",
        remedy: "Change the application's rule on this \(me), or use another certificate on the \(them).",
        command: nil)
    }
  }

  private func name(_ cause: FailureCause, _ reissue: String) -> Advice {
    Advice(
      cause: cause, fault: peer, rule: "RFC 9525 §6 (verification of the server's identity)",
      remedy:
        "\(reissue) with the name that was asked for in subjectAltName; or connect by a name that it has.",
      field: "subjectAltName", expected: knowledge.reference.map { "\($0)" },
      found: { $0.names.isEmpty ? "none" : $0.names.prefix(8).joined(separator: ", ") })
  }

  /// Whether the issuer of a certificate was not sent although there may be one to send: nobody's root by its name.
  private func lacksIntermediate(_ rejection: CertificateRejection) -> Bool {
    let chain = knowledge.peerChain
    guard rejection.position == 0, let leaf = chain.first, leaf.issuer != leaf.subject else { return false }
    return !chain.dropFirst().contains { $0.subject == leaf.issuer } && !leaf.issuer.lowercased().contains("root")
  }

  /// No path to a trusted root: whose set-up lacks something is not always to be seen.
  private func unknownIssuer(_ rejection: CertificateRejection) -> Advice {
    let rule = "RFC 5280 §6.1 (path to a trusted root)"
    let issuer: (CertificateDescription) -> String? = { "issuer \($0.issuer)" }
    if rejection.detail.contains(RefusalAnalysis.namesake) {
      return Advice(
        cause: .issuerNamesake, rule: rule,
        remedy:
          "Give this \(me) the root that the \(them)'s certificate was issued under, and not only one of its name; or have the "
          + "\(them) use a certificate issued under the root trusted here. Compare the SHA-256 fingerprints.",
        field: "issuer", expected: "the key of the root that is trusted here", found: issuer)
    }
    guard lacksIntermediate(rejection) else {
      return Advice(
        cause: .issuerUnknown, rule: rule,
        remedy:
          "If you trust the \(them)'s root, add it to this \(me)'s trusted roots; else have the \(them) use a certificate from a root "
          + "trusted here.",
        field: "issuer", expected: "a root that is trusted here", found: issuer)
    }
    let isAlone = knowledge.peerChain.count == 1
    return Advice(
      cause: .intermediateMissing, fault: peer, rule: "RFC 5246 §7.4.2, RFC 5280 §6.1 (path to a trusted root)",
      remedy:
        "Send the intermediate certificates too. If there are none, add the issuer to this \(me)'s trusted roots.",
      certainty: .likely,
      basis: isAlone
        ? "Whether the issuer is an intermediate that was not sent, or a root that is not trusted here, one certificate does not tell."
        : "What was sent behind the certificate has not issued it; its issuer may also be a root that is not trusted here.",
      field: "issuer", expected: "the issuer's certificate, sent or trusted", found: issuer)
  }
}
