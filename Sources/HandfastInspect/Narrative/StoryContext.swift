import Handfast
import HandfastCore
import HandfastWire

/// What the whole trace says, for steps that must know of one another.
struct StoryContext {
  let extras: NarrativeExtras
  let recordedSides: Set<Side>
  let failedAt: [Side: StepKind]
  /// Whether the connection came as far as to settle on TLS 1.3.
  let isTLS13: Bool
  /// How each side's view lies in records.
  let records: [Side: RecordLayout]
  private let messages: [MessageKey: MessageFact]
  private let judgements: [Side: JudgementFact]
  /// When each side said close_notify.
  private let goodbyes: [Side: Int]
  let failures: [Side: TraceEntry]
  /// What the handshake settled; nil while it is not complete.
  let negotiated: NegotiatedParameters?
  /// How each side's own handshake ended, if it did.
  let completions: [Side: TraceEntry]
  /// Whose identity a resumed session carries, by the side that knows it; nil for nobody's.
  let sessionPeers: [Side: String?]
  /// What told the client that the server has accepted it.
  let confirmation: PeerConfirmation?
  /// The places of a sender's application data records, in order.
  private let dataPlaces: [Side: [RecordPlace]]
  /// Each step's number.
  let numbers: [StepKind: Int]

  private struct MessageKey: Hashable {
    let kind: StepKind
    let seenBy: Side
  }

  init(
    steps: [StepMaterial], failedAt: [Side: StepKind], records: [Side: RecordLayout], isTLS13: Bool,
    extras: NarrativeExtras
  ) {
    var completions: [Side: TraceEntry] = [:]
    var confirmation: PeerConfirmation?
    var sessionPeers: [Side: String?] = [:]
    var dataPlaces: [Side: [RecordPlace]] = [:]
    var messages: [MessageKey: MessageFact] = [:]
    var judgements: [Side: JudgementFact] = [:]
    var failures: [Side: TraceEntry] = [:]
    var negotiated: NegotiatedParameters?
    var goodbyes: [Side: Int] = [:]
    for step in steps {
      for entry in step.entries {
        switch entry.event {
        case .sent(let fact), .received(let fact): messages[MessageKey(kind: step.kind, seenBy: entry.side)] = fact
        case .peerJudged(let fact): judgements[fact.peer] = fact
        case .failed: if failures[entry.side] == nil { failures[entry.side] = entry }
        case .handshakeCompleted(let parameters):
          negotiated = parameters
          completions[entry.side] = entry
        case .confirmed(let how): confirmation = how
        case .resumption(let fact) where fact.outcome == .resumed: sessionPeers[entry.side] = .some(fact.peer)
        case .sealedRecord(let fact) where fact.type == .applicationData:
          if case .record(from: let sender, let place) = step.kind { dataPlaces[sender, default: []].append(place) }
        case .sentAlert(let fact) where fact.description == .closeNotify:
          goodbyes[entry.side] = goodbyes[entry.side] ?? entry.order
        default: break
        }
      }
    }
    numbers = Dictionary(uniqueKeysWithValues: steps.enumerated().map { ($1.kind, $0 + 1) })
    self.isTLS13 = isTLS13
    self.completions = completions
    self.confirmation = confirmation
    self.sessionPeers = sessionPeers
    self.dataPlaces = dataPlaces
    self.messages = messages
    self.judgements = judgements
    self.goodbyes = goodbyes
    self.failures = failures
    self.negotiated = negotiated
    self.failedAt = failedAt
    self.records = records
    self.extras = extras
    recordedSides = Set(steps.flatMap { $0.entries.map(\.side) })
  }

  func message(_ kind: StepKind, seenBy side: Side) -> MessageFact? { messages[MessageKey(kind: kind, seenBy: side)] }

  /// The message as that side saw it, or as the other did when only that is recorded.
  func message(_ type: HandshakeType, from sender: Side, preferring side: Side? = nil) -> MessageFact? {
    let kind = StepKind.message(type, from: sender, occurrence: 0)
    return message(kind, seenBy: side ?? sender.peer) ?? message(kind, seenBy: (side ?? sender.peer).peer)
  }

  /// Whether the client is ready by itself, and it is open whether the server has accepted it (RFC 9846 §4.5.3).
  var isUnconfirmed: Bool { isTLS13 && completions[.client] != nil && confirmation == nil }

  /// Whether a client that had said all was refused after that. Seen from the client alone it may be so.
  var isLateRejection: Bool {
    guard isUnconfirmed, completions[.server] == nil else { return false }
    guard let entry = failures[.client], case .failed(let fact) = entry.event else { return false }
    if case .alertReceived = fact.error { return true }
    return false
  }

  /// Which of its sender's application data records it is, from 0.
  func dataIndex(from sender: Side, _ place: RecordPlace) -> Int? {
    // TLS 1.2's record 0 is the Finished message.
    guard isTLS13 else { return Int(exactly: place.number).map { $0 - 1 } }
    return dataPlaces[sender]?.firstIndex(of: place)
  }

  /// The ClientHello that the server answered.
  func lastClientHello(seenBy side: Side) -> ClientHello? {
    let kind = StepKind.message(.clientHello, from: .client, occurrence: 1)
    guard let fact = message(kind, seenBy: side) ?? message(kind, seenBy: side.peer), fact.bytes.count > 4 else {
      return clientHello(seenBy: side)
    }
    return try? ClientHello(decoding: Array(fact.bytes[4...]).span, "ClientHello")
  }

  func clientHello(seenBy side: Side) -> ClientHello? { body(.clientHello, from: .client, preferring: side) }
  func serverHello(seenBy side: Side) -> ServerHello? { body(.serverHello, from: .server, preferring: side) }

  func body<Body: HandshakeBody>(_ type: HandshakeType, from sender: Side, preferring side: Side) -> Body? {
    guard let fact = message(type, from: sender, preferring: side), fact.bytes.count >= 4 else { return nil }
    return try? Body(decoding: Array(fact.bytes[4...]).span, "message")
  }

  /// The messages that did not arrive as they were sent, in the order of the story.
  var changedOnTheWay: [StepKind] {
    numbers.keys.filter { kind in
      guard let one = message(kind, seenBy: .client), let other = message(kind, seenBy: .server) else { return false }
      return one.digest != other.digest
    }.sorted { (numbers[$0] ?? 0) < (numbers[$1] ?? 0) }
  }

  /// The suite of the ServerHello.
  var suite: CipherSuite? { serverHello(seenBy: .server)?.cipherSuite }
  var parameters: CipherSuiteParameters? { suite.flatMap(CipherSuiteParameters.init) }
  var usesKeyTransport: Bool { parameters?.keyExchange == .rsa }

  var suite13: CipherSuite13? { suite.flatMap(CipherSuite13.init) }
  /// The hash of the suite, whichever version it is of.
  var hash: HashAlgorithm? { parameters?.hash ?? suite13?.hash }

  /// A Certificate message's entries, in either version's form; nil when there is none that can be read.
  func certificates(from sender: Side, preferring side: Side) -> [CertificateEntry]? {
    guard isTLS13 else {
      let body: Certificate12? = body(.certificate, from: sender, preferring: side)
      let key: RawPublicKey12? = body == nil ? self.body(.certificate, from: sender, preferring: side) : nil
      let chain = body?.chain ?? key.map { [$0.subjectPublicKeyInfo] }
      return chain?.map { CertificateEntry(certificate: $0, extensions: ExtensionBlock()) }
    }
    let body: Certificate13? = body(.certificate, from: sender, preferring: side)
    return body?.entries
  }

  /// The side that left without a goodbye after the other had said its own: nothing was to come any more but that.
  var goodbyeMissing: Side? {
    guard failures.count == 1, let (side, entry) = failures.first, case .failed(let fact) = entry.event,
      fact.error == .truncated, let goodbye = goodbyes[side], goodbye < entry.order
    else { return nil }
    return side.peer
  }

  func judgement(of side: Side) -> JudgementFact? { judgements[side] }

  /// Whether that side stopped in that step.
  func stops(_ side: Side, at kind: StepKind) -> Bool { failedAt[side] == kind && isCause(side) }

  /// Whether that side found the fault itself, rather than being told by an alert or a cut connection.
  func isCause(_ side: Side) -> Bool {
    guard let entry = failures[side], case .failed(let fact) = entry.event else { return false }
    switch fact.error {
    case .alertReceived, .truncated, .alreadyEnded: return false
    default: return true
    }
  }

  /// The descriptions of a chain that `side` sent, leaf first, as far as anybody could read it; and the anchor that was not sent.
  func chain(from side: Side) -> (sent: [CertificateDescription], anchor: CertificateDescription?) {
    guard let judgement = judgements[side] else {
      let entries = certificates(from: side, preferring: side) ?? []
      let sent = entries.compactMap {
        CertificateDescription(der: $0.certificate) ?? CertificateDescription(subjectPublicKeyInfo: $0.certificate)
      }
      return (sent, nil)
    }
    let anchor = judgement.path.last.flatMap { last in
      judgement.presented.contains { $0.fingerprint == last.fingerprint } ? nil : last
    }
    return (judgement.presented, anchor)
  }

  /// In which earlier step a certificate that the client sends was described, if the server sent the same.
  func number(describing certificate: CertificateDescription, before sender: Side) -> Int? {
    guard sender == .client else { return nil }
    let (sent, anchor) = chain(from: .server)
    let isKnown =
      sent.contains { $0.fingerprint == certificate.fingerprint }
      || anchor?.fingerprint == certificate.fingerprint
    return isKnown ? numbers[.message(.certificate, from: .server, occurrence: 0)] : nil
  }

  func secrets(of kind: DisclosedSecret.Kind, generation: Int = 0, on side: Side) -> [UInt8]? {
    guard let hello = clientHello(seenBy: side) else { return nil }
    return extras.secrets[side]?.first {
      $0.kind == kind && $0.clientRandom == hello.random && $0.generation == generation
    }?.bytes
  }
}
