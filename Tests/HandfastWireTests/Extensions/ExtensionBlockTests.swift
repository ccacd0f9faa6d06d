import HandfastWire
import Testing

extension Codec {
  static let extensionBlock = Codec(
    {
      var block = ExtensionBlock()
      block.set(ExtensionType(rawValue: 0xbaba), [0])
      block.set(ExtendedMasterSecret())
      block.set(SupportedGroups(groups: [.x25519]))
      return block
    }(),
    """
    [0011]                        # extensions
      baba [0001] 00              # GREASE
      0017 [0000]                 # extended_master_secret
      000a [0004] 0002 001d       # supported_groups
    """)
}

@Suite("The extension block") struct ExtensionBlockTests {
  private func decoded(_ text: String) throws(DecodeError) -> ExtensionBlock {
    try decode(ExtensionBlock.self, hex(text))
  }

  @Test(
    "the same extension twice is refused: next to each other, apart, with other content, and when nobody knows it",
    arguments: [
      ("0008 00170000 00170000", UInt16(0x17)), ("000c 00170000 000b0000 00170000", 0x17),
      ("000a 0017000100 0017000101", 0x17), ("0008 6a6a0000 6a6a0000", 0x6a6a), ("0008 12340000 12340000", 0x1234),
    ])
  func duplicates(text: String, type: UInt16) {
    #expect(
      decodeError { () throws(DecodeError) in try decoded(text) } == .duplicateExtension(.init(rawValue: type)))
  }

  @Test("the order of the sender is kept")
  func order() throws {
    let block = try decoded("000c ff010000 baba0000 00000000")
    #expect(block.types == [.renegotiationInfo, ExtensionType(rawValue: 0xbaba), .serverName])
  }

  @Test("what is there is found, what is not is nil")
  func lookup() throws {
    let block = try decoded("000c 00170000 000a 0004 0002001d")
    #expect(block.contains(.extendedMasterSecret))
    #expect(!block.contains(.serverName))
    #expect(block[.supportedGroups] == [0, 2, 0, 0x1d])
    #expect(block[.serverName] == nil)
    #expect(try block.decode(SupportedGroups.self) == SupportedGroups(groups: [.x25519]))
    #expect(try block.decode(ExtendedMasterSecret.self) == ExtendedMasterSecret())
    #expect(try block.decode(ServerName.self) == nil)
  }

  @Test("an extension with bytes after its content is refused when it is decoded")
  func trailingBytesInside() throws {
    let block = try decoded("0009 000a 0005 0002001d 00")
    #expect(
      decodeError { () throws(DecodeError) in try block.decode(SupportedGroups.self) }
        == .trailingBytes(field: "extension_data", count: 1))
  }

  @Test("setting an extension again replaces it where it stands")
  func replacing() throws {
    var block = ExtensionBlock()
    block.set(SupportedGroups(groups: [.x25519]))
    block.set(ExtendedMasterSecret())
    block.set(SupportedGroups(groups: [.secp384r1]))
    #expect(block.types == [.supportedGroups, .extendedMasterSecret])
    #expect(try block.decode(SupportedGroups.self)?.groups == [.secp384r1])
  }

  @Test("whatever is set, set again and removed, it is what a plain list would be")
  func asAPlainList() throws {
    var random = SplitMix(seed: 5)
    for _ in 0..<300 {
      var block = ExtensionBlock()
      var list: [(type: ExtensionType, data: [UInt8])] = []
      for _ in 0..<random.below(24) {
        let type = ExtensionType(rawValue: UInt16(random.below(6)))
        let place = list.firstIndex { $0.type == type }
        switch random.below(4) {
        case 0:
          block.remove(type)
          if let place { list.remove(at: place) }
        default:
          let entry = (type: type, data: random.bytes(random.below(40)))
          block.set(type, entry.data)
          if let place { list[place] = entry } else { list.append(entry) }
        }
        #expect(block.entries.map(\.data) == list.map(\.data))
        #expect(block.types == list.map(\.type))
        for entry in list { #expect(block[entry.type] == entry.data) }
        let bytes = try #require(block.encoded())
        #expect(try decode(ExtensionBlock.self, bytes) == block)
      }
    }
  }

  @Test("its last bytes are replaced, and nothing else")
  func replacingTheEnd() throws {
    var block = try decoded("000f 0017 0000 000a 0007 01020304050607")
    block.replaceEnd(with: [8, 9])
    #expect(block.entries.map(\.data) == [[], [1, 2, 3, 4, 5, 8, 9]])
  }

  @Test("16,383 different empty extensions, as many as fit, are taken and given back")
  func asManyAsFit() throws {
    var bytes: [UInt8] = [0xff, 0xfc]
    for type in 0..<0x3fff { bytes += [UInt8(type >> 8), UInt8(type & 0xff), 0, 0] }
    let block = try decode(ExtensionBlock.self, bytes)
    #expect(block.types.count == 0x3fff)
    #expect(block.encoded() == bytes)
  }
}
