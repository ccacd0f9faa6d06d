import Crypto
import SwiftASN1
import X509

/// An authority that can sign: a development CA's, or one whose certificate and key are in files.
package struct IssuingAuthority: Sendable {
  package let certificateDER: [UInt8]
  let fields: CertificateFields
  let name: DistinguishedName
  let key: Certificate.PrivateKey

  init(certificateDER: [UInt8], key: Certificate.PrivateKey) throws {
    self.certificateDER = certificateDER
    fields = try CertificateFields(der: certificateDER)
    name = try Certificate(derEncoded: certificateDER).subject
    self.key = key
  }

  /// Throws `IssuingError` when the key is not the certificate's.
  package init(certificatePEM: String, privateKeyPEM: String) throws {
    let blocks = try PEMBlock.all(in: certificatePEM).filter { ["CERTIFICATE", "X509 CERTIFICATE"].contains($0.label) }
    guard let der = blocks.first?.der else { throw IssuingError.noCertificate }
    try self.init(certificateDER: der, key: try Certificate.PrivateKey(pemEncoded: privateKeyPEM))
    guard try Certificate(derEncoded: der).publicKey == key.publicKey else { throw IssuingError.otherKey }
  }

  package var certificatePEM: String { PEMBlock.text("CERTIFICATE", certificateDER) }
  /// Unencrypted PKCS#8.
  package var privateKeyPEM: String { get throws { try key.serializeAsPEM().pemString } }
  package var subject: String { fields.subject.text }

  /// Whether this DER-encoded certificate names this authority as its issuer.
  package func hasIssued(_ certificate: [UInt8]) -> Bool {
    guard let other = try? CertificateFields(der: certificate) else { return false }
    return other.issuer.der == fields.subject.der && other.issuerSignature.problem(by: fields.publicKeyInfo) == nil
  }

  /// A list, DER.
  package func revocationList(_ request: RevocationListRequest) throws -> [UInt8] {
    let algorithm = try SigningAlgorithm(key)
    var body = DER.Serializer()
    try body.appendConstructedNode(identifier: .sequence) { coder in
      try coder.serialize(1)
      try algorithm.serialize(into: &coder)
      try coder.serialize(name)
      try coder.serialize(try UnixTime.utcTime(request.thisUpdate))
      if let next = request.nextUpdate { try coder.serialize(try UnixTime.utcTime(next)) }
      if !request.revoked.isEmpty {
        try coder.appendConstructedNode(identifier: .sequence) { coder in
          for entry in request.revoked { try entry.serialize(into: &coder) }
        }
      }
      try coder.serialize(explicitlyTaggedWithTagNumber: 0, tagClass: .contextSpecific) { coder in
        try coder.serializeSequenceOf(try extensions(request))
      }
    }
    return try signed(body.serializedBytes, algorithm)
  }

  private func extensions(_ request: RevocationListRequest) throws -> [Certificate.Extension] {
    var list = [
      try Certificate.Extension(
        AuthorityKeyIdentifier(keyIdentifier: fields.extensions.subjectKeyIdentifier.map { $0[...] }), critical: false)
    ]
    func add(_ oid: ASN1ObjectIdentifier, _ isCritical: Bool, _ value: [UInt8]) {
      list.append(.init(oid: oid, critical: isCritical, value: value[...]))
    }
    if let number = request.number { add(RevocationListParts.crlNumber, request.isNumberCritical, try encoded(number)) }
    if request.isDelta { add(RevocationListParts.deltaCRLIndicator, true, try encoded(1)) }
    if let point = request.distributionPoint { add(RevocationListParts.issuingDistributionPoint, true, point) }
    for oid in request.unknownCriticalExtensions {
      add(try ASN1ObjectIdentifier(dotRepresentation: oid), true, [0x05, 0x00])
    }
    return list
  }

  private func encoded(_ number: Int) throws -> [UInt8] {
    var coder = DER.Serializer()
    try coder.serialize(number)
    return coder.serializedBytes
  }

  /// SEQUENCE { body, algorithm, signature }.
  func signed(_ body: [UInt8], _ algorithm: SigningAlgorithm, certificates: [[UInt8]] = []) throws -> [UInt8] {
    let signature = try key.sign(bytes: body, signatureAlgorithm: algorithm.signature).rawRepresentation
    var coder = DER.Serializer()
    try coder.appendConstructedNode(identifier: .sequence) { coder in
      coder.serializeRawBytes(body)
      try algorithm.serialize(into: &coder)
      try coder.serialize(ASN1BitString(bytes: signature[...]))
      guard !certificates.isEmpty else { return }
      coder.serialize(explicitlyTaggedWithTagNumber: 0, tagClass: .contextSpecific) { coder in
        coder.appendConstructedNode(identifier: .sequence) { coder in
          for certificate in certificates { coder.serializeRawBytes(certificate) }
        }
      }
    }
    return coder.serializedBytes
  }
}

extension RevocationListRequest.Entry {
  fileprivate func serialize(into coder: inout DER.Serializer) throws {
    try coder.appendConstructedNode(identifier: .sequence) { coder in
      coder.appendPrimitiveNode(identifier: .integer) { $0 += serialNumber }
      try coder.serialize(try UnixTime.utcTime(revokedAt))
      guard let reason else { return }
      let code: [UInt8] = [0x0a, 0x01, UInt8(reason.rawValue)]
      try coder.serializeSequenceOf([Certificate.Extension(oid: [2, 5, 29, 21], critical: false, value: code[...])])
    }
  }
}

/// What a key signs with, and its AlgorithmIdentifier.
struct SigningAlgorithm {
  let signature: Certificate.SignatureAlgorithm
  private let oid: ASN1ObjectIdentifier
  private let hasNull: Bool

  init(_ key: Certificate.PrivateKey) throws {
    let known: [(Certificate.SignatureAlgorithm, ASN1ObjectIdentifier, Bool)] = [
      (.ecdsaWithSHA256, [1, 2, 840, 10045, 4, 3, 2], false), (.ecdsaWithSHA384, [1, 2, 840, 10045, 4, 3, 3], false),
      (.ecdsaWithSHA512, [1, 2, 840, 10045, 4, 3, 4], false),
      (.sha256WithRSAEncryption, [1, 2, 840, 113549, 1, 1, 11], true), (.ed25519, [1, 3, 101, 112], false),
    ]
    let supported = key.supportedSignatureAlgorithms
    guard let match = known.first(where: { supported.contains($0.0) }) else { throw IssuingError.otherKey }
    (signature, oid, hasNull) = match
  }

  func serialize(into coder: inout DER.Serializer) throws {
    try coder.appendConstructedNode(identifier: .sequence) { coder in
      try coder.serialize(oid)
      if hasNull { coder.appendPrimitiveNode(identifier: .null) { _ in } }
    }
  }
}
