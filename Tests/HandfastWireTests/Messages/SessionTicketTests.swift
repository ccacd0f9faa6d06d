import HandfastWire
import Testing

extension Codec {
  static let newSessionTicket13 = Codec(
    NewSessionTicket13(
      lifetime: 7200, ageAdd: 0xdead_beef, nonce: [0x01], ticket: [0xaa, 0xbb, 0xcc],
      extensions: {
        var block = ExtensionBlock()
        block.set(TicketEarlyData(maxSize: 16384))
        return block
      }()),
    """
    00001c20                      # ticket_lifetime
    deadbeef                      # ticket_age_add
    [01] 01                       # ticket_nonce
    [0003] aabbcc                 # ticket
    [0008] 002a [0004] 00004000   # extensions: early_data
    """)

  static let newSessionTicket12 = Codec(
    NewSessionTicket12(lifetimeHint: 300, ticket: [0x11, 0x22]),
    """
    0000012c      # ticket_lifetime_hint
    [0002] 1122   # ticket
    """)
}

@Suite("NewSessionTicket") struct SessionTicketTests {
  @Test("an empty ticket is refused in TLS 1.3; in TLS 1.2 it takes a promise back")
  func emptyTicket() throws {
    #expect(
      decodeError { () throws(DecodeError) in
        try decode(NewSessionTicket13.self, hex("00000001 00000002 00 0000 0000"))
      } == .badLength(field: "ticket", length: 0))
    let ticket = try decode(NewSessionTicket12.self, hex("00000000 0000"))
    #expect(ticket == NewSessionTicket12(lifetimeHint: 0, ticket: []))
    #expect(ticket.message() == hex("04 000006 00000000 0000"))
  }

  @Test("the largest numbers and the longest fields come back as they were")
  func extremes() throws {
    let ticket = NewSessionTicket13(
      lifetime: .max, ageAdd: .max, nonce: [UInt8](repeating: 1, count: 255),
      ticket: [UInt8](repeating: 2, count: 0xffff), extensions: ExtensionBlock())
    #expect(try decode(NewSessionTicket13.self, try #require(ticket.encoded())) == ticket)
    let old = NewSessionTicket12(lifetimeHint: .max, ticket: [UInt8](repeating: 2, count: 0xffff))
    #expect(try decode(NewSessionTicket12.self, try #require(old.encoded())) == old)
  }

  @Test("a nonce or a ticket that is too long is not encoded")
  func tooLong() {
    let nonce = [UInt8](repeating: 1, count: 256)
    let ticket = [UInt8](repeating: 2, count: 0x1_0000)
    let empty = ExtensionBlock()
    #expect(
      NewSessionTicket13(lifetime: 1, ageAdd: 1, nonce: nonce, ticket: [1], extensions: empty).message() == nil)
    #expect(
      NewSessionTicket13(lifetime: 1, ageAdd: 1, nonce: [], ticket: ticket, extensions: empty).message() == nil)
    #expect(NewSessionTicket12(lifetimeHint: 1, ticket: ticket).message() == nil)
  }

  @Test("the same extension twice is refused")
  func duplicate() {
    #expect(
      decodeError { () throws(DecodeError) in
        try decode(NewSessionTicket13.self, hex("00000001 00000002 00 0001 aa 0008 002a0000 002a0000"))
      } == .duplicateExtension(.earlyData))
  }
}
