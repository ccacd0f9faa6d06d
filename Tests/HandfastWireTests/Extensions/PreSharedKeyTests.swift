import HandfastWire
import Testing

extension Codec {
  static let offeredPSKs = Codec(
    OfferedPSKs(
      identities: [
        PSKIdentity(identity: [0xaa], obfuscatedTicketAge: 0x0102_0304),
        PSKIdentity(identity: [0xbb, 0xcc], obfuscatedTicketAge: 0),
      ],
      binders: [[UInt8](repeating: 0xb1, count: 32), [UInt8](repeating: 0xb2, count: 33)]),
    """
    [000f]                                                                    # identities
      [0001] aa 01020304                                                      # PskIdentity
      [0002] bbcc 00000000                                                    # PskIdentity
    [0043]                                                                    # binders
      [20] b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1   # PskBinderEntry
      [21] b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2 # PskBinderEntry
    """)

  static let pskIdentity = Codec(
    PSKIdentity(identity: [1, 2, 3], obfuscatedTicketAge: .max),
    """
    [0003] 010203   # identity
    ffffffff        # obfuscated_ticket_age
    """)

  static let selectedPSK = Codec(SelectedPSK(index: 0x0102), "0102  # selected_identity")

  static let pskKeyExchangeModes = Codec(
    PSKKeyExchangeModes(modes: [.pskDHEKE, .pskKE, PSKKeyExchangeMode(rawValue: 0x0b)]),
    """
    [03] 01 00 0b  # ke_modes
    """)

  static let earlyDataIndication = Codec(EarlyDataIndication(), "")
  static let ticketEarlyData = Codec(TicketEarlyData(maxSize: 0xffff_fffe), "fffffffe  # max_early_data_size")
}

@Suite("pre_shared_key, psk_key_exchange_modes, early_data") struct PreSharedKeyTests {
  private let identity = "0007 0001 aa 00000000"

  private func error<E: ExtensionBody>(_ kind: E.Type, _ text: String) -> DecodeError? {
    decodeError { () throws(DecodeError) in try decode(E.self, hex(text)) }
  }

  private func binder(_ count: Int) -> String { String(repeating: "b1", count: count) }

  @Test("flags are numbered from the first byte's lowest bit on, and end with a byte that is not zero")
  func flags() throws {
    for (numbers, text) in [
      (Set<UInt16>([0]), "01 01"), ([8], "02 0001"), ([1, 31], "04 02000080"), ([7, 8, 15], "02 8081"),
    ] {
      let flags = TLSFlags(numbers: numbers)
      #expect(flags.encoded() == hex(text))
      #expect(try decode(TLSFlags.self, hex(text)) == flags)
    }
    #expect(try decode(TLSFlags.self, hex("ff") + [UInt8](repeating: 0, count: 254) + [0x80]).numbers == [2_039])
    #expect(TLSFlags(numbers: [2_039, 2_040]).numbers == [2_039])
    #expect(error(TLSFlags.self, "00") == .badLength(field: "flags", length: 0))
    #expect(error(TLSFlags.self, "02 0100") == .badValue(field: "flags", value: 0))
    #expect(error(TLSFlags.self, "02 01") == .truncated(field: "flags"))
  }

  @Test("an offer without identities, or with an empty one, is refused")
  func identities() {
    #expect(error(OfferedPSKs.self, "0000 0021 20 \(binder(32))") == .badLength(field: "identities", length: 0))
    #expect(
      error(OfferedPSKs.self, "0006 0000 00000000 0021 20 \(binder(32))") == .badLength(field: "identity", length: 0))
  }

  @Test("an empty binder is refused, one that is too short or of 255 bytes is taken")
  func binderLength() throws {
    let field = "PskBinderEntry"
    #expect(error(OfferedPSKs.self, "\(identity) 0001 00") == .badLength(field: field, length: 0))
    let short = hex("\(identity) 0020 1f \(binder(31))")
    #expect(try decode(OfferedPSKs.self, short).encoded() == short)
    let bytes = hex("\(identity) 0100 ff \(binder(255))")
    #expect(try decode(OfferedPSKs.self, bytes).encoded() == bytes)
  }

  @Test("no binder at all is refused")
  func noBinder() {
    #expect(error(OfferedPSKs.self, "\(identity) 0000") == .badLength(field: "binders", length: 0))
  }

  @Test("more binders than identities come as they are", arguments: [2, 3])
  func counts(count: Int) throws {
    let list = String(repeating: "20 \(binder(32))", count: count)
    let length = String(0x1_0000 + 33 * count, radix: 16).dropFirst()
    #expect(try decode(OfferedPSKs.self, hex("\(identity) \(length) \(list)")).binders.count == count)
  }

  @Test("as many identities as there is room for binders come back as they were")
  func asManyAsFit() throws {
    let count = 0xffff / 33
    let offer = OfferedPSKs(
      identities: [PSKIdentity](repeating: PSKIdentity(identity: [1], obfuscatedTicketAge: 2), count: count),
      binders: [[UInt8]](repeating: [UInt8](repeating: 3, count: 32), count: count))
    #expect(try decode(OfferedPSKs.self, try #require(offer.encoded())) == offer)
  }

  @Test("an identity or a binder that is too long is not encoded, nor are too many")
  func tooLong() {
    let long = PSKIdentity(identity: [UInt8](repeating: 1, count: 0x1_0000), obfuscatedTicketAge: 0)
    let short = PSKIdentity(identity: [1], obfuscatedTicketAge: 0)
    let binder = [UInt8](repeating: 3, count: 32)
    #expect(OfferedPSKs(identities: [long], binders: [binder]).encoded() == nil)
    #expect(OfferedPSKs(identities: [short], binders: [[UInt8](repeating: 3, count: 256)]).encoded() == nil)
    let many = [[UInt8]](repeating: binder, count: 0xffff / 33 + 1)
    #expect(OfferedPSKs(identities: [short], binders: many).encoded() == nil)
  }

  @Test("an empty list of modes is refused")
  func noModes() {
    #expect(error(PSKKeyExchangeModes.self, "00") == .badLength(field: "ke_modes", length: 0))
    #expect(PSKKeyExchangeModes(modes: [PSKKeyExchangeMode](repeating: .pskKE, count: 256)).encoded() == nil)
  }

  @Test("early_data is empty in a hello and has a size in a ticket: neither is taken for the other")
  func earlyData() {
    #expect(error(EarlyDataIndication.self, "00000400") == .trailingBytes(field: "structure", count: 4))
    #expect(error(TicketEarlyData.self, "") == .truncated(field: "max_early_data_size"))
  }
}
