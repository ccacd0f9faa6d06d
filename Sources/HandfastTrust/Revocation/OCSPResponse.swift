import Crypto
import SwiftASN1
import X509

/// What an OCSP responder says about certificates (RFC 6960 §4.2.1). Signatures and dates are `StapledStatus`'s to judge.
struct OCSPResponse: Sendable {
  /// A response that carries no statement: "tryLater" and the like.
  struct Unsuccessful: Error {
    let status: String
  }
  enum Status: Sendable, Hashable {
    case good
    case revoked(at: Int64, reason: RevocationReason?)
    case unknown
  }
  enum Responder: Sendable {
    case name([UInt8])
    /// SHA-1 over the key's bits.
    case keyHash([UInt8])
  }
  struct Single: Sendable {
    let hash: ASN1ObjectIdentifier
    let issuerNameHash: [UInt8]
    let issuerKeyHash: [UInt8]
    let serialNumber: [UInt8]
    let status: Status
    let thisUpdate: Int64
    let nextUpdate: Int64?
    /// A critical extension that is not understood here.
    let unknownCritical: String?
  }

  let responder: Responder
  let responses: [Single]
  /// DER, as they came.
  let certificates: [[UInt8]]
  let signature: IssuerSignature
  let unknownCritical: String?

  static let byteLimit = 1 << 16
  /// A stapled response is about one certificate; more than a few are a load.
  static let countLimit = 64
  static let certificateLimit = 4

  /// Throws `Unsuccessful`, or SwiftASN1's error for what is no response.
  init(der: [UInt8]) throws {
    guard der.count <= Self.byteLimit else {
      throw ASN1Error.invalidASN1Object(reason: "it has more than \(Self.byteLimit) bytes")
    }
    let (status, basic) = try DER.sequence(DER.parse(der), identifier: .sequence) { nodes in
      let status = try Int(derEncoded: try nodes.required(), withIdentifier: .enumerated)
      let basic = try DER.optionalExplicitlyTagged(&nodes, tagNumber: 0, tagClass: .contextSpecific) { node in
        try DER.sequence(node, identifier: .sequence) { nodes in
          (try ASN1ObjectIdentifier(derEncoded: &nodes), try ASN1OctetString(derEncoded: &nodes).bytes)
        }
      }
      return (status, basic)
    }
    guard status == 0 else { throw Unsuccessful(status: Self.statuses[status] ?? "status \(status)") }
    guard let basic, basic.0 == [1, 3, 6, 1, 5, 5, 7, 48, 1, 1] else {
      throw ASN1Error.invalidASN1Object(reason: "it is not of the basic type")
    }
    let parts = try DER.sequence(DER.parse(basic.1), identifier: .sequence) { nodes in
      let body = try nodes.required()
      let algorithm = try DER.sequence(try nodes.required(), identifier: .sequence) { parts in
        let oid = try ASN1ObjectIdentifier(derEncoded: &parts)
        _ = parts.next()
        return oid
      }
      let bits = try ASN1BitString(wholeBytes: &nodes)
      let certificates = try DER.optionalExplicitlyTagged(&nodes, tagNumber: 0, tagClass: .contextSpecific) { node in
        try DER.sequence(node, identifier: .sequence) { nodes in
          var list: [[UInt8]] = []
          while let node = nodes.next() { list.append(Array(node.encodedBytes)) }
          return list
        }
      }
      return (
        body, IssuerSignature(algorithm: algorithm, signed: body.encodedBytes, value: Array(bits.bytes)), certificates
      )
    }
    signature = parts.1
    certificates = parts.2 ?? []
    guard certificates.count <= Self.certificateLimit else {
      throw ASN1Error.invalidASN1Object(reason: "it carries more than \(Self.certificateLimit) certificates")
    }
    (responder, responses, unknownCritical) = try Self.body(parts.0)
  }

  /// ResponseData.
  private static func body(_ node: ASN1Node) throws -> (Responder, [Single], String?) {
    try DER.sequence(node, identifier: .sequence) { nodes in
      let version =
        try DER.optionalExplicitlyTagged(&nodes, tagNumber: 0, tagClass: .contextSpecific) { try Int(derEncoded: $0) }
        ?? 0
      guard version == 0 else { throw ASN1Error.invalidASN1Object(reason: "its version is not 1") }
      let responder = try Responder(try nodes.required())
      _ = try GeneralizedTime(derEncoded: &nodes)
      let singles = try DER.sequence(try nodes.required(), identifier: .sequence) { nodes in
        var list: [Single] = []
        while let node = nodes.next() {
          guard list.count < countLimit else {
            throw ASN1Error.invalidASN1Object(reason: "it speaks of more than \(countLimit) certificates")
          }
          list.append(try Single(node))
        }
        return list
      }
      return (responder, singles, try OCSPResponse.unknownCritical(&nodes))
    }
  }

  /// Of [1] EXPLICIT Extensions. Nonces (RFC 9654) mean nothing in what is stapled.
  fileprivate static func unknownCritical(_ nodes: inout ASN1NodeCollection.Iterator) throws -> String? {
    let list =
      try DER.optionalExplicitlyTagged(&nodes, tagNumber: 1, tagClass: .contextSpecific) { node in
        try DER.sequence(of: Certificate.Extension.self, identifier: .sequence, rootNode: node)
      } ?? []
    return list.first { $0.critical && $0.oid != [1, 3, 6, 1, 5, 5, 7, 48, 1, 2] }.map { "\($0.oid)" }
  }

  private static let statuses = [
    1: "malformedRequest", 2: "internalError", 3: "tryLater", 5: "sigRequired", 6: "unauthorized",
  ]
}

extension OCSPResponse.Responder {
  fileprivate init(_ node: ASN1Node) throws {
    switch node.identifier {
    case ASN1Identifier(tagWithNumber: 1, tagClass: .contextSpecific):
      self = .name(
        try DER.explicitlyTagged(node, tagNumber: 1, tagClass: .contextSpecific) { Array($0.encodedBytes) })
    default:
      self = .keyHash(
        try DER.explicitlyTagged(node, tagNumber: 2, tagClass: .contextSpecific) {
          Array(try ASN1OctetString(derEncoded: $0).bytes)
        })
    }
  }

  /// Whether this names the owner of `fields`.
  func isOwner(of fields: CertificateFields) -> Bool {
    switch self {
    case .name(let name): name == fields.subject.der
    case .keyHash(let hash): hash == Array(Insecure.SHA1.hash(data: fields.publicKey))
    }
  }
}

/// As certificates have it, to compare with.
private func numberBytes(_ node: ASN1Node) throws -> [UInt8] {
  var walker = DERWalker(Array(node.encodedBytes))
  return Array(walker.bytes[try walker.unsignedInteger()])
}

extension OCSPResponse.Single {
  fileprivate init(_ node: ASN1Node) throws {
    self = try DER.sequence(node, identifier: .sequence) { nodes in
      let (hash, name, key, serial) = try DER.sequence(try nodes.required(), identifier: .sequence) { nodes in
        let hash = try DER.sequence(try nodes.required(), identifier: .sequence) { parts in
          let oid = try ASN1ObjectIdentifier(derEncoded: &parts)
          _ = parts.next()
          return oid
        }
        return (
          hash, Array(try ASN1OctetString(derEncoded: &nodes).bytes),
          Array(try ASN1OctetString(derEncoded: &nodes).bytes),
          try numberBytes(try nodes.required())
        )
      }
      let status = try OCSPResponse.Status(try nodes.required())
      let thisUpdate = UnixTime.seconds(try GeneralizedTime(derEncoded: &nodes))
      let nextUpdate = try DER.optionalExplicitlyTagged(&nodes, tagNumber: 0, tagClass: .contextSpecific) { node in
        UnixTime.seconds(try GeneralizedTime(derEncoded: node))
      }
      return Self(
        hash: hash, issuerNameHash: name, issuerKeyHash: key, serialNumber: serial, status: status,
        thisUpdate: thisUpdate, nextUpdate: nextUpdate, unknownCritical: try OCSPResponse.unknownCritical(&nodes))
    }
  }

  /// Whether it is about this certificate of this issuer. Hashes for looking up, not for security: SHA-1 is what most use.
  func isAbout(_ fields: CertificateFields, of issuer: CertificateFields) -> Bool {
    guard serialNumber == Array(fields.serialNumber) else { return false }
    switch hash {
    case [1, 3, 14, 3, 2, 26]: return matches(Insecure.SHA1.self, fields, issuer)
    case [2, 16, 840, 1, 101, 3, 4, 2, 1]: return matches(SHA256.self, fields, issuer)
    case [2, 16, 840, 1, 101, 3, 4, 2, 2]: return matches(SHA384.self, fields, issuer)
    case [2, 16, 840, 1, 101, 3, 4, 2, 3]: return matches(SHA512.self, fields, issuer)
    default: return false
    }
  }

  private func matches<Hash: HashFunction>(
    _ hash: Hash.Type, _ fields: CertificateFields, _ issuer: CertificateFields
  ) -> Bool {
    issuerNameHash == Array(Hash.hash(data: fields.issuer.der))
      && issuerKeyHash == Array(Hash.hash(data: issuer.publicKey))
  }
}

extension OCSPResponse.Status {
  fileprivate init(_ node: ASN1Node) throws {
    switch node.identifier {
    case ASN1Identifier(tagWithNumber: 0, tagClass: .contextSpecific): self = .good
    case ASN1Identifier(tagWithNumber: 2, tagClass: .contextSpecific): self = .unknown
    default:
      self = try DER.sequence(node, identifier: .init(tagWithNumber: 1, tagClass: .contextSpecific)) { nodes in
        let time = UnixTime.seconds(try GeneralizedTime(derEncoded: &nodes))
        let reason = try DER.optionalExplicitlyTagged(&nodes, tagNumber: 0, tagClass: .contextSpecific) { node in
          RevocationReason(rawValue: try Int(derEncoded: node, withIdentifier: .enumerated))
        }
        return .revoked(at: time, reason: reason ?? nil)
      }
    }
  }
}
