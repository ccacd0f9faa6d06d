import HandfastCore
import HandfastWire

/// In which message an extension stands: the same code point has other contents in each (RFC 9846 §4.3).
enum ExtensionPlace {
  case clientHello
  case serverHello
  case retryRequest
  case encryptedExtensions
  case certificateRequest
  case certificate
  case newSessionTicket
}

extension ExtensionBlock {
  func field(isMissing: Bool = false, in place: ExtensionPlace) -> Field {
    guard !isMissing else { return Field("extensions", "none: the block is missing") }
    return Field("extensions", counted(entries.count, "extension"), fields: entries.map { $0.field(in: place) })
  }
}

extension ExtensionBlock.Entry {
  func field(in place: ExtensionPlace) -> Field {
    do throws(DecodeError) {
      let content = try content(in: place)
      return Field("\(type)", content.text, note: note, fields: content.fields)
    } catch {
      return Field("\(type)", "\(error): \(hexText(data))", note: note, isMalformed: true)
    }
  }

  /// Code point and length.
  private var note: String { "\(type.hex), \(counted(data.count, "byte"))" }

  private struct Content {
    let text: String
    var fields: [Field] = []

    init(_ text: String, _ fields: [Field] = []) {
      self.text = text
      self.fields = fields
    }
  }

  private func content(in place: ExtensionPlace) throws(DecodeError) -> Content {
    switch type {
    case .keyShare: try keyShare(in: place)
    case .preSharedKey: try preSharedKey(in: place)
    case .certificateAuthorities: try authorities()
    case .oidFilters: try filters()
    default: Content(try text(in: place))
    }
  }

  private func text(in place: ExtensionPlace) throws(DecodeError) -> String {
    switch type {
    case .serverName:
      guard place == .clientHello else {
        _ = try decode(ServerNameAcknowledgement.self)
        return "used to choose the certificate"
      }
      return nameText(try decode(ServerName.self).hostName)
    case .maxFragmentLength:
      let length = try decode(MaxFragmentLengthExtension.self).length
      return length.byteCount.map { counted($0, "byte") } ?? "\(length)"
    case .supportedGroups: return list(try decode(SupportedGroups.self).groups)
    case .ecPointFormats: return list(try decode(ECPointFormats.self).formats)
    case .signatureAlgorithms: return list(try decode(SignatureAlgorithms.self).schemes)
    case .signatureAlgorithmsCert: return "in certificates: \(list(try decode(SignatureAlgorithmsCert.self).schemes))"
    case .applicationLayerProtocolNegotiation:
      return try decode(ApplicationProtocols.self).names.map(nameText).joined(separator: ", ")
    case .clientCertificateType:
      guard place == .clientHello else { return try decode(ClientCertificateTypeChoice.self).certificateType.coded }
      return "of the client: " + list(try decode(ClientCertificateTypes.self).types)
    case .serverCertificateType:
      guard place == .clientHello else { return try decode(ServerCertificateTypeChoice.self).certificateType.coded }
      return "of the server: " + list(try decode(ServerCertificateTypes.self).types)
    case .extendedMasterSecret:
      _ = try decode(ExtendedMasterSecret.self)
      return place == .clientHello ? "offered" : "agreed"
    case .supportedVersions:
      guard place == .clientHello else { return "\(try decode(SelectedVersion.self).version.coded)" }
      return list(try decode(SupportedVersions.self).versions)
    case .renegotiationInfo:
      let info = try decode(RenegotiationInfo.self).renegotiatedConnection
      return info.isEmpty ? "empty: an initial handshake" : hexText(info)
    case .statusRequest: return try statusRequest(in: place)
    case .sessionTicket: return try sessionTicket(in: place)
    case .recordSizeLimit: return "at most \(counted(Int(try decode(RecordSizeLimit.self).limit), "byte")) in a record"
    case .pskKeyExchangeModes: return list(try decode(PSKKeyExchangeModes.self).modes)
    case .cookie: return "\(shortHex(try decode(Cookie.self).cookie)), to be sent back as it is"
    case .earlyData: return try earlyData(in: place)
    case .tlsFlags:
      return try decode(TLSFlags.self).numbers.map { number in
        number == TLSFlags.resumptionAcrossNames ? "resumption_across_names (\(number))" : "\(number)"
      }.joined(separator: ", ")
    case .postHandshakeAuth:
      _ = try decode(PostHandshakeAuth.self)
      return "the client may be asked for its certificate later"
    default:
      if type.isGREASE { return "reserved, to be ignored (RFC 8701)" }
      return data.isEmpty ? "empty" : hexText(data)
    }
  }

  private func decode<Body: ExtensionBody>(_ body: Body.Type) throws(DecodeError) -> Body {
    try Body(decoding: data.span, "extension_data")
  }

  private func list(_ values: [some CodePoint]) -> String { values.map(\.coded).joined(separator: ", ") }
}

// MARK: - TLS 1.3

extension ExtensionBlock.Entry {
  private func keyShare(in place: ExtensionPlace) throws(DecodeError) -> Content {
    func field(_ entry: KeyShareEntry) -> Field {
      let count = counted(entry.keyExchange.count, "byte")
      return entry.group.isGREASE
        ? Field(entry.group.coded, "reserved, to be ignored (RFC 8701)", note: count)
        : Field(entry.group.coded, shortHex(entry.keyExchange, keeping: 16), note: count)
    }
    switch place {
    case .clientHello:
      let entries = try decode(ClientKeyShares.self).entries
      return Content(entries.isEmpty ? "none yet" : counted(entries.count, "share"), entries.map(field))
    case .retryRequest: return Content("wanted: \(try decode(RetryKeyShare.self).group.coded)")
    default:
      let entry = try decode(ServerKeyShare.self).entry
      return Content(entry.group.coded, [field(entry)])
    }
  }

  private func preSharedKey(in place: ExtensionPlace) throws(DecodeError) -> Content {
    guard place == .clientHello else { return Content("number \(try decode(SelectedPSK.self).index) of those offered") }
    let offered = try decode(OfferedPSKs.self)
    let identities = offered.identities.enumerated().map { index, identity in
      Field(
        "identity \(index)", shortHex(identity.identity),
        note: "\(counted(identity.identity.count, "byte")), obfuscated age \(identity.obfuscatedTicketAge)")
    }
    let binders = offered.binders.enumerated().map { index, binder in
      Field("binder \(index)", shortHex(binder), note: counted(binder.count, "byte"))
    }
    return Content(counted(offered.identities.count, "session"), identities + binders)
  }

  private func authorities() throws(DecodeError) -> Content {
    let names = try decode(CertificateAuthorities.self).names
    return Content(
      counted(names.count, "authority", plural: "authorities"),
      names.enumerated().map { Field("authority \($0)", distinguishedNameText($1)) })
  }

  private func filters() throws(DecodeError) -> Content {
    let filters = try decode(OIDFilters.self).filters
    return Content(
      counted(filters.count, "filter"),
      filters.map {
        let wanted = $0.values.isEmpty ? "must be there, whatever it says" : "must hold \(shortHex($0.values))"
        return Field(objectIdentifierText($0.oid), wanted)
      })
  }

  private func statusRequest(in place: ExtensionPlace) throws(DecodeError) -> String {
    switch place {
    case .certificate:
      return
        "the OCSP response for this certificate, \(counted(try decode(StapledResponse.self).response.count, "byte"))"
    case .clientHello: return "wants \(try decode(StatusRequest.self).statusType.coded) beside the certificate"
    default:
      _ = try decode(StatusRequestAcknowledgement.self)
      return place == .certificateRequest ? "wants ocsp beside the certificate" : "an OCSP response follows"
    }
  }

  private func sessionTicket(in place: ExtensionPlace) throws(DecodeError) -> String {
    let ticket = try decode(SessionTicketExtension.self).ticket
    guard place == .clientHello else { return "a ticket follows" }
    return ticket.isEmpty ? "empty: would take a ticket" : "\(shortHex(ticket)), a session to resume"
  }

  private func earlyData(in place: ExtensionPlace) throws(DecodeError) -> String {
    if place == .newSessionTicket {
      return "up to \(counted(Int(try decode(TicketEarlyData.self).maxSize), "byte")) with the next ClientHello"
    }
    _ = try decode(EarlyDataIndication.self)
    return place == .clientHello ? "follows at once, before the server has answered" : "taken"
  }
}

/// An OBJECT IDENTIFIER in DER as dotted numbers; in hexadecimal when it cannot be read.
func objectIdentifierText(_ der: [UInt8]) -> String {
  guard der.count > 2, der[0] == 6, Int(der[1]) == der.count - 2, der.last.map({ $0 < 0x80 }) == true else {
    return hexText(der)
  }
  var arcs: [UInt64] = []
  var arc: UInt64 = 0
  for byte in der[2...] {
    guard arc < 1 << 56 else { return hexText(der) }
    arc = arc << 7 | UInt64(byte & 0x7f)
    if byte < 0x80 {
      arcs.append(arc)
      arc = 0
    }
  }
  let first = min(arcs[0] / 40, 2)
  return ([first, arcs[0] - first * 40] + arcs.dropFirst()).map(String.init).joined(separator: ".")
}
