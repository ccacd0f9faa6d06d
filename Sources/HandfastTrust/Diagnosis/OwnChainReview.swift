import HandfastCore
import HandfastWire

/// What could be wrong with the chain that this side presented, seen with the peer's eyes: the peer said no more than an alert.
struct OwnChainReview {
  /// A fault of the own chain that this side can see.
  struct Suspicion {
    enum Kind: CaseIterable {
      case expired, notYetValid, purpose, keyUsage, weakSignature, wrongName, authority, selfSigned, noIntermediate
    }
    let kind: Kind
    let position: Int
    let subject: String
    let explanation: String
    let rule: String
    let remedy: String
  }

  let identity: Identity
  let side: Side
  let request: ClientIdentityRequest?
  /// What the client wants to reach, where it is known.
  let reference: ServerReference?
  let now: Int64

  /// In the order of the chain, most certain kinds first.
  var suspicions: [Suspicion] {
    let all = validity + usage + signatures + name + authority + issuer
    return Suspicion.Kind.allCases.flatMap { kind in all.filter { $0.kind == kind } }
  }

  private var leaf: CertificateDescription? { identity.certificates.first }

  private var validity: [Suspicion] {
    identity.certificates.enumerated().compactMap { position, item in
      let name = position == 0 ? "certificate" : "intermediate certificate \(item.subject)"
      if now > item.notAfter {
        return suspicion(
          .expired, position, "this \(side.rawValue)'s \(name) expired at \(UnixTime.text(item.notAfter))",
          "RFC 5280 §4.1.2.5 (validity)", "Renew it, and install the new one on this \(side.rawValue).")
      }
      guard now < item.notBefore else { return nil }
      return suspicion(
        .notYetValid, position,
        "this \(side.rawValue)'s \(name) is valid only from \(UnixTime.text(item.notBefore)) on",
        "RFC 5280 §4.1.2.5 (validity)", "Correct the clock of the machine that issued it, or of this one; or wait.")
    }
  }

  private var usage: [Suspicion] {
    guard let leaf else { return [] }
    var found: [Suspicion] = []
    if let purposes = leaf.extendedKeyUsage, !purposes.contains(side.purpose), !purposes.contains("anyKeyUsage") {
      found.append(
        suspicion(
          .purpose, 0,
          "its extendedKeyUsage allows only \(purposes.joined(separator: ", ")), but a \(side.rawValue)'s must allow \(side.purpose)",
          "RFC 5280 §4.2.1.12 (extended key usage)",
          "Have a certificate issued with extendedKeyUsage \(side.purpose) for this \(side.rawValue)."))
    }
    if let usage = leaf.keyUsage, !usage.contains("digitalSignature") {
      found.append(
        suspicion(
          .keyUsage, 0, "its keyUsage does not allow digitalSignature", "RFC 5280 §4.2.1.3 (key usage)",
          "Have a certificate issued with keyUsage digitalSignature for this \(side.rawValue)."))
    }
    return found
  }

  private var signatures: [Suspicion] {
    identity.certificates.enumerated().compactMap { position, item in
      let name = item.signatureAlgorithm.lowercased()
      guard name.contains("sha1") || name.contains("md5") else { return nil }
      return suspicion(
        .weakSignature, position,
        "\(position == 0 ? "the leaf certificate" : "the intermediate certificate \(item.subject)") is signed with \(item.signatureAlgorithm), which peers refuse",
        "RFC 9155 (no MD5 and SHA-1)", "Have it issued anew, signed with SHA-256 or better.")
    }
  }

  /// What the client will have looked for, if it sent server_name.
  private var name: [Suspicion] {
    guard side == .server, let reference, case .dnsName(let wanted) = reference,
      !identity.dnsNames.contains(where: { IdentityRules.matches(pattern: $0, name: wanted) })
    else { return [] }
    let names = leaf?.names.prefix(8).joined(separator: ", ") ?? ""
    return [
      suspicion(
        .wrongName, 0,
        "the client asked for \(wanted), but the names of this server's certificate are \(names.isEmpty ? "none" : names)",
        "RFC 9525 §6 (verification of the server's identity)",
        "Give the server a certificate with DNS:\(wanted), or have the client connect by a name that the certificate has."
      )
    ]
  }

  /// Only a client is told whom its peer trusts.
  private var authority: [Suspicion] {
    guard side == .client, let request, !request.authorities.isEmpty,
      !identity.issuerNames.contains(where: request.authorities.contains)
    else { return [] }
    let issuers = identity.certificates.map(\.issuer).joined(separator: ", ")
    return [
      suspicion(
        .authority, 0,
        "its issuer (\(issuers)) is not among those that the server accepts",
        "RFC 5246 §7.4.4 (certificate_authorities)",
        "Use a certificate from an authority that the server names, or have the server trust this one's issuer.")
    ]
  }

  private var issuer: [Suspicion] {
    guard let leaf, identity.certificates.count == 1 else { return [] }
    if leaf.subject == leaf.issuer {
      return [
        suspicion(
          .selfSigned, 0,
          "this \(side.rawValue)'s certificate is self-signed, and the \(side.peer.rawValue) does not know it",
          "RFC 5280 §6.1 (path to a trusted root)",
          "Add the certificate to the \(side.peer.rawValue)'s trusted roots, or have one issued by an authority trusted there."
        )
      ]
    }
    return [
      suspicion(
        .noIntermediate, 0,
        "this \(side.rawValue) sent its certificate alone, and the \(side.peer.rawValue) may not know its issuer \(leaf.issuer)",
        "RFC 5246 §7.4.2 (certificate list)",
        "Add the intermediate certificates to this \(side.rawValue)'s chain; if there are none, have \(leaf.issuer) trusted on the "
          + "\(side.peer.rawValue).")
    ]
  }

  private func suspicion(
    _ kind: Suspicion.Kind, _ position: Int, _ explanation: String, _ rule: String, _ remedy: String
  ) -> Suspicion {
    Suspicion(
      kind: kind, position: position, subject: identity.certificates[position].subject, explanation: explanation,
      rule: rule, remedy: remedy)
  }
}
