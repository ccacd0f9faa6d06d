import Crypto
import Foundation
import SwiftASN1
import X509
import _CryptoExtras

/// A root, and a chain of two under it for each side, all with keys of one kind.
struct Credentials {
  struct Chain {
    let leaf: Certificate
    let intermediate: Certificate
    let key: Certificate.PrivateKey
    let chainPEM: String
    let keyPEM: String
    /// PKCS#8.
    let keyDER: Data
  }

  let root: Certificate
  let rootPEM: String
  let client: Chain
  let server: Chain

  init(_ kind: Scenario.KeyKind) throws {
    let rootKey = try Self.key(kind)
    let rootName = try DistinguishedName { CommonName("Benchmark Root") }
    root = try Self.certificate(rootName, rootKey, issuer: rootName, rootKey, [Self.authority()])
    rootPEM = try root.serializeAsPEM().pemString
    let middleKey = try Self.key(kind)
    let middleName = try DistinguishedName { CommonName("Benchmark Intermediate") }
    let middle = try Self.certificate(middleName, middleKey, issuer: rootName, rootKey, [Self.authority()])

    func chain(_ name: String, _ usage: ExtendedKeyUsage.Usage) throws -> Chain {
      let key = try Self.key(kind)
      let subject = try DistinguishedName { CommonName(name) }
      let leaf = try Self.certificate(
        subject, key, issuer: middleName, middleKey,
        [
          Certificate.Extensions {
            Critical(BasicConstraints.notCertificateAuthority)
            Critical(KeyUsage(digitalSignature: true))
            try ExtendedKeyUsage([usage])
            SubjectAlternativeNames([.dnsName(name)])
          }
        ])
      return Chain(
        leaf: leaf, intermediate: middle, key: key,
        chainPEM: try leaf.serializeAsPEM().pemString + "\n" + middle.serializeAsPEM().pemString + "\n",
        keyPEM: try key.serializeAsPEM().pemString, keyDER: Data(try key.serializeAsPEM().derBytes))
    }
    client = try chain("client", .clientAuth)
    server = try chain("localhost", .serverAuth)
  }

  private static func authority() throws -> Certificate.Extensions {
    try Certificate.Extensions {
      Critical(BasicConstraints.isCertificateAuthority(maxPathLength: nil))
      Critical(KeyUsage(keyCertSign: true))
    }
  }

  private static func key(_ kind: Scenario.KeyKind) throws -> Certificate.PrivateKey {
    switch kind {
    case .p256: Certificate.PrivateKey(P256.Signing.PrivateKey())
    case .rsa2048: Certificate.PrivateKey(try _RSA.Signing.PrivateKey(keySize: .bits2048))
    case .ed25519: Certificate.PrivateKey(Curve25519.Signing.PrivateKey())
    }
  }

  private static func certificate(
    _ subject: DistinguishedName, _ key: Certificate.PrivateKey, issuer: DistinguishedName,
    _ issuerKey: Certificate.PrivateKey, _ extensions: [Certificate.Extensions]
  ) throws -> Certificate {
    var all = try Certificate.Extensions { SubjectKeyIdentifier(hash: key.publicKey) }
    for one in extensions.joined() { try all.append(one) }
    if subject != issuer {
      try all.append(
        Certificate.Extension(
          AuthorityKeyIdentifier(keyIdentifier: SubjectKeyIdentifier(hash: issuerKey.publicKey).keyIdentifier),
          critical: false))
    }
    return try Certificate(
      version: .v3, serialNumber: .init(), publicKey: key.publicKey, notValidBefore: Date(timeIntervalSinceNow: -3600),
      notValidAfter: Date(timeIntervalSinceNow: 86_400 * 30), issuer: issuer, subject: subject, extensions: all,
      issuerPrivateKey: issuerKey)
  }
}
