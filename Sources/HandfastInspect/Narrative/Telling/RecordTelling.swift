import Handfast
import HandfastCore
import HandfastWire

extension StepTeller {
  func recordColumn(from sender: Side, _ place: RecordPlace, on side: Side) -> NarrativeStep.Column {
    var column = NarrativeStep.Column()
    for event in material.events(of: side) {
      switch event {
      case .sealedRecord(let fact): column.headline = "seals \(counted(fact.plaintextLength, "byte"))"
      case .openedRecord(let fact): column.headline = "opens \(counted(fact.ciphertextLength, "byte"))"
      default: break
      }
      switch event {
      case .sealedRecord(let fact), .openedRecord(let fact):
        if let text = applicationText(from: sender, fact, place) { column.lines.append(.field("text", text, .strong)) }
        if let title = place.epoch.title { column.lines.append(.field("keys", title)) }
        column.lines += lines(of: fact)
      default: continue
      }
      if case .openedRecord = event {
        column.lines.append(.passed("tag", "matches: nothing was changed, dropped or repeated"))
      }
    }
    if column.isEmpty, side == sender.peer { column.headline = "never gets to open it" }
    return column
  }

  /// What the record carries, if the narrative was given it.
  func applicationData(from sender: Side, _ fact: RecordFact, _ place: RecordPlace) -> [UInt8]? {
    guard fact.type == .applicationData, let texts = context.extras.applicationData[sender],
      let index = context.dataIndex(from: sender, place), texts.indices.contains(index),
      texts[index].count == fact.plaintextLength
    else { return nil }
    return texts[index]
  }

  private func applicationText(from sender: Side, _ fact: RecordFact, _ place: RecordPlace) -> String? {
    applicationData(from: sender, fact, place).map { bytes in
      "\"\(nameText(bytes).replacing("\r\n", with: "\\r\\n").replacing("\n", with: "\\n"))\""
    }
  }

  func lines(of fact: RecordFact, depth: Int = 0) -> [NarrativeLine] {
    var lines: [NarrativeLine] = [
      .field("sequence number", "\(fact.sequenceNumber)", depth: depth),
      .field("nonce", nonceText(fact), depth: depth),
      .field("additional data", additionalDataText(fact), depth: depth),
      .field("plaintext", counted(fact.plaintextLength, "byte"), depth: depth),
    ]
    let explicit = context.parameters.map { 12 - $0.fixedIVByteCount } ?? 0
    let type = context.isTLS13 ? 1 : 0
    let parts =
      (explicit > 0 ? "\(explicit) nonce + " : "") + "\(fact.plaintextLength)" + (type > 0 ? " + 1 content type" : "")
      + " + \(AEADAlgorithm.tagByteCount) tag"
    let adds = explicit &+ fact.plaintextLength &+ type &+ AEADAlgorithm.tagByteCount == fact.ciphertextLength
    lines.append(
      .field(
        "on the wire", counted(fact.ciphertextLength, "byte") + (adds ? " (\(parts))" : ""), depth: depth))
    return lines
  }

  private func nonceText(_ fact: RecordFact) -> String {
    guard let parameters = context.parameters, fact.nonce.count == AEADAlgorithm.nonceByteCount else {
      return context.isTLS13 ? "\(hexText(fact.nonce)): write IV XOR sequence number" : hexText(fact.nonce)
    }
    let fixed = parameters.fixedIVByteCount
    guard fixed < fact.nonce.count else { return "\(hexText(fact.nonce)) (write IV XOR sequence number)" }
    return "\(hexText(fact.nonce.prefix(fixed))) from the key block, "
      + "\(hexText(fact.nonce.dropFirst(fixed))) sent with the record"
  }

  /// TLS 1.2: seq_num (8), type (1), version (2), length (2). TLS 1.3: the record's header.
  private func additionalDataText(_ fact: RecordFact) -> String {
    let data = fact.additionalData
    if data.count == RecordHeader.byteCount {
      return "\(hexText(data)): the record's header, \(ContentType(rawValue: data[0])) whatever is inside, "
        + counted(Int(data[3]) << 8 | Int(data[4]), "byte")
    }
    guard data.count == 13 else { return hexText(data) }
    let length = Int(data[11]) << 8 | Int(data[12])
    return "\(hexText(data)): number \(fact.sequenceNumber), \(ContentType(rawValue: data[8])), "
      + "\(ProtocolVersion(rawValue: UInt16(data[9]) << 8 | UInt16(data[10]))), \(counted(length, "byte"))"
  }

  func warningColumn(from sender: Side, on side: Side) -> NarrativeStep.Column {
    var column = NarrativeStep.Column()
    for event in material.events(of: side) {
      switch event {
      case .sentAlert(let fact): column.headline = "sends \(fact.level) \(fact.description)"
      case .receivedAlert(let fact): column.headline = "receives \(fact.level) \(fact.description)"
      default: continue
      }
    }
    return column
  }

  func closeColumn(from sender: Side, on side: Side) -> NarrativeStep.Column {
    var column = NarrativeStep.Column()
    for event in material.events(of: side) {
      switch event {
      case .sentAlert:
        column.headline = "sends close_notify"
        column.lines.append(.say("It will send no more; it still listens."))
      case .receivedAlert:
        column.headline = "receives close_notify"
        column.lines.append(.passed(nil, "The \(sender) has sent all it had to send: nothing was cut off."))
      case .sealedRecord(let fact), .openedRecord(let fact): column.lines += lines(of: fact)
      case .peerClosed:
        if column.headline.isEmpty { column.headline = "receives close_notify" }
      default: continue
      }
    }
    if column.isEmpty, side == sender.peer { column.headline = "never gets to see it" }
    return column
  }
}
