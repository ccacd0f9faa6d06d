import HandfastCore
import HandfastWire

extension ExtensionBlock {
  func field(isMissing: Bool, sender: Side) -> Field {
    guard !isMissing else { return Field("extensions", "none: the block is missing") }
    return Field(
      "extensions", counted(entries.count, "extension"), fields: entries.map { $0.field(sender: sender) })
  }
}

extension ExtensionBlock.Entry {
  func field(sender: Side) -> Field {
    do throws(DecodeError) {
      return Field("\(type)", try text(sender: sender), note: note)
    } catch {
      return Field("\(type)", "\(error): \(hexText(data))", note: note, isMalformed: true)
    }
  }

  /// Code point and length.
  private var note: String { "\(type.hex), \(counted(data.count, "byte"))" }

  private func text(sender: Side) throws(DecodeError) -> String {
    switch type {
    case .serverName:
      guard sender == .client else {
        _ = try ServerNameAcknowledgement(decoding: data.span, "extension_data")
        return "used to choose the certificate"
      }
      return nameText(try ServerName(decoding: data.span, "extension_data").hostName)
    case .maxFragmentLength:
      let length = try MaxFragmentLengthExtension(decoding: data.span, "extension_data").length
      return length.byteCount.map { counted($0, "byte") } ?? "\(length)"
    case .supportedGroups:
      return list(try SupportedGroups(decoding: data.span, "extension_data").groups)
    case .ecPointFormats:
      return list(try ECPointFormats(decoding: data.span, "extension_data").formats)
    case .signatureAlgorithms:
      return list(try SignatureAlgorithms(decoding: data.span, "extension_data").schemes)
    case .applicationLayerProtocolNegotiation:
      let names = try ApplicationProtocols(decoding: data.span, "extension_data").names
      return names.map(nameText).joined(separator: ", ")
    case .extendedMasterSecret:
      _ = try ExtendedMasterSecret(decoding: data.span, "extension_data")
      return sender == .client ? "offered" : "agreed"
    case .supportedVersions where sender == .client:
      return list(try SupportedVersions(decoding: data.span, "extension_data").versions)
    case .renegotiationInfo:
      let info = try RenegotiationInfo(decoding: data.span, "extension_data").renegotiatedConnection
      return info.isEmpty ? "empty: an initial handshake" : hexText(info)
    default:
      if type.isGREASE { return "reserved, to be ignored (RFC 8701)" }
      return data.isEmpty ? "empty" : hexText(data)
    }
  }

  private func list(_ values: [some CodePoint]) -> String { values.map(\.coded).joined(separator: ", ") }
}
