import SwiftASN1
import X509

/// The fields of a CertificateList (RFC 5280 §5.1):
///
///     CertificateList ::= SEQUENCE { tbsCertList, signatureAlgorithm, signatureValue }
///     TBSCertList ::= SEQUENCE {
///       version INTEGER OPTIONAL, signature AlgorithmIdentifier, issuer Name, thisUpdate Time, nextUpdate Time OPTIONAL,
///       revokedCertificates SEQUENCE OF SEQUENCE {...} OPTIONAL, crlExtensions [0] EXPLICIT Extensions OPTIONAL }
struct RevocationListParts {
  private(set) var issuer: CertificateFields.Name
  private(set) var thisUpdate: Int64
  private(set) var nextUpdate: Int64?
  private(set) var number: String?
  private(set) var scope = RevocationList.Scope.all
  private(set) var authorityKeyIdentifier: [UInt8]?
  private(set) var revoked = RevokedSerials()
  /// Where they stand.
  private(set) var entries: Range<Int> = 0..<0
  private(set) var signature: IssuerSignature
  private(set) var defect: String?
  private(set) var weakness: String?

  init(_ der: [UInt8]) throws {
    var top = DERWalker(der)
    let outer = try top.next(DERTag.sequence)
    try top.finish()
    var parts = top.inside(outer)
    let body = try parts.next(DERTag.sequence)
    let algorithm = try parts.next(DERTag.sequence)
    let bits = try ASN1BitString(derEncoded: try parts.node(try parts.next(DERTag.bitString)))
    try parts.finish()
    guard bits.paddingBits == 0 else {
      throw ASN1Error.invalidASN1Object(reason: "the signature does not end at a whole byte")
    }

    var fields = parts.inside(body)
    let version = try fields.optional(DERTag.integer).map { try Int(derEncoded: try fields.node($0)) } ?? 0
    guard version <= 1, version >= 0 else {
      throw ASN1Error.invalidASN1Object(reason: "the version is neither v1 nor v2")
    }
    let inner = try fields.next(DERTag.sequence)
    //= https://www.rfc-editor.org/rfc/rfc5280#section-5.1.1.2
    //# This field MUST contain the same algorithm identifier as the signature field in the sequence tbsCertList
    guard der[inner.whole] == der[algorithm.whole] else {
      throw ASN1Error.invalidASN1Object(reason: "the signature algorithm differs inside and outside of tbsCertList")
    }
    issuer = try .init(try fields.node(try fields.next(DERTag.sequence)))
    thisUpdate = try UnixTime.seconds(try fields.node(try fields.next()))
    if fields.tag == DERTag.utcTime || fields.tag == DERTag.generalizedTime {
      nextUpdate = try UnixTime.seconds(try fields.node(try fields.next()))
    }
    let oid = try DER.sequence(try parts.node(algorithm), identifier: .sequence) { nodes in
      let oid = try ASN1ObjectIdentifier(derEncoded: &nodes)
      _ = nodes.next()
      return oid
    }
    signature = IssuerSignature(algorithm: oid, signed: der[body.whole], value: Array(bits.bytes))
    if let list = try fields.optional(DERTag.sequence) {
      revoked = try RevokedSerials(der, in: list.content)
      entries = list.content
    }
    let extensions = try fields.optional(DERTag.explicit0).map { element in
      var inside = fields.inside(element)
      let list = try inside.next(DERTag.sequence)
      try inside.finish()
      return try DER.sequence(of: Certificate.Extension.self, identifier: .sequence, rootNode: try inside.node(list))
    }
    try fields.finish()
    try read(extensions ?? [], version: version)
  }

  private mutating func read(_ extensions: [Certificate.Extension], version: Int) throws {
    var seen: Set<ASN1ObjectIdentifier> = []
    for item in extensions {
      guard seen.insert(item.oid).inserted else {
        throw ASN1Error.invalidASN1Object(reason: "extension \(item.oid) stands twice")
      }
      switch item.oid {
      case Self.crlNumber:
        number = Self.hexadecimal(try ArraySlice<UInt8>(derEncoded: try DER.parse(item.value)))
        //= https://www.rfc-editor.org/rfc/rfc5280#section-5.2.3
        //# CRL issuers conforming to this profile MUST include this extension in all CRLs and MUST mark this extension as
        //# non-critical.
        if item.critical { weakness = "its cRLNumber is marked critical (RFC 5280 §5.2.3)" }
      case .X509ExtensionID.authorityKeyIdentifier:
        authorityKeyIdentifier = try AuthorityKeyIdentifier(item).keyIdentifier.map(Array.init)
      case Self.deltaCRLIndicator: defect = "it is a delta CRL, which is not supported: give the complete one"
      case Self.issuingDistributionPoint: try readDistributionPoint(item.value)
      default:
        //= https://www.rfc-editor.org/rfc/rfc5280#section-5.2
        //# If a CRL contains a critical extension that the application cannot process, then the application MUST NOT use that
        //# CRL to determine the status of certificates.
        if item.critical { defect = "its critical extension \(item.oid) is not understood here" }
      }
    }
    if number == nil { weakness = weakness ?? "it has no cRLNumber (RFC 5280 §5.2.3)" }
    //= https://www.rfc-editor.org/rfc/rfc5280#section-5.1.2.5
    //# Conforming CRL issuers MUST include the nextUpdate field in all CRLs.
    if nextUpdate == nil {
      weakness = weakness ?? "it does not say how long it holds: nextUpdate is missing (RFC 5280 §5.1.2.5)"
    }
  }

  /// IssuingDistributionPoint (RFC 5280 §5.2.5). Only those scopes are followed that a certificate itself can be seen to be in.
  private mutating func readDistributionPoint(_ value: ArraySlice<UInt8>) throws {
    let der = Array(value)
    var top = DERWalker(der)
    var fields = top.inside(try top.next(DERTag.sequence))
    try top.finish()
    while fields.tag != nil {
      let element = try fields.next()
      let isSet = der[element.content].contains { $0 != 0 }
      switch element.tag {
      case 0xa0: defect = "it is one of several parts (issuingDistributionPoint), which is not supported"
      case 0x81 where isSet: scope = .endEntities
      case 0x82 where isSet: scope = .authorities
      case 0x83: defect = "it holds for some reasons of revocation only, which is not supported"
      case 0x84 where isSet: defect = "it is an indirect CRL, which is not supported"
      case 0x85 where isSet: defect = "it is about attribute certificates only"
      case 0x81, 0x82, 0x84, 0x85: break
      default: defect = "its issuingDistributionPoint is not understood here"
      }
    }
  }

  private static func hexadecimal(_ bytes: ArraySlice<UInt8>) -> String {
    let digits = bytes.prefix(21).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined().drop { $0 == "0" }
    return digits.isEmpty ? "0" : String(digits)
  }

  static let crlNumber: ASN1ObjectIdentifier = [2, 5, 29, 20]
  static let deltaCRLIndicator: ASN1ObjectIdentifier = [2, 5, 29, 27]
  static let issuingDistributionPoint: ASN1ObjectIdentifier = [2, 5, 29, 28]
}
