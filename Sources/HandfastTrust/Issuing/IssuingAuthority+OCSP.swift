import Crypto
import HandfastCore
import HandfastWire
import SwiftASN1
import X509

extension IssuingAuthority {
  /// What this authority, or its delegate, says of a certificate that it has issued: an OCSPResponse, DER (RFC 6960 §4.2.1).
  package func ocspResponse(about certificate: [UInt8], _ request: OCSPRequest) throws -> [UInt8] {
    guard request.responseStatus == 0 else { return [0x30, 0x03, 0x0a, 0x01, UInt8(clamping: request.responseStatus)] }
    let signer = request.delegate ?? self
    let algorithm = try SigningAlgorithm(signer.key)
    let body = try responseData(about: try CertificateFields(der: certificate), request, responder: signer.fields)
    let certificates = request.sendsDelegate ? request.delegate.map { [$0.certificateDER] } ?? [] : []
    let basic = try signer.signed(body, algorithm, certificates: certificates)
    var coder = DER.Serializer()
    try coder.appendConstructedNode(identifier: .sequence) { coder in
      coder.appendPrimitiveNode(identifier: .enumerated) { $0.append(0) }
      try coder.serialize(explicitlyTaggedWithTagNumber: 0, tagClass: .contextSpecific) { coder in
        try coder.appendConstructedNode(identifier: .sequence) { coder in
          try coder.serialize([1, 3, 6, 1, 5, 5, 7, 48, 1, 1] as ASN1ObjectIdentifier)
          try coder.serialize(ASN1OctetString(contentBytes: basic[...]))
        }
      }
    }
    return coder.serializedBytes
  }

  /// A certificate of this authority for somebody who signs OCSP responses in its place.
  package func ocspDelegate(
    _ commonName: String, notBefore: Int64, notAfter: Int64, isForOCSP: Bool = true
  ) throws -> IssuingAuthority {
    let key = try FreshKey.make(.ecdsa(.secp256r1)).signing
    let subject = try DistinguishedName { CommonName(commonName) }
    let certificate = try CertificateDraft(
      subject: subject, publicKey: key.publicKey, notBefore: notBefore, notAfter: notAfter,
      extensions: [
        try .init(KeyUsage(digitalSignature: true), critical: true),
        try .init(try ExtendedKeyUsage([isForOCSP ? .ocspSigning : .serverAuth]), critical: false),
        try .init(SubjectKeyIdentifier(hash: key.publicKey), critical: false),
      ]
    ).signed(by: self.key, named: name)
    return try IssuingAuthority(certificateDER: try HandfastTrust.certificateDER(certificate), key: key)
  }

  private func responseData(
    about certificate: CertificateFields, _ request: OCSPRequest, responder: CertificateFields
  ) throws -> [UInt8] {
    var coder = DER.Serializer()
    try coder.appendConstructedNode(identifier: .sequence) { coder in
      if request.namesResponderByKey {
        try coder.serialize(explicitlyTaggedWithTagNumber: 2, tagClass: .contextSpecific) { coder in
          try coder.serialize(ASN1OctetString(contentBytes: Array(Insecure.SHA1.hash(data: responder.publicKey))[...]))
        }
      } else {
        coder.serialize(explicitlyTaggedWithTagNumber: 1, tagClass: .contextSpecific) { coder in
          coder.serializeRawBytes(responder.subject.der)
        }
      }
      try coder.serialize(try UnixTime.generalizedTime(request.thisUpdate))
      try coder.appendConstructedNode(identifier: .sequence) { coder in
        try coder.appendConstructedNode(identifier: .sequence) { coder in
          try serializeID(of: certificate, request.hash, into: &coder)
          try request.status.serialize(into: &coder)
          try coder.serialize(try UnixTime.generalizedTime(request.thisUpdate))
          guard let next = request.nextUpdate else { return }
          try coder.serialize(explicitlyTaggedWithTagNumber: 0, tagClass: .contextSpecific) { coder in
            try coder.serialize(try UnixTime.generalizedTime(next))
          }
        }
      }
      guard !request.unknownCriticalExtensions.isEmpty else { return }
      try coder.serialize(explicitlyTaggedWithTagNumber: 1, tagClass: .contextSpecific) { coder in
        try coder.serializeSequenceOf(
          try request.unknownCriticalExtensions.map {
            Certificate.Extension(
              oid: try ASN1ObjectIdentifier(dotRepresentation: $0), critical: true, value: [0x05, 0x00])
          })
      }
    }
    return coder.serializedBytes
  }

  /// CertID.
  private func serializeID(
    of certificate: CertificateFields, _ hash: OCSPRequest.Hash, into coder: inout DER.Serializer
  ) throws {
    let (oid, nameHash, keyHash): (ASN1ObjectIdentifier, [UInt8], [UInt8]) =
      switch hash {
      case .sha1:
        (
          [1, 3, 14, 3, 2, 26], Array(Insecure.SHA1.hash(data: fields.subject.der)),
          Array(Insecure.SHA1.hash(data: fields.publicKey))
        )
      case .sha256:
        (
          [2, 16, 840, 1, 101, 3, 4, 2, 1], Array(SHA256.hash(data: fields.subject.der)),
          Array(SHA256.hash(data: fields.publicKey))
        )
      }
    try coder.appendConstructedNode(identifier: .sequence) { coder in
      try coder.appendConstructedNode(identifier: .sequence) { coder in
        try coder.serialize(oid)
        coder.appendPrimitiveNode(identifier: .null) { _ in }
      }
      try coder.serialize(ASN1OctetString(contentBytes: nameHash[...]))
      try coder.serialize(ASN1OctetString(contentBytes: keyHash[...]))
      coder.appendPrimitiveNode(identifier: .integer) { $0 += certificate.serialNumber }
    }
  }
}

extension OCSPRequest.Status {
  fileprivate func serialize(into coder: inout DER.Serializer) throws {
    switch self {
    case .good: coder.appendPrimitiveNode(identifier: .init(tagWithNumber: 0, tagClass: .contextSpecific)) { _ in }
    case .unknown: coder.appendPrimitiveNode(identifier: .init(tagWithNumber: 2, tagClass: .contextSpecific)) { _ in }
    case .revoked(let time, let reason):
      try coder.appendConstructedNode(identifier: .init(tagWithNumber: 1, tagClass: .contextSpecific)) { coder in
        try coder.serialize(try UnixTime.generalizedTime(time))
        guard let reason else { return }
        coder.serialize(explicitlyTaggedWithTagNumber: 0, tagClass: .contextSpecific) { coder in
          coder.appendPrimitiveNode(identifier: .enumerated) { $0.append(UInt8(reason.rawValue)) }
        }
      }
    }
  }
}
