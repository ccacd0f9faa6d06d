import HandfastCore

/// What is no reason for a refusal here, but may be one tomorrow, or is one elsewhere.
struct ChainWarnings {
  /// As it came, or is to be sent; nil where a certificate cannot be read.
  let presented: [CertificateFields?]
  /// Leaf to anchor.
  let path: [CertificateFields]
  let now: Int64

  /// Each with its certificate's place in the chain.
  var findings: [(position: Int?, finding: Finding)] {
    var list = expiring
    if let order { list.append(order) }
    list.append(contentsOf: superfluous)
    if let missingIntermediate { list.append(missingIntermediate) }
    if let missingNames { list.append(missingNames) }
    if let weakRoot { list.append(weakRoot) }
    return list
  }

  static let renewalSeconds: Int64 = 14 * 86_400

  /// Short-lived certificates are renewed late in their life, and not a fortnight before its end.
  var expiring: [(position: Int?, finding: Finding)] {
    path.dropLast(path.count > 1 ? 1 : 0).compactMap { fields in
      let left = fields.notAfter - now
      guard left >= 0, left < min(Self.renewalSeconds, (fields.notAfter - fields.notBefore) / 3) else { return nil }
      let days = left / 86_400
      let time = days == 0 ? "in less than a day" : "in \(days) day\(days == 1 ? "" : "s")"
      return (
        position(of: fields),
        .warned(.validity, "It expires \(time), at \(UnixTime.text(fields.notAfter)): renew it.")
      )
    }
  }

  //= https://www.rfc-editor.org/rfc/rfc5246#section-7.4.2
  //# Each following certificate MUST directly certify the one preceding it.
  private var order: (position: Int?, finding: Finding)? {
    guard !isPath else { return nil }
    let positions = path.compactMap(position)
    guard zip(positions, positions.dropFirst()).contains(where: { $0 > $1 }) else { return nil }
    let list = positions.map(String.init).joined(separator: ", ")
    return (
      nil,
      .warned(
        .pathBuilding,
        "The chain came in disorder: the path takes its certificates as \(list). Some peers refuse that.")
    )
  }

  var superfluous: [(position: Int?, finding: Finding)] {
    let used = isPath ? [] : path.compactMap(position)
    return presented.indices.dropFirst().compactMap { index in
      guard let fields = presented[index] else {
        return (index, .warned(.parse, "It cannot be read, and is not needed: leave it out."))
      }
      if fields.looksSelfSigned {
        return (
          index,
          .warned(
            .pathBuilding,
            "A root (\(fields.subject.text)) was sent along. Who trusts it has it; who does not, gains nothing.")
        )
      }
      guard !isPath, !used.contains(index) else { return nil }
      let isCopy = presented.firstIndex { $0?.der == fields.der } != index
      return (
        index,
        .warned(
          .pathBuilding,
          "\(fields.subject.text) \(isCopy ? "was sent twice" : "was sent, but is no part of the path"): leave it out.")
      )
    }
  }

  /// Trusted though it is an intermediate: who trusts only its root finds no path.
  private var missingIntermediate: (position: Int?, finding: Finding)? {
    guard path.count > 1, let anchor = path.last, !anchor.isSelfIssued, position(of: anchor) == nil else { return nil }
    return (
      nil,
      .warned(
        .pathBuilding,
        "The chain lacks the intermediate \(anchor.subject.text), which happens to be trusted here itself. Who trusts only its issuer "
          + "\(anchor.issuer.text) finds no path.")
    )
  }

  /// A server without names is refused, unless nobody asked for one.
  var missingNames: (position: Int?, finding: Finding)? {
    guard let leaf = path.first, leaf.extensions.names?.isEmpty ?? true else { return nil }
    return (
      0,
      .warned(
        .identity,
        "It has no subjectAltName: whose it is stands only in the subject, where newer software does not look."
      )
    )
  }

  private var weakRoot: (position: Int?, finding: Finding)? {
    guard path.count > 1, let anchor = path.last, CertificateSignature.isWeak(anchor.signatureAlgorithm) else {
      return nil
    }
    return (
      position(of: anchor),
      .warned(
        .signatureAlgorithm,
        "\(anchor.subject.text) is signed with \(CertificateSignature.name(anchor.signatureAlgorithm)). Nobody relies on the signature "
          + "of a trusted root, but some peers refuse it.")
    )
  }

  /// Whether the chain is the path from its beginning on, as nearly all are.
  private var isPath: Bool {
    presented.count <= path.count && presented.indices.allSatisfy { presented[$0] === path[$0] }
  }

  private func position(of fields: CertificateFields) -> Int? { presented.firstIndex { $0?.der == fields.der } }
}
