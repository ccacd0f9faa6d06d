import Handfast
import HandfastCore
import HandfastWire

extension StepTeller {
  func secretsColumn(on side: Side) -> NarrativeStep.Column {
    var column = NarrativeStep.Column()
    column.lines = keyLines(on: side)
    if !column.lines.isEmpty { column.headline = "derives" }
    return column
  }

  /// What is derived in this step, and which keys change.
  func keyLines(on side: Side) -> [NarrativeLine] {
    material.events(of: side).flatMap { event -> [NarrativeLine] in
      switch event {
      case .derivedSecret(let fact): lines(of: fact, on: side)
      case .changedKeys(let fact): lines13(of: fact, on: side)
      default: []
      }
    }
  }

  /// Keys and nonces come from the traffic secret by HKDF-Expand-Label (RFC 9846 §7.3).
  func lines13(of fact: KeyChangeFact, on side: Side) -> [NarrativeLine] {
    guard let stage = fact.stage else { return [] }
    let isSending = fact.direction == .sending
    let sender = isSending ? side : side.peer
    let generation = fact.generation == 0 ? "" : ", generation \(fact.generation)"
    return [
      .passed(
        nil,
        "Everything it \(isSending ? "sends" : "receives") from here on is under \(fact.aead), with key and IV from the "
          + "\(sender)'s \(stage.rawValue) traffic secret\(generation). Records count from 0.")
    ]
  }

  func lines(of fact: DerivationFact, on side: Side) -> [NarrativeLine] {
    var lines: [NarrativeLine] = [.heading("\(fact.name.rawValue): \(counted(fact.byteCount, "byte"))")]
    lines.append(.field("by", fact.function, depth: 1))
    if let label = fact.label { lines.append(.field("label", "\"\(label)\"", depth: 1)) }
    if !fact.inputs.isEmpty { lines.append(.field("from", listText(fact.inputs), depth: 1)) }
    for input in fact.inputs {
      if let value = input.value { lines.append(.field(input.name, hexText(value), depth: 1)) }
    }
    if let hash = fact.transcriptHash { lines.append(.field("transcript", hexText(hash), depth: 1)) }
    if fact.name == .masterSecret, fact.label == nil {
      lines.append(.field("extended", "as it was when the session was made", depth: 1))
    } else if fact.name == .masterSecret {
      let isExtended = fact.label == "extended master secret"
      lines.append(
        isExtended
          ? .field("extended", "bound to the hash of all messages so far (RFC 7627)", depth: 1, .good)
          : .field("extended", "no: bound to the two randoms only (RFC 5246 §8.1)", depth: 1, .caution))
    }
    let value = fact.name.disclosed.flatMap { context.secrets(of: $0, generation: generation(of: fact), on: side) }
    if let value { lines.append(.field("value", hexText(value), depth: 1, .caution)) }
    var rest = value?[...] ?? []
    for part in fact.parts {
      lines.append(.item("\(part.name): \(counted(part.byteCount, "byte"))", depth: 1))
      if rest.count >= part.byteCount {
        lines.append(.say(hexText(rest.prefix(part.byteCount)), depth: 2, .caution))
        rest = rest.dropFirst(part.byteCount)
      }
    }
    return lines
  }

  /// Which change of keys a traffic secret belongs to.
  private func generation(of fact: DerivationFact) -> Int {
    guard fact.isUpdate, case .message(.keyUpdate, from: _, let occurrence) = material.kind else { return 0 }
    return occurrence + 1
  }

  private func listText(_ inputs: [NamedInput]) -> String {
    inputs.map { input in
      input.name.hasSuffix(" of")
        ? "\(input.name) \(counted(input.byteCount, "byte"))" : "\(input.name) (\(input.byteCount))"
    }.joined(separator: ", ")
  }

  func changeCipherSpecColumn(from sender: Side, on side: Side) -> NarrativeStep.Column {
    var column = NarrativeStep.Column()
    for event in material.events(of: side) {
      switch event {
      case .sentChangeCipherSpec:
        column.headline = "sends one byte, 0x01"
      case .receivedChangeCipherSpec:
        column.headline = "receives it"
      case .changedKeys(let fact):
        let what = fact.direction == .sending ? "Everything it sends" : "Everything it receives"
        column.lines.append(.passed(nil, "\(what) from here on is under \(fact.aead), with the \(sender)'s write key."))
        column.lines.append(.field("suite", "\(fact.suite)"))
        column.lines.append(.field("records", "count from 0 again in this direction"))
      default: continue
      }
    }
    if context.isTLS13, !column.isEmpty {
      column.lines.append(
        .say(side == sender ? "It changes no keys: those follow from the messages." : "Dropped, as it must be."))
    }
    column.lines += recordLines(ofChangeCipherSpecFrom: sender, on: side)
    if column.isEmpty, side == sender.peer { column.headline = "never gets to see it" }
    return column
  }

  func finishedLines(from sender: Side, on side: Side) -> [NarrativeLine] {
    var lines: [NarrativeLine] = []
    for event in material.events(of: side) {
      switch event {
      case .computedFinished(let fact): lines += [.heading("The message")] + self.lines(of: fact, verified: false)
      case .verifiedFinished(let fact): lines += [.heading("The message")] + self.lines(of: fact, verified: true)
      case .sealedRecord(let fact), .openedRecord(let fact):
        guard !context.isTLS13 else { continue }
        lines.append(.heading("Its record, \(side == sender ? "sealed" : "opened")"))
        lines += self.lines(of: fact, depth: 1)
      case .changedKeys(let fact): lines += lines13(of: fact, on: side)
      default: continue
      }
    }
    return lines
  }

  private func lines(of fact: FinishedFact, verified: Bool) -> [NarrativeLine] {
    let hash = context.hash?.rawValue ?? "hash"
    var lines: [NarrativeLine] = [
      .field("covers", "\(counted(fact.messageCount, "handshake message")), from ClientHello on", depth: 1),
      .field("transcript", "\(hash) \(hexText(fact.transcriptHash))", depth: 1),
      context.isTLS13
        ? .field(
          "computed by",
          "HMAC(finished key, transcript hash); the key from the \(fact.sender)'s handshake traffic secret",
          depth: 1)
        : .field("computed by", "PRF(master secret, \"\(fact.label)\", transcript hash)", depth: 1),
    ]
    lines.append(
      verified
        ? .passed("verify_data", "\(hexText(fact.verifyData)): what this side has computed itself", depth: 1)
        : .field("verify_data", hexText(fact.verifyData), depth: 1))
    return lines
  }

  func completedColumn(on side: Side) -> NarrativeStep.Column {
    var column = NarrativeStep.Column()
    for case .handshakeCompleted(let settled) in material.events(of: side) {
      column.headline = context.isTLS13 && side == .client ? "has said all" : "is ready"
      column.lines += lines(of: settled, on: side) + totalLines(on: side)
      if let line = confirmationLine(on: side) { column.lines.append(line) }
    }
    if context.isTLS13 { column.lines += keyLines(on: side) }
    if column.isEmpty, context.isTLS13, side == .server { column.headline = "has not come so far" }
    return column
  }

  private func lines(of settled: NegotiatedParameters, on side: Side) -> [NarrativeLine] {
    var lines: [NarrativeLine] = [
      .field("version", "\(settled.version)"), .field("cipher suite", "\(settled.cipherSuite)"),
      .field("key exchange", settled.group?.title ?? "RSA key transport (no forward secrecy)"),
    ]
    if settled.isResumed {
      lines.append(.field("resumed", "yes: each side's identity is that of the session"))
    } else {
      lines.append(
        .field("server proved", settled.serverSignatureScheme.map { "its key by \($0)" } ?? "its key by decrypting"))
      lines.append(
        .field(
          "client proved", settled.clientSignatureScheme.map { "its key by \($0)" } ?? "nothing: it is anonymous"))
    }
    if settled.isEarlyDataAccepted { lines.append(.field("early data", "taken", .caution)) }
    if let name = settled.serverName { lines.append(.field("server name", name)) }
    if let name = settled.applicationProtocol { lines.append(.field("protocol", name)) }
    if context.isTLS13 { return lines + speaksWithLines(settled, on: side) }
    lines.append(
      .field(
        "master secret", settled.usesExtendedMasterSecret ? "extended (RFC 7627)" : "not extended",
        settled.usesExtendedMasterSecret ? .plain : .caution))
    if let count = settled.maxFragmentLength?.byteCount {
      lines.append(.field("records", "at most \(counted(count, "byte"))"))
    }
    return lines + speaksWithLines(settled, on: side)
  }

  private func speaksWithLines(_ settled: NegotiatedParameters, on side: Side) -> [NarrativeLine] {
    if settled.isResumed {
      let peer = context.sessionPeers[side] ?? nil
      return peer.map { [.passed("speaks with", "\($0), as the session says")] } ?? []
    }
    guard let subject = context.judgement(of: side.peer)?.presented.first?.subject,
      side == .client || settled.clientSignatureScheme != nil
    else { return [] }
    return [.passed("speaks with", subject)]
  }
}

extension DerivationFact.Name {
  /// Nil for what no sink is given.
  var disclosed: DisclosedSecret.Kind? {
    switch self {
    case .preMasterSecret: .preMasterSecret
    case .masterSecret: .masterSecret
    case .keyBlock: .keyBlock
    case .clientEarlyTrafficSecret: .clientEarlyTrafficSecret
    case .clientHandshakeTrafficSecret: .clientHandshakeTrafficSecret
    case .serverHandshakeTrafficSecret: .serverHandshakeTrafficSecret
    case .clientApplicationTrafficSecret: .clientApplicationTrafficSecret
    case .serverApplicationTrafficSecret: .serverApplicationTrafficSecret
    case .exporterSecret: .exporterSecret
    case .sharedSecret, .earlySecret, .handshakeSecret, .mainSecret, .resumptionSecret, .resumptionPSK: nil
    }
  }
}
