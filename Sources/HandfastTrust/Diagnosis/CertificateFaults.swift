import HandfastCore
import HandfastWire

/// A chain that this side refused, or did not get: it judged itself, so it is certain.
extension Diagnostician {
  func certificateMissing(_ owner: Side) -> Diagnosis {
    guard owner != side else {
      return because(
        of: side, "This \(me) has no certificate to send.", rule: "RFC 5246 §7.4.2",
        remedy: "Give this \(me) an identity: a certificate chain and its private key.")
    }
    guard owner == .client else {
      return protocolBroken("The server sent an empty certificate list.", rule: "RFC 5246 §7.4.2 (server certificate)")
    }
    let asked = knowledge.certificateRequest.map { request in
      " It was asked for one of type \(list(request.certificateTypes)), with signatures \(list(request.signatureSchemes, limit: 3)), "
        + (request.authorities.isEmpty
          ? "from any authority." : "from an authority that is trusted here.")
    }
    return because(
      of: .client, "This server requires a client certificate, and the client sent none.\(asked ?? "")",
      rule: "RFC 5246 §7.4.6 (client certificate)",
      remedy:
        "Give the client a certificate and key that fit this request; or make client authentication optional here.")
  }

  func chainTooLong(_ count: Int, _ limit: Int) -> Diagnosis {
    because(
      of: peer, "The \(them) sent \(count) certificates; at most \(limit) are accepted here.",
      rule: "limits.chainLength of this side",
      remedy: "Have the \(them) send its certificate and its intermediates only; or raise limits.chainLength here.",
      certificate: peerCertificate())
  }

  func rejected(_ rejection: CertificateRejection) -> Diagnosis {
    var advice = advice(on: rejection.reason, at: rejection.position)
    if rejection.reason == .unknownIssuer, rejection.detail.contains(RefusalAnalysis.namesake) {
      advice.remedy =
        "Give this \(me) the root that the \(them)'s certificate was issued under, and not only one of its name; or have the "
        + "\(them) use a certificate issued under the root trusted here. Compare the SHA-256 fingerprints."
    }
    let place =
      switch rejection.position {
      case 0: "The \(them)'s certificate\(naming(rejection)) is refused"
      case let position?:
        "Certificate \(position) (the leaf is 0) of the \(them)'s chain\(naming(rejection)) is refused"
      case nil: "The \(them)'s chain is refused\(rejection.subject.map { " because of \($0)" } ?? "")"
      }
    return because(
      of: advice.fault, "\(place). \(sentence(rejection.detail))", rule: advice.rule, remedy: advice.remedy,
      certificate: peerCertificate(rejection.position, rejection.subject))
  }

  private func naming(_ rejection: CertificateRejection) -> String { rejection.subject.map { " (\($0))" } ?? "" }

  private func sentence(_ text: String) -> String { text.hasSuffix(".") ? text : text + "." }

  private typealias Advice = (fault: Side?, rule: String, remedy: String)

  private func advice(on reason: CertificateRejection.Reason, at position: Int?) -> Advice {
    let isRoot = position == nil
    let isIntermediate = (position ?? 0) > 0
    let reissue =
      isIntermediate ? "have this authority's certificate issued anew" : "have a new certificate issued for the \(them)"
    return switch reason {
    case .unparsable:
      (
        peer, "RFC 5280 §4.1 (certificate format)",
        "On the \(them): install the certificate again, as X.509 version 3 in DER or PEM, or \(reissue)."
      )
    case .unsupportedKey:
      (
        peer, "RFC 8422 §5, RFC 5246 §7.4.2 (keys)",
        "On the \(them): \(reissue) with an ECDSA P-256 key, the one understood everywhere."
      )
    case .weakKey:
      (
        peer, "RFC 9325 §4.5 (RSA keys from 2048 bits)",
        "On the \(them): \(reissue) with an ECDSA P-256 or RSA-2048 key."
      )
    case .weakSignature:
      (
        peer, "RFC 9155 (no MD5 and SHA-1)",
        "On the \(them): have the certificate issued anew, signed with SHA-256 or better."
      )
    case .unsupportedSignature:
      (
        peer, "RFC 5246 §7.4.1.4.1 (signature algorithms)",
        "On the \(them): have the certificate issued anew, signed with ECDSA, RSA PKCS#1 with SHA-2, or Ed25519."
      )
    case .expired where isRoot:
      (
        side, "RFC 5280 §4.1.2.5 (validity)",
        "On this \(me): replace the expired root among the trusted ones, and check this side's clock."
      )
    case .expired:
      (
        peer, "RFC 5280 §4.1.2.5 (validity)",
        "On the \(them): \(isIntermediate ? "replace this intermediate by its current one" : "renew the certificate"). If it is not "
          + "expired, correct this side's clock."
      )
    case .notYetValid:
      (
        nil, "RFC 5280 §4.1.2.5 (validity)",
        "Correct the clock of this \(me), or of the machine that issued the certificate; or wait."
      )
    case .unknownIssuer where knowledge.peerChain.count == 1:
      (
        peer, "RFC 5246 §7.4.2, RFC 5280 §6.1 (path to a trusted root)",
        "On the \(them): send the intermediate certificates too. If there are none, add the issuer to this \(me)'s trusted roots."
      )
    case .unknownIssuer:
      (
        nil, "RFC 5280 §6.1 (path to a trusted root)",
        "If you trust the \(them)'s root, add it to this \(me)'s trusted roots; else have the \(them) use a certificate from a root "
          + "trusted here."
      )
    case .selfSigned:
      (
        nil, "RFC 5280 §6.1 (path to a trusted root)",
        "If you trust this very certificate (compare the fingerprint), add it to this \(me)'s trusted roots; else \(reissue)."
      )
    case .badSignature:
      (
        peer, "RFC 5280 §6.1.3 (signatures along the path)",
        "On the \(them): install certificate and intermediates again as issued; one is damaged or does not belong to the others."
      )
    case .issuerNotCA:
      (
        peer, "RFC 5280 §4.2.1.9 (basic constraints)",
        "On the \(them): \(reissue) by a certificate marked as an authority (CA: true)."
      )
    case .pathLengthExceeded:
      (
        peer, "RFC 5280 §4.2.1.9 (path length)",
        "On the \(them): \(reissue) by an authority higher up in the hierarchy."
      )
    case .nameConstraint:
      (
        peer, "RFC 5280 §4.2.1.10 (name constraints)",
        "On the \(them): \(reissue) with names that its authority may certify."
      )
    case .unknownCriticalExtension:
      (peer, "RFC 5280 §4.2 (critical extensions)", "On the \(them): \(reissue) without that critical extension.")
    case .keyUsage:
      (peer, "RFC 5280 §4.2.1.3 (key usage)", "On the \(them): \(reissue) with the key usage that is expected.")
    case .extendedKeyUsage:
      (
        peer, "RFC 5280 §4.2.1.12 (extended key usage)",
        "On the \(them): \(reissue) with extendedKeyUsage \(peer.purpose), or use the one that has it."
      )
    case .wrongName, .noNames:
      (
        peer, "RFC 9525 §6 (verification of the server's identity)",
        "On the server: \(reissue) with the name that was asked for in subjectAltName; or connect by a name that it has."
      )
    case .tooComplex:
      (
        peer, "limits on what a chain may cost to judge",
        "On the \(them): send only the certificate and its intermediates, with few names."
      )
    case .revoked:
      (
        peer, "RFC 5280 §5, RFC 6960 (revocation)",
        "On the \(them): \(reissue), with a new key; the old certificate stays revoked."
      )
    case .revocationUnknown:
      (
        side, "RFC 5280 §6.3 (revocation lists), this side's policy",
        "On this \(me): provide the current revocation list of each authority on the path; or accept an unknown status (soft fail)."
      )
    case .revocationStale:
      (
        side, "RFC 5280 §5.1.2.5 (nextUpdate), this side's policy",
        "On this \(me): replace the revocation list by the authority's current one, and check this side's clock."
      )
    case .badStatusResponse:
      (
        peer, "RFC 6960 §3.2, RFC 7633 §4 (stapled OCSP response)",
        "On the \(them): staple a current OCSP response of the certificate's issuer."
      )
    case .refusedByApplication:
      (
        peer, "this application's own rule",
        "Change the application's rule on this \(me), or use another certificate on the \(them)."
      )
    }
  }
}
