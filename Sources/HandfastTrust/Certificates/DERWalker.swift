import SwiftASN1

/// Walks over DER elements one after the other without a tree: a list of a million revoked certificates is as many small elements,
/// and a handshake reads four certificates. What is within an element is read with SwiftASN1, unless it is of the plainest.
struct DERWalker {
  struct Element {
    let tag: UInt8
    /// Tag and length included.
    let whole: Range<Int>
    let content: Range<Int>
  }
  let bytes: [UInt8]
  private var position: Int
  private let end: Int

  init(_ bytes: [UInt8]) { self.init(bytes, bytes.indices) }

  init(_ bytes: [UInt8], _ range: Range<Int>) {
    self.bytes = bytes
    position = range.lowerBound
    end = range.upperBound
  }

  /// The next element's tag; nil at the end.
  var tag: UInt8? { position < end ? bytes[position] : nil }

  /// Throws at the end, and for what is no DER.
  mutating func next() throws -> Element {
    guard end - position >= 2 else { throw Self.truncated }
    let (start, tag, first) = (position, bytes[position], bytes[position + 1])
    var body = position + 2
    var count = Int(first)
    if first >= 0x80 {
      let width = Int(first & 0x7f)
      guard (1...4).contains(width), end - body >= width else { throw Self.badLength }
      count = bytes[body..<body + width].reduce(0) { $0 << 8 | Int($1) }
      // DER: as short as possible.
      guard bytes[body] != 0, count >= 0x80 else { throw Self.badLength }
      body += width
    }
    guard end - body >= count else { throw Self.truncated }
    position = body + count
    return Element(tag: tag, whole: start..<position, content: body..<position)
  }

  mutating func next(_ wanted: UInt8) throws -> Element {
    guard tag == wanted else { throw ASN1Error.invalidASN1Object(reason: "a field is missing, or of another type") }
    return try next()
  }

  mutating func optional(_ wanted: UInt8) throws -> Element? { tag == wanted ? try next() : nil }

  func finish() throws {
    guard position == end else { throw ASN1Error.invalidASN1Object(reason: "more follows where it should end") }
  }

  func inside(_ element: Element) -> DERWalker { DERWalker(bytes, element.content) }

  /// Over the content of the next element.
  mutating func enter(_ wanted: UInt8) throws -> DERWalker { inside(try next(wanted)) }

  /// The content of a BIT STRING that ends at a whole byte, as keys and signatures do. A count of unused bits would be a second way
  /// to write the same signature.
  mutating func wholeBytes() throws -> Range<Int> {
    let content = try next(DERTag.bitString).content
    guard let first = bytes[content].first, first == 0 else {
      throw ASN1Error.invalidASN1Object(reason: "a key or signature does not end at a whole byte")
    }
    return content.dropFirst()
  }

  /// The content of an INTEGER that is not negative, as it stands: with the zero byte before a first bit that is set.
  mutating func unsignedInteger() throws -> Range<Int> {
    let content = try next(DERTag.integer).content
    let first = bytes[content].prefix(2)
    guard let top = first.first, top < 0x80, first.count == 1 || top != 0 || first[content.lowerBound + 1] >= 0x80
    else {
      throw ASN1Error.invalidASN1Object(reason: "a number is negative, or not as short as it can be")
    }
    return content
  }

  /// Whether these bytes are an object identifier's content that anybody can read: no number in it needs more than 56 bits.
  func isPlainIdentifier(_ content: Range<Int>) -> Bool {
    var length = 0
    for byte in bytes[content] {
      // DER: as short as possible.
      if length == 0, byte == 0x80 { return false }
      length = byte < 0x80 ? 0 : length + 1
      if length == 8 { return false }
    }
    return length == 0 && !content.isEmpty
  }

  func node(_ element: Element) throws -> ASN1Node { try DER.parse(bytes[element.whole]) }

  private static let truncated = ASN1Error.invalidASN1Object(reason: "it ends too early")
  private static let badLength = ASN1Error.invalidASN1Object(reason: "a length is not written as DER wants it")
}

/// Tags that the walker looks for.
enum DERTag {
  static let boolean: UInt8 = 0x01
  static let integer: UInt8 = 0x02
  static let octetString: UInt8 = 0x04
  static let bitString: UInt8 = 0x03
  static let objectIdentifier: UInt8 = 0x06
  static let utf8String: UInt8 = 0x0c
  static let printableString: UInt8 = 0x13
  static let utcTime: UInt8 = 0x17
  static let generalizedTime: UInt8 = 0x18
  static let sequence: UInt8 = 0x30
  static let set: UInt8 = 0x31
  static let implicit0: UInt8 = 0x80
  static let implicit1: UInt8 = 0x81
  static let implicit2: UInt8 = 0x82
  static let explicit0: UInt8 = 0xa0
  static let explicit3: UInt8 = 0xa3

  /// Of the universal types, in one byte, and not a row of others.
  static func isPrimitive(_ tag: UInt8) -> Bool { (1..<0x1f).contains(tag) }
}
