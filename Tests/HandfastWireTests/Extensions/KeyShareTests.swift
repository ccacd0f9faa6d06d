import HandfastWire
import Testing

extension Codec {
  static let clientKeyShares = Codec(
    ClientKeyShares(entries: [
      KeyShareEntry(group: NamedGroup(rawValue: 0x3a3a), keyExchange: [0]),
      KeyShareEntry(group: .x25519MLKEM768, keyExchange: [1, 2, 3]),
      KeyShareEntry(group: .x25519, keyExchange: [4, 5]),
    ]),
    """
    [0012]                  # client_shares
      3a3a [0001] 00        # GREASE
      11ec [0003] 010203    # X25519MLKEM768
      001d [0002] 0405      # x25519
    """)

  static let serverKeyShare = Codec(
    ServerKeyShare(entry: KeyShareEntry(group: .secp256r1MLKEM768, keyExchange: [9, 8])),
    """
    11eb          # group
    [0002] 0908   # key_exchange
    """)

  static let keyShareEntry = Codec(
    KeyShareEntry(group: .secp256r1, keyExchange: [4, 1]),
    """
    0017          # group
    [0002] 0401   # key_exchange
    """)

  static let retryKeyShare = Codec(RetryKeyShare(group: .secp384r1), "0018  # selected_group")

  static let supportedSelectedVersion = Codec(SelectedVersion(version: .tls13), "0304  # selected_version")
}

@Suite("key_share, supported_versions") struct KeyShareTests {
  private func error<E: ExtensionBody>(_ kind: E.Type, _ text: String) -> DecodeError? {
    decodeError { () throws(DecodeError) in try decode(E.self, hex(text)) }
  }

  @Test("no share at all is a value: it leaves the choice of the group to the server")
  func noShares() throws {
    #expect(try decode(ClientKeyShares.self, [0, 0]).entries.isEmpty)
    #expect(ClientKeyShares(entries: []).encoded() == [0, 0])
  }

  @Test("an empty key_exchange is refused on both sides")
  func emptyShare() {
    #expect(error(ClientKeyShares.self, "0004 001d 0000") == .badLength(field: "key_exchange", length: 0))
    #expect(error(ServerKeyShare.self, "001d 0000") == .badLength(field: "key_exchange", length: 0))
  }

  @Test("the same group twice is refused: next to each other, apart, with another share, and when nobody knows it")
  func duplicates() {
    func twice(_ group: UInt32) -> DecodeError { .badValue(field: "client_shares", value: group) }
    #expect(error(ClientKeyShares.self, "000a 001d0001aa 001d0001aa") == twice(0x1d))
    #expect(error(ClientKeyShares.self, "000f 001d0001aa 00170001bb 001d0001cc") == twice(0x1d))
    #expect(error(ClientKeyShares.self, "000a 1a1a0001aa 1a1a0001aa") == twice(0x1a1a))
  }

  @Test("the longest share comes back as it was, a longer one is not encoded")
  func longest() throws {
    let share = ServerKeyShare(entry: KeyShareEntry(group: .x25519, keyExchange: [UInt8](repeating: 1, count: 0xffff)))
    #expect(try decode(ServerKeyShare.self, try #require(share.encoded())) == share)
    let long = KeyShareEntry(group: .x25519, keyExchange: [UInt8](repeating: 1, count: 0x1_0000))
    #expect(ServerKeyShare(entry: long).encoded() == nil)
    #expect(ClientKeyShares(entries: [long]).encoded() == nil)
    #expect(ClientKeyShares(entries: [share.entry]).encoded() == nil)
  }

  @Test("one block reads each form of an extension by the kind it is asked for")
  func forms() throws {
    var block = ExtensionBlock()
    block.set(RetryKeyShare(group: .secp256r1))
    block.set(SelectedVersion(version: .tls13))
    #expect(try block.decode(RetryKeyShare.self)?.group == .secp256r1)
    #expect(try block.decode(SelectedVersion.self)?.version == .tls13)
    #expect(
      decodeError { () throws(DecodeError) in try block.decode(ServerKeyShare.self) }
        == .truncated(field: "key_exchange"))
    #expect(
      decodeError { () throws(DecodeError) in try block.decode(SupportedVersions.self) }
        == .badLength(field: "versions", length: 3))
  }
}
