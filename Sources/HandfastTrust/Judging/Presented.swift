import HandfastCore

/// One certificate of the presented chain, as far as it can be read.
struct Presented: Sendable {
  let position: Int
  let der: [UInt8]
  /// Nil when it is no X.509 certificate.
  let fields: CertificateFields?
  /// Why it is nil.
  let problem: String?
  /// What is remembered of it, where it has issued another's before.
  let issuer: ChainMemory.Issuer?

  /// The chain as it came. One name's issuer is the next one's subject, and the last is a root's: each is read once.
  static func read(_ chain: [[UInt8]], anchors: TrustAnchors, memory: ChainMemory?) -> [Presented] {
    var last: CertificateFields.Name?
    return chain.enumerated().map { position, der in
      let issuer = position > 0 ? memory?.issuer(der) : nil
      let item =
        issuer.map { Presented(position: position, issuer: $0) }
        ?? Presented(position: position, der: der) { name in last?.der == name ? last : anchors.name(name) }
      last = item.fields?.issuer
      return item
    }
  }

  init(position: Int, der: [UInt8], known: ([UInt8]) -> CertificateFields.Name? = { _ in nil }) {
    self.position = position
    self.der = der
    issuer = nil
    var problem: String?
    do {
      fields = try CertificateFields(der: der, known: known)
    } catch {
      fields = nil
      problem = plain(error)
    }
    self.problem = problem
  }

  private init(position: Int, issuer: ChainMemory.Issuer) {
    (self.position, self.issuer) = (position, issuer)
    (der, fields, problem) = (issuer.fields.der, issuer.fields, nil)
  }

  /// Whether it is known that the key of `upper` has made its signature.
  func isRemembered(under upper: CertificateFields) -> Bool {
    issuer.map { $0.signer == upper.publicKeyInfo } ?? false
  }

  var description: CertificateDescription {
    if let issuer { return issuer.description }
    return fields.map(CertificateDescription.init) ?? .unreadable(der)
  }
}
