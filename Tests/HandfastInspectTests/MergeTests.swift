import Handfast
import HandfastCore
import HandfastTestKit
import HandfastWire
import Testing

@testable import HandfastInspect

/// Each host has its own file, clock and numbers.
struct MergeTests {
  /// What one host writes: its side only, on its own clock, as its own connection, through the file format.
  static func host(
    _ side: Side, _ entries: [TraceEntry], clock offset: Int64 = 0, connection: Int = 1
  ) throws -> [TraceEntry] {
    let own = entries.filter { $0.side == side }.enumerated().map { index, entry in
      entry.with(time: entry.time + offset, connection: connection, order: index)
    }
    return try TraceFile.entries(in: try TraceFile.text(own))
  }

  static func merge(_ entries: [TraceEntry], serverClock offset: Int64 = 0) throws -> MergedConnection {
    let merge = try TraceMerge(client: host(.client, entries), server: host(.server, entries, clock: offset))
    return try #require(merge.connections.first)
  }

  @Test(arguments: [0, 3_204_000_000, -86_400_000_000_000] as [Int64])
  func `two hosts' traces become the story that one recorder would have told`(_ offset: Int64) throws {
    let whole = Fixture.complete().entries
    let merged = try Self.merge(whole, serverClock: offset)
    #expect(Narrative(merged.entries).steps.map(\.title) == Narrative(whole).steps.map(\.title))
    #expect(merged.entries.count == whole.count)
    #expect(merged.entries.map(\.order) == Array(0..<whole.count))
    #expect(merged.isUnchanged && merged.differences.isEmpty && merged.unseen.isEmpty)
  }

  @Test(arguments: [3_204_000_000, -86_400_000_000_000] as [Int64])
  func `the difference between the clocks is found from what crossed both ways`(_ offset: Int64) throws {
    let clock = try Self.merge(Fixture.complete().entries, serverClock: offset).clock
    #expect(clock.basis == .bounded)
    let uncertainty = try #require(clock.uncertainty)
    #expect((clock.offset - offset).magnitude <= UInt64(uncertainty))
    #expect(uncertainty < 1_000_000)
    #expect(clock.description.contains(offset > 0 ? "3.20" : "86400"))
  }

  @Test func `clocks that may agree are left alone`() throws {
    let clock = try Self.merge(Fixture.complete().entries).clock
    #expect(clock.basis == .agree)
    #expect(clock.offset == 0)
  }

  @Test func `a clock that was set meanwhile is said, and the order holds`() throws {
    let whole = Fixture.complete().entries
    let server = try Self.host(.server, whole)
    let jumping = server.enumerated().map { $1.with(time: $1.time + ($0 < server.count / 2 ? 5_000_000_000 : 0)) }
    let merged = try #require(
      try TraceMerge(client: Self.host(.client, whole), server: jumping).connections.first)
    #expect(merged.clock.basis == .contradictory)
    #expect(Narrative(merged.entries).steps.map(\.title) == Narrative(whole).steps.map(\.title))
  }

  @Test func `one side's times that never arrive after they left give a bound only`() throws {
    var fixture = Fixture()
    fixture.send(.client, Fixture.clientHello)
    let clock = try Self.merge(fixture.entries, serverClock: -2_000_000_000).clock
    #expect(clock.basis == .oneWay)
    #expect(clock.offset < -1_900_000_000)
  }

  @Test(arguments: [
    (4, "client_version"), (6, "random"), (37, "random"), (38, "session_id, length"),
    (43, "cipher_suites, suite 1"), (48, "compression_methods, method 0"),
  ])
  func `a changed byte is named with its field`(_ offset: Int, _ field: String) throws {
    var changed = try #require(Fixture.clientHello.message())
    changed[offset] ^= 1
    var fixture = Fixture()
    fixture.send(.client, Fixture.clientHello, changedTo: changed)
    fixture.send(.server, Fixture.serverHello)
    let difference = try #require(try Self.merge(fixture.entries).differences.first)
    #expect(difference.type == .clientHello)
    #expect(difference.sender == .client)
    #expect(difference.offset == offset)
    #expect(difference.field == field)
    #expect(difference.sentValue != difference.receivedValue)
  }

  @Test func `a changed suite is said by name on both sides`() throws {
    var changed = try #require(Fixture.clientHello.message())
    changed.replaceSubrange(43..<45, with: [0xc0, 0x30])
    var fixture = Fixture()
    fixture.send(.client, Fixture.clientHello, changedTo: changed)
    let difference = try #require(try Self.merge(fixture.entries).differences.first)
    #expect(difference.sentValue == "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256")
    #expect(difference.receivedValue == "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384")
    #expect(difference.description.contains("byte 44") || difference.description.contains("byte 43"))
  }

  @Test func `a removed extension shows at its place, not as a length`() throws {
    var shorter = Fixture.clientHello
    var block = ExtensionBlock()
    for entry in shorter.extensions?.entries ?? [] where entry.type != .extendedMasterSecret {
      block.set(entry.type, entry.data)
    }
    shorter.extensions = block
    var fixture = Fixture()
    fixture.send(.client, Fixture.clientHello, changedTo: shorter.message())
    let difference = try #require(try Self.merge(fixture.entries).differences.first)
    #expect(difference.sentByteCount == difference.receivedByteCount + 4)
    #expect(difference.field == "extension extended_master_secret, type")
    #expect(difference.sentValue == "extended_master_secret" && difference.receivedValue == "renegotiation_info")
  }

  @Test func `a connection whose client random was changed is known by its ServerHello`() throws {
    var changed = try #require(Fixture.clientHello.message())
    changed[10] ^= 0xff
    var fixture = Fixture()
    fixture.send(.client, Fixture.clientHello, changedTo: changed)
    fixture.send(.server, Fixture.serverHello)
    let merged = try Self.merge(fixture.entries)
    #expect(merged.clientRandom == Fixture.clientRandom)
    #expect(merged.differences.map(\.field) == ["random"])
  }

  @Test func `what was sent and never arrived is said`() throws {
    let whole = Fixture.complete().entries
    let server = try Self.host(.server, whole)
    let lastSeen = try #require(
      server.firstIndex {
        if case .received(let fact) = $0.event { fact.type == .certificateVerify } else { false }
      })
    let cut = Array(server[..<lastSeen])
    let client = try Self.host(.client, whole).filter {
      if case .received(let fact) = $0.event { fact.type != .finished } else { true }
    }
    let merged = try #require(try TraceMerge(client: client, server: cut).connections.first)
    let missing = merged.unseen.filter { !$0.isFromNowhere }
    #expect(missing.contains { $0.what == "CertificateVerify" && $0.sender == .client })
    #expect(missing.contains { $0.what == "Finished" && $0.sender == .client })
    let text = NarrativeRenderer(width: 100).render(merged.summary)
    #expect(text.contains("The client sent CertificateVerify, which the server never saw."))
  }

  @Test func `what arrived and was never sent is said`() throws {
    var fixture = Fixture()
    fixture.send(.client, Fixture.clientHello)
    fixture.send(.server, Fixture.serverHello)
    let injected = MessageFact(type: .serverHelloDone, bytes: [14, 0, 0, 0], ordinal: 1, digest: [1])
    fixture.add(.client, .received(injected))
    let merged = try Self.merge(fixture.entries)
    #expect(!merged.isUnchanged)
    #expect(merged.unseen.contains { $0.isFromNowhere && $0.what == "ServerHelloDone" && $0.sender == .server })
  }

  @Test func `traces of different connections are refused with both client randoms`() throws {
    var other = Fixture()
    var hello = Fixture.clientHello
    hello.random = [UInt8](repeating: 0xee, count: 32)
    other.send(.client, hello)
    let (client, server) = (
      try Self.host(.client, Fixture.complete().entries), try Self.host(.server, other.entries)
    )
    let error = #expect(throws: MergeError.self) { try TraceMerge(client: client, server: server) }
    let text = try #require(error?.description)
    #expect(text.contains("do not belong together"))
    #expect(text.contains("0001020304050607") && text.contains("eeeeeeeeeeeeeeee"))
  }

  @Test func `two traces of one side are refused`() throws {
    let client = try Self.host(.client, Fixture.complete().entries)
    #expect(throws: MergeError.nothingOf(.server)) { try TraceMerge(client: client, server: client) }
  }

  @Test func `a trace without hellos is refused`() throws {
    let client = try Self.host(.client, Fixture.complete().entries)
    let server = [TraceEntry(side: .server, time: 0, order: 0, event: .sentChangeCipherSpec)]
    #expect(throws: MergeError.noHello(.server)) { try TraceMerge(client: client, server: server) }
  }

  @Test func `swapped files are put right`() throws {
    let whole = Fixture.complete().entries
    let merge = try TraceMerge(client: Self.host(.server, whole), server: Self.host(.client, whole))
    #expect(merge.connections.first?.isUnchanged == true)
  }

  /// Three connections, of which the server saw the second and third, in another order, and one of its own twice.
  private static func several() throws -> (client: [TraceEntry], server: [TraceEntry], randoms: [[UInt8]]) {
    let randoms = (1...3).map { [UInt8](repeating: UInt8($0) * 0x11, count: 32) }
    let fixtures = randoms.map { random in
      var fixture = Fixture()
      var (client, server) = (Fixture.clientHello, Fixture.serverHello)
      (client.random, server.random) = (random, random.map { $0 ^ 0xff })
      fixture.send(.client, client)
      fixture.send(.server, server)
      return fixture.entries
    }
    let client = try fixtures.enumerated().flatMap { try host(.client, $1, connection: $0 + 1) }
    let server = try [(2, 1), (1, 2), (1, 3)].flatMap { try host(.server, fixtures[$0.0], connection: $0.1) }
    return (client, server, randoms)
  }

  @Test func `of several connections all that match are told, and the rest is said`() throws {
    let (client, server, randoms) = try Self.several()
    let merge = try TraceMerge(client: client, server: server)
    #expect(merge.connections.map(\.clientRandom) == [randoms[1], randoms[2]])
    #expect(merge.connections.map(\.number) == [1, 2])
    #expect(merge.connections.map(\.clientConnection) == [2, 3])
    #expect(merge.connections.map(\.serverConnection) == [2, 1])
    #expect(merge.unmatched.map(\.side) == [.client, .server])
    #expect(merge.unmatched.map(\.isRepeated) == [false, true])
    let text = NarrativeRenderer(width: 120).render(merge.remainder)
    #expect(text.contains("not in the server's trace") && text.contains("came twice"))
  }

  @Test func `one connection of several is picked by the beginning of its client random`() throws {
    let (client, server, randoms) = try Self.several()
    let merge = try TraceMerge(client: client, server: server, clientRandom: "3333")
    #expect(merge.connections.map(\.clientRandom) == [randoms[2]])
    #expect(merge.unmatched.isEmpty)
    #expect(throws: MergeError.self) { try TraceMerge(client: client, server: server, clientRandom: "4444") }
    #expect(throws: MergeError.self) { try TraceMerge(client: client, server: server, clientRandom: "1111") }
  }

  @Test func `many connections that do not match are counted, not listed`() throws {
    let (client, _, _) = try Self.several()
    var server = try Self.several().server
    for number in 100..<150 {
      var fixture = Fixture()
      var hello = Fixture.clientHello
      hello.random = [UInt8](repeating: UInt8(number), count: 32)
      fixture.send(.client, hello)
      server += try Self.host(.server, fixture.entries, connection: number)
    }
    let merge = try TraceMerge(client: client, server: server)
    #expect(merge.unmatched.count == 52)
    #expect(merge.remainder.count == 7)
    #expect(merge.remainder.last?.text == "And 46 others.")
  }

  @Test func `the merged trace is a trace, and merging it with itself changes nothing`() throws {
    let whole = Fixture.complete().entries
    let merge = try TraceMerge(
      client: Self.host(.client, whole), server: Self.host(.server, whole, clock: 7_000_000_000))
    let text = try TraceFile.text(merge)
    #expect(text.hasPrefix(#"{"format":"handfast-trace","generator":"handfast","merged":[{"#))
    let read = try TraceFile.entries(in: text)
    #expect(read == merge.entries)
    let again = try TraceMerge(client: read, server: read)
    #expect(again.entries == merge.entries)
    #expect(again.connections.first?.clock.basis == .agree)
  }

  @Test(arguments: [
    HandshakeType.clientHello, .serverHello, .certificate, .serverKeyExchange, .certificateRequest,
    .serverHelloDone, .clientKeyExchange, .certificateVerify, .finished, HandshakeType(rawValue: 77),
  ])
  func `a layout covers every byte once, whatever the bytes are`(_ type: HandshakeType) {
    for fill in [0x00, 0x01, 0x03, 0xff] as [UInt8] {
      for length in 0..<70 {
        let bytes = [UInt8](repeating: fill, count: length)
        for suite in [nil, CipherSuite.rsaWithAES128GCMSHA256] {
          let parts = MessageLayout(type: type, bytes: bytes, form: .init(suite: suite)).parts
          #expect(parts.flatMap { Array($0.range) } == Array(0..<length))
        }
      }
    }
  }

  @Test func `both sides of a real handshake match message by message`() throws {
    let pair = try Setup(clientKey: .ecdsa(.secp256r1), .required).pair()
    pair.run()
    pair.close()
    let recorder = TraceRecorder()
    recorder.record(pair.client.events, side: .client)
    let other = TraceRecorder()
    other.record(pair.server.events, side: .server, connection: 9)
    let merged = try #require(
      try TraceMerge(client: recorder.entries, server: other.entries).connections.first)
    #expect(merged.matchingMessages == 11)
    #expect(merged.isUnchanged)
    #expect(merged.serverConnection == 9)
    #expect(Narrative(merged.entries).steps.count >= 18)
  }

  @Test func `a real man in the middle is found out`() throws {
    let pair = try Setup(clientKey: .ecdsa(.secp256r1), .required).pair()
    pair.tamper = { flight in
      flight.replaceMessages { message in
        guard message.type == .serverKeyExchange else { return [message] }
        var bytes = message.bytes
        bytes[bytes.count - 1] ^= 1
        return [WireMessage.parse(bytes).messages[0]]
      }
    }
    pair.run()
    let (client, server) = (TraceRecorder(), TraceRecorder())
    client.record(pair.client.events, side: .client)
    server.record(pair.server.events, side: .server)
    let merged = try #require(
      try TraceMerge(client: client.entries, server: server.entries).connections.first)
    let difference = try #require(merged.differences.first)
    #expect(difference.type == .serverKeyExchange && difference.field == "signature")
    #expect(merged.unseen.allSatisfy { !$0.isFromNowhere })
  }
}
