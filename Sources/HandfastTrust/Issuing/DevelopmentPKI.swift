import Crypto
package import HandfastCore
import HandfastWire
import SwiftASN1
import X509

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A throwaway root and intermediate that issue certificates in memory: for the demo, for tests, and for trying things out.
/// Nothing is ever written to disk, and the authorities' keys go with the value.
package struct DevelopmentPKI: Sendable {
  /// The authorities, for whoever wants revocation lists and OCSP responses of theirs.
  package let root: IssuingAuthority
  package let intermediate: IssuingAuthority
  private let now: Int64

  /// Makes root and intermediate, valid from a day before `now` (Unix seconds; by default the system's) for ten years.
  package init(
    name: String = "Handfast Development", keyKind: KeyKind = .ecdsa(.secp256r1), now: Int64? = nil
  ) throws {
    let now = now ?? SystemClock.now()
    let rootKey = try FreshKey.make(keyKind).signing
    let rootName = try DistinguishedName { CommonName("\(name) Root") }
    let rootCertificate = try CertificateDraft(
      subject: rootName, publicKey: rootKey.publicKey, notBefore: now - 86_400, notAfter: now + 3650 * 86_400,
      extensions: Self.authorityExtensions(for: rootKey, pathLength: nil)
    ).signed(by: rootKey, named: rootName)
    root = try IssuingAuthority(certificateDER: try certificateDER(rootCertificate), key: rootKey)

    let key = try FreshKey.make(keyKind).signing
    let intermediateName = try DistinguishedName { CommonName("\(name) Intermediate") }
    let certificate = try CertificateDraft(
      subject: intermediateName, publicKey: key.publicKey, notBefore: now - 86_400, notAfter: now + 3650 * 86_400,
      extensions: Self.authorityExtensions(for: key, pathLength: 0)
    ).signed(by: rootKey, named: rootName)
    intermediate = try IssuingAuthority(certificateDER: try certificateDER(certificate), key: key)
    self.now = now
  }

  package var rootDER: [UInt8] { root.certificateDER }
  package var intermediateDER: [UInt8] { intermediate.certificateDER }
  /// Trusts this PKI's root and nothing else.
  package var trust: Trust { get throws { try Trust(roots: [rootDER]) } }
  package var rootPEM: String { PEMBlock.text("CERTIFICATE", rootDER) }
  package var intermediatePEM: String { PEMBlock.text("CERTIFICATE", intermediateDER) }

  /// A fresh key, and a certificate for it as `request` wants it.
  package func issue(_ request: LeafRequest) throws -> Identity { try issueWithPEM(request).identity }

  /// The same, also as text for other programs.
  package func issueWithPEM(_ request: LeafRequest) throws -> IssuedIdentity {
    let key = try FreshKey.make(request.keyKind)
    let signer: (name: DistinguishedName, key: Certificate.PrivateKey)
    switch request.signer {
    case .intermediate: signer = (intermediate.name, intermediate.key)
    case .root: signer = (root.name, root.key)
    case .selfSigned: signer = (try request.subject, key.signing)
    }
    var draft = CertificateDraft(
      subject: try request.subject, publicKey: key.signing.publicKey, notBefore: now + request.notBefore,
      notAfter: now + request.notAfter, extensions: try request.extensions(for: key.signing.publicKey))
    if let serial = request.serialNumber { draft.serialNumber = Certificate.SerialNumber(bytes: serial) }
    let leaf = try draft.signed(by: signer.key, named: signer.name)
    let sendsIntermediate = request.signer == .intermediate && request.sendsIntermediate
    let chain = [try certificateDER(leaf)] + (sendsIntermediate ? [intermediateDER] : [])
    return IssuedIdentity(
      identity: try Identity(chain: chain, key: try key.privateKey()),
      certificateChainPEM: chain.map { PEMBlock.text("CERTIFICATE", $0) }.joined(),
      privateKeyPEM: PEMBlock.text("PRIVATE KEY", key.pkcs8))
  }

  /// A list of the intermediate's, or the root's, that revokes these certificates (DER) and holds for a week.
  package func revocationList(
    of authority: any KeyPath<DevelopmentPKI, IssuingAuthority> & Sendable = \.intermediate,
    revoking certificates: [[UInt8]] = [],
    reason: RevocationReason? = nil
  ) throws -> [UInt8] {
    let entries = try certificates.map { der in
      RevocationListRequest.Entry(
        serialNumber: Array(try CertificateFields(der: der).serialNumber), revokedAt: now - 3600, reason: reason)
    }
    return try self[keyPath: authority].revocationList(
      RevocationListRequest(revoked: entries, thisUpdate: now - 600, nextUpdate: now + 7 * 86_400))
  }

  private static func authorityExtensions(
    for key: Certificate.PrivateKey, pathLength: Int?
  ) throws -> [Certificate.Extension] {
    [
      try .init(BasicConstraints.isCertificateAuthority(maxPathLength: pathLength), critical: true),
      try .init(KeyUsage(keyCertSign: true, cRLSign: true), critical: true),
      try .init(SubjectKeyIdentifier(hash: key.publicKey), critical: false),
    ]
  }
}

/// An identity with its PEM texts: the chain, and the key as unencrypted PKCS#8.
package struct IssuedIdentity: Sendable {
  package let identity: Identity
  package let certificateChainPEM: String
  package let privateKeyPEM: String
}

/// A certificate that wants a signature.
struct CertificateDraft {
  var subject: DistinguishedName
  var publicKey: Certificate.PublicKey
  var notBefore: Int64
  var notAfter: Int64
  var extensions: [Certificate.Extension]
  var serialNumber = Self.freshSerialNumber()

  func signed(by key: Certificate.PrivateKey, named issuer: DistinguishedName) throws -> Certificate {
    let authority = AuthorityKeyIdentifier(
      keyIdentifier: SubjectKeyIdentifier(hash: key.publicKey).keyIdentifier)
    return try Certificate(
      version: .v3, serialNumber: serialNumber, publicKey: publicKey,
      notValidBefore: Date(timeIntervalSince1970: Double(notBefore)),
      notValidAfter: Date(timeIntervalSince1970: Double(notAfter)), issuer: issuer, subject: subject,
      extensions: try Certificate.Extensions(extensions + [try .init(authority, critical: false)]),
      issuerPrivateKey: key)
  }

  /// 16 random bytes, positive (RFC 5280 §4.1.2.2 allows 20).
  private static func freshSerialNumber() -> Certificate.SerialNumber {
    var bytes = (0..<16).map { _ in UInt8.random(in: .min ... .max) }
    bytes[0] = bytes[0] & 0x7f | 0x40
    return Certificate.SerialNumber(bytes: bytes)
  }
}

func certificateDER(_ certificate: Certificate) throws -> [UInt8] {
  var serializer = DER.Serializer()
  try serializer.serialize(certificate)
  return serializer.serializedBytes
}
