import Foundation
import Handfast
import HandfastCore
import HandfastWire

extension StepTeller {
  func certificateLines(from sender: Side, on side: Side) -> [NarrativeLine] {
    let (chain, anchor) = context.chain(from: sender)
    let body = context.certificates(from: sender, preferring: side)
    let count = body?.count ?? chain.count
    guard side == sender else { return readingOfCertificates(chain, count: count, from: sender) }
    var lines = decisions(on: side)
    guard count > 0 else {
      let hasSome = choices(on: side).contains { !$0.candidates.isEmpty }
      let why = hasSome ? "none of its certificates fits" : "it has none"
      return lines + [.warned(nil, "Sends an empty list: \(why).")]
    }
    let isRaw = chain.first?.isRawPublicKey ?? false
    lines.append(
      .heading(isRaw ? "Sends a key, and no certificate" : "Sends \(counted(count, "certificate")), leaf first"))
    for (index, certificate) in chain.enumerated() {
      lines += self.lines(of: certificate, role: index == 0 ? "leaf" : certificate.role, from: sender)
    }
    if chain.isEmpty, let body {
      for (index, entry) in body.enumerated() {
        lines.append(
          .item("certificate \(index): \(counted(entry.certificate.count, "byte")) that nobody could read", depth: 1))
      }
    }
    lines += extensionLines(body ?? [])
    if let anchor {
      lines.append(.heading("Not sent: the root, which the \(side.peer) must know already"))
      lines += self.lines(of: anchor, role: "root", from: sender)
    }
    return lines
  }

  /// What TLS 1.3 puts beside each certificate.
  private func extensionLines(_ entries: [CertificateEntry]) -> [NarrativeLine] {
    entries.enumerated().flatMap { index, entry in
      entry.extensions.entries.map { item in
        .item("beside certificate \(index): \(item.type): \(item.field(in: .certificate).value)", depth: 1)
      }
    }
  }

  private func readingOfCertificates(
    _ chain: [CertificateDescription], count: Int, from sender: Side
  ) -> [NarrativeLine] {
    guard count > 0 else { return [.warned(nil, "An empty list: the \(sender) does not say who it is.")] }
    if let key = chain.first, key.isRawPublicKey {
      return [
        .say("A key without a certificate, which this side must know already:"), .item(key.subject, depth: 1),
        .say("says it is the \(sender), with an \(key.key) key", depth: 2, .faint),
      ]
    }
    var lines: [NarrativeLine] = [.say("\(counted(count, "certificate")), to be verified:")]
    for (index, certificate) in chain.enumerated() {
      lines.append(.item(certificate.subject, depth: 1))
      lines.append(
        .say(
          index == 0
            ? "says it is the \(sender), with an \(certificate.key) key"
            : "says it issues certificates, with an \(certificate.key) key", depth: 2, .faint))
    }
    return lines
  }

  private func lines(
    of certificate: CertificateDescription, role: String, from sender: Side
  ) -> [NarrativeLine] {
    let title = NarrativeLine(depth: 1, mark: .item, text: "\(role): \(certificate.subject)", tone: .strong)
    if let number = context.number(describing: certificate, before: sender) {
      return [title, .say("the same as in step \(number)", depth: 2, .faint)]
    }
    guard !certificate.isRawPublicKey else {
      return [
        title, .field("key", certificate.key, depth: 2),
        .field("public key", sizedHex(certificate.publicKey), depth: 2),
        .field("SHA-256", hexText(certificate.fingerprint), depth: 2),
      ]
    }
    var lines: [NarrativeLine] = [
      title,
      .field("issuer", certificate.issuer, depth: 2),
      .field("valid", "\(dateText(certificate.notBefore)) to \(dateText(certificate.notAfter)) UTC", depth: 2),
      .field("key", certificate.key, depth: 2), .field("signed with", certificate.signatureAlgorithm, depth: 2),
    ]
    if !certificate.publicKey.isEmpty {
      lines.insert(.field("public key", sizedHex(certificate.publicKey), depth: 2), at: lines.count - 1)
    }
    if !certificate.signature.isEmpty {
      lines.append(.field("signature", sizedHex(certificate.signature), depth: 2))
    }
    if !certificate.names.isEmpty {
      lines.append(.field("names", certificate.names.joined(separator: ", "), depth: 2))
    }
    let usage = (certificate.keyUsage ?? []) + (certificate.extendedKeyUsage ?? [])
    if !usage.isEmpty { lines.append(.field("may be used for", usage.joined(separator: ", "), depth: 2)) }
    if certificate.isCA { lines.append(.field("CA", "yes: it may issue certificates", depth: 2)) }
    lines.append(.field("serial", certificate.serialNumber, depth: 2))
    if !certificate.criticalExtensions.isEmpty {
      lines.append(.field("critical", certificate.criticalExtensions.joined(separator: ", "), depth: 2))
    }
    if let identifier = certificate.subjectKeyIdentifier {
      lines.append(.field("key id", hexText(identifier), depth: 2))
    }
    if let identifier = certificate.authorityKeyIdentifier {
      let isOwn = identifier == certificate.subjectKeyIdentifier
      lines.append(.field("issuer's key id", isOwn ? "the same" : hexText(identifier), depth: 2))
    }
    if certificate.byteCount > 0 { lines.append(.field("length", counted(certificate.byteCount, "byte"), depth: 2)) }
    lines.append(.field("SHA-256", hexText(certificate.fingerprint), depth: 2))
    return lines
  }

  /// Whole in the dump and in JSON.
  private func sizedHex(_ bytes: [UInt8]) -> String { "\(shortHex(bytes)) (\(counted(bytes.count, "byte")))" }

  func verificationColumn(of peer: Side, on side: Side) -> NarrativeStep.Column {
    guard side == peer.peer else {
      return NarrativeStep.Column(
        headline: "waits", lines: [.say("It learns the outcome only by what the \(peer.peer) does next.", .faint)])
    }
    guard let judgement = context.judgement(of: peer) else { return NarrativeStep.Column() }
    var lines: [NarrativeLine] = []
    if let reference = judgement.reference { lines.append(.field("wants to reach", "\(reference)")) }
    if !judgement.path.isEmpty, judgement.path.first?.isRawPublicKey == false {
      lines.append(.heading("The path, from the leaf to a root it trusts"))
      for (index, certificate) in judgement.path.enumerated() {
        lines.append(
          NarrativeLine(
            depth: 1, mark: .item,
            text: certificate.subject + (index == judgement.path.count - 1 ? " (trusted here)" : "")))
      }
    }
    lines.append(.heading(counted(judgement.checks.count, "check")))
    var subject: String?
    for check in judgement.checks {
      let next = self.subject(of: check, judgement)
      if next != subject { lines.append(.item(next, depth: 1)) }
      subject = next
      lines.append(
        NarrativeLine(
          depth: 2, mark: check.outcome.mark, label: check.rule.phrase, text: check.detail, tone: check.outcome.tone))
    }
    if let rejection = judgement.rejection {
      lines.append(.failed("verdict", "refused: \(rejection.detail)"))
    } else {
      lines.append(.passed("verdict", "trusted; it still has to prove that it holds the key"))
    }
    return NarrativeStep.Column(headline: "verifies the \(peer)'s chain", lines: lines)
  }

  /// Which certificate a check is about; without a place in the presented chain it is the path or the root at its end.
  private func subject(of check: CertificateCheck, _ judgement: JudgementFact) -> String {
    guard let position = check.position else {
      return check.rule == .pathBuilding ? "the path" : "the path's end"
    }
    guard judgement.presented.indices.contains(position) else { return "certificate \(position)" }
    let certificate = judgement.presented[position]
    if certificate.isRawPublicKey { return certificate.subject }
    return "\(position == 0 ? "leaf" : certificate.role): \(certificate.subject)"
  }

  func certificateRequestLines() -> [NarrativeLine] {
    guard let request: CertificateRequest12 = context.body(.certificateRequest, from: .server, preferring: .server)
    else { return [] }
    var lines: [NarrativeLine] = [
      .field("key types", request.certificateTypes.map(\.coded).joined(separator: ", ")),
      .field("signatures", request.signatureAlgorithms.map(\.coded).joined(separator: ", ")),
    ]
    if request.authorities.isEmpty {
      lines.append(.field("issued by", "anyone: no authority is named"))
    } else {
      lines.append(.heading("Issued, directly or not, by \(request.authorities.count == 1 ? "this" : "one of these")"))
      lines += request.authorities.map { .item(distinguishedNameText($0), depth: 1) }
    }
    return lines
  }

  func readingOfCertificateRequest() -> [NarrativeLine] {
    guard let request: CertificateRequest12 = context.body(.certificateRequest, from: .server, preferring: .client)
    else { return [] }
    let count = request.authorities.count
    let known = [SignatureScheme].recommended
    let shared = request.signatureAlgorithms.filter(known.contains)
    let foreign = request.signatureAlgorithms.filter { !known.contains($0) }
    var lines: [NarrativeLine] = [
      .say("It must answer with a certificate that fits, or with an empty list."),
      .field("key types", counted(request.certificateTypes.count, "kind")),
      .field("signatures", counted(request.signatureAlgorithms.count, "scheme")),
      shared.isEmpty
        ? .warned("shared", "none: it can make no signature that the server verifies")
        : .field("shared", shared.map(\.coded).joined(separator: ", ")),
    ]
    if !foreign.isEmpty { lines.append(.field("not shared", foreign.map(\.coded).joined(separator: ", "))) }
    lines.append(.field("issued by", count == 0 ? "anyone" : counted(count, "authority", plural: "authorities")))
    return lines
  }
}

func counted(_ count: Int, _ noun: String, plural: String) -> String { "\(count) \(count == 1 ? noun : plural)" }

/// "2026-11-23 23:05:00", in UTC.
func dateText(_ seconds: Int64) -> String {
  let text = Date(timeIntervalSince1970: TimeInterval(seconds)).formatted(.iso8601)
  return text.replacing("T", with: " ").replacing("Z", with: "")
}

extension CertificateDescription {
  fileprivate var role: String { isCA ? (subject == issuer ? "root" : "intermediate") : "certificate" }
}

extension CertificateCheck.Outcome {
  fileprivate var mark: NarrativeLine.Mark {
    switch self {
    case .passed: .passed
    case .failed: .failed
    case .warned: .warned
    }
  }
  fileprivate var tone: NarrativeLine.Tone {
    switch self {
    case .passed: .good
    case .failed: .bad
    case .warned: .caution
    }
  }
}

extension CertificateCheck.Rule {
  fileprivate var phrase: String {
    switch self {
    case .parse: "readable"
    case .keyStrength: "key strength"
    case .signatureAlgorithm: "algorithms"
    case .validity: "validity"
    case .basicConstraints: "may issue"
    case .keyUsage: "key usage"
    case .extendedKeyUsage: "purpose"
    case .criticalExtensions: "extensions"
    case .nameConstraints: "constraints"
    case .pathBuilding: "path"
    case .signatures: "signatures"
    case .anchor: "trusted root"
    case .revocation: "revocation"
    case .identity: "name"
    }
  }
}
