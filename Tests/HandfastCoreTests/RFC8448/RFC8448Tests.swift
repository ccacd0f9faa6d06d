import HandfastCore
import HandfastCrypto
import HandfastTestKit
import HandfastWire
import Testing

/// The handshakes of RFC 8448 once more: their messages go in, and every secret, hash and record that comes out must be the
/// recorded one. A record that opens proves its keys, and a Finished that verifies proves the transcript before it.
@Suite("The traces of RFC 8448") struct RFC8448Tests {
  private static let data = (0..<50).map { UInt8($0) }
  private let provider = DefaultCryptoProvider()

  private func context(_ sink: CapturingSink, _ hello: ServerHello) throws -> ScheduleContext {
    ScheduleContext(
      suite: try #require(CipherSuite13(hello.cipherSuite)), provider: provider, clientRandom: [], sink: sink,
      recordsPerKey: nil)
  }

  private func output() -> HandshakeOutput { HandshakeOutput(isTracing: true, limits: Limits(), provider: provider) }

  @Test(
    "come out as recorded, record by record",
    arguments: ["simple", "resumed", "retried", "client-authentication", "compatibility"])
  func replay(name: String) throws {
    let trace = try RecordedTrace(name)
    let sink = CapturingSink()
    var out = output()
    let context = try context(sink, trace.decode(ServerHello.self, in: "serverHello"))
    var transcript = try clientHellos(trace, context)

    // Early data, if any, under the PSK's own keys.
    let psk = name == "resumed" ? SessionSecret(try trace.bytes("resumptionPSK")) : nil
    let early = EarlySecret13(psk: psk, context)
    let earlyEnds = try BothEnds(early.earlyTraffic(transcriptHash: transcript.digest(), &out))
    if psk != nil { try checkEarlyData(trace, sink, earlyEnds) }

    try append("serverHello", of: trace, to: &transcript)
    let (shared, group) = try trace.sharedSecret(of: .client)
    let other = try trace.sharedSecret(of: .server).secret
    #expect(shared == other)
    let secret = early.handshake(sharedSecret: Secret(shared), group: group, context, &out)
    let handshake = secret.traffic(transcriptHash: transcript.digest(), &out)
    let serverFlight = try BothEnds(handshake.server).content(of: trace.record("serverFlight"))
    try take(serverFlight, into: &transcript, finished: handshake.server)

    let main = secret.main(&out)
    let application = main.traffic(transcriptHash: transcript.digest(), &out)
    _ = main.exporter(transcriptHash: transcript.digest(), &out)
    if psk != nil {
      let end = try earlyEnds.content(of: trace.record("endOfEarlyData"))
      #expect(end == .init(type: .handshake, bytes: [5, 0, 0, 0]))
      transcript.append(end.bytes.span)
    }
    let clientFlight = try BothEnds(handshake.client).content(of: trace.record("clientFlight"))
    try take(clientFlight, into: &transcript, finished: handshake.client)

    let resumption = main.resumption(transcriptHash: transcript.digest(), &out)
    let server = try BothEnds(application.server)
    if trace.has("newSessionTicket") {
      let ticket = try server.content(of: trace.record("newSessionTicket"))
      #expect(ticket.type == .handshake)
      let message = try #require(WireMessage.parse(ticket.bytes).messages.first)
      let value = try NewSessionTicket13(decoding: message.body.span, "body")
      let derived = resumption.psk(nonce: value.nonce, &out).withSpan { [UInt8](copying: $0) }
      let expected = try trace.bytes("resumptionPSK")
      #expect(derived == expected)
    }
    try checkData(trace, client: try BothEnds(application.client), server: server)
    if name == "simple" { try checkSecrets(trace, sink) }
  }

  private func clientHellos(_ trace: RecordedTrace, _ context: ScheduleContext) throws -> Transcript {
    var transcript = Transcript()
    guard trace.has("retryRequest") else {
      try append("clientHello", of: trace, to: &transcript)
      transcript.start(context.hash, provider)
      return transcript
    }
    try append("firstClientHello", of: trace, to: &transcript)
    transcript.replaceWithMessageHash(context.hash, provider)
    let request = try trace.decode(ServerHello.self, in: "retryRequest")
    #expect(request.isRetryRequest)
    try append("retryRequest", of: trace, to: &transcript)
    try append("clientHello", of: trace, to: &transcript)
    return transcript
  }

  private func append(_ name: String, of trace: RecordedTrace, to transcript: inout Transcript) throws {
    let message = try trace.record(name).fragment
    transcript.append(message.span)
  }

  private func checkEarlyData(_ trace: RecordedTrace, _ sink: CapturingSink, _ ends: BothEnds) throws {
    #expect(sink.bytes(of: .clientEarlyTrafficSecret) == (try trace.bytes("clientEarlyTraffic")))
    let data = try ends.content(of: trace.record("earlyData"))
    #expect(data == .init(type: .applicationData, bytes: Array("ABCDEF".utf8)))
  }

  private func checkData(_ trace: RecordedTrace, client: BothEnds, server: BothEnds) throws {
    if trace.has("clientData") {
      let expected = BothEnds.Content(type: .applicationData, bytes: Self.data)
      #expect(try client.content(of: trace.record("clientData")) == expected)
      #expect(try server.content(of: trace.record("serverData")) == expected)
    }
    let goodbye = BothEnds.Content(
      type: .alert, bytes: [AlertLevel.warning.rawValue, AlertDescription.closeNotify.rawValue])
    #expect(try client.content(of: trace.record("clientClose")) == goodbye)
    #expect(try server.content(of: trace.record("serverClose")) == goodbye)
  }

  /// Messages up to a Finished, which must be the one this side would compute.
  private func take(
    _ flight: BothEnds.Content, into transcript: inout Transcript, finished secret: borrowing TrafficSecret13
  ) throws {
    #expect(flight.type == .handshake)
    let (messages, rest) = WireMessage.parse(flight.bytes)
    #expect(rest.isEmpty)
    #expect(messages.last?.type == .finished)
    for message in messages {
      if message.type == .finished {
        let expected = transcript.withDigest { secret.verifyData(transcriptHash: $0) }
        #expect(message.body == expected)
      }
      transcript.append(message.bytes.span)
    }
  }

  private func checkSecrets(_ trace: RecordedTrace, _ sink: CapturingSink) throws {
    let names: [(DisclosedSecret.Kind, String)] = [
      (.clientHandshakeTrafficSecret, "clientHandshakeTraffic"),
      (.serverHandshakeTrafficSecret, "serverHandshakeTraffic"),
      (.clientApplicationTrafficSecret, "clientApplicationTraffic"),
      (.serverApplicationTrafficSecret, "serverApplicationTraffic"),
      (.exporterSecret, "exporterSecret"),
    ]
    for (kind, name) in names { #expect(sink.bytes(of: kind) == (try trace.bytes(name)), "\(name)") }
  }

  @Test("have these secrets at each stage, and these keys")
  func stages() throws {
    let trace = try RecordedTrace("simple")
    let zeros = [UInt8](repeating: 0, count: 32)
    let nothing: [UInt8] = []
    let emptyHash = rawDigest(provider, .sha256, nothing)
    #expect(try trace.sharedSecret(of: .client).secret == trace.bytes("sharedSecret"))

    let early = ScheduleSecret(extractingFrom: zeros.span, salt: zeros.span, hash: .sha256, provider: provider)
    let earlyBytes = copy(early)
    #expect(earlyBytes == (try trace.bytes("earlySecret")))
    let fromEarly = early.derive("derived", transcriptHash: emptyHash).disclosed()
    #expect(fromEarly == (try trace.bytes("derivedFromEarly")))
    let shared = try trace.bytes("sharedSecret")
    let handshake = ScheduleSecret(
      extractingFrom: shared.span, salt: fromEarly.span, hash: .sha256, provider: provider)
    let handshakeBytes = copy(handshake)
    #expect(handshakeBytes == (try trace.bytes("handshakeSecret")))
    let fromHandshake = handshake.derive("derived", transcriptHash: emptyHash).disclosed()
    #expect(fromHandshake == (try trace.bytes("derivedFromHandshake")))
    let main = ScheduleSecret(
      extractingFrom: zeros.span, salt: fromHandshake.span, hash: .sha256, provider: provider)
    let mainBytes = copy(main)
    #expect(mainBytes == (try trace.bytes("mainSecret")))
    let clientFinishedHash = try trace.bytes("clientFinishedHash")
    let resumption = main.derive("res master", transcriptHash: clientFinishedHash).disclosed()
    #expect(resumption == (try trace.bytes("resumptionSecret")))

    for name in ["clientHandshake", "serverHandshake", "clientApplication", "serverApplication"] {
      let traffic = ScheduleSecret(
        Secret(try trace.bytes("\(name)Traffic")), hash: .sha256, provider: provider)
      let key = traffic.expand("key", context: [], count: 16).disclosed()
      let iv = traffic.expand("iv", context: [], count: 12).disclosed()
      #expect(key == (try trace.bytes("\(name)Key")), "\(name)")
      #expect(iv == (try trace.bytes("\(name)IV")), "\(name)")
    }
  }

  @Test("have these transcript hashes, and this verify_data over them")
  func hashes() throws {
    let trace = try RecordedTrace("simple")
    let sink = CapturingSink()
    var out = output()
    let context = try context(sink, trace.decode(ServerHello.self, in: "serverHello"))
    var transcript = Transcript()
    try append("clientHello", of: trace, to: &transcript)
    try append("serverHello", of: trace, to: &transcript)
    transcript.start(.sha256, provider)
    let helloHash = transcript.digest()
    #expect(helloHash == (try trace.bytes("helloHash")))
    let secret = EarlySecret13(psk: nil, context).handshake(
      sharedSecret: Secret(try trace.bytes("sharedSecret")), group: .x25519, context, &out)
    let traffic = secret.traffic(transcriptHash: transcript.digest(), &out)
    let flight = try BothEnds(traffic.server).content(of: trace.record("serverFlight"))
    for message in WireMessage.parse(flight.bytes).messages {
      if message.type == .finished { #expect(message.body == (try trace.bytes("serverVerifyData"))) }
      transcript.append(message.bytes.span)
    }
    let serverHash = transcript.digest()
    #expect(serverHash == (try trace.bytes("serverFinishedHash")))
    let finished = try BothEnds(traffic.client).content(of: trace.record("clientFlight"))
    #expect(Array(finished.bytes.dropFirst(4)) == (try trace.bytes("clientVerifyData")))
    transcript.append(finished.bytes.span)
    let clientHash = transcript.digest()
    #expect(clientHash == (try trace.bytes("clientFinishedHash")))
  }

  @Test("have this binder over the resuming ClientHello")
  func binder() throws {
    let trace = try RecordedTrace("resumed")
    let context = try context(CapturingSink(), trace.decode(ServerHello.self, in: "serverHello"))
    let message = try trace.record("clientHello").fragment
    let hello = try trace.decode(ClientHello.self, in: "clientHello")
    let offered = try #require(try hello.extensions?.decode(OfferedPSKs.self))
    let partial = message.count - ClientHello.binderListByteCount(offered.binders)
    var transcript = Transcript()
    transcript.start(.sha256, provider)
    let hash = transcript.digest(beginning: message.span.extracting(first: partial))
    #expect(hash == (try trace.bytes("binderHash")))
    let secret = EarlySecret13(psk: SessionSecret(try trace.bytes("resumptionPSK")), context)
    let binder = secret.binder(transcriptHash: hash)
    #expect([binder] == offered.binders)
    #expect(binder == (try trace.bytes("binder")))
    let psk = try trace.bytes("resumptionPSK")
    let zeros = [UInt8](repeating: 0, count: 32)
    let early = ScheduleSecret(extractingFrom: psk.span, salt: zeros.span, hash: .sha256, provider: provider)
    let earlyBytes = copy(early)
    #expect(earlyBytes == (try trace.bytes("earlySecret")))
  }

  private func copy(_ secret: borrowing ScheduleSecret) -> [UInt8] { secret.withSpan { [UInt8](copying: $0) } }
}
