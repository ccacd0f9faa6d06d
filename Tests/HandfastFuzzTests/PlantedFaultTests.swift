import Handfast
import HandfastCore
import HandfastCrypto
import HandfastTestKit
import HandfastWire
import TestTurns
import Testing

@testable import HandfastFuzz

/// Proof that the fuzzers would find something: what they run is given parts that are broken on purpose, and must say so.
@Suite(.inTurn) struct PlantedFaultTests {
  /// What the first bytes of an input say, and one lie: the last bit of the message's byte `position` is another one.
  private struct Case: Sendable {
    let header: [UInt8]
    let ordinal: UInt8
    let position: UInt8

    func shape() -> HandshakeShape {
      var choices = Choices(header)
      return HandshakeShape(&choices)
    }

    func lies() -> Lies {
      var choices = Choices([ordinal, 0, position, 0, 0])
      return Lies(&choices)
    }
  }

  /// A signature's last byte: of a client and a server, in TLS 1.3 and 1.2.
  private static let signatures = [
    Case(header: [0, 0, 0], ordinal: 2, position: 35), Case(header: [1, 0, 0], ordinal: 3, position: 35),
    Case(header: [6, 0, 0], ordinal: 3, position: 35), Case(header: [7, 0, 0], ordinal: 2, position: 71),
  ]

  @Test(arguments: signatures.indices) func `a key that takes any signature is found`(_ index: Int) throws {
    let fault = Self.signatures[index]
    #expect(throws: Never.self) { try Handshakes.run(try Scene(fault.shape()), fault.lies()) }
    let gullible = try Scene(fault.shape(), peerKey: AnySignature())
    let violation = #expect(throws: Violation.self) { try Handshakes.run(gullible, fault.lies()) }
    #expect(violation?.description.contains("were not what the peer would have sent") == true)
  }

  @Test func `a hash that does not look at the ClientHello is found`() throws {
    // A byte of its random, in a handshake that offers a session.
    let fault = Case(header: [4, 1, 0], ordinal: 0, position: 9)
    #expect(throws: Never.self) { try Handshakes.run(try Scene(fault.shape()), fault.lies()) }
    let scene = try Scene(fault.shape()) { setup in
      setup.clientProvider = BrokenProvider(setup.clientProvider, .hash)
      setup.serverProvider = BrokenProvider(setup.serverProvider, .hash)
    }
    let violation = #expect(throws: Violation.self) { try Handshakes.run(scene, fault.lies()) }
    #expect(violation?.description.contains("ClientHello") == true, "\(violation.debugDescription)")
  }

  @Test(arguments: [[1, 0, 0, 20, 1, 7, 7, 7], [3, 0, 0, 20, 1, 7, 7, 7]] as [[UInt8]])
  func `record protection that takes a bad tag is found`(_ input: [UInt8]) throws {
    let broken = BrokenProvider(DefaultCryptoProvider(), .records)
    #expect(throws: Never.self) { try Records.run(input) }
    let violation = #expect(throws: Violation.self) { try Records.run(input, provider: broken) }
    #expect(violation?.description.contains("opens although") == true)
  }

  @Test func `a ticket that opens although it was changed is found`() throws {
    let session = try KnownSession.sample()
    // One edit, to the tag's last byte.
    let count = try TicketForge.seal(session).count
    let input = [1, UInt8(count >> 8), UInt8(truncatingIfNeeded: count - 1), 0, 1] + session
    #expect(throws: Never.self) { try Tickets.open(input) }
    let broken = BrokenProvider(DefaultCryptoProvider(), .records)
    #expect(throws: Violation.self) { try Tickets.open(input, provider: broken) }
  }

  @Test func `a decoder that drops a byte is found`() throws {
    #expect(throws: Violation.self) { try Decoders.check(Lossy.self)([1, 2]) }
    #expect(throws: Violation.self) { try Decoders.check(Unstable.self)([1, 2]) }
  }

  /// The features of `HandshakeShape` are reached, or nothing would be tested by them.
  @Test(arguments: 0..<8 as Range<UInt8>) func `a session that is offered is resumed, and its early data read`(
    _ kind: UInt8
  ) throws {
    let early = Case(header: [kind, 5, 0], ordinal: 0, position: 0)
    var none = Choices([])
    let play = try Play(try Scene(early.shape()), Lies(&none))
    try play.perform()
    #expect(play.endpoint.connection.negotiated?.isResumed == true)
    let (isTLS13, isClientLying) = (kind & 1 == 0, kind & 2 == 0)
    #expect(play.endpoint.receivedEarly.count == (isTLS13 && isClientLying ? 200 : 0))
    #expect(play.earlySent.count == (isTLS13 ? 200 : 0))
    #expect((play.endpoint.connection.negotiated?.isEarlyDataAccepted == true) == isTLS13)
  }
}

/// Takes whatever is shown to it.
private struct AnySignature: PeerKey {
  var kind: KeyKind { .ecdsa(.secp256r1) }
  func isValid(_ signature: [UInt8], over message: [UInt8], scheme: SignatureScheme) -> Bool { true }
  func encryptPreMasterSecret(_ secret: borrowing Secret) throws(CryptoError) -> [UInt8] { throw .unsupported }
}

/// Hashes that are always the same, or records that are not protected.
private struct BrokenProvider: CryptoProvider {
  enum Fault {
    case hash
    case records
  }
  private let base: any CryptoProvider
  private let fault: Fault

  init(_ base: any CryptoProvider, _ fault: Fault) { (self.base, self.fault) = (base, fault) }

  var cipherSuites: [CipherSuite] { base.cipherSuites }
  var groups: [NamedGroup] { base.groups }
  var signatureSchemes: [SignatureScheme] { base.signatureSchemes }

  func randomBytes(_ count: Int) -> [UInt8] { base.randomBytes(count) }
  func runningHash(_ algorithm: HashAlgorithm) -> any RunningHash {
    fault == .hash ? ConstantHash(algorithm: algorithm) : base.runningHash(algorithm)
  }
  func mac(_ algorithm: HashAlgorithm, key: Span<UInt8>) -> any MessageAuthenticationKey {
    base.mac(algorithm, key: key)
  }
  func extract(_ algorithm: HashAlgorithm, salt: Span<UInt8>, material: Span<UInt8>) -> Secret {
    base.extract(algorithm, salt: salt, material: material)
  }
  func expand(_ algorithm: HashAlgorithm, key: Span<UInt8>, info: Span<UInt8>, count: Int) -> Secret {
    base.expand(algorithm, key: key, info: info, count: count)
  }
  func recordKey(_ algorithm: AEADAlgorithm, key: Span<UInt8>) throws(CryptoError) -> any RecordKey {
    if fault == .records { return OpenKey() }
    return try base.recordKey(algorithm, key: key)
  }
  func ephemeralKey(in group: NamedGroup) throws(CryptoError) -> any EphemeralKey { try base.ephemeralKey(in: group) }
  func respond(to peerValue: Span<UInt8>, in group: NamedGroup) throws(CryptoError) -> KeyExchangeResponse {
    try base.respond(to: peerValue, in: group)
  }

  private final class ConstantHash: RunningHash, @unchecked Sendable {
    let algorithm: HashAlgorithm
    private var isOfNothing = true

    init(algorithm: HashAlgorithm) { self.algorithm = algorithm }

    func update(_ bytes: Span<UInt8>) { isOfNothing = isOfNothing && bytes.isEmpty }
    func digest() -> [UInt8] {
      isOfNothing ? algorithm.ofNothing : [UInt8](repeating: 0x4a, count: algorithm.byteCount)
    }
  }

  private final class OpenKey: RecordKey {
    func seal(
      _ plaintext: Span<UInt8>, suffix: Span<UInt8>, into output: inout OutputSpan<UInt8>, nonce: Span<UInt8>,
      additionalData: Span<UInt8>
    ) throws(CryptoError) {
      for index in plaintext.indices { output.append(plaintext[index]) }
      for index in suffix.indices { output.append(suffix[index]) }
      for _ in 0..<AEADAlgorithm.tagByteCount { output.append(0) }
    }
    func open(_ sealed: inout MutableSpan<UInt8>, nonce: Span<UInt8>, additionalData: Span<UInt8>) -> Bool { true }
  }
}

/// Reads two bytes and remembers one of them.
private struct Lossy: WireCodable, Equatable, Sendable {
  let value: UInt8

  init(from reader: inout WireReader) throws(DecodeError) {
    value = try reader.u8("value")
    _ = try reader.u8("lost")
  }
  func encode(into writer: inout WireWriter) { writer.u8(value) }
}

/// Another value each time.
private struct Unstable: WireCodable, Equatable, Sendable {
  let value: UInt8

  init(from reader: inout WireReader) throws(DecodeError) {
    value = try reader.u8("value")
    _ = try reader.u8("second")
  }
  func encode(into writer: inout WireWriter) {
    writer.u8(value &+ 1)
    writer.u8(0)
  }
}
