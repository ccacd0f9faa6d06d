import HandfastCore
import HandfastWire

/// What could be wrong with the chain that this side presented, seen with the peer's eyes: the peer said no more than an alert.
struct OwnChainReview {
  /// A fault of the own chain that this side can see.
  struct Suspicion {
    /// The most certain first.
    enum Kind: CaseIterable {
      case expired, notYetValid, purpose, keyUsage, weakKey, weakSignature, issuerNotAuthority, brokenLink
      case pathLength, nameConstraint, criticalExtension, damaged, unsupported, wrongName, noNames, authority,
        selfSigned
      case noIntermediate, tooLong
    }
    let kind: Kind
    let position: Int
    let explanation: String
    let rule: String
    let remedy: String
    var field: String?
    var expected: String?
    var found: String?
    /// Whether it may well be no fault at all.
    var isVague = false
  }

  let identity: Identity
  let side: Side
  let request: ClientIdentityRequest?
  /// What the client wants to reach, where it is known.
  let reference: ServerReference?
  /// Whether a ClientHello has told what is wanted, by naming it or by not doing so.
  let hasClientHello: Bool
  let now: Int64

  var suspicions: [Suspicion] {
    // A key without a certificate has nothing that a peer could find fault with but that it does not know it.
    guard identity.certificateType == .x509 else { return [] }
    var all = validity + usage + keys + signatures + links + name + authority + issuer + length
    if let judged, !all.contains(where: { $0.kind == judged.kind }) { all.append(judged) }
    return Suspicion.Kind.allCases.flatMap { kind in all.filter { $0.kind == kind } }
  }

  /// What some peers let pass though it is against the rules.
  var tolerable: [Suspicion] { identity.certificateType == .x509 ? usage + signatures : [] }

  /// The chain as our own judgement sees it, with the last certificate sent as the root: what the signatures, constraints and
  /// extensions within it are worth.
  private var judged: Suspicion? {
    guard let last = identity.chain.last, let anchor = try? TrustAnchors.Anchor(der: last, position: 0) else {
      return nil
    }
    let request = PeerVerification(peer: side, chain: identity.chain, reference: nil)
    let judgement = Judgement(
      of: request, by: TrustAnchors([anchor]), revocation: .stapledOnly, at: now, chainLimit: identity.chain.count)
    guard case .rejected(let peer)? = judgement.inlineVerdict(), let kind = Suspicion.Kind(peer.rejection.reason) else {
      return nil
    }
    let rejection = peer.rejection
    // What is not at its place is the root that was put there for this.
    let position = rejection.position ?? identity.chain.count - 1
    return Suspicion(
      kind: kind, position: position,
      explanation: "this \(me)'s \(called(position)) would be refused here too: \(rejection.detail.withoutFullStop)",
      rule: kind.rule, remedy: kind.remedy(on: me), field: kind.field)
  }

  /// Most accept ten or more; few need more than four.
  private var length: [Suspicion] {
    let count = identity.chain.count
    guard count > Limits().chainLength else { return [] }
    return [
      Suspicion(
        kind: .tooLong, position: 0, explanation: "this \(me) sends \(count) certificates, more than many accept",
        rule: "RFC 5246 §7.4.2 (certificate list)",
        remedy: "Send the own certificate and its intermediates only.", field: "certificate_list",
        expected: "at most \(Limits().chainLength) certificates", found: "\(count)")
    ]
  }

  private var me: String { side.rawValue }
  private var them: String { side.peer.rawValue }
  private var leaf: CertificateDescription? { identity.certificates.first }

  private func called(_ position: Int) -> String {
    position == 0 ? "certificate" : "intermediate certificate \(identity.certificates[position].subject)"
  }

  private var validity: [Suspicion] {
    identity.certificates.enumerated().compactMap { position, item in
      if now > item.notAfter {
        return Suspicion(
          kind: .expired, position: position,
          explanation: "this \(me)'s \(called(position)) expired at \(UnixTime.text(item.notAfter))",
          rule: "RFC 5280 §4.1.2.5 (validity)", remedy: "Renew it, and install the new one on this \(me).",
          field: "validity", expected: "valid at \(UnixTime.text(now))",
          found: "notAfter \(UnixTime.text(item.notAfter))")
      }
      guard now < item.notBefore else { return nil }
      return Suspicion(
        kind: .notYetValid, position: position,
        explanation: "this \(me)'s \(called(position)) is valid only from \(UnixTime.text(item.notBefore)) on",
        rule: "RFC 5280 §4.1.2.5 (validity)",
        remedy: "Correct the clock of the machine that issued it, or of this one; or wait.", field: "validity",
        expected: "valid at \(UnixTime.text(now))", found: "notBefore \(UnixTime.text(item.notBefore))")
    }
  }

  private var usage: [Suspicion] {
    guard let leaf else { return [] }
    var found: [Suspicion] = []
    for (position, item) in identity.certificates.enumerated() {
      guard let purposes = item.extendedKeyUsage, !purposes.contains(side.purpose), !purposes.contains("anyKeyUsage")
      else { continue }
      found.append(
        Suspicion(
          kind: .purpose, position: position,
          explanation:
            "\(position == 0 ? "its" : "the extendedKeyUsage of its \(called(position))") "
            + "\(position == 0 ? "extendedKeyUsage " : "")allows only \(purposes.joined(separator: ", ")), "
            + "but a \(me)'s must allow \(side.purpose)",
          rule: "RFC 5280 §4.2.1.12 (extended key usage)",
          remedy: "Have a certificate issued with extendedKeyUsage \(side.purpose) for this \(me).",
          field: "extendedKeyUsage", expected: side.purpose, found: purposes.joined(separator: ", ")))
    }
    if let usage = leaf.keyUsage, !usage.contains("digitalSignature") {
      found.append(
        Suspicion(
          kind: .keyUsage, position: 0, explanation: "its keyUsage does not allow digitalSignature",
          rule: "RFC 5280 §4.2.1.3 (key usage)",
          remedy: "Have a certificate issued with keyUsage digitalSignature for this \(me).", field: "keyUsage",
          expected: "digitalSignature", found: usage.joined(separator: ", ")))
    }
    return found
  }

  private var keys: [Suspicion] {
    identity.certificates.enumerated().compactMap { position, item in
      guard item.key.hasPrefix("RSA-"), let bits = Int(item.key.dropFirst(4)), bits < 2048 else { return nil }
      return Suspicion(
        kind: .weakKey, position: position,
        explanation: "the key of this \(me)'s \(called(position)) is RSA with \(bits) bits, which peers refuse",
        rule: "RFC 9325 §4.5 (RSA keys from 2048 bits)",
        remedy: "Have it issued anew with an ECDSA P-256 or RSA-2048 key.", field: "subjectPublicKeyInfo",
        expected: "RSA from 2048 bits", found: item.key)
    }
  }

  private var signatures: [Suspicion] {
    identity.certificates.enumerated().compactMap { position, item in
      let name = item.signatureAlgorithm.lowercased()
      guard name.contains("sha1") || name.contains("md5"), item.subject != item.issuer else { return nil }
      return Suspicion(
        kind: .weakSignature, position: position,
        explanation: "this \(me)'s \(called(position)) is signed with \(item.signatureAlgorithm), which peers refuse",
        rule: "RFC 9155 (no MD5 and SHA-1)", remedy: "Have it issued anew, signed with SHA-256 or better.",
        field: "signatureAlgorithm", expected: "SHA-256 or better", found: item.signatureAlgorithm)
    }
  }

  /// Each certificate's issuer comes after it, and is an authority.
  private var links: [Suspicion] {
    let pairs = zip(identity.certificates, identity.certificates.dropFirst())
    return pairs.enumerated().flatMap { position, pair -> [Suspicion] in
      let (lower, upper) = pair
      guard lower.issuer == upper.subject else {
        return [
          Suspicion(
            kind: .brokenLink, position: position,
            explanation: "the certificate that this \(me) sends after its \(called(position)) is not the issuer's "
              + "(issuer \(lower.issuer), but \(upper.subject) follows)",
            rule: "RFC 5246 §7.4.2 (certificate list)",
            remedy: "Put the chain of this \(me) in order: its own certificate, then each one's issuer.",
            field: "certificate_list", expected: lower.issuer, found: upper.subject)
        ]
      }
      guard !upper.isCA else { return [] }
      return [
        Suspicion(
          kind: .issuerNotAuthority, position: position + 1,
          explanation: "\(upper.subject) has issued a certificate, but is not marked as an authority's (CA: true)",
          rule: "RFC 5280 §4.2.1.9 (basic constraints)",
          remedy: "Have this \(me)'s certificate issued by an authority.", field: "basicConstraints",
          expected: "CA: true", found: "CA: false, or none")
      ]
    }
  }

  /// What the client will have looked for: the name that it sent, or an address if it sent none.
  private var name: [Suspicion] {
    guard side == .server, let leaf else { return [] }
    let names = leaf.names.prefix(8).joined(separator: ", ")
    let rule = "RFC 9525 §6 (verification of the server's identity)"
    guard leaf.names.contains(where: { $0.hasPrefix("DNS:") || $0.hasPrefix("IP:") }) else {
      return [
        Suspicion(
          kind: .noNames, position: 0,
          explanation:
            "this server's certificate has no subjectAltName of kind DNS or IP, so no client finds its name in it",
          rule: rule,
          remedy:
            "Have a certificate issued with the server's names in subjectAltName; the common name does not count.",
          field: "subjectAltName", expected: reference.map { "\($0)" } ?? "a DNS or IP name",
          found: names.isEmpty ? "none" : names)
      ]
    }
    if case .dnsName(let wanted)? = reference {
      guard !identity.dnsNames.contains(where: { IdentityRules.matches(pattern: $0, name: wanted) }) else { return [] }
      return [
        Suspicion(
          kind: .wrongName, position: 0,
          explanation: "the client asked for \(wanted), but the names of this server's certificate are \(names)",
          rule: rule,
          remedy:
            "Give the server a certificate with DNS:\(wanted), or have the client connect by a name that the certificate has.",
          field: "subjectAltName", expected: "DNS:\(wanted)", found: names)
      ]
    }
    guard hasClientHello, !leaf.names.contains(where: { $0.hasPrefix("IP:") }) else { return [] }
    return [
      Suspicion(
        kind: .wrongName, position: 0,
        explanation:
          "the client named no host, so it may have connected by IP address, but this server's certificate has no IP address "
          + "(it is for \(names))",
        rule: rule,
        remedy: "Have the client connect by name, or give the server a certificate with its IP address.",
        field: "subjectAltName", expected: "an IP address", found: names, isVague: true)
    ]
  }

  /// Only a client is told whom its peer trusts.
  private var authority: [Suspicion] {
    guard side == .client, let request, !request.authorities.isEmpty,
      !identity.issuerNames.contains(where: request.authorities.contains)
    else { return [] }
    let issuers = identity.certificates.map(\.issuer).joined(separator: ", ")
    return [
      Suspicion(
        kind: .authority, position: 0,
        explanation: "its issuer (\(issuers)) is not among those that the server accepts",
        rule: "RFC 5246 §7.4.4 (certificate_authorities)",
        remedy:
          "Use a certificate from an authority that the server names, or have the server trust this one's issuer.",
        field: "certificate_authorities", expected: "one of the \(request.authorities.count) that the server names",
        found: issuers)
    ]
  }

  private var issuer: [Suspicion] {
    guard let leaf, identity.certificates.count == 1 else { return [] }
    if leaf.subject == leaf.issuer {
      return [
        Suspicion(
          kind: .selfSigned, position: 0,
          explanation: "this \(me)'s certificate is self-signed, and the \(them) does not know it",
          rule: "RFC 5280 §6.1 (path to a trusted root)",
          remedy:
            "Add the certificate to the \(them)'s trusted roots, or have one issued by an authority trusted there.",
          field: "issuer", expected: "an issuer that the \(them) trusts", found: leaf.issuer)
      ]
    }
    return [
      Suspicion(
        kind: .noIntermediate, position: 0,
        explanation: "this \(me) sent its certificate alone, and the \(them) may not know its issuer \(leaf.issuer)",
        rule: "RFC 5246 §7.4.2 (certificate list)",
        remedy:
          "Add the intermediate certificates to this \(me)'s chain; if there are none, have \(leaf.issuer) trusted on the \(them).",
        field: "issuer", expected: "the issuer's certificate, sent or trusted", found: leaf.issuer)
    ]
  }
}

extension OwnChainReview.Suspicion.Kind {
  /// Whether the peer's set-up may as well be what has to change.
  var isPeersChoice: Bool {
    switch self {
    case .authority, .selfSigned, .noIntermediate: true
    case .expired, .notYetValid, .purpose, .keyUsage, .weakKey, .weakSignature, .issuerNotAuthority, .brokenLink,
      .pathLength, .nameConstraint, .criticalExtension, .damaged, .unsupported, .wrongName, .noNames, .tooLong:
      false
    }
  }

  var cause: FailureCause {
    switch self {
    case .expired: .certificateExpired
    case .notYetValid: .certificateNotYetValid
    case .purpose: .purposeWrong
    case .keyUsage: .keyUsageWrong
    case .weakKey: .keyWeak
    case .weakSignature: .signatureWeak
    case .issuerNotAuthority: .issuerNotAuthority
    case .brokenLink: .intermediateMissing
    case .wrongName: .nameMismatch
    case .noNames: .nameMissing
    case .authority: .issuerUnknown
    case .selfSigned: .certificateSelfSigned
    case .noIntermediate: .intermediateMissing
    case .pathLength: .pathLengthExceeded
    case .nameConstraint: .nameConstraintViolated
    case .criticalExtension: .criticalExtensionUnknown
    case .damaged: .chainSignatureInvalid
    case .unsupported: .signatureUnsupported
    case .tooLong: .chainTooLong
    }
  }

  /// What only our judgement finds.
  fileprivate init?(_ reason: CertificateRejection.Reason) {
    switch reason {
    case .pathLengthExceeded: self = .pathLength
    case .nameConstraint: self = .nameConstraint
    case .unknownCriticalExtension: self = .criticalExtension
    case .badSignature: self = .damaged
    case .unsupportedSignature, .unsupportedKey: self = .unsupported
    case .issuerNotCA: self = .issuerNotAuthority
    default: return nil
    }
  }

  fileprivate var rule: String {
    switch self {
    case .pathLength: "RFC 5280 §4.2.1.9 (path length)"
    case .nameConstraint: "RFC 5280 §4.2.1.10 (name constraints)"
    case .criticalExtension: "RFC 5280 §4.2 (critical extensions)"
    case .damaged: "RFC 5280 §6.1.3 (signatures along the path)"
    case .issuerNotAuthority: "RFC 5280 §4.2.1.9 (basic constraints)"
    default: "RFC 5246 §7.4.1.4.1 (signature algorithms)"
    }
  }

  fileprivate var field: String {
    switch self {
    case .pathLength, .issuerNotAuthority: "basicConstraints"
    case .nameConstraint: "nameConstraints"
    case .criticalExtension: "extensions"
    case .damaged: "signatureValue"
    default: "signatureAlgorithm"
    }
  }

  fileprivate func remedy(on me: String) -> String {
    switch self {
    case .pathLength: "Have this \(me)'s certificate issued by an authority higher up, with fewer intermediates."
    case .nameConstraint: "Have a certificate issued with names that its authority may certify."
    case .criticalExtension: "Have a certificate issued without that critical extension."
    case .damaged: "Install certificate and intermediates again as issued; one does not belong to the others."
    case .issuerNotAuthority: "Have this \(me)'s certificate issued by an authority (CA: true)."
    default: "Have a certificate issued with an ECDSA P-256 key, signed with SHA-256."
    }
  }
}

extension String {
  var withoutFullStop: String { hasSuffix(".") ? String(dropLast()) : self }
}
