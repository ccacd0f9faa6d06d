import HandfastCore
import SwiftASN1
import Synchronization
import X509

extension CertificateFields {
  /// A distinguished name, as bytes to compare and, for whoever asks, text to read.
  final class Name: Sendable {
    let der: [UInt8]
    private let words = Mutex<String?>(nil)

    /// Throws swift-asn1's error for what is none.
    init(der: [UInt8]) throws {
      self.der = der
      // Of a plain name it is known that it can be read, and few are ever looked at.
      if !Self.isPlain(der) { _ = try Self.read(der) }
    }

    private static func read(_ der: [UInt8]) throws -> DistinguishedName {
      try DistinguishedName(derEncoded: DER.parse(der))
    }

    private static func text(_ der: [UInt8]) -> String {
      guard let name = try? read(der), !name.isEmpty else { return "(empty name)" }
      return "\(name)".safeForDisplay
    }

    convenience init(_ node: ASN1Node) throws { try self.init(der: Array(node.encodedBytes)) }

    var isEmpty: Bool { der.count == 2 }
    var text: String { words.withLock { words in words.made { Self.plainText(der) ?? Self.text(der) } } }
    var commonNames: [String] {
      ((try? Self.read(der)) ?? DistinguishedName()).flatMap { part in
        part.filter { $0.type == .RDNAttributeType.commonName }.compactMap { String($0.value)?.safeForDisplay }
      }
    }

    /// The same text, where no value has a character that swift-certificates might write in another way: tickets carry the names
    /// of a client's certificates, and swift-certificates takes its time for them. Nil: there is such a value, or another attribute.
    static func plainText(_ der: [UInt8]) -> String? {
      do {
        var (top, attributes) = (DERWalker(der), [(label: String, value: Range<Int>)]())
        attributes.reserveCapacity(4)
        var parts = try top.enter(DERTag.sequence)
        try top.finish()
        while parts.tag != nil {
          var set = try parts.enter(DERTag.set)
          var attribute = try set.enter(DERTag.sequence)
          try set.finish()
          let type = try attribute.next(DERTag.objectIdentifier).content
          let value = try attribute.next()
          try attribute.finish()
          guard type.count == 3, der[type.lowerBound] == 0x55, der[type.lowerBound + 1] == 0x04,
            let label = label(der[type.lowerBound + 2]),
            value.tag == DERTag.utf8String || value.tag == DERTag.printableString, isPlain(der[value.content])
          else { return nil }
          attributes.append((label, value.content))
        }
        guard !attributes.isEmpty else { return nil }
        var text: [UInt8] = []
        text.reserveCapacity(der.count)
        for (label, value) in attributes.reversed() {
          if !text.isEmpty { text.append(UInt8(ascii: ",")) }
          text += label.utf8
          text += der[value]
        }
        return String(decoding: text, as: UTF8.self)
      } catch {
        return nil
      }
    }

    /// Letters, digits, and what may stand anywhere between them.
    private static func isPlain(_ value: ArraySlice<UInt8>) -> Bool {
      guard let first = value.first, let last = value.last, first != UInt8(ascii: " "), last != UInt8(ascii: " ") else {
        return false
      }
      return value.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: " "), UInt8(ascii: "-"), UInt8(ascii: "."):
          true
        default: false
        }
      }
    }

    /// With the equals sign, by the last number of 2.5.4.n.
    private static func label(_ number: UInt8) -> String? {
      switch number {
      case 3: "CN="
      case 6: "C="
      case 7: "L="
      case 8: "ST="
      case 10: "O="
      case 11: "OU="
      default: nil
      }
    }

    /// Whether it is a row of single attributes whose values are simple: what swift-certificates reads without fail.
    ///
    ///     Name ::= SEQUENCE OF SET OF SEQUENCE { type OBJECT IDENTIFIER, value ANY }
    private static func isPlain(_ der: [UInt8]) -> Bool {
      do {
        var top = DERWalker(der)
        var parts = try top.enter(DERTag.sequence)
        try top.finish()
        while parts.tag != nil {
          var set = try parts.enter(DERTag.set)
          var attribute = try set.enter(DERTag.sequence)
          try set.finish()
          guard attribute.isPlainIdentifier(try attribute.next(DERTag.objectIdentifier).content),
            let tag = attribute.tag, DERTag.isPrimitive(tag)
          else { return false }
          _ = try attribute.next()
          try attribute.finish()
        }
        return true
      } catch {
        return false
      }
    }
  }
}
