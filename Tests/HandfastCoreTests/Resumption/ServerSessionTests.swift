import HandfastCore
import HandfastTestKit
import HandfastWire
import TestTurns
import Testing

@Suite("A server's session", .inTurn) struct ServerSessionTests {
  static let samples: [(String, ServerSession)] = [
    ("full", Sample.server()), ("bare", Sample.bareServer()), ("unauthenticated", Sample.server(peer: nil)),
  ]

  @Test func `comes back from its bytes with everything in it`() throws {
    for (name, session) in Self.samples {
      let bytes = try #require(session.encoded())
      let again = try ServerSession(decoding: bytes.span)
      #expect(again.encoded() == bytes, "\(name)")
      #expect(again.version == session.version)
      #expect(again.cipherSuite == session.cipherSuite)
      #expect(again.secret.withSpan { [UInt8](copying: $0) } == session.secret.withSpan { [UInt8](copying: $0) })
      #expect(again.scope == session.scope)
      #expect(again.serverName == session.serverName)
      #expect(again.applicationProtocol == session.applicationProtocol)
      #expect(again.lineageStartedAt == session.lineageStartedAt)
      #expect(again.issuedAt == session.issuedAt)
      #expect(again.expiresAt == session.expiresAt)
      #expect(again.ownCertificateType == session.ownCertificateType)
      #expect(again.ageAdd == session.ageAdd)
      #expect(again.usesExtendedMasterSecret == session.usesExtendedMasterSecret)
      #expect(again.maxEarlyData == session.maxEarlyData)
      #expect(again.group == session.group)
      #expect(again.peer == session.peer)
    }
  }

  @Test func `is refused at every truncation, and with anything after its end`() throws {
    for (_, session) in Self.samples {
      let bytes = try #require(session.encoded())
      for count in 0..<bytes.count {
        #expect(throws: DecodeError.self) { _ = try ServerSession(decoding: bytes.span.extracting(first: count)) }
      }
      let longer = bytes + [0]
      #expect(throws: DecodeError.self) { _ = try ServerSession(decoding: longer.span) }
    }
  }

  @Test func `of another format, version or kind is refused`() throws {
    var bytes = try #require(Sample.server().encoded())
    for format in [UInt8(0), 2, 255] {
      bytes[0] = format
      #expect(throws: DecodeError.badValue(field: "format", value: UInt32(format))) {
        _ = try ServerSession(decoding: bytes.span)
      }
    }
    bytes[0] = 1
    bytes[2] = 2
    #expect(throws: DecodeError.badValue(field: "version", value: 0x0302)) {
      _ = try ServerSession(decoding: bytes.span)
    }
    bytes[2] = 4
    bytes[5] |= 16
    #expect(throws: DecodeError.badValue(field: "flags", value: UInt32(bytes[5]))) {
      _ = try ServerSession(decoding: bytes.span)
    }
  }

  @Test func `never traps, whatever its bytes are`() throws {
    var random = SplitMix(seed: 12)
    let bytes = try #require(Sample.server().encoded())
    var refused = 0
    for _ in 0..<20_000 {
      var changed = bytes
      for _ in 0...random.below(3) { changed[random.below(changed.count)] = UInt8(random.below(256)) }
      do {
        let session = try ServerSession(decoding: changed.span)
        // What is accepted keeps its promises.
        #expect(session.expiresAt <= session.lineageStartedAt.addingSaturated(7 * Sample.day))
        // Descriptions are read when they are asked for, and were found readable before.
        for certificate in session.peer?.presented ?? [] { #expect(certificate.fingerprint.count == 32) }
      } catch {
        refused += 1
      }
    }
    #expect(refused > 0)
  }

  @Test func `names each certificate once`() throws {
    let alone = try #require(Sample.server(peer: nil).encoded()).count
    let whole = try #require(Sample.server().encoded()).count
    let peer = Sample.peer()
    let longer = RememberedPeer(
      presented: peer.presented + peer.path, path: peer.path, signatureScheme: peer.signatureScheme)
    let repeated = try #require(Sample.server(peer: longer).encoded()).count
    #expect(whole - alone > 300)
    #expect(repeated - whole == 3)
  }

  @Test func `whose parts do not fit is not encoded at all`() {
    #expect(Sample.server(secret: []).encoded() == nil)
    #expect(Sample.server(secret: [UInt8](repeating: 1, count: 256)).encoded() == nil)
    #expect(Sample.server(serverName: String(repeating: "a", count: 256)).encoded() == nil)
    let many = (0..<300).map { Sample.certificate("n\($0)", isCA: true) }
    let crowd = RememberedPeer(presented: Array(many.prefix(255)), path: Array(many.suffix(200)), signatureScheme: nil)
    #expect(Sample.server(peer: crowd).encoded() == nil)
  }

  @Test func `ends with the first of its client's certificates`() {
    let end = Sample.now + 60_000
    #expect(Sample.server(peer: Sample.peer(notAfter: end)).expiresAt == end)
    #expect(Sample.server().expiresAt == Sample.now + Sample.day)
    let ancient = RememberedPeer(
      presented: [], path: [Sample.certificate("old", notAfter: 0)], signatureScheme: nil)
    #expect(Sample.server(peer: ancient).expiresAt == 0)
  }

  @Test func `ends seven days after the full handshake, however often it was resumed`() {
    let start = Sample.now - 6 * Sample.day
    let session = Sample.server(lifetime: 7 * Sample.day, lineageStartedAt: start)
    #expect(session.expiresAt == start + 7 * Sample.day)
    #expect(!session.isExpired(at: session.expiresAt - 1))
    #expect(session.isExpired(at: session.expiresAt))
  }

  @Test func `on the client's side ends with the ticket, either side's certificates or the lineage`() {
    #expect(Sample.client(lifetime: 60).expiresAt == Sample.now + 60_000)
    #expect(Sample.client(ownCertificatesEndAt: Sample.now + 5).expiresAt == Sample.now + 5)
    #expect(Sample.client(peer: Sample.peer(notAfter: Sample.now + 9000)).expiresAt == Sample.now + 9000)
    let start = Sample.now - 7 * Sample.day + 1
    #expect(Sample.client(lineageStartedAt: start).expiresAt == Sample.now + 1)
    #expect(Sample.client(lifetime: .max).expiresAt == Sample.now + 7 * Sample.day)
  }
}
