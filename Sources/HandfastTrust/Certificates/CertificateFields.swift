import HandfastCore
import HandfastCrypto
import HandfastWire
import SwiftASN1
import X509

/// A certificate's fields, read by walking its DER (RFC 5280 §4.1). swift-certificates refuses a whole certificate for a key or
/// signature it cannot use; this reader does not, so that the refusal can say what the certificate holds.
///
/// A class, because paths, memories and what is said of them share it.
final class CertificateFields: Sendable {
  enum Key: Sendable {
    case usable(KeyKind)
    /// What it is instead: "Ed448", "ECDSA secp224r1".
    case unusable(String)
  }

  let der: [UInt8]
  /// 1, 2 or 3.
  let version: Int
  let serialNumber: ArraySlice<UInt8>
  let signatureAlgorithm: ASN1ObjectIdentifier
  /// The same where it is written as its standard wants it; nil: another algorithm, or unusual parameters.
  let signatureScheme: SignatureScheme?
  let issuer: Name
  let subject: Name
  let notBefore: Int64
  let notAfter: Int64
  let key: Key
  /// The SubjectPublicKeyInfo, DER.
  let publicKeyInfo: [UInt8]
  /// The subjectPublicKey within it.
  let publicKey: [UInt8]
  let signature: [UInt8]
  /// What the issuer has signed: tbsCertificate, DER.
  let signedBytes: ArraySlice<UInt8>
  let extensions: CertificateExtensions

  /// Throws swift-asn1's error for what is no certificate. A name that `known` has is not read again.
  init(der: [UInt8], known: (_ name: [UInt8]) -> Name? = { _ in nil }) throws {
    self.der = der
    let outer = try Outer(DER.parse(der), known)
    guard outer.algorithm == outer.body.algorithm else {
      //= https://www.rfc-editor.org/rfc/rfc5280#section-4.1.1.2
      //# This field MUST contain the same algorithm identifier as the signature field in the sequence tbsCertificate
      throw ASN1Error.invalidASN1Object(reason: "the signature algorithm differs inside and outside of tbsCertificate")
    }
    version = outer.body.version
    serialNumber = outer.body.serialNumber
    signatureAlgorithm = outer.algorithmOID
    signatureScheme = CertificateSignature.scheme(of: outer.algorithm)
    issuer = outer.body.issuer
    subject = outer.body.subject
    notBefore = outer.body.notBefore
    notAfter = outer.body.notAfter
    publicKeyInfo = Array(outer.body.publicKeyInfo.encodedBytes)
    (key, publicKey) = try Key.read(outer.body.publicKeyInfo)
    signature = outer.signature
    signedBytes = outer.body.encoded
    extensions = try CertificateExtensions(outer.body.extensions)
  }

  var issuerSignature: IssuerSignature {
    IssuerSignature(algorithm: signatureAlgorithm, signed: signedBytes, value: signature)
  }

  /// Whether the key of `upper` has made its signature; nil: one of the two is of a kind that cannot be used here.
  func isSigned(by upper: CertificateFields) -> Bool? {
    guard let scheme = CertificateSignature.scheme(named: signatureAlgorithm),
      let key = try? PublicKey(subjectPublicKeyInfo: upper.publicKeyInfo)
    else { return nil }
    return key.isValid(signature, over: Array(signedBytes), scheme: scheme)
  }

  /// swift-certificates has neither such keys nor such signatures, so that its search cannot look at it.
  var usesMLDSA: Bool {
    if case .usable(.mldsa) = key { return true }
    return CertificateSignature.scheme(named: signatureAlgorithm)?.isMLDSA ?? false
  }

  var isSelfIssued: Bool { subject.der == issuer.der }

  /// Whether the names and key identifiers say that it is signed with its own key (not checked here).
  var looksSelfSigned: Bool {
    guard isSelfIssued else { return false }
    guard let authority = extensions.authorityKeyIdentifier, let own = extensions.subjectKeyIdentifier else {
      return true
    }
    return authority == own
  }
}

extension CertificateFields {
  /// A distinguished name, as bytes to compare and, for whoever asks, text to read.
  final class Name: Sendable {
    let der: [UInt8]
    private let name: DistinguishedName
    private let words: Deferred<String>

    init(_ node: ASN1Node) throws {
      der = Array(node.encodedBytes)
      let name = try DistinguishedName(derEncoded: node)
      self.name = name
      words = Deferred { name.isEmpty ? "(empty name)" : "\(name)".safeForDisplay }
    }

    var isEmpty: Bool { name.isEmpty }
    var text: String { words.value }
    var commonNames: [String] {
      name.flatMap { part in
        part.filter { $0.type == .RDNAttributeType.commonName }.compactMap { String($0.value)?.safeForDisplay }
      }
    }
  }
}

extension CertificateFields.Key {
  /// From a SubjectPublicKeyInfo (RFC 5280 §4.1.2.7, RFC 5480, RFC 8410).
  static func read(_ node: ASN1Node) throws -> (key: Self, bytes: [UInt8]) {
    let (algorithm, parameters, bits) = try DER.sequence(node, identifier: .sequence) { nodes in
      let identifier = try DER.sequence(try nodes.required(), identifier: .sequence) { parts in
        (try ASN1ObjectIdentifier(derEncoded: &parts), parts.next())
      }
      return (identifier.0, identifier.1, try ASN1BitString(wholeBytes: &nodes))
    }
    return (try Self(algorithm, parameters, bits.bytes), Array(bits.bytes))
  }

  private init(_ algorithm: ASN1ObjectIdentifier, _ parameters: ASN1Node?, _ bits: ArraySlice<UInt8>) throws {
    switch algorithm {
    case .AlgorithmIdentifier.rsaEncryption:
      self = .usable(.rsa(bits: try Self.modulusLength(bits)))
    case .AlgorithmIdentifier.idEcPublicKey:
      guard let parameters, let curve = try? ASN1ObjectIdentifier(derEncoded: parameters) else {
        self = .unusable("ECDSA with an unnamed curve")
        return
      }
      switch curve {
      case .NamedCurves.secp256r1: self = .usable(.ecdsa(.secp256r1))
      case .NamedCurves.secp384r1: self = .usable(.ecdsa(.secp384r1))
      case .NamedCurves.secp521r1: self = .usable(.ecdsa(.secp521r1))
      default: self = .unusable(UnusableKey.curve(curve))
      }
    case [1, 3, 101, 112]: self = .usable(.ed25519)
    case [2, 16, 840, 1, 101, 3, 4, 3, 17]: self = .usable(.mldsa(.mldsa44))
    case [2, 16, 840, 1, 101, 3, 4, 3, 18]: self = .usable(.mldsa(.mldsa65))
    case [2, 16, 840, 1, 101, 3, 4, 3, 19]: self = .usable(.mldsa(.mldsa87))
    default: self = .unusable(UnusableKey.name(algorithm))
    }
  }

  /// Of an RSAPublicKey (RFC 8017 §A.1.1), in bits.
  private static func modulusLength(_ bytes: ArraySlice<UInt8>) throws -> Int {
    let modulus = try DER.sequence(DER.parse(bytes), identifier: .sequence) { nodes in
      let modulus = try ArraySlice<UInt8>(derEncoded: &nodes)
      _ = try ArraySlice<UInt8>(derEncoded: &nodes)
      return modulus.drop { $0 == 0 }
    }
    guard let first = modulus.first else { return 0 }
    return modulus.count * 8 - first.leadingZeroBitCount
  }
}

extension ASN1NodeCollection.Iterator {
  mutating func required() throws -> ASN1Node {
    guard let node = next() else { throw ASN1Error.invalidASN1Object(reason: "a field is missing") }
    return node
  }
}

extension ASN1BitString {
  /// Keys and signatures are whole bytes. A count of unused bits would be a second way to write the same signature.
  init(wholeBytes nodes: inout ASN1NodeCollection.Iterator) throws {
    try self.init(derEncoded: &nodes)
    guard paddingBits == 0 else {
      throw ASN1Error.invalidASN1Object(reason: "a key or signature does not end at a whole byte")
    }
  }
}

/// Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm, signatureValue }
private struct Outer {
  let body: Body
  let algorithm: ArraySlice<UInt8>
  let algorithmOID: ASN1ObjectIdentifier
  let signature: [UInt8]

  init(_ node: ASN1Node, _ known: ([UInt8]) -> CertificateFields.Name?) throws {
    (body, algorithm, algorithmOID, signature) = try DER.sequence(node, identifier: .sequence) { nodes in
      let body = try Body(try nodes.required(), known)
      let algorithm = try nodes.required()
      let oid = try DER.sequence(algorithm, identifier: .sequence) { parts in
        let oid = try ASN1ObjectIdentifier(derEncoded: &parts)
        _ = parts.next()
        return oid
      }
      let signature = try ASN1BitString(wholeBytes: &nodes)
      return (body, algorithm.encodedBytes, oid, Array(signature.bytes))
    }
  }
}

/// TBSCertificate.
private struct Body {
  var version = 1
  var serialNumber: ArraySlice<UInt8>
  var algorithm: ArraySlice<UInt8>
  var issuer: CertificateFields.Name
  var notBefore: Int64
  var notAfter: Int64
  var subject: CertificateFields.Name
  var publicKeyInfo: ASN1Node
  var extensions: [Certificate.Extension]
  var encoded: ArraySlice<UInt8>

  init(_ node: ASN1Node, _ known: ([UInt8]) -> CertificateFields.Name?) throws {
    self = try DER.sequence(node, identifier: .sequence) { nodes in
      try Body(fields: &nodes, in: node.encodedBytes, known)
    }
  }

  private init(
    fields nodes: inout ASN1NodeCollection.Iterator, in encoded: ArraySlice<UInt8>,
    _ known: ([UInt8]) -> CertificateFields.Name?
  ) throws {
    self.encoded = encoded
    let number =
      try DER.optionalExplicitlyTagged(&nodes, tagNumber: 0, tagClass: .contextSpecific) { node in
        try Int(derEncoded: node)
      } ?? 0
    guard (0...2).contains(number) else {
      throw ASN1Error.invalidASN1Object(reason: "the version is none of v1, v2, v3")
    }
    version = number + 1
    serialNumber = try CertificateFields.serialNumber(try nodes.required())
    algorithm = try nodes.required().encodedBytes
    let issuerNode = try nodes.required()
    issuer = try known(Array(issuerNode.encodedBytes)) ?? .init(issuerNode)
    (notBefore, notAfter) = try DER.sequence(try nodes.required(), identifier: .sequence) { parts in
      (try UnixTime.seconds(try parts.required()), try UnixTime.seconds(try parts.required()))
    }
    let subjectNode = try nodes.required()
    subject = try known(Array(subjectNode.encodedBytes)) ?? .init(subjectNode)
    publicKeyInfo = try nodes.required()
    for tag in UInt(1)...2 {
      _ = DER.optionalImplicitlyTagged(&nodes, tagNumber: tag, tagClass: .contextSpecific) { $0.encodedBytes }
    }
    extensions =
      try DER.optionalExplicitlyTagged(&nodes, tagNumber: 3, tagClass: .contextSpecific) { node in
        try DER.sequence(of: Certificate.Extension.self, identifier: .sequence, rootNode: node)
      } ?? []
  }
}

extension CertificateFields {
  /// The content of an INTEGER that is not negative, as it stands: with the zero byte before a first bit that is set, so that it
  /// compares with the serial numbers in revocation lists and OCSP responses.
  static func serialNumber(_ node: ASN1Node) throws -> ArraySlice<UInt8> {
    // Refuses what is negative, or not as short as it can be.
    _ = try ArraySlice<UInt8>(derEncoded: node)
    guard case .primitive(let content) = node.content else {
      throw ASN1Error.invalidASN1Object(reason: "the serial number is no INTEGER")
    }
    return content
  }
}
