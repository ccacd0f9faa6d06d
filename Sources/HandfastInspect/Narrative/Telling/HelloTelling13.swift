import Handfast
import HandfastCore
import HandfastWire

extension StepTeller {
  /// What TLS 1.3 tells of a message otherwise than TLS 1.2; nil: as there.
  func lines13(
    of fact: MessageFact, _ dissection: MessageDissection, from sender: Side, on side: Side
  ) -> [NarrativeLine]? {
    let isSender = side == sender
    switch material.kind {
    case .retryRequest: return isSender ? decisions(on: side) + retryLines(fact) : readingOfRetry(fact)
    case .message(.clientHello, _, occurrence: 0): return isSender ? nil : readingOfClientHello13()
    case .message(.clientHello, _, _): return secondHelloLines(fact, on: side)
    case .message(.serverHello, _, _):
      return isSender ? decisions(on: side) + serverHelloLines(dissection) : readingOfServerHello13()
    case .message(.encryptedExtensions, _, _): return encryptedExtensionsLines(fact, dissection, on: side)
    case .message(.certificateRequest, _, _):
      return isSender ? certificateRequestLines13() : readingOfCertificateRequest13()
    case .message(.newSessionTicket, _, _): return ticketLines(fact, dissection, on: side)
    case .message(.keyUpdate, from: let sender, _): return keyUpdateLines(fact, from: sender, on: side)
    case .message(.endOfEarlyData, _, _):
      return [.say("An empty body: no early data follows.")] + keyLines(on: side)
    default: return nil
    }
  }

  func retryColumn(on side: Side) -> NarrativeStep.Column {
    messageColumn(.serverHello, from: .server, on: side)
  }

  // MARK: - ClientHello

  private func readingOfClientHello13() -> [NarrativeLine] {
    guard let hello = context.clientHello(seenBy: .server) else { return [] }
    let block = hello.extensions ?? ExtensionBlock()
    let versions = (try? block.decode(SupportedVersions.self))?.versions ?? []
    let spoken = hello.cipherSuites.filter { CipherSuite13($0) != nil }
    var lines: [NarrativeLine] = [
      .field("versions", list(versions.filter { !$0.isGREASE }.map(\.description))),
      .field("random", shortHex(hello.random)),
      .field("suites of 1.3", list(spoken.map(\.description))),
    ]
    if let name = try? block.decode(ServerName.self) {
      lines.append(.field("server name", nameText(name.hostName)))
    } else {
      lines.append(.field("server name", "none"))
    }
    if let names = (try? block.decode(ApplicationProtocols.self))?.names {
      lines.append(.field("protocols", list(names.map(nameText))))
    }
    if let groups = (try? block.decode(SupportedGroups.self))?.groups {
      lines.append(.field("groups", list(groups.filter { !$0.isGREASE }.map(\.title))))
    }
    if let shares = (try? block.decode(ClientKeyShares.self))?.entries {
      let groups = shares.map(\.group).filter { !$0.isGREASE }
      lines.append(.field("key shares", groups.isEmpty ? "none" : list(groups.map(\.title))))
    }
    if let schemes = (try? block.decode(SignatureAlgorithms.self))?.schemes {
      lines.append(.field("signatures", list(schemes.filter { !$0.isGREASE }.map(\.description))))
    }
    if let offered = try? block.decode(OfferedPSKs.self) {
      lines.append(.field("sessions", "\(offered.identities.count) to resume, each with a proof of its key"))
    }
    return lines
  }

  /// RFC 9846 §4.2.2: the same again, but for what was asked.
  private func secondHelloLines(_ fact: MessageFact, on side: Side) -> [NarrativeLine] {
    guard let first = context.clientHello(seenBy: side), fact.bytes.count > 4,
      let second = try? ClientHello(decoding: Array(fact.bytes[4...]).span, "ClientHello")
    else { return [] }
    let (before, after) = (first.extensions ?? ExtensionBlock(), second.extensions ?? ExtensionBlock())
    var lines: [NarrativeLine] = []
    for entry in after.entries where before[entry.type] != entry.data {
      let field = entry.field(in: .clientHello)
      let what = before[entry.type] == nil ? "new" : "changed"
      lines.append(.item("\(what): \(entry.type): \(field.value)", depth: 1))
      lines += field.fields.map { .field($0.name, valueText($0), depth: 2) }
    }
    for type in before.types where after[type] == nil { lines.append(.item("gone: \(type)", depth: 1)) }
    let number = context.numbers[.message(.clientHello, from: .client, occurrence: 0)] ?? 1
    let isSame =
      first.version == second.version && first.random == second.random && first.sessionID == second.sessionID
      && first.cipherSuites == second.cipherSuites
    let rest: NarrativeLine =
      isSame
      ? .passed("the rest", "as in step \(number): version, random, session id, cipher suites and all other extensions")
      : .failed("the rest", "is not as in step \(number), as it must be")
    return [.heading(lines.isEmpty ? "Nothing is new" : "What is new")] + lines + [rest]
  }

  // MARK: - HelloRetryRequest

  private func retryLines(_ fact: MessageFact) -> [NarrativeLine] {
    guard let hello = fact.serverHello else { return [] }
    let block = hello.extensions ?? ExtensionBlock()
    var lines = reasonLines(on: .server) + [.heading("Sends")]
    lines.append(.field("random", "\(shortHex(hello.random)): SHA-256 of \"HelloRetryRequest\"", depth: 1))
    lines.append(.field("cipher suite", "\(hello.cipherSuite)", depth: 1))
    return lines + lines13(ofExtensions: block.field(in: .retryRequest))
  }

  private func readingOfRetry(_ fact: MessageFact) -> [NarrativeLine] {
    guard let hello = fact.serverHello, let own = context.clientHello(seenBy: .client) else { return [] }
    let block = hello.extensions ?? ExtensionBlock()
    var lines = reasonLines(on: .client)
    lines.append(
      check("suite", own.cipherSuites.contains(hello.cipherSuite), "\(hello.cipherSuite)", "not among those it offered")
    )
    if let group = (try? block.decode(RetryKeyShare.self))?.group {
      let offered = own.extensions.flatMap { try? $0.decode(SupportedGroups.self) }?.groups ?? []
      let shared = own.extensions.flatMap { try? $0.decode(ClientKeyShares.self) }?.entries.map(\.group) ?? []
      lines.append(
        check(
          "group", offered.contains(group) && !shared.contains(group),
          "\(group.title): it can do it, and has sent no share of it",
          "\(group.title): not supported, or a share of it was sent already"))
    }
    if block.contains(.cookie) { lines.append(.field("cookie", "to be sent back as it is")) }
    lines.append(.field("transcript", "begins anew, with the hash of the first ClientHello (RFC 9846 §4.1)"))
    return lines
  }

  private func reasonLines(on side: Side) -> [NarrativeLine] {
    material.events(of: side).compactMap { event in
      if case .retryRequested(let fact) = event { .field("because", fact.reason, .caution) } else { nil }
    }
  }

  // MARK: - ServerHello

  private func serverHelloLines(_ dissection: MessageDissection) -> [NarrativeLine] {
    let fields = dissection.fields
    var lines: [NarrativeLine] = [.heading("Sends")]
    if let version = fields["server_version"] {
      lines.append(
        .field(
          "legacy version", "\(version.value) (\(version.note ?? "")), for middleboxes; see supported_versions",
          depth: 1))
    }
    if let suite = fields["cipher_suite"] {
      lines.append(.field("cipher suite", suite.value, depth: 1))
      if let note = suite.note { lines.append(.field("", note, depth: 1, .faint)) }
    }
    if let random = fields["random"] { lines.append(.field("random", random.value, depth: 1)) }
    if let session = fields["session_id"] {
      lines.append(
        .field("session id", session.value == "empty" ? "empty" : "the client's, sent back: it means nothing", depth: 1)
      )
    }
    if let extensions = fields["extensions"] { lines += lines13(ofExtensions: extensions) }
    if let hello = context.serverHello(seenBy: .server) {
      lines.append(.field("JA3S", HelloFingerprint.ja3s(hello), .faint))
    }
    return lines
  }

  private func readingOfServerHello13() -> [NarrativeLine] {
    guard let hello = context.serverHello(seenBy: .client), let own = context.lastClientHello(seenBy: .client) else {
      return decisions(on: .client)
    }
    let block = hello.extensions ?? ExtensionBlock()
    let offered = own.extensions ?? ExtensionBlock()
    let version = (try? block.decode(SelectedVersion.self))?.version
    let versions = (try? offered.decode(SupportedVersions.self))?.versions ?? []
    var lines: [NarrativeLine] = [
      check(
        "version", version.map(versions.contains) ?? false, "\(version?.description ?? "none"), as offered",
        "\(version?.description ?? "none"), which was not offered"),
      check("session id", hello.sessionID == own.sessionID, "its own, sent back", "not the one it sent"),
    ]
    let place = own.cipherSuites.filter { !$0.isGREASE }.firstIndex(of: hello.cipherSuite)
    lines.append(
      check(
        "cipher suite", place != nil, "\(hello.cipherSuite) is number \((place ?? 0) + 1) of those it offered",
        "\(hello.cipherSuite) was not offered"))
    if let share = (try? block.decode(ServerKeyShare.self))?.entry {
      let shares = (try? offered.decode(ClientKeyShares.self))?.entries.map(\.group) ?? []
      lines.append(
        check(
          "key share", shares.contains(share.group),
          "\(share.group.title), of which it sent a share: \(counted(share.keyExchange.count, "byte"))",
          "\(share.group.title), of which it sent no share"))
    }
    if let index = (try? block.decode(SelectedPSK.self))?.index {
      let count = (try? offered.decode(OfferedPSKs.self))?.identities.count ?? 0
      lines.append(check("session", Int(index) < count, "number \(index) of those it offered", "not offered"))
    }
    let unasked = block.types.filter { !offered.contains($0) }
    lines.append(
      check(
        "extensions", unasked.isEmpty, "only answers to what it sent",
        "not asked for: \(list(unasked.map(\.description)))"))
    lines.append(.field("random", shortHex(hello.random)))
    return lines + decisions(on: .client)
  }

  // MARK: - Pieces

  func check(_ label: String, _ holds: Bool, _ good: String, _ bad: String) -> NarrativeLine {
    holds ? .passed(label, good) : .failed(label, bad)
  }

  func list(_ items: [String]) -> String { items.isEmpty ? "none" : items.joined(separator: ", ") }

  func valueText(_ field: Field) -> String { field.value + (field.note.map { " (\($0))" } ?? "") }

  /// Extensions with what stands in them, one below the other.
  func lines13(ofExtensions field: Field) -> [NarrativeLine] { lines(ofExtensions: field) }
}
