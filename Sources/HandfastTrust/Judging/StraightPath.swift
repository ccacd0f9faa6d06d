import HandfastCore
import HandfastCrypto
import HandfastWire

/// The path that nearly every peer presents: each certificate is signed by the next one, and the last by a root that no other
/// shares its name with. It is judged by the same rules as any other, but needs no search, and its certificates are parsed once.
///
/// Whatever is unusual is left to the search: another order, two roots of one name, authorities that sign under their own name,
/// name constraints, X.509 before version 3, and every path that breaks a rule.
struct StraightPath {
  let presented: [Presented]
  let anchors: TrustAnchors
  let rules: PathRules

  /// Nil: the search is to decide. `keepingAll`: with what the rules say of the path where they are met.
  func find(keepingAll keepsAll: Bool) -> JudgedPath? {
    guard let (path, keys) = climb(), path.allSatisfy(\.isPlain) else { return nil }
    var judged = JudgedPath(path, keepsAll: keepsAll)
    guard judged.apply(rules) else { return nil }
    for (index, key) in keys.enumerated() {
      guard presented[index].isRemembered(under: path[index + 1]) || path[index].isSigned(by: key) else { return nil }
    }
    // Only now are the issuers known to be authorities.
    guard judged.applyRevocation(rules) else { return nil }
    return judged
  }

  /// By names alone; with each certificate's issuer's key.
  private func climb() -> (path: [CertificateFields], keys: [PublicKey])? {
    guard let leaf = presented.first?.fields else { return nil }
    var path = [leaf]
    var keys: [PublicKey] = []
    for position in 1...presented.count {
      let issuer = path[position - 1].issuer.der
      guard !path.contains(where: { $0.subject.der == issuer }) else { return nil }
      let roots = anchors.named(issuer)
      if let root = roots.first {
        guard roots.count == 1, let key = root.key else { return nil }
        return (path + [root.fields], keys + [key])
      }
      guard position < presented.count, let fields = presented[position].fields, fields.subject.der == issuer,
        let key = presented[position].issuer?.key ?? (try? PublicKey(subjectPublicKeyInfo: fields.publicKeyInfo))
      else { return nil }
      path.append(fields)
      keys.append(key)
    }
    return nil
  }
}

extension CertificateFields {
  fileprivate var isPlain: Bool {
    version == 3 && extensions.nameConstraints == nil && extensions.malformed.isEmpty
      && !extensions.hasUnenforcedCritical
  }

  /// Also strict about the algorithm's parameters.
  fileprivate func isSigned(by key: PublicKey) -> Bool {
    guard let signatureScheme else { return false }
    return key.isValid(signature, over: Array(signedBytes), scheme: signatureScheme)
  }
}
