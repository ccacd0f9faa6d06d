import HandfastCore

/// How the certificates of a file hang together.
struct ChainLinks {
  /// The places of the chain's certificates, own certificate first.
  let order: [Int]
  let path: [Presented]
  let remarks: [ChainExplanation.Remark]
  /// Where the chain ends, which is worth a remark unless its root is at hand.
  let endRemarks: [ChainExplanation.Remark]

  /// What breaks the chain.
  var faults: [String] { (remarks + endRemarks).filter(\.isFault).map(\.text) }

  init(_ presented: [Presented]) {
    let order = Self.order(presented)
    self.order = order
    path = order.map { presented[$0] }
    var remarks = presented.compactMap { item -> ChainExplanation.Remark? in
      guard item.fields == nil else { return nil }
      return .init(text: "Certificate \(item.position) cannot be read: \(item.problem ?? "no X.509").", isFault: true)
    }
    let readable = presented.filter { $0.fields != nil }.map(\.position)
    if order.sorted() == readable, order != readable {
      let wanted = order.map(String.init).joined(separator: ", ")
      remarks.append(
        .init(
          text: "The certificates are not in order: TLS wants the own one first, then each issuer: \(wanted).",
          isFault: true))
    }
    for position in readable where !order.contains(position) {
      let subject = presented[position].fields?.subject.text ?? ""
      remarks.append(
        .init(
          text: "Certificate \(position) (\(subject)) does not belong to the chain: it has issued none of it.",
          isFault: false))
    }
    self.remarks = remarks + Self.brokenLinks(path)
    endRemarks = Self.end(path)
  }

  /// From the one that has issued no other, up by name; file order decides where names do not.
  private static func order(_ presented: [Presented]) -> [Int] {
    let readable = presented.filter { $0.fields != nil }
    let isIssuer: (Presented) -> Bool = { item in
      readable.contains { $0.position != item.position && $0.fields?.issuer.der == item.fields?.subject.der }
    }
    guard var tip = readable.first(where: { !isIssuer($0) }) ?? readable.first else { return [] }
    var order = [tip.position]
    while let fields = tip.fields, !fields.isSelfIssued {
      let above = readable.filter { item in
        !order.contains(item.position) && item.fields?.subject.der == fields.issuer.der
      }
      // Of several with the right name, the one whose key has signed.
      guard let next = above.first(where: { hasSigned($0, tip) ?? false }) ?? above.first else { break }
      order.append(next.position)
      tip = next
    }
    return order
  }

  /// Nil when one of the two cannot be used.
  private static func hasSigned(_ upper: Presented, _ lower: Presented) -> Bool? {
    guard let upper = upper.fields, let lower = lower.fields else { return nil }
    return lower.isSigned(by: upper)
  }

  private static func brokenLinks(_ path: [Presented]) -> [ChainExplanation.Remark] {
    zip(path, path.dropFirst()).compactMap { lower, upper in
      guard hasSigned(upper, lower) == false else { return nil }
      return .init(
        text: "Certificate \(upper.position) has the name of certificate \(lower.position)'s issuer, but not its key: "
          + "the signature does not match.", isFault: true)
    }
  }

  private static func end(_ path: [Presented]) -> [ChainExplanation.Remark] {
    guard let last = path.last, let fields = last.fields else { return [] }
    guard fields.looksSelfSigned else {
      return [
        .init(
          text:
            "The chain ends with \(fields.subject.text); its issuer \(fields.issuer.text) must be known to the peer.",
          isFault: false)
      ]
    }
    if hasSigned(last, last) == false {
      return [
        .init(
          text: "Certificate \(last.position) seems to be self-signed, but its signature does not match.", isFault: true
        )
      ]
    }
    guard path.count > 1 else {
      return [
        .init(text: "It is self-signed: a peer accepts it only when it trusts this very certificate.", isFault: false)
      ]
    }
    return [
      .init(
        text: "The root \(fields.subject.text) is in the file: peers must know it anyway, and it need not be sent.",
        isFault: false)
    ]
  }
}
