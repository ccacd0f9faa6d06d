import Handfast
import HandfastCore
import HandfastWire

/// Tells one step: what each side does and sees in it.
struct StepTeller {
  let material: StepMaterial
  let context: StoryContext

  func tell(number: Int, start: Int64) -> NarrativeStep {
    NarrativeStep(
      number: number, title: title, gist: gist,
      reference: material.kind.reference(suite: context.suite, isTLS13: context.isTLS13),
      direction: direction, client: column(.client, start), server: column(.server, start), bytes: bytes,
      isFailure: (material.kind == .failure && context.goodbyeMissing == nil)
        || Side.allCases.contains { context.stops($0, at: material.kind) })
  }

  private var title: String {
    if material.kind == .completed, context.isTLS13, context.completions[.server] == nil {
      return "The client has said all"
    }
    guard material.kind == .failure else { return material.kind.title(isTLS13: context.isTLS13) }
    if let side = context.goodbyeMissing { return "The \(side) leaves without a goodbye" }
    if context.isLateRejection { return "The handshake fails, which the client took for complete" }
    return context.negotiated == nil ? "The handshake fails" : "The connection fails"
  }

  /// Told from the hellos, since a story that is told while it happens does not know its end.
  private var isResumed: Bool {
    !context.sessionPeers.isEmpty || context.serverHello(seenBy: .client)?.extensions?.contains(.preSharedKey) == true
  }

  private var gist: String {
    if case .message(.clientKeyExchange, _, _) = material.kind, context.usesKeyTransport {
      return
        "The paper's key exchange: the client makes up the pre-master secret and sends it, encrypted with the public "
        + "key of the server's certificate."
    }
    if material.kind == .failure, context.goodbyeMissing != nil {
      return "No close_notify comes back. This side had said its own, and nothing more was to be sent."
    }
    if material.kind == .failure, context.isLateRejection {
      return
        "TLS 1.3 has the client finish first. It could send data already, and is told only now that the server does not "
        + "accept it."
    }
    if material.kind == .failure, !context.changedOnTheWay.isEmpty {
      let names = context.changedOnTheWay.map {
        "the \($0.title(isTLS13: context.isTLS13)) (step \(context.numbers[$0] ?? 0))"
      }
      return
        "\(material.kind.gist(isTLS13: context.isTLS13)) Only both views together show the cause: \(names.joined(separator: ", ")) was changed on "
        + "the way."
    }
    if material.kind == .completed, context.isTLS13 { return completedGist13 }
    if case .completed = material.kind, context.negotiated?.clientSignatureScheme == nil,
      (context.sessionPeers[.server] ?? nil) == nil, context.recordedSides.contains(.server) || !isResumed
    {
      return
        "The client knows with whom it speaks; to the server the client is anonymous. Nobody changed a byte of "
        + "the handshake."
    }
    if case .secrets = material.kind, isResumed {
      return
        "Both sides have the master secret from the session; with the new random values it makes new keys for this "
        + "connection. Nothing about the session's secret travels."
    }
    if case .secrets = material.kind, context.usesKeyTransport {
      return
        "The server decrypts what the client made up; from there on both sides derive the same: master secret, and from "
        + "it all keys."
    }
    if material.kind == .keys(.handshake), isResumed {
      return
        "Both sides derive the same secrets, from the resumed session's key and a new key exchange. From here on the "
        + "handshake itself is encrypted."
    }
    return material.kind.gist(isTLS13: context.isTLS13)
  }

  /// A message that was never sent crosses nothing.
  private var direction: NarrativeStep.Direction {
    guard case .message(_, from: let sender, _) = material.kind,
      Side.allCases.allSatisfy({ context.message(material.kind, seenBy: $0) == nil })
    else { return material.kind.direction }
    return sender == .client ? .client : .server
  }

  /// Nil when that side is not recorded.
  private func column(_ side: Side, _ start: Int64) -> NarrativeStep.Column? {
    guard context.recordedSides.contains(side) else { return nil }
    var column = content(on: side)
    let entries = material.entries.filter { $0.side == side }
    let anchor = entries.first { StepGrouping.anchors($0.event, material.kind) } ?? entries.first
    column.elapsed = anchor.map { entry in
      let (elapsed, overflow) = entry.time.subtractingReportingOverflow(start)
      return overflow ? .max : elapsed
    }
    return column
  }

  private func content(on side: Side) -> NarrativeStep.Column {
    var column =
      switch material.kind {
      case .message(let type, from: let sender, _): messageColumn(type, from: sender, on: side)
      case .verification(of: let peer): verificationColumn(of: peer, on: side)
      case .retryRequest: retryColumn(on: side)
      case .secrets, .keys: secretsColumn(on: side)
      case .changeCipherSpec(from: let sender): changeCipherSpecColumn(from: sender, on: side)
      case .completed: completedColumn(on: side)
      case .confirmed: confirmedColumn(on: side)
      case .record(from: let sender, let place): recordColumn(from: sender, place, on: side)
      case .warning(from: let sender, _): warningColumn(from: sender, on: side)
      case .close(from: let sender): closeColumn(from: sender, on: side)
      case .failure: failureColumn(on: side)
      }
    let end = column.lines.last?.label == "record" ? column.lines.count - 1 : column.lines.count
    column.lines.insert(contentsOf: sessionLines(on: side), at: end)
    for case .ignored(let what) in material.events(of: side) {
      column.lines.append(.passedOver("Passed over: \(what)"))
    }
    if context.stops(side, at: material.kind), material.kind != .failure {
      column.lines.append(.failed(nil, "The \(side) stops here; see the last step."))
    }
    return column
  }
}

// MARK: - Messages

extension StepTeller {
  func messageColumn(_ type: HandshakeType, from sender: Side, on side: Side) -> NarrativeStep.Column {
    let isSender = side == sender
    guard let fact = context.message(material.kind, seenBy: side) else {
      return absentColumn(isSender: isSender, on: side)
    }
    var column = NarrativeStep.Column(headline: headline(of: fact, from: sender, on: side))
    if !isSender { column.lines += changes(in: fact, from: sender, on: side) }
    let dissection = MessageDissection(fact, suite: context.suite, version: context.isTLS13 ? .tls13 : .tls12)
    if dissection.isMalformed {
      column.lines += decisions(on: side) + lines(of: dissection.fields) + recordLines(of: fact, from: sender, on: side)
      return column
    }
    if context.isTLS13, let lines = lines13(of: fact, dissection, from: sender, on: side) {
      column.lines += lines + recordLines(of: fact, from: sender, on: side)
      return column
    }
    switch type {
    case .clientHello: column.lines += isSender ? lines(ofClientHello: dissection) : readingOfClientHello()
    case .serverHello:
      column.lines += isSender ? decisions(on: side) + lines(ofServerHello: dissection) : readingOfServerHello()
    case .certificate: column.lines += certificateLines(from: sender, on: side)
    case .serverKeyExchange, .clientKeyExchange, .certificateVerify:
      column.lines += keyExchangeLines(type, from: sender, on: side)
    case .newSessionTicket: column.lines += isSender ? lines(of: dissection.fields) : []
    case .certificateRequest: column.lines += isSender ? certificateRequestLines() : readingOfCertificateRequest()
    case .serverHelloDone:
      column.lines.append(.say(isSender ? "An empty body: there is nothing to add." : "It is the client's turn now."))
    case .finished: column.lines += finishedLines(from: sender, on: side)
    default: column.lines += decisions(on: side) + lines(of: dissection.fields)
    }
    column.lines += recordLines(of: fact, from: sender, on: side)
    return column
  }

  /// A message that this side never sent or never saw, though it took part in the step.
  private func absentColumn(isSender: Bool, on side: Side) -> NarrativeStep.Column {
    let decisions = decisions(on: side)
    if isSender { return NarrativeStep.Column(headline: decisions.isEmpty ? "" : "decides", lines: decisions) }
    let other = context.message(material.kind, seenBy: side.peer)
    return NarrativeStep.Column(headline: other == nil ? "waits" : "never gets to see it", lines: decisions)
  }

  private func headline(of fact: MessageFact, from sender: Side, on side: Side) -> String {
    let size = counted(fact.bytes.count, "byte")
    guard side != sender else { return "sends \(size)" }
    guard let original = context.message(material.kind, seenBy: sender) else { return "receives \(size)" }
    return original.digest == fact.digest
      ? "receives the same \(size)" : "receives \(size) that are NOT what was sent"
  }

  /// What was changed on the way, when both views are there to compare.
  private func changes(in fact: MessageFact, from sender: Side, on side: Side) -> [NarrativeLine] {
    guard let original = context.message(material.kind, seenBy: sender), original.digest != fact.digest else {
      return []
    }
    var lines: [NarrativeLine] = [
      .warned(
        "sent", "SHA-256 \(shortHex(original.digest))"), .warned("received", "SHA-256 \(shortHex(fact.digest))"),
    ]
    if original.bytes.count == fact.bytes.count {
      let differing = original.bytes.indices.filter { original.bytes[$0] != fact.bytes[$0] }
      if let first = differing.first {
        let before = hexText([original.bytes[first]])
        let after = hexText([fact.bytes[first]])
        lines.append(
          .warned(
            nil,
            "\(counted(differing.count, "byte")) changed on the way, the first at offset \(first): "
              + "0x\(before) became 0x\(after). Neither side can see that yet."))
      }
    } else {
      let common = zip(original.bytes, fact.bytes).enumerated().first { $0.element.0 != $0.element.1 }?.offset
      lines.append(
        .warned(
          nil,
          "\(original.bytes.count) bytes became \(fact.bytes.count) on the way"
            + (common.map { ", differing from offset \($0) on" } ?? "") + ". Neither side can see that yet."))
    }
    return lines
  }

  /// The choices of this side that belong to the step.
  func decisions(on side: Side) -> [NarrativeLine] { choices(on: side).flatMap(lines(of:)) }

  func choices(on side: Side) -> [Choice] {
    material.events(of: side).compactMap { event in
      if case .chose(let choice) = event { choice } else { nil }
    }
  }

  func lines(of choice: Choice) -> [NarrativeLine] {
    var lines: [NarrativeLine] = [
      choice.chosen.map { .heading("Chooses the \(choice.subject.phrase): \($0)") }
        ?? missingLine(choice)
    ]
    lines.append(.say("\(choice.chosen == nil ? "Wanted" : "Why"): \(choice.rule)", depth: 1))
    for candidate in choice.candidates {
      if let reason = candidate.ruledOut {
        lines.append(.passedOver("\(candidate.label): \(reason)", depth: 1))
      } else {
        lines.append(.passed(nil, candidate.label, depth: 1))
      }
    }
    return lines
  }

  /// A group that cannot be had at once is asked for; anything else that cannot be had is the end.
  private func missingLine(_ choice: Choice) -> NarrativeLine {
    if case .retryRequest = material.kind {
      return .warned(nil, "Finds no \(choice.subject.missingPhrase) with what the client sent")
    }
    return NarrativeLine(mark: .failed, text: "Finds no \(choice.subject.missingPhrase) that fits", tone: .bad)
  }

  /// Fields as they stand in the message.
  func lines(of fields: [Field], depth: Int = 0) -> [NarrativeLine] {
    fields.flatMap { field -> [NarrativeLine] in
      var text = field.value
      if let note = field.note { text += " (\(note))" }
      let line =
        field.isMalformed
        ? NarrativeLine.failed(field.name, text, depth: depth)
        : NarrativeLine.field(field.name, text, depth: depth)
      return [line] + lines(of: field.fields, depth: depth + 1)
    }
  }
}

extension Choice.Subject {
  /// Without whose it is: nobody's, if there is none.
  var missingPhrase: String {
    switch self {
    case .serverIdentity, .clientIdentity: "certificate"
    default: phrase
    }
  }

  /// In words: "cipher suite".
  package var phrase: String {
    switch self {
    case .version: "version"
    case .cipherSuite: "cipher suite"
    case .group: "group for the key exchange"
    case .signatureScheme: "signature scheme"
    case .applicationProtocol: "application protocol"
    case .serverIdentity: "server's certificate"
    case .clientIdentity: "client's certificate"
    case .clientCertificateType: "type of the client's certificate"
    case .extendedMasterSecret: "extended master secret"
    case .maxFragmentLength: "record size"
    case .recordSizeLimit: "limit of the record size"
    case .compression: "compression method"
    }
  }
}
