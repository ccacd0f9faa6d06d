import Handfast
import HandfastCore
import HandfastWire
import TestTurns
import Testing

@testable import HandfastInspect

@Suite(.inTurn) struct NarrativeTests {
  @Test func `a whole handshake has every step of the paper, in its order`() {
    let titles = Narrative(Fixture.complete().entries).steps.map(\.title)
    #expect(
      titles == [
        "ClientHello", "ServerHello", "Certificate (the server's)", "Certificate verification (by the client)",
        "ServerKeyExchange", "CertificateRequest", "ServerHelloDone", "Certificate (the client's choice)",
        "Certificate verification (by the server)", "ClientKeyExchange", "Master secret and key block",
        "CertificateVerify", "ChangeCipherSpec (the client's)", "Finished (the client's)",
        "ChangeCipherSpec (the server's)", "Finished (the server's)", "The handshake is complete",
        "Encrypted application data", "Encrypted application data", "close_notify (the client's)",
        "close_notify (the server's)",
      ])
  }

  @Test func `flights that were recorded whole are told message by message`() {
    // All of the server's events first, as when its thread ran ahead; nothing is told before it was sent.
    let entries = Fixture.complete().entries
    let shuffled = (entries.filter { $0.side == .server } + entries.filter { $0.side == .client })
      .enumerated().map { index, entry in
        TraceEntry(side: entry.side, time: entry.time, order: index, event: entry.event)
      }
    #expect(Narrative(shuffled).steps.map(\.title) == Narrative(entries).steps.map(\.title))
  }

  @Test(arguments: Side.allCases)
  func `one side alone is told in one column`(_ side: Side) {
    let narrative = Narrative(Fixture.complete().entries.filter { $0.side == side })
    #expect(narrative.sides == [side])
    #expect(narrative.steps.count == 20 || narrative.steps.count == 21)
    #expect(narrative.steps.allSatisfy { $0[side.peer] == nil && $0[side] != nil })
  }

  @Test func `a failure ends the story and shows both sides`() throws {
    let narrative = Narrative(Fixture.expired().entries)
    #expect(narrative.failed)
    let last = try #require(narrative.steps.last)
    #expect(last.isFailure)
    let text = NarrativeRenderer(width: 80).render(last)
    #expect(text.contains("Renew the server's certificate."))
    #expect(text.contains("certificate_expired"))
    #expect(text.contains("likely why"))
    #expect(
      narrative.steps.filter(\.isFailure).map(\.title) == [
        "Certificate verification (by the client)", "The handshake fails",
      ])
  }

  @Test func `a message changed on the way shows where`() throws {
    var fixture = Fixture()
    var changed = try #require(Fixture.clientHello.message())
    changed[40] ^= 1
    fixture.send(.client, Fixture.clientHello, changedTo: changed)
    let text = NarrativeRenderer(width: 120).render(Narrative(fixture.entries))
    #expect(text.contains("that are NOT what was sent"))
    #expect(text.contains("offset 40"))
  }

  @Test func `no trace tells no story`() {
    #expect(Narrative([]).steps.isEmpty)
    #expect(!Narrative([]).failed)
  }

  @Test(arguments: [
    HandshakeType.clientHello, .serverHello, .certificate, .serverKeyExchange, .certificateRequest,
    .serverHelloDone, .clientKeyExchange, .certificateVerify, .finished, HandshakeType(rawValue: 77),
  ])
  func `malformed bytes give a field that says so, at every length`(_ type: HandshakeType) {
    for length in 0..<80 {
      let body = [UInt8](repeating: 0xff, count: length)
      let message = [type.rawValue, 0, 0, UInt8(length)] + body
      for bytes in [message, Array(message.dropLast()), [UInt8](message.prefix(3)), body] {
        let fact = MessageFact(type: type, bytes: bytes, ordinal: 0, digest: [])
        let dissection = MessageDissection(fact)
        #expect(!dissection.fields.isEmpty || (type == .serverHelloDone && length == 0))
        let story = Narrative([TraceEntry(side: .server, time: 0, order: 0, event: .received(fact))])
        #expect(!NarrativeRenderer(width: 120).render(story).isEmpty)
      }
    }
    let fact = MessageFact(type: .clientHello, bytes: [1, 0, 0, 1, 3], ordinal: 0, digest: [])
    #expect(MessageDissection(fact).isMalformed)
  }

  @Test func `every prefix of a ClientHello is told without a trap`() throws {
    let whole = try #require(Fixture.clientHello.message())
    #expect(!MessageDissection(type: .clientHello, bytes: whole).isMalformed)
    for length in 4..<whole.count {
      var bytes = Array(whole.prefix(length))
      bytes.replaceSubrange(1..<4, with: [0, UInt8((length - 4) >> 8), UInt8(truncatingIfNeeded: length - 4)])
      let dissection = MessageDissection(type: .clientHello, bytes: bytes)
      // Without its extensions a ClientHello is whole again.
      #expect(dissection.isMalformed || dissection.fields["extensions"]?.value == "none: the block is missing")
    }
  }

  @Test func `a ClientHello is taken apart into named fields`() throws {
    let dissection = MessageDissection(type: .clientHello, bytes: try #require(Fixture.clientHello.message()))
    #expect(dissection.fields["client_version"]?.value == "TLS 1.2")
    let suites = try #require(dissection.fields["cipher_suites"]?.fields)
    #expect(suites.map(\.value)[1] == "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256")
    #expect(suites[1].note == "ECDHE, ECDSA certificate, AES-128-GCM (128-bit key), PRF with SHA-256")
    let extensions = try #require(dissection.fields["extensions"]?.fields)
    #expect(extensions["server_name"]?.value == "server.handfast.test")
    #expect(extensions["supported_groups"]?.value == "x25519 (0x001d), secp256r1 (0x0017)")
    #expect(extensions["supported_groups"]?.note == "0x000a, 6 bytes")
    #expect(extensions["GREASE (0x2a2a)"]?.note == "0x2a2a, 0 bytes")
  }
}

struct LiveNarrativeTests {
  @Test(arguments: Side.allCases, Story.allCases)
  func `a step that is told while it happens is told as at the end`(_ side: Side, _ story: Story) {
    let entries = story.entries.filter { $0.side == side }
    let whole = Narrative(entries).steps
    var told = 0
    for count in entries.indices {
      let soFar = Narrative(Array(entries[...count]))
      #expect(soFar.settledCount <= whole.count)
      told = max(told, soFar.settledCount)
      for index in 0..<soFar.settledCount {
        // Where this side fails is known only when it has failed: that line the last step has anyway.
        guard !whole[index].isFailure else { continue }
        #expect(soFar.steps[index] == whole[index], "after \(count) entries")
      }
    }
    #expect(told >= whole.count - 2)
  }

  @Test func `messages of a record that has not been read to its end are not told yet`() {
    let record = PlainRecordFact(type: .handshake, version: .tls12, length: 200)
    let entries = Fixture.complete().entries.filter { $0.side == .client }
    let first = entries.prefix { if case .received = $0.event { false } else { true } }
    let isPlain = { (entry: TraceEntry) in if case .receivedRecord = entry.event { true } else { false } }
    let longer = entries.map {
      isPlain($0)
        ? TraceEntry(side: .client, time: $0.time, order: $0.order, event: .receivedRecord(record)) : $0
    }
    let received = longer.prefix(first.count + 1)
    #expect(Narrative(Array(received)).settledCount == 0)
  }

  @Test func `a peer that leaves after this side's goodbye is a note, and before it a failure`() throws {
    func story(saysGoodbye: Bool) throws -> Narrative {
      var entries = Fixture.complete().entries.filter { $0.side == .client }
      let goodbye = try #require(
        entries.firstIndex { if case .sentAlert = $0.event { true } else { false } })
      entries.removeSubrange((saysGoodbye ? goodbye + 1 : goodbye)...)
      let order = entries.count + 100
      let failure = FailureFact(step: .established, error: .truncated, alert: nil)
      entries.append(
        TraceEntry(side: .client, time: Fixture.start, order: order, event: .peerClosed(isTruncated: true)))
      entries.append(TraceEntry(side: .client, time: Fixture.start, order: order + 1, event: .failed(failure)))
      return Narrative(entries)
    }
    let note = try story(saysGoodbye: true)
    #expect(!note.failed && note.steps.last?.title == "The server leaves without a goodbye")
    #expect(note.steps.allSatisfy { !$0.isFailure })
    let failure = try story(saysGoodbye: false)
    #expect(failure.failed && failure.steps.last?.title == "The connection fails")
  }
}

struct HelloFactTests {
  private func lines(_ title: String, of side: Side) -> [NarrativeLine] {
    Narrative(Fixture.complete().entries).steps.first { $0.title == title }?[side]?.lines ?? []
  }

  @Test func `the hellos' fingerprints are those of the published recipe`() {
    // md5("771,49195-49200,0-23-65281-10-11-13-16,29-23,0") and md5("771,49195,23-65281").
    #expect(HelloFingerprint.ja3(Fixture.clientHello) == "9380a0e545e94f26d12537e9e3acc320")
    #expect(HelloFingerprint.ja3s(Fixture.serverHello) == "e4846aebd9872f4dc5aa36f2526762ff")
  }

  @Test func `what the client could offer and does not stands there with the reason`() {
    let texts = lines("ClientHello", of: .client).map(\.text)
    #expect(
      texts.contains { $0.hasPrefix("suites, RSA key transport is off (RFC 10015: MUST NOT): TLS_RSA_WITH_AES_128") })
    #expect(texts.contains("groups, not enabled on this side: secp384r1 (0x0018), secp521r1 (0x0019)"))
    #expect(texts.contains { $0.hasPrefix("signatures, not enabled on this side: ed25519 (0x0807), ") })
  }

  @Test func `code points and lengths stand beside the names`() {
    let texts = lines("ClientHello", of: .client).map(\.text)
    #expect(texts.contains("0xc02b: ECDHE, ECDSA certificate, AES-128-GCM (128-bit key), PRF with SHA-256"))
    #expect(texts.contains("supported_groups (0x000a, 6 bytes): x25519 (0x001d), secp256r1 (0x0017)"))
    #expect(texts.contains("GREASE (0x2a2a, 0 bytes): reserved, to be ignored (RFC 8701)"))
    #expect(texts.contains("1970-01-01 18:20:51 UTC, were its first 4 bytes gmt_unix_time"))
  }

  @Test func `a certificate tells key, signature, identifiers, length and what is critical`() throws {
    let lines = lines("Certificate (the server's)", of: .server)
    func values(_ label: String) -> [String] { lines.filter { $0.label == label }.map(\.text) }
    #expect(values("public key").first == "0401010101010101…01010101 (65 bytes)")
    #expect(values("signature").first == "3001010101010101…01010101 (71 bytes)")
    #expect(values("critical") == ["keyUsage", "basicConstraints, keyUsage", "basicConstraints, keyUsage"])
    #expect(values("key id").first == String(repeating: "01", count: 20))
    #expect(values("issuer's key id").last == "the same")
    #expect(values("length") == ["401 bytes", "402 bytes", "403 bytes"])
  }

  @Test func `a certificate can be dumped in PEM`() throws {
    let step = try #require(
      Narrative(Fixture.complete().entries).steps.first { $0.title == "Certificate (the server's)" })
    #expect(step.bytes.filter { $0.form == .pem }.map(\.bytes) == [[0x30, 1, 1], [0x30, 1, 2]])
    let text = NarrativeRenderer(width: 80, showsBytes: true).render(step)
    #expect(text.contains("-----BEGIN CERTIFICATE-----\n   MAEB\n   -----END CERTIFICATE-----"))
  }

  @Test func `the client learns which of the asked for signatures it shares`() {
    let lines = lines("CertificateRequest", of: .client)
    #expect(lines.first { $0.label == "shared" }?.text == "ecdsa_secp256r1_sha256 (0x0403)")
    #expect(lines.first { $0.label == "not shared" }?.text == "ecdsa_sha1 (0x0203)")
  }

  @Test(arguments: Side.allCases) func `the session hash is told`(side: Side) {
    let lines = lines("Master secret and key block", of: side)
    #expect(lines.first { $0.label == "session_hash" }?.text == String(repeating: "dd", count: 32))
  }
}
