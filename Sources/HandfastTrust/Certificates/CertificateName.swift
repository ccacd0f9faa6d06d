import HandfastCore
import SwiftASN1
import X509

extension CertificateFields {
  /// A distinguished name, as bytes to compare and, for whoever asks, text to read.
  final class Name: Sendable {
    let der: [UInt8]
    private let reading: Deferred<(name: DistinguishedName, text: String)>

    /// Throws swift-asn1's error for what is none.
    init(der: [UInt8]) throws {
      self.der = der
      // Of a plain name it is known that it can be read, and few are ever looked at.
      let name = Self.isPlain(der) ? nil : try DistinguishedName(derEncoded: DER.parse(der))
      reading = Deferred {
        let name = name ?? (try? DistinguishedName(derEncoded: DER.parse(der))) ?? DistinguishedName()
        return (name, name.isEmpty ? "(empty name)" : "\(name)".safeForDisplay)
      }
    }

    convenience init(_ node: ASN1Node) throws { try self.init(der: Array(node.encodedBytes)) }

    var isEmpty: Bool { der.count == 2 }
    var text: String { reading.value.text }
    var commonNames: [String] {
      reading.value.name.flatMap { part in
        part.filter { $0.type == .RDNAttributeType.commonName }.compactMap { String($0.value)?.safeForDisplay }
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
