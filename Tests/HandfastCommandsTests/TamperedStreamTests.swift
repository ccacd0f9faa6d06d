import HandfastCore
import HandfastWire
import NIOCore
import TestTurns
import Testing

@testable import HandfastCommands

@Suite(.inTurn) struct TamperedStreamTests {
  static let hello: [UInt8] = {
    var block = ExtensionBlock()
    block.set(ExtendedMasterSecret())
    let hello = ClientHello(
      version: .tls12, random: [UInt8](0..<32), sessionID: [], cipherSuites: .recommended, extensions: block)
    let message = hello.message() ?? []
    return record(.handshake, message)
  }()

  static func record(_ type: ContentType, _ fragment: [UInt8]) -> [UInt8] {
    (RecordHeader(type: type, version: .tls12, length: UInt16(fragment.count)).encoded() ?? []) + fragment
  }

  static func forward(_ tampering: Tampering?, from side: Side = .client, _ bytes: [UInt8], by size: Int) -> [UInt8] {
    var stream = TamperedStream(from: side, tampering)
    return stride(from: 0, to: bytes.count, by: size).flatMap { start in
      stream.take(Array(bytes[start..<min(start + size, bytes.count)])).forward
    }
  }

  @Test func `without tampering bytes pass as they come`() {
    #expect(Self.forward(nil, [1, 2, 3], by: 1) == [1, 2, 3])
  }

  @Test(arguments: [1, 2, 3, 5, 7, 64, 10_000])
  func `how the bytes are cut makes no difference`(_ size: Int) {
    let bytes = Self.hello + Self.record(.applicationData, [1, 2, 3]) + Self.record(.applicationData, [4])
    for tampering in [
      Tampering.strikesSuites, .strikesExtendedMasterSecret, .offersTLS10, .changesRecord, .repeatsRecord,
    ] {
      #expect(Self.forward(tampering, bytes, by: size) == Self.forward(tampering, bytes, by: bytes.count))
    }
  }

  @Test func `only ChaCha20's suites survive, and nothing else changes`() throws {
    let bytes = Self.forward(.strikesSuites, Self.hello, by: 4096)
    #expect(bytes.count == Self.hello.count)
    let before = try ClientHello(decoding: Array(Self.hello[9...]).span, "ClientHello")
    var after = try ClientHello(decoding: Array(bytes[9...]).span, "ClientHello")
    #expect(
      after.cipherSuites.filter { !$0.isGREASE } == [
        .chaCha20Poly1305SHA256, .ecdheECDSAWithChaCha20Poly1305SHA256, .ecdheRSAWithChaCha20Poly1305SHA256,
      ])
    after.cipherSuites = before.cipherSuites
    #expect(after == before)
  }

  @Test func `TLS 1.3 is struck off, and what is left keeps its length`() throws {
    var block = ExtensionBlock()
    block.set(SupportedVersions(versions: [.tls13, .tls12]))
    let hello = ClientHello(
      version: .tls12, random: [UInt8](0..<32), sessionID: [], cipherSuites: .recommended, extensions: block)
    let sent = Self.record(.handshake, hello.message() ?? [])
    func versions(_ bytes: [UInt8]) throws -> [ProtocolVersion]? {
      let hello = try ClientHello(decoding: Array(bytes[9...]).span, "ClientHello")
      return try hello.extensions?.decode(SupportedVersions.self)?.versions
    }
    let struck = Self.forward(.strikesTLS13, sent, by: 4096)
    #expect(struck.count == sent.count)
    #expect(try versions(struck)?.contains(.tls13) == false)
    #expect(try versions(struck)?.contains(.tls12) == true)
    #expect(try versions(Self.forward(.offersTLS10, sent, by: 4096)) == [.tls10, .tls10])
  }

  @Test func `the cut waits until the client has sent something encrypted`() {
    let progress = RelayProgress()
    var client = TamperedStream(from: .client, .cuts, progress)
    var server = TamperedStream(from: .server, .cuts, progress)
    let record = Self.record(.applicationData, [1, 2, 3])
    #expect(!server.take(record).ends)
    #expect(client.take(record).forward == record)
    let last = server.take(record)
    #expect(last.ends && last.forward == record)
  }

  @Test func `a first flight ends with its first encrypted record`() {
    let flight = FirstFlight()
    let records = [Self.hello, Self.record(.changeCipherSpec, [1]), Self.record(.applicationData, [1, 2])]
    for piece in records + [Self.record(.applicationData, [3])] { flight.add(ByteBuffer(bytes: piece)) }
    #expect(flight.bytes == records.flatMap(\.self))
    let part = FirstFlight()
    part.add(ByteBuffer(bytes: Self.hello.dropLast()))
    #expect(part.bytes.isEmpty)
  }

  @Test func `a record is repeated once, and one bit of one record is flipped`() {
    let record = Self.record(.applicationData, [1, 2, 3])
    #expect(Self.forward(.repeatsRecord, record + record, by: 100) == record + record + record)
    var flipped = record
    flipped[7] ^= 1
    #expect(Self.forward(.changesRecord, record + record, by: 100) == flipped + record)
    #expect(Self.forward(.changesRecord, from: .server, record, by: 100) == record)
  }

  @Test(arguments: [
    Tampering.strikesSuites, .strikesExtendedMasterSecret, .offersTLS10, .strikesTLS13, .changesCertificate,
    .changesKeyExchange, .changesRecord, .repeatsRecord, .cuts, .speaksHTTP, .staysSilent,
  ])
  func `nonsense passes without a trap`(_ tampering: Tampering) {
    for side in [Side.client, .server] {
      for type in [ContentType.handshake, .applicationData, .changeCipherSpec, ContentType(rawValue: 0)] {
        for message in [HandshakeType.clientHello, .serverHello, .certificate, .serverKeyExchange] {
          for length in 0..<30 {
            let fragment =
              [message.rawValue, 0, 0, UInt8(max(0, length - 4))] + [UInt8](repeating: 0xff, count: length)
            var stream = TamperedStream(from: side, tampering)
            let outcome = stream.take(Self.record(type, Array(fragment.prefix(length))))
            #expect(outcome.forward.count <= 2 * (length + 5))
          }
        }
      }
    }
  }
}
