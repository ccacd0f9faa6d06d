import SwiftASN1
import X509

/// Extension ::= SEQUENCE { extnID OBJECT IDENTIFIER, critical BOOLEAN DEFAULT FALSE, extnValue OCTET STRING }
struct ExtensionElement: ~Copyable {
  private let bytes: [UInt8]
  private let identifierElement: DERWalker.Element
  let isCritical: Bool
  fileprivate let place: Range<Int>

  init(_ list: inout DERWalker) throws {
    var item = try list.enter(DERTag.sequence)
    let identifier = try item.next(DERTag.objectIdentifier)
    let flag = try item.optional(DERTag.boolean)
    // DER: FALSE is left out, and TRUE has one way to be written.
    if let flag, !list.bytes[flag.content].elementsEqual([0xff]) {
      throw ASN1Error.invalidASN1Object(reason: "an extension's critical flag is not written as DER wants it")
    }
    let place = try item.next(DERTag.octetString).content
    try item.finish()
    bytes = list.bytes
    identifierElement = identifier
    isCritical = flag != nil
    self.place = place
  }

  /// The content of the object identifier.
  var identifier: ArraySlice<UInt8> { bytes[identifierElement.content] }
  var value: ArraySlice<UInt8> { bytes[place] }
  /// Throws where it is not written as DER wants it.
  var oid: ASN1ObjectIdentifier {
    get throws { try ASN1ObjectIdentifier(derEncoded: DERWalker(bytes).node(identifierElement)) }
  }

  fileprivate var isPlain: Bool { DERWalker(bytes).isPlainIdentifier(identifierElement.content) }
  fileprivate var content: DERWalker { DERWalker(bytes, place) }
}

/// What an extension says, where it is written the way that nearly every certificate has it. Handshakes read four certificates,
/// and this costs a fraction of a general reading; whatever is different is for swift-certificates, which then has the last word.
enum PlainExtension {
  case basicConstraints(isCA: Bool, pathLength: Int?)
  case keyUsage(firstByte: UInt8)
  case extendedKeyUsage([String])
  case names([GeneralName])
  case subjectKeyIdentifier([UInt8])
  case authorityKeyIdentifier([UInt8])
  /// One that says nothing to TLS, and is not critical.
  case other

  /// Nil: it is not.
  init?(_ element: borrowing ExtensionElement) {
    let identifier = element.identifier
    // Most are 2.5.29.n.
    let number = identifier.count == 3 && identifier.starts(with: [0x55, 0x1d]) ? identifier.last : nil
    let plain: PlainExtension? =
      switch number {
      case 14: Self.subjectKeyIdentifier(element)
      case 15: Self.keyUsage(element)
      case 17: Self.names(element)
      case 19: Self.basicConstraints(element)
      case 35: Self.authorityKeyIdentifier(element)
      case 37: Self.extendedKeyUsage(element)
      // Name constraints, and "tlsFeature", which stands elsewhere.
      case 30: nil
      default:
        element.isCritical || !element.isPlain || identifier.elementsEqual(Self.tlsFeature) ? nil : .other
      }
    guard let plain else { return nil }
    self = plain
  }

  var name: String {
    switch self {
    case .basicConstraints: "basicConstraints"
    case .keyUsage: "keyUsage"
    case .extendedKeyUsage: "extendedKeyUsage"
    case .names: "subjectAltName"
    case .subjectKeyIdentifier: "subjectKeyIdentifier"
    case .authorityKeyIdentifier: "authorityKeyIdentifier"
    case .other: "another"
    }
  }

  /// Whether a path may be taken that has it as critical: as `PathPolicy.enforced` says.
  var isEnforced: Bool {
    switch self {
    case .basicConstraints, .keyUsage, .extendedKeyUsage, .names: true
    case .subjectKeyIdentifier, .authorityKeyIdentifier, .other: false
    }
  }

  private static let tlsFeature: [UInt8] = [0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x01, 0x18]

  /// SEQUENCE { cA BOOLEAN DEFAULT FALSE, pathLenConstraint INTEGER OPTIONAL }
  private static func basicConstraints(_ element: borrowing ExtensionElement) -> Self? {
    let value = element.value
    if value.elementsEqual([0x30, 0x00]) { return .basicConstraints(isCA: false, pathLength: nil) }
    if value.elementsEqual([0x30, 0x03, 0x01, 0x01, 0xff]) { return .basicConstraints(isCA: true, pathLength: nil) }
    guard value.count == 8, value.starts(with: [0x30, 0x06, 0x01, 0x01, 0xff, 0x02, 0x01]), let length = value.last,
      length < 0x80
    else { return nil }
    return .basicConstraints(isCA: true, pathLength: Int(length))
  }

  /// BIT STRING, without zero bits at the end.
  private static func keyUsage(_ element: borrowing ExtensionElement) -> Self? {
    let value = element.value
    guard value.count == 4, value.starts(with: [0x03, 0x02]), let bits = value.last, bits != 0,
      Int(value[value.startIndex + 2]) == bits.trailingZeroBitCount
    else { return nil }
    return .keyUsage(firstByte: bits)
  }

  /// SEQUENCE OF OBJECT IDENTIFIER
  private static func extendedKeyUsage(_ element: borrowing ExtensionElement) -> Self? {
    var (outer, purposes) = (element.content, [String]())
    guard var list = try? outer.enter(DERTag.sequence), outer.tag == nil else { return nil }
    while list.tag != nil {
      guard let content = try? list.next(DERTag.objectIdentifier).content, content.count == 8,
        list.bytes[content].starts(with: [0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03])
      else { return nil }
      // One that stands twice is refused there.
      switch list.bytes[content].last {
      case 1 where !purposes.contains("serverAuth"): purposes.append("serverAuth")
      case 2 where !purposes.contains("clientAuth"): purposes.append("clientAuth")
      default: return nil
      }
    }
    return .extendedKeyUsage(purposes)
  }

  /// SEQUENCE OF GeneralName: dNSName, uniformResourceIdentifier and iPAddress.
  private static func names(_ element: borrowing ExtensionElement) -> Self? {
    var (outer, names) = (element.content, [GeneralName]())
    guard var list = try? outer.enter(DERTag.sequence), outer.tag == nil else { return nil }
    while list.tag != nil {
      guard let item = try? list.next() else { return nil }
      let content = list.bytes[item.content]
      switch item.tag {
      case 0x82 where content.isASCII: names.append(.dnsName(String(decoding: content, as: UTF8.self)))
      case 0x86 where content.isASCII:
        names.append(.uniformResourceIdentifier(String(decoding: content, as: UTF8.self)))
      case 0x87: names.append(.ipAddress(ASN1OctetString(contentBytes: content)))
      default: return nil
      }
    }
    return .names(names)
  }

  /// OCTET STRING
  private static func subjectKeyIdentifier(_ element: borrowing ExtensionElement) -> Self? {
    var outer = element.content
    guard let content = try? outer.next(DERTag.octetString).content, outer.tag == nil else { return nil }
    return .subjectKeyIdentifier(Array(outer.bytes[content]))
  }

  /// SEQUENCE { keyIdentifier [0] }, without the issuer's name and serial number
  private static func authorityKeyIdentifier(_ element: borrowing ExtensionElement) -> Self? {
    var outer = element.content
    guard var list = try? outer.enter(DERTag.sequence), outer.tag == nil,
      let content = try? list.next(DERTag.implicit0).content, list.tag == nil
    else { return nil }
    return .authorityKeyIdentifier(Array(outer.bytes[content]))
  }
}

/// Whether an identifier stood before. A few are compared one by one; many, as nobody but an attacker has them, are hashed.
struct SeenIdentifiers {
  /// 2.5.29.n, as nearly all are, by n.
  private var usual: UInt64 = 0
  private var few: [ArraySlice<UInt8>] = []
  private var many: Set<ArraySlice<UInt8>> = []

  mutating func insert(_ identifier: ArraySlice<UInt8>) -> Bool {
    if identifier.count == 3, identifier.starts(with: [0x55, 0x1d]), let number = identifier.last, number < 64 {
      let bit = UInt64(1) << number
      defer { usual |= bit }
      return usual & bit == 0
    }
    guard few.count == 16 else {
      guard !few.contains(where: { $0.elementsEqual(identifier) }) else { return false }
      few.append(identifier)
      return true
    }
    return !few.contains(where: { $0.elementsEqual(identifier) }) && many.insert(identifier).inserted
  }
}

extension ArraySlice<UInt8> {
  fileprivate var isASCII: Bool { allSatisfy { $0 < 0x80 } }
}
