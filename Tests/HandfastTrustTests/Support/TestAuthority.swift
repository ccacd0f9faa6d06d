import Crypto
import Foundation
import SwiftASN1
import X509
import _CryptoExtras

@testable import HandfastTrust

/// An authority whose certificates can break any rule, made with swift-certificates directly.
struct TestAuthority {
  var certificate: Certificate
  let key: Certificate.PrivateKey

  var der: [UInt8] { get throws { try certificateDER(certificate) } }
  var name: DistinguishedName { certificate.subject }

  /// What a certificate of these tests says, unless told otherwise.
  struct Draft {
    var notBefore = testTime - 86_400
    var notAfter = testTime + 86_400
    var version = Certificate.Version.v3
    var basicConstraints: BasicConstraints? = .isCertificateAuthority(maxPathLength: nil)
    var keyUsage: KeyUsage? = KeyUsage(keyCertSign: true)
    var extendedKeyUsage: [ExtendedKeyUsage.Usage] = []
    var nameConstraints: NameConstraints?
    var names: [GeneralName] = []
    var other: [Certificate.Extension] = []
    var hasKeyIdentifiers = true
    var signatureAlgorithm = Certificate.SignatureAlgorithm.ecdsaWithSHA256

    static var leaf: Draft {
      var draft = Draft()
      draft.basicConstraints = .notCertificateAuthority
      draft.keyUsage = KeyUsage(digitalSignature: true)
      draft.extendedKeyUsage = [.serverAuth]
      draft.names = [.dnsName("a.example")]
      return draft
    }
  }

  static func rsa2048() throws -> Certificate.PrivateKey { .init(try _RSA.Signing.PrivateKey(keySize: .bits2048)) }
  static func p256() -> Certificate.PrivateKey { .init(P256.Signing.PrivateKey()) }

  /// A root.
  init(
    _ name: String, key: Certificate.PrivateKey = p256(), _ change: (inout Draft) -> Void = { _ in }
  ) throws {
    self.key = key
    let subject = try DistinguishedName { CommonName(name) }
    var draft = Draft()
    change(&draft)
    certificate = try Self.make(draft, subject: subject, key: key.publicKey, issuer: subject, issuerKey: key)
  }

  private init(certificate: Certificate, key: Certificate.PrivateKey) {
    self.certificate = certificate
    self.key = key
  }

  /// An intermediate below this authority.
  func intermediate(
    _ name: String, key: Certificate.PrivateKey = p256(), _ change: (inout Draft) -> Void = { _ in }
  ) throws -> TestAuthority {
    var draft = Draft()
    change(&draft)
    let subject = try DistinguishedName { CommonName(name) }
    let certificate = try Self.make(
      draft, subject: subject, key: key.publicKey, issuer: self.name, issuerKey: self.key)
    return TestAuthority(certificate: certificate, key: key)
  }

  /// A server's certificate for a.example, DER.
  func leaf(
    _ name: String? = "a.example", key: Certificate.PrivateKey = p256(), _ change: (inout Draft) -> Void = { _ in }
  ) throws -> [UInt8] {
    var draft = Draft.leaf
    change(&draft)
    let subject = try name.map { name in try DistinguishedName { CommonName(name) } } ?? DistinguishedName()
    return try certificateDER(
      Self.make(draft, subject: subject, key: key.publicKey, issuer: self.name, issuerKey: self.key))
  }

  private static func make(
    _ draft: Draft, subject: DistinguishedName, key: Certificate.PublicKey, issuer: DistinguishedName,
    issuerKey: Certificate.PrivateKey
  ) throws -> Certificate {
    var list = draft.other
    if let value = draft.basicConstraints { list.append(try .init(value, critical: true)) }
    if let value = draft.keyUsage { list.append(try .init(value, critical: true)) }
    if !draft.extendedKeyUsage.isEmpty {
      list.append(try .init(try ExtendedKeyUsage(draft.extendedKeyUsage), critical: false))
    }
    if let value = draft.nameConstraints { list.append(try .init(value, critical: true)) }
    if !draft.names.isEmpty { list.append(try .init(SubjectAlternativeNames(draft.names), critical: false)) }
    if draft.hasKeyIdentifiers {
      list.append(try .init(SubjectKeyIdentifier(hash: key), critical: false))
      let authority = SubjectKeyIdentifier(hash: issuerKey.publicKey).keyIdentifier
      list.append(try .init(AuthorityKeyIdentifier(keyIdentifier: authority), critical: false))
    }
    return try Certificate(
      version: draft.version, serialNumber: .init(), publicKey: key,
      notValidBefore: Date(timeIntervalSince1970: Double(draft.notBefore)),
      notValidAfter: Date(timeIntervalSince1970: Double(draft.notAfter)), issuer: issuer, subject: subject,
      signatureAlgorithm: draft.signatureAlgorithm, extensions: try Certificate.Extensions(list),
      issuerPrivateKey: issuerKey)
  }
}

extension Trust {
  /// Trusts these authorities at `testTime`.
  init(_ roots: TestAuthority...) throws {
    try self.init(roots: try roots.map { try $0.der })
    now = { testTime }
  }
}
