import Handfast
import HandfastCore
import HandfastWire

extension StepTeller {
  func lines(ofClientHello dissection: MessageDissection) -> [NarrativeLine] {
    let fields = dissection.fields
    var lines: [NarrativeLine] = []
    if let version = fields["client_version"] {
      lines.append(
        context.isTLS13
          ? .field(
            "legacy version", "\(version.value) (\(version.note ?? "")), for middleboxes; see supported_versions")
          : .field("highest version", "\(version.value) (\(version.note ?? ""))"))
    }
    if let random = fields["random"] {
      lines.append(.field("random", random.value))
      if !context.isTLS13, let hello = context.clientHello(seenBy: .client) {
        lines.append(.field("as a time", timeText(hello.random)))
      }
    }
    if let session = fields["session_id"] {
      let value =
        context.isTLS13 ? "\(session.value), for middleboxes (RFC 9846 §D.4)" : session.value
      lines.append(.field("session id", session.value == "empty" ? "empty: a new session" : value))
    }
    if let compression = fields["compression_methods"] { lines.append(.field("compression", compression.value)) }
    if let suites = fields["cipher_suites"] {
      lines.append(.heading("\(counted(suites.fields.count, "cipher suite")), best first"))
      for suite in suites.fields {
        lines.append(.item("\(suite.value)", depth: 1))
        if let note = suite.note {
          lines.append(.say(suite.value.contains(suite.name) ? note : "\(suite.name): \(note)", depth: 2, .faint))
        }
      }
    }
    if let extensions = fields["extensions"] { lines += self.lines(ofExtensions: extensions) }
    if let hello = context.clientHello(seenBy: .client) {
      lines.append(.field("JA3", HelloFingerprint.ja3(hello), .faint))
      lines += withheldLines(hello)
    }
    return lines
  }

  /// What this library could say and this client does not. Only its own side can know that it is one of ours.
  private func withheldLines(_ hello: ClientHello) -> [NarrativeLine] {
    let block = hello.extensions ?? ExtensionBlock()
    func missing<C: CodePoint>(_ what: String, _ known: [C], _ offered: [C], _ why: RuledOut) -> [NarrativeLine] {
      let missing = known.filter { !offered.contains($0) }.map(\.coded)
      return missing.isEmpty ? [] : [.passedOver("\(what), \(why): \(missing.joined(separator: ", "))", depth: 1)]
    }
    let groups = (try? block.decode(SupportedGroups.self))?.groups ?? []
    let schemes = (try? block.decode(SignatureAlgorithms.self))?.schemes ?? []
    // A hello of one version says nothing about what only the other can use.
    let versions = (try? block.decode(SupportedVersions.self))?.versions ?? [.tls12]
    let suites = [CipherSuite].recommended.filter { versions.contains(CipherSuite13($0) == nil ? .tls12 : .tls13) }
    let known = [NamedGroup].recommended.filter { versions.contains(.tls13) || !$0.isKEM }
    let keyTransport = versions.contains(.tls12) ? [CipherSuite].rsaKeyTransport : []
    let lines =
      (versions == [.tls12] ? [] : missing("versions", [ProtocolVersion].recommended, versions, .notEnabledHere))
      + missing("suites", suites, hello.cipherSuites, .notEnabledHere)
      + missing("suites", keyTransport, hello.cipherSuites, .rsaKeyTransportForbidden)
      + missing("groups", known, groups, .notEnabledHere)
      + missing("signatures", .recommended, schemes, .notEnabledHere)
    return lines.isEmpty ? [] : [.heading("Known here, and not offered")] + lines
  }

  /// RFC 5246 §7.4.1.2 has the random begin with the time, which nobody does any more; some tools still read it.
  private func timeText(_ random: [UInt8]) -> String {
    let seconds = random.prefix(4).reduce(0) { $0 << 8 | Int64($1) }
    return "\(dateText(seconds)) UTC, were its first 4 bytes gmt_unix_time"
  }

  func lines(ofExtensions field: Field) -> [NarrativeLine] {
    guard !field.fields.isEmpty else { return [.field("extensions", field.value)] }
    return [.heading(counted(field.fields.count, "extension"))]
      + field.fields.flatMap { entry -> [NarrativeLine] in
        let name = entry.name.prefix { $0 != " " }
        let note = entry.note.map { " (\($0))" } ?? ""
        let item = NarrativeLine.item("\(name)\(note): \(entry.value)", depth: 1, entry.isMalformed ? .bad : .plain)
        return [item] + entry.fields.map { .field($0.name, valueText($0), depth: 2) }
      }
  }

  /// What the server takes from the client's hello, in short.
  func readingOfClientHello() -> [NarrativeLine] {
    guard let hello = context.clientHello(seenBy: .server) else { return [] }
    let block = hello.extensions ?? ExtensionBlock()
    let spoken = hello.cipherSuites.filter { CipherSuiteParameters($0) != nil }
    var lines: [NarrativeLine] = [
      .field("highest version", "\(hello.version)"), .field("random", shortHex(hello.random)),
      .field(
        "cipher suites",
        spoken.count == hello.cipherSuites.count
          ? "\(spoken.count), all known here" : "\(spoken.count) of the \(hello.cipherSuites.count) values known here"),
    ]
    if let name = try? block.decode(ServerName.self) {
      lines.append(.field("server name", nameText(name.hostName)))
    } else {
      lines.append(.field("server name", "none"))
    }
    if let names = (try? block.decode(ApplicationProtocols.self))?.names {
      lines.append(.field("protocols", names.map(nameText).joined(separator: ", ")))
    }
    if let groups = (try? block.decode(SupportedGroups.self))?.groups {
      lines.append(.field("groups", groups.filter { !$0.isGREASE }.map(\.title).joined(separator: ", ")))
    }
    if let schemes = (try? block.decode(SignatureAlgorithms.self))?.schemes {
      lines.append(.field("signatures", schemes.filter { !$0.isGREASE }.map(\.description).joined(separator: ", ")))
    }
    let bound = block.contains(.extendedMasterSecret)
    lines.append(.field("master secret", bound ? "can be bound to the handshake (extended)" : "the old way only"))
    let secure = block.contains(.renegotiationInfo) || hello.cipherSuites.contains(.emptyRenegotiationInfoSCSV)
    lines.append(.field("renegotiation", secure ? "signalled as secure" : "no signal that it is secure"))
    return lines
  }

  func lines(ofServerHello dissection: MessageDissection) -> [NarrativeLine] {
    let fields = dissection.fields
    var lines: [NarrativeLine] = [.heading("Sends")]
    if let version = fields["server_version"] {
      lines.append(.field("version", "\(version.value) (\(version.note ?? ""))", depth: 1))
    }
    if let suite = fields["cipher_suite"] {
      lines.append(.field("cipher suite", suite.value, depth: 1))
      if let note = suite.note { lines.append(.field("", note, depth: 1, .faint)) }
    }
    let hello = context.serverHello(seenBy: .server)
    if let random = fields["random"] {
      lines.append(.field("random", random.value, depth: 1))
      if let hello { lines.append(.field("as a time", timeText(hello.random), depth: 1)) }
    }
    if let session = fields["session_id"] {
      lines.append(
        .field("session id", session.value == "empty" ? "empty: nothing to resume later" : session.value, depth: 1))
    }
    if let compression = fields["compression_method"] {
      lines.append(.field("compression", compression.value, depth: 1))
    }
    if let extensions = fields["extensions"] { lines += self.lines(ofExtensions: extensions) }
    if let hello { lines.append(.field("JA3S", HelloFingerprint.ja3s(hello), .faint)) }
    return lines
  }

  /// What the client checks in the server's hello. Each line follows from the two hellos as the client saw them.
  func readingOfServerHello() -> [NarrativeLine] {
    guard let hello = context.serverHello(seenBy: .client), let own = context.clientHello(seenBy: .client) else {
      return decisions(on: .client)
    }
    func check(_ label: String, _ holds: Bool, _ good: String, _ bad: String) -> NarrativeLine {
      holds ? .passed(label, good) : .failed(label, bad)
    }
    let block = hello.extensions ?? ExtensionBlock()
    let offered = own.extensions ?? ExtensionBlock()
    var lines: [NarrativeLine] = [
      check(
        "version", hello.version == .tls12, "\(hello.version), as offered", "\(hello.version), which was not offered")
    ]
    let place = own.cipherSuites.filter { !$0.isGREASE }.firstIndex(of: hello.cipherSuite)
    lines.append(
      check(
        "cipher suite", place != nil, "\(hello.cipherSuite) is number \((place ?? 0) + 1) of those it offered",
        "\(hello.cipherSuite) was not offered"))
    lines.append(
      check(
        "compression", hello.compressionMethod == .null, "null, the only one offered",
        "\(hello.compressionMethod), which was not offered"))
    let unasked = block.types.filter { type in
      !offered.contains(type)
        && !(type == .renegotiationInfo && own.cipherSuites.contains(.emptyRenegotiationInfoSCSV))
    }
    lines.append(
      check(
        "extensions", unasked.isEmpty, "only answers to what it sent",
        "not asked for: \(unasked.map(\.description).joined(separator: ", "))"))
    lines.append(.field("random", shortHex(hello.random) + (hello.hasDowngradeSentinel ? " ends in a sentinel" : "")))
    if hello.hasDowngradeSentinel {
      lines.append(.warned("sentinel", "the server speaks a higher version than it chose (RFC 9846 §4.2.3)"))
    }
    let bound = block.contains(.extendedMasterSecret)
    let rule = choices(on: .client).first { $0.subject == .extendedMasterSecret }?.rule
    lines.append(
      bound
        ? .passed("master secret", "will be bound to the whole handshake: \(rule ?? "RFC 7627")")
        : .warned("master secret", "will not be bound to the handshake: no extended_master_secret"))
    lines.append(
      block.contains(.renegotiationInfo)
        ? .passed("renegotiation", "the server knows secure renegotiation (RFC 5746)")
        : .warned("renegotiation", "the server does not signal secure renegotiation"))
    if let name = (try? block.decode(ApplicationProtocols.self))?.names.first {
      lines.append(.passed("protocol", "the two will speak \(nameText(name))"))
    } else if offered.contains(.applicationLayerProtocolNegotiation) {
      lines.append(.field("protocol", "the server chose none"))
    }
    return lines + choices(on: .client).filter { $0.subject != .extendedMasterSecret }.flatMap(self.lines(of:))
  }
}

extension ServerHello {
  /// "DOWNGRD" and 0 or 1 at the random's end (RFC 9846 §4.2.3).
  var hasDowngradeSentinel: Bool {
    random.count == 32 && random[24..<31].elementsEqual("DOWNGRD".utf8) && random[31] <= 1
  }
}

extension NamedGroup {
  /// The registry's name, and the one people use.
  var title: String {
    switch self {
    case .secp256r1: "secp256r1 (P-256)"
    case .secp384r1: "secp384r1 (P-384)"
    case .secp521r1: "secp521r1 (P-521)"
    default: description
    }
  }
}
