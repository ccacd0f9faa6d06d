import HandfastCore

/// The certificates of a PEM text, put into the order that TLS wants: the own certificate first, then its issuers.
package struct ArrangedChain: Sendable {
  package let chain: [[UInt8]]
  /// What was not as it should be, each in a clause: "...".
  package let warnings: [String]

  package init(certificateChainPEM text: String) throws(IdentityError) {
    let given = try Identity.certificates(in: text)
    guard given.count <= Identity.chainLimit else {
      throw .tooManyCertificates(count: given.count, limit: Identity.chainLimit)
    }
    var fields: [CertificateFields] = []
    for (position, der) in given.enumerated() {
      do {
        fields.append(try CertificateFields(der: der))
      } catch {
        throw .unreadableCertificate(position: position, reason: plain(error))
      }
    }
    let order = Self.order(fields)
    chain = order.map { given[$0] }
    var warnings: [String] = []
    if order != order.sorted() || order.first ?? 0 != 0 {
      warnings.append(
        "the chain is not in order; sent as \(order.map { fields[$0].subject.text }.joined(separator: ", then "))")
    }
    let unused = fields.indices.filter { !order.contains($0) }
    if !unused.isEmpty {
      let names = unused.map { fields[$0].subject.text }.joined(separator: ", ")
      warnings.append("left out, since the certificates before it do not lead there: \(names)")
    }
    self.warnings = warnings
  }

  /// The places of the certificates that belong to the first one's chain, its own first.
  private static func order(_ fields: [CertificateFields]) -> [Int] {
    let issuers = Set(fields.filter { !$0.isSelfIssued }.map(\.issuer.der))
    // The own certificate is no CA's; among CAs it is the one that issued none of the others.
    let leaf =
      fields.firstIndex { !$0.extensions.isCA } ?? fields.firstIndex { !issuers.contains($0.subject.der) }
      ?? fields.indices.first
    guard let leaf else { return [] }
    var order = [leaf]
    var current = fields[leaf]
    while !current.isSelfIssued, let next = issuer(of: current, among: fields, except: order) {
      order.append(next)
      current = fields[next]
    }
    return order
  }

  /// By name, and among several of that name by key identifier.
  private static func issuer(of lower: CertificateFields, among fields: [CertificateFields], except used: [Int]) -> Int?
  {
    let named = fields.indices.filter { !used.contains($0) && fields[$0].subject.der == lower.issuer.der }
    return named.first { index in
      lower.extensions.authorityKeyIdentifier.map { $0 == fields[index].extensions.subjectKeyIdentifier } ?? false
    } ?? named.first
  }
}

extension Identity {
  /// Takes the chain as it was arranged, and the key as `init(certificateChainPEM:privateKeyPEM:passphrase:)` does.
  package init(_ arranged: ArrangedChain, privateKeyPEM: String, passphrase: [UInt8]?) throws(IdentityError) {
    try self.init(chain: arranged.chain, key: try Self.privateKey(in: privateKeyPEM, passphrase))
  }

  /// What peers, or another day, may not tolerate in this chain, though it can be used; each in a clause. `now`: as below.
  package func frailties(at now: Int64? = nil) -> [String] {
    let presented = chain.map { try? CertificateFields(der: $0) }
    let readable = presented.compactMap(\.self)
    guard let leaf = readable.first, let last = readable.last else { return [] }
    // A path ends with its anchor: where the chain does not, something stands above its last.
    let path = last.looksSelfSigned ? readable : readable + [last]
    let warnings = ChainWarnings(presented: presented, path: path, now: now ?? SystemClock.now())
    var texts = (warnings.expiring + warnings.superfluous + [warnings.missingNames].compactMap(\.self))
      .map { position, finding in (position ?? 0, finding.detail) }
    if let usage = leaf.extensions.keyUsage, !usage.contains("digitalSignature") {
      texts.append((0, "Its keyUsage lacks digitalSignature: most peers refuse its signatures; have it issued anew."))
    }
    for (position, fields) in presented.enumerated() {
      guard let fields, CertificateSignature.isWeak(fields.signatureAlgorithm), !fields.looksSelfSigned else {
        continue
      }
      let name = CertificateSignature.name(fields.signatureAlgorithm)
      texts.append((position, "It is signed with \(name), which peers refuse: have it issued anew."))
    }
    return texts.map { position, text in
      "certificate \(position) (\(presented[position]?.subject.text ?? "unreadable")): \(text)"
    }
  }

  /// What is wrong with the certificates' dates at `now` (Unix seconds; by default the system's); each in a clause.
  package func datesOutOfOrder(at now: Int64? = nil) -> [String] {
    let now = now ?? SystemClock.now()
    return certificates.compactMap { certificate in
      if certificate.notAfter < now {
        "\(certificate.subject) has expired, on \(UnixTime.text(certificate.notAfter)): peers will refuse it; renew it"
      } else if certificate.notBefore > now {
        "\(certificate.subject) is not valid before \(UnixTime.text(certificate.notBefore)): peers will refuse it; wait, "
          + "or set the clock"
      } else {
        nil
      }
    }
  }
}
