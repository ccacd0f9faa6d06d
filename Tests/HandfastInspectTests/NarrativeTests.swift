import Handfast
import HandfastCore
import HandfastWire
import Testing

@testable import HandfastInspect

struct NarrativeTests {
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
    #expect(extensions["supported_groups"]?.value == "x25519, secp256r1")
  }
}
