import Handfast
import HandfastCore
import HandfastTestKit
import HandfastWire
import TestTurns
import Testing

@testable import HandfastInspect

@Suite(.inTurn) struct Dissection13Tests {
  private static func fields(
    _ body: some HandshakeBody, version: ProtocolVersion = .tls13
  ) throws -> [Field] {
    let type = type(of: body).type
    let bytes = try #require(body.message())
    let dissection = MessageDissection(type: type, bytes: bytes, version: version)
    #expect(!dissection.isMalformed, "\(dissection.fields)")
    return dissection.fields
  }

  private static func field(_ type: ExtensionType, in fields: [Field]) -> Field? {
    fields["extensions"]?.fields["\(type)"]
  }

  @Test(arguments: Story13.allCases)
  func `every message of every connection can be taken apart`(_ story: Story13) throws {
    for entry in try story.record() {
      switch entry.event {
      case .sent(let fact), .received(let fact):
        let dissection = MessageDissection(fact, version: .tls13)
        #expect(!dissection.isMalformed, "\(fact.type): \(dissection.fields)")
        #expect(fact.type == .endOfEarlyData || !dissection.fields.isEmpty)
      default: continue
      }
    }
  }

  @Test(arguments: GoldenStory13.allCases)
  func `bytes that were changed never do worse than be called malformed`(_ story: GoldenStory13) throws {
    for entry in try story.entries() {
      guard case .sent(let fact) = entry.event else { continue }
      for index in stride(from: 4, to: fact.bytes.count, by: 7) {
        var bytes = fact.bytes
        bytes[index] ^= 0xff
        for version in [ProtocolVersion.tls12, .tls13] {
          #expect(MessageDissection(type: fact.type, bytes: bytes, version: version).fields.count < 100)
        }
      }
    }
  }

  @Test func `a ClientHello's key shares, sessions and modes are told one by one`() throws {
    var block = ExtensionBlock()
    block.set(SupportedVersions(versions: [.tls13, .tls12]))
    block.set(
      ClientKeyShares(entries: [
        KeyShareEntry(group: NamedGroup(rawValue: 0x0a0a), keyExchange: [0]),
        KeyShareEntry(group: .x25519, keyExchange: [UInt8](repeating: 1, count: 32)),
      ]))
    block.set(PSKKeyExchangeModes(modes: [.pskDHEKE]))
    block.set(Cookie(cookie: [1, 2, 3]))
    block.set(EarlyDataIndication())
    block.set(RecordSizeLimit(limit: 1024))
    block.set(SessionTicketExtension())
    block.set(StatusRequest())
    block.set(SignatureAlgorithmsCert(schemes: [.ed25519]))
    block.set(
      OfferedPSKs(
        identities: [PSKIdentity(identity: [9, 9], obfuscatedTicketAge: 77)],
        binders: [[UInt8](repeating: 5, count: 32)]))
    var hello = Fixture.clientHello
    hello.extensions = block
    let fields = try Self.fields(hello)
    let shares = try #require(Self.field(.keyShare, in: fields))
    #expect(shares.fields.map(\.name) == ["GREASE (0x0a0a)", "x25519 (0x001d)"])
    #expect(shares.fields.last?.note == "32 bytes")
    let sessions = try #require(Self.field(.preSharedKey, in: fields))
    #expect(sessions.fields.map(\.name) == ["identity 0", "binder 0"])
    #expect(sessions.fields.first?.note == "2 bytes, obfuscated age 77")
    #expect(Self.field(.pskKeyExchangeModes, in: fields)?.value == "psk_dhe_ke (0x01)")
    #expect(Self.field(.cookie, in: fields)?.value.hasPrefix("010203") == true)
    #expect(Self.field(.recordSizeLimit, in: fields)?.value == "at most 1024 bytes in a record")
    #expect(Self.field(.supportedVersions, in: fields)?.value == "TLS 1.3 (0x0304), TLS 1.2 (0x0303)")
    #expect(Self.field(.sessionTicket, in: fields)?.value.hasPrefix("empty") == true)
  }

  @Test func `a HelloRetryRequest is known by its random, and its extensions are read as its own`() throws {
    var block = ExtensionBlock()
    block.set(SelectedVersion(version: .tls13))
    block.set(RetryKeyShare(group: .secp256r1))
    let request = ServerHello(
      version: .tls12, random: ServerHello.retryRandom, sessionID: [], cipherSuite: CipherSuite(rawValue: 0x1301),
      extensions: block)
    let fields = try Self.fields(request)
    #expect(fields["random"]?.note == "the fixed one of a HelloRetryRequest")
    #expect(Self.field(.keyShare, in: fields)?.value == "wanted: secp256r1 (0x0017)")
  }

  @Test func `a CertificateRequest tells authorities by name and filters by OID`() throws {
    var block = ExtensionBlock()
    block.set(SignatureAlgorithms(schemes: [.ed25519]))
    // CN=A
    let name: [UInt8] = [0x30, 0x0c, 0x31, 0x0a, 0x30, 0x08, 6, 3, 0x55, 4, 3, 0x0c, 1, 0x41]
    block.set(CertificateAuthorities(names: [name]))
    block.set(OIDFilters(filters: [OIDFilter(oid: [6, 3, 0x55, 0x1d, 0x25], values: [])]))
    block.set(StatusRequestAcknowledgement())
    let fields = try Self.fields(CertificateRequest13(context: [], extensions: block))
    #expect(Self.field(.certificateAuthorities, in: fields)?.fields.map(\.value) == ["CN=A"])
    #expect(Self.field(.oidFilters, in: fields)?.fields.map(\.name) == ["2.5.29.37"])
    #expect(Self.field(.statusRequest, in: fields)?.value == "wants ocsp beside the certificate")
  }

  @Test func `a Certificate shows what stands beside each certificate`() throws {
    var block = ExtensionBlock()
    block.set(StapledResponse(response: [1, 2, 3]))
    let message = Certificate13(
      context: [],
      entries: [
        CertificateEntry(certificate: [0x30, 0], extensions: block),
        CertificateEntry(certificate: [0x30, 1], extensions: ExtensionBlock()),
      ])
    let chain = try #require(try Self.fields(message)["certificate_list"]).fields
    #expect(chain.map(\.name) == ["certificate 0", "certificate 1"])
    #expect(chain[0].fields.first?.value.contains("OCSP response") == true)
    #expect(chain[1].fields.isEmpty)
  }

  @Test func `tickets of both versions, EncryptedExtensions and KeyUpdate are read`() throws {
    var block = ExtensionBlock()
    block.set(TicketEarlyData(maxSize: 512))
    let ticket = try Self.fields(
      NewSessionTicket13(lifetime: 60, ageAdd: 7, nonce: [0], ticket: [1, 2], extensions: block))
    #expect(ticket["ticket_lifetime"]?.value == "60 s")
    #expect(Self.field(.earlyData, in: ticket)?.value == "up to 512 bytes with the next ClientHello")
    let old = try Self.fields(NewSessionTicket12(lifetimeHint: 60, ticket: [1, 2]), version: .tls12)
    #expect(old["ticket"]?.note == "2 bytes")
    #expect(try Self.fields(KeyUpdate(request: .updateRequested))["request_update"]?.value == "update_requested (0x01)")
    var answers = ExtensionBlock()
    answers.set(ApplicationProtocols(names: [Array("h2".utf8)]))
    let encrypted = try Self.fields(EncryptedExtensions(extensions: answers))
    #expect(Self.field(.applicationLayerProtocolNegotiation, in: encrypted)?.value == "h2")
  }

  @Test(
    arguments: [
      ([6, 3, 0x55, 0x1d, 0x25], "2.5.29.37"), ([6, 6, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d], "1.2.840.113549"),
      ([6, 1, 0x80], "060180"), ([6], "06"), ([], ""), ([6, 2, 0x2a], "06022a"),
      ([6, 10] + [UInt8](repeating: 0xff, count: 9) + [1], "060affffffffffffffffff01"),
    ] as [([UInt8], String)])
  func `an object identifier is dotted numbers, or what it is`(_ der: [UInt8], _ text: String) {
    #expect(objectIdentifierText(der) == text)
  }
}
