import Foundation
import Handfast
import HandfastCore
import HandfastInspect
import HandfastTrust
import HandfastWire

/// What `check` says of a server.
struct SurveyReport {
  let target: String
  let reference: ServerReference
  /// Where the roots come from that it was judged by.
  let trustName: String
  let hasIdentities: Bool
  let survey: PeerSurvey

  enum Conclusion {
    case works
    case thisSideRefuses
    case peerRefuses
  }

  /// Each thing that is still needed for a mutual handshake, with the way out; empty: it works.
  var needs: [(text: String, conclusion: Conclusion)] {
    guard speaks else {
      let reason = survey.versions.first { $0.version == .tls12 }?.refusal ?? "the peer did not say why"
      let isTLS = survey.versions.count > 1
      let wanted = isTLS ? "TLS 1.2 or 1.3, which is what handfast speaks" : "A TLS server"
      return [("\(wanted): \(reason).", .peerRefuses)]
    }
    var needs: [(String, Conclusion)] = []
    if hasNoSuite {
      let taken = survey.foreignSuite.map { "; the peer takes \($0), for example" } ?? ""
      needs.append(("A cipher suite that both sides speak\(taken).", .peerRefuses))
    }
    switch survey.verdict {
    case .trusted?: break
    case .rejected(let peer)?:
      needs.append(("A server's chain that is trusted here: \(peer.rejection.detail)", .thisSideRefuses))
    case nil where survey.bare == nil && !survey.speaks12:
      return needs + [("More connections (--connections): the whole handshake was not tried.", .peerRefuses)]
    case nil: needs.append(("A server's certificate; the peer sends none.", .peerRefuses))
    @unknown default: break
    }
    if let failure = survey.bare?.failure, survey.certificateRequest == nil {
      needs.append((failure.diagnosis.explanation, Self.conclusion(of: failure)))
    }
    guard let request = survey.certificateRequest else {
      needs.append(
        ("A server that asks for a client's certificate; this one does not, so nothing is mutual.", .peerRefuses))
      return needs
    }
    if survey.chosen == nil {
      let prefix =
        hasIdentities
        ? "Another client certificate, since none of those given fits" : "A client certificate (--cert, --key)"
      needs.append(("\(prefix): \(Self.wish(request)).", .peerRefuses))
    } else if let failure = survey.mutual?.failure {
      needs.append(
        (failure.diagnosis.explanation + " " + failure.commandDiagnosis.remedy.text, Self.conclusion(of: failure)))
    } else if let problem = survey.mutual?.networkError {
      needs.append((problem, .peerRefuses))
    } else if survey.mutual == nil, isTrusted, !hasNoSuite {
      needs.append(("More connections (--connections): the whole handshake was not tried.", .peerRefuses))
    }
    return needs
  }

  private var speaks: Bool { survey.speaks12 || survey.speaks13 }
  private var hasNoSuite: Bool { survey.suites.values.isEmpty && survey.suites13.values.isEmpty }

  private var isTrusted: Bool {
    if case .trusted? = survey.verdict { true } else { false }
  }

  var status: ExitStatus {
    if needs.contains(where: { $0.conclusion == .thisSideRefuses }) { return .peerRefused }
    return needs.isEmpty ? .success : .refusedByPeer
  }

  private static func conclusion(of failure: TLSFailure) -> Conclusion {
    if case .alertReceived = failure.error { .peerRefuses } else { .thisSideRefuses }
  }

  /// The certificate that the server would take.
  private static func wish(_ request: PeerSurvey.Request) -> String {
    let names = request.accepted.authorities
    let kind =
      request.version == .tls12
      ? request.certificateTypes.map(\.description).joined(separator: " or ")
      : "with a key of the kind \(keyKinds(for: request.accepted.signatureSchemes).joined(separator: " or "))"
    let authorities = names.prefix(4).map(name).joined(separator: ", or ")
    let rest = names.count > 4 ? " (and \(names.count - 4) others)" : ""
    let issuer = names.isEmpty ? "of any authority it trusts; it names none" : "issued under \(authorities)\(rest)"
    return "\(kind), \(issuer), with extendedKeyUsage clientAuth"
  }

  /// What can make such signatures in TLS 1.3.
  private static func keyKinds(for schemes: [SignatureScheme]) -> [String] {
    let kinds: [(SignatureScheme, String)] = [
      (.ecdsaSecp256r1SHA256, "ECDSA P-256"), (.ecdsaSecp384r1SHA384, "ECDSA P-384"),
      (.ecdsaSecp521r1SHA512, "ECDSA P-521"), (.ed25519, "Ed25519"), (.rsaPSSRSAESHA256, "RSA"),
      (.rsaPSSRSAESHA384, "RSA"), (.rsaPSSRSAESHA512, "RSA"), (.mldsa44, "ML-DSA-44"), (.mldsa65, "ML-DSA-65"),
      (.mldsa87, "ML-DSA-87"),
    ]
    var names: [String] = []
    for (scheme, name) in kinds where schemes.contains(scheme) && !names.contains(name) { names.append(name) }
    return names
  }

  static func name(_ der: [UInt8]) -> String { distinguishedNameText(der: der) ?? "0x\(hexText(der.prefix(16)))…" }
}

// MARK: - Text

extension SurveyReport {
  var lines: [NarrativeLine] {
    var page = Page()
    page.title("The server at \(target), asked for as \(reference) in \(counted(survey.connections, "connection"))")
    versionLines(&page)
    guard speaks else { return page.lines + conclusion }
    listLines(&page)
    chainLines(&page)
    requestLines(&page)
    return page.lines + conclusion
  }

  private func versionLines(_ page: inout Page) {
    page.heading("Versions")
    for (version, refusal) in survey.versions {
      guard let refusal else {
        page.mark(
          version < .tls12 ? .warned : .passed,
          "\(version): accepted" + (version < .tls12 ? ", though RFC 8996 retired it" : ""))
        continue
      }
      page.mark(version >= .tls12 && !speaks ? .failed : .passedOver, "\(version): not accepted; \(refusal)")
    }
  }

  private func listLines(_ page: inout Page) {
    if survey.speaks13 { listLines13(&page) }
    if survey.speaks12 { listLines12(&page) }
    page.heading("Application protocols (ALPN)")
    for name in survey.protocols.values { page.mark(.passed, name) }
    if survey.protocols.values.isEmpty { page.note("none of those asked for") }
    if let gap = survey.protocols.gap { page.note("There may be more: \(gap).") }
  }

  private func listLines13(_ page: inout Page) {
    page.heading("Cipher suites of TLS 1.3, in the order it chose them")
    for suite in survey.suites13.values { page.mark(.passed, "\(suite)") }
    if survey.suites13.values.isEmpty { page.mark(.failed, "none of those that handfast speaks") }
    if let gap = survey.suites13.gap { page.note("There may be more: \(gap).") }
    page.heading("Groups of TLS 1.3, in the order it chose them")
    for group in survey.groups13.values {
      page.mark(.passed, "\(group)" + (group.isHybrid ? ": a hybrid, against quantum computers to come" : ""))
    }
    if survey.groups13.values.isEmpty { page.note("none of those that handfast speaks") }
    if let gap = survey.groups13.gap { page.note("There may be more: \(gap).") }
  }

  private func listLines12(_ page: inout Page) {
    page.heading("Cipher suites of TLS 1.2, in the order it chose them")
    for suite in survey.suites.values {
      let isTransport = [CipherSuite].rsaKeyTransport.contains(suite)
      page.mark(
        isTransport ? .warned : .passed,
        "\(suite)" + (isTransport ? ": RSA key transport, which RFC 10015 forbids" : ""))
    }
    if survey.suites.values.isEmpty { page.mark(.failed, "none of those that handfast speaks") }
    if let gap = survey.suites.gap { page.note("There may be more: \(gap).") }
    if let suite = survey.foreignSuite {
      page.mark(.warned, "Also some that handfast does not speak, first of all \(suite)")
    }
    page.heading("Groups of TLS 1.2, in the order it chose them")
    for group in survey.groups.values { page.mark(.passed, "\(group)") }
    if survey.groups.values.isEmpty { page.note("none") }
    if let gap = survey.groups.gap { page.note("There may be more: \(gap).") }
  }

  private func chainLines(_ page: inout Page) {
    page.heading("Its chain, judged as a server's for \(reference) by \(trustName)")
    for (position, item) in survey.chain.enumerated() { page.certificate(item, at: position) }
    switch survey.verdict {
    case .trusted(let peer)?:
      let anchor = peer.path.last.map { " It leads to \($0.subject)." } ?? ""
      page.mark(.passed, "Trusted.\(anchor)")
      for check in peer.checks where check.outcome == .warned { page.mark(.warned, check.detail) }
    case .rejected(let peer)?: page.mark(.failed, "Refused: \(peer.rejection.detail)")
    case nil: page.mark(.failed, "It sends no certificate.")
    @unknown default: break
    }
  }

  private func requestLines(_ page: inout Page) {
    page.heading("What it asks of its clients")
    guard survey.certificateRequest != nil else {
      page.note("No certificate: it sends no CertificateRequest.")
      return
    }
    for request in survey.requests { lines(about: request, &page) }
    page.field("without one", bareText)
    guard hasIdentities else { return }
    page.heading("The certificates given, in their order")
    for (index, candidate) in survey.candidates.enumerated() {
      let faults = survey.unfitness.indices.contains(index) ? survey.unfitness[index] : []
      if let reason = candidate.ruledOut {
        page.mark(.passedOver, "\(candidate.label): not sent, \(reason)")
      } else {
        page.mark(faults.isEmpty ? .passed : .warned, "\(candidate.label): this one is sent")
      }
      for fault in faults { page.fault("No client's certificate: \(fault)") }
    }
    if let mutual = survey.mutual, let settled = mutual.negotiated {
      if mutual.isConfirmed {
        page.mark(.passed, "Tried in \(settled.version): the handshake is complete, and both sides are authenticated.")
      } else {
        page.mark(
          .warned,
          "Tried in \(settled.version): this side is done, but the server has not said whether it accepts the "
            + "certificate. It gives no ticket, and may still refuse.")
      }
    } else if let failure = survey.mutual?.failure {
      page.mark(.failed, "Tried: \(failure.diagnosis.explanation)")
    } else if let problem = survey.mutual?.networkError {
      page.mark(.failed, "Tried: \(problem)")
    } else if survey.chosen != nil {
      page.note(
        isTrusted ? "Not tried: the connections are used up." : "Not tried, since its own chain is not trusted.")
    }
  }

  private func lines(about request: PeerSurvey.Request, _ page: inout Page) {
    if survey.requests.count > 1 { page.note("In \(request.version):") }
    if !request.certificateTypes.isEmpty {
      page.field("types", request.certificateTypes.map(\.description).joined(separator: ", "))
    }
    page.field("signatures", request.accepted.signatureSchemes.map(\.description).joined(separator: ", "))
    let names = request.accepted.authorities
    let shown = names.prefix(20).map(Self.name)
    let rest = names.count > shown.count ? ["and \(names.count - shown.count) others"] : []
    page.field("authorities", shown.isEmpty ? "none named: any may do" : (shown + rest).joined(separator: "; "))
    if !request.accepted.filters.isEmpty {
      page.field("filters", "\(counted(request.accepted.filters.count, "certificate extension")) asked for")
    }
  }

  private var bareText: String {
    guard let bare = survey.bare else { return "not tried" }
    if bare.isComplete, !bare.isConfirmed {
      return "this side is done, but the server has not said whether it accepts that; it may still refuse"
    }
    if bare.isComplete {
      return "it completes the handshake all the same; its application may still refuse (nginx: 400)"
    }
    if let alert = bare.alertReceived { return "it refuses, with \(alert)" }
    return "the handshake does not complete: \(bare.failure?.diagnosis.explanation ?? bare.networkError ?? "no reason")"
  }

  private var conclusion: [NarrativeLine] {
    var page = Page()
    let needs = needs
    let works =
      survey.mutual?.isConfirmed == false
      ? "A mutual handshake works as far as this side can tell." : "A mutual handshake works."
    page.heading(needs.isEmpty ? works : "A mutual handshake still needs")
    for need in needs { page.mark(.failed, need.text) }
    return [NarrativeLine(text: "")] + page.lines
  }
}

extension PeerSurvey.Trial {
  var alertReceived: AlertDescription? {
    guard case .alertReceived(let alert)? = failure?.error else { return nil }
    return alert
  }
}

/// Lines of a report, put together.
struct Page {
  private(set) var lines: [NarrativeLine] = []

  mutating func title(_ text: String) { lines.append(NarrativeLine(text: text, tone: .strong)) }

  mutating func heading(_ text: String) {
    if !lines.isEmpty { lines.append(NarrativeLine(text: "")) }
    lines.append(NarrativeLine(text: text, tone: .strong))
  }

  mutating func mark(_ mark: NarrativeLine.Mark, _ text: String) {
    let tone: NarrativeLine.Tone =
      switch mark {
      case .passed: .good
      case .failed: .bad
      case .warned: .caution
      case .passedOver: .faint
      case .none, .item: .plain
      }
    lines.append(NarrativeLine(depth: 1, mark: mark, text: text, tone: tone))
  }

  /// Of what was marked before.
  mutating func fault(_ text: String) {
    lines.append(NarrativeLine(depth: 2, mark: .failed, text: text, tone: .bad))
  }

  mutating func note(_ text: String) { lines.append(NarrativeLine(depth: 1, text: text, tone: .faint)) }

  mutating func field(_ label: String, _ text: String) {
    lines.append(NarrativeLine(depth: 1, label: label, text: text))
  }

  mutating func certificate(_ item: CertificateDescription, at position: Int) {
    let names = item.names.isEmpty ? "" : ", names \(item.names.prefix(8).joined(separator: ", "))"
    field("\(position)", "\(item.subject), \(item.key), issued by \(item.issuer)\(names)")
  }
}
