import Foundation
import Handfast
import HandfastCore
import HandfastInspect
import HandfastTrust
import HandfastWire

/// What `check --as-server` says of a client.
struct ClientReport {
  let client: ClientWatch.Client
  /// Where the roots come from that it was judged by.
  let trustName: String

  private var message: MessageFact? {
    client.events.lazy.compactMap { event in
      if case .received(let fact) = event, fact.type == .clientHello { fact } else { nil }
    }.first
  }
  private var hello: ClientHello? {
    message.flatMap { try? ClientHello(decoding: Array($0.bytes.dropFirst(4)).span, "ClientHello") }
  }
  private var judgement: JudgementFact? {
    client.events.lazy.compactMap { if case .peerJudged(let fact) = $0 { fact } else { nil } }.first
  }
  private var retry: RetryFact? {
    client.events.lazy.compactMap { if case .retryRequested(let fact) = $0 { fact } else { nil } }.first
  }
  private var negotiated: NegotiatedParameters? {
    client.events.lazy.compactMap { if case .handshakeCompleted(let parameters) = $0 { parameters } else { nil } }.first
  }
  /// Whether it has proved that it holds its certificate's key.
  private var hasProved: Bool {
    client.events.contains { event in
      if case .verifiedSignature(let fact) = event { fact.message == .certificateVerify } else { false }
    }
  }
  private var refusal: CertificateCheck? { judgement?.checks.first { $0.outcome == .failed } }

  /// Each thing that keeps the handshake from being mutual; empty: it is.
  var needs: [String] {
    if let failure = client.failure {
      return [failure.diagnosis.explanation + " " + failure.commandDiagnosis.remedy.text]
    }
    if let problem = client.networkError { return [problem] }
    guard judgement != nil else { return ["A client certificate: the client was asked for one and sent none."] }
    return refusal.map { ["A client's chain that is trusted here: \($0.detail)"] } ?? []
  }

  var status: ExitStatus {
    if let failure = client.failure { return HandfastCommands.status(of: failure) }
    if client.networkError != nil { return .unavailable }
    return needs.isEmpty ? .success : .peerRefused
  }
}

extension ClientReport {
  var lines: [NarrativeLine] {
    var page = Page()
    page.title("A client from \(client.address)")
    page.heading("What it offers")
    if let hello {
      page.field("versions", versions(of: hello).joined(separator: ", "))
      page.field("server_name", serverName(of: hello) ?? "not sent")
      page.field("cipher suites", hello.cipherSuites.filter { !$0.isGREASE }.map(\.description).joined(separator: ", "))
      page.field("groups", groups(of: hello).joined(separator: ", "))
      if let shares = keyShares(of: hello) {
        page.field("key shares", shares.isEmpty ? "none" : shares.joined(separator: ", "))
      }
      page.field("signatures", schemes(of: hello).joined(separator: ", "))
      let protocols = protocols(of: hello)
      page.field("ALPN", protocols.isEmpty ? "not sent" : protocols.joined(separator: ", "))
      page.field("extensions", extensions(of: hello).joined(separator: ", "))
    } else {
      page.mark(.failed, "No ClientHello that can be read")
    }
    let choices = client.events.compactMap { event -> Choice? in
      if case .chose(let choice) = event, choice.chosen != nil { choice } else { nil }
    }
    if !choices.isEmpty {
      page.heading("What this side chooses of it")
      if let retry {
        page.note("It is asked for a second ClientHello: \(retry.reason)")
      }
      for choice in choices { page.mark(.passed, "\(choice.subject.phrase): \(choice.chosen ?? "")") }
    }
    judgementLines(&page)
    let needs = needs
    page.heading(needs.isEmpty ? "A mutual handshake works." : "A mutual handshake still needs")
    for need in needs { page.mark(.failed, need) }
    return page.lines
  }

  private func judgementLines(_ page: inout Page) {
    guard let judgement else { return }
    page.heading("Its chain, judged as a client's by \(trustName)")
    for (position, item) in judgement.presented.enumerated() { page.certificate(item, at: position) }
    if let refusal {
      page.mark(.failed, "Refused: \(refusal.detail)")
    } else {
      page.mark(.passed, "Trusted.\(judgement.path.last.map { " It leads to \($0.subject)." } ?? "")")
    }
    for check in judgement.checks where check.outcome == .warned { page.mark(.warned, check.detail) }
    page.mark(
      hasProved ? .passed : .failed,
      hasProved ? "It has proved that it holds the certificate's key." : "It has not proved that it holds the key.")
  }

  private func versions(of hello: ClientHello) -> [String] {
    let list = try? hello.extensions?.decode(SupportedVersions.self)?.versions
    return (list ?? [hello.version]).filter { !$0.isGREASE }.map(\.description)
  }
  private func serverName(of hello: ClientHello) -> String? {
    (try? hello.extensions?.decode(ServerName.self)?.hostName).map { nameText($0) }
  }
  private func groups(of hello: ClientHello) -> [String] {
    let list = try? hello.extensions?.decode(SupportedGroups.self)?.groups
    return (list ?? []).filter { !$0.isGREASE }.map(\.description)
  }
  /// Nil: none in TLS 1.2.
  private func keyShares(of hello: ClientHello) -> [String]? {
    let list = try? hello.extensions?.decode(ClientKeyShares.self)?.entries.map(\.group)
    return list.map { $0.filter { !$0.isGREASE }.map(\.description) }
  }
  private func schemes(of hello: ClientHello) -> [String] {
    let list = try? hello.extensions?.decode(SignatureAlgorithms.self)?.schemes
    return (list ?? []).filter { !$0.isGREASE }.map(\.description)
  }
  private func protocols(of hello: ClientHello) -> [String] {
    let list = try? hello.extensions?.decode(ApplicationProtocols.self)?.names
    return (list ?? []).map(nameText)
  }
  private func extensions(of hello: ClientHello) -> [String] {
    (hello.extensions?.types ?? []).filter { !$0.isGREASE }.map(\.description)
  }
}

extension ClientReport {
  /// One object, keys in alphabetical order.
  func json() throws -> String {
    let offer = hello.map { hello in
      Document.Offer(
        versions: versions(of: hello), serverName: serverName(of: hello),
        cipherSuites: hello.cipherSuites.filter { !$0.isGREASE }.map(\.description), groups: groups(of: hello),
        keyShares: keyShares(of: hello), signatureSchemes: schemes(of: hello),
        applicationProtocols: protocols(of: hello),
        extensions: extensions(of: hello))
    }
    return try prettyJSON(
      Document(
        address: client.address, offer: offer, version: negotiated?.version.description,
        cipherSuite: negotiated?.cipherSuite.description,
        group: negotiated?.group?.description, chain: (judgement?.presented ?? []).map { CertificateDocument($0) },
        judgement: judgement.map { JudgementDocument(checks: $0.checks, path: $0.path) }, judgedBy: trustName,
        provedKey: hasProved, works: needs.isEmpty, needs: needs))
  }

  private struct Document: Encodable {
    struct Offer: Encodable {
      let versions: [String]
      let serverName: String?
      let cipherSuites: [String]
      let groups: [String]
      let keyShares: [String]?
      let signatureSchemes: [String]
      let applicationProtocols: [String]
      let extensions: [String]
    }
    let address: String
    let offer: Offer?
    let version: String?
    let cipherSuite: String?
    let group: String?
    let chain: [CertificateDocument]
    let judgement: JudgementDocument?
    let judgedBy: String
    let provedKey: Bool
    let works: Bool
    let needs: [String]
  }
}
