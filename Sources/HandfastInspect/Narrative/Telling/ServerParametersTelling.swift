import Handfast
import HandfastCore
import HandfastWire

/// EncryptedExtensions and CertificateRequest of TLS 1.3 (RFC 9846 §4.4).
extension StepTeller {
  func encryptedExtensionsLines(
    _ fact: MessageFact, _ dissection: MessageDissection, on side: Side
  ) -> [NarrativeLine] {
    guard side == .client else {
      return decisions(on: side) + lines(ofExtensions: dissection.fields["extensions"] ?? Field("extensions", "none"))
    }
    guard fact.bytes.count > 4,
      let block = (try? EncryptedExtensions(decoding: Array(fact.bytes[4...]).span, "EncryptedExtensions"))?.extensions
    else { return decisions(on: side) }
    let offered = context.lastClientHello(seenBy: .client)?.extensions ?? ExtensionBlock()
    let unasked = block.types.filter { !offered.contains($0) && $0 != .supportedGroups }
    var lines: [NarrativeLine] = [
      check(
        "extensions", unasked.isEmpty, block.types.isEmpty ? "none: nothing to add" : "only answers to what it sent",
        "not asked for: \(list(unasked.map(\.description)))")
    ]
    if block.contains(.serverName) { lines.append(.passed("server name", "used to choose the certificate")) }
    if let name = (try? block.decode(ApplicationProtocols.self))?.names.first {
      lines.append(.passed("protocol", "the two will speak \(nameText(name))"))
    } else if offered.contains(.applicationLayerProtocolNegotiation) {
      lines.append(.field("protocol", "the server chose none"))
    }
    return lines + decisions(on: side)
  }

  private func request(on side: Side) -> CertificateRequest13? {
    context.body(.certificateRequest, from: .server, preferring: side)
  }

  func certificateRequestLines13() -> [NarrativeLine] {
    guard let request = request(on: .server) else { return decisions(on: .server) }
    return decisions(on: .server)
      + [.field("context", request.context.isEmpty ? "empty, as in every handshake" : hexText(request.context))]
      + lines(ofExtensions: request.extensions.field(in: .certificateRequest))
  }

  func readingOfCertificateRequest13() -> [NarrativeLine] {
    guard let request = request(on: .client) else { return decisions(on: .client) }
    let block = request.extensions
    let schemes = (try? block.decode(SignatureAlgorithms.self))?.schemes ?? []
    let shared = schemes.filter([SignatureScheme].recommended.contains)
    let foreign = schemes.filter { ![SignatureScheme].recommended.contains($0) && !$0.isGREASE }
    let authorities = (try? block.decode(CertificateAuthorities.self))?.names ?? []
    let filters = (try? block.decode(OIDFilters.self))?.filters ?? []
    var lines: [NarrativeLine] = [
      .say("It must answer with a certificate that fits, or with an empty list."),
      .field("signatures", counted(schemes.count, "scheme")),
      shared.isEmpty
        ? .warned("shared", "none: it can make no signature that the server verifies")
        : .field("shared", list(shared.map(\.coded))),
    ]
    if !foreign.isEmpty { lines.append(.field("not shared", list(foreign.map(\.coded)))) }
    lines.append(
      .field(
        "issued by", authorities.isEmpty ? "anyone" : counted(authorities.count, "authority", plural: "authorities")))
    if !filters.isEmpty { lines.append(.field("filters", "\(filters.count) on the extensions of its certificate")) }
    if block.contains(.statusRequest) { lines.append(.field("OCSP", "a response may come with it")) }
    return lines + decisions(on: .client)
  }
}
