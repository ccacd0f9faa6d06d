import HandfastCore
import HandfastWire

/// Sessions to remember.
enum Sample {
  static let now: UInt64 = 1_800_000_000_000
  static let day: UInt64 = 86_400_000

  static func certificate(_ name: String, notAfter: UInt64 = now + 300 * day, isCA: Bool = false)
    -> CertificateDescription
  {
    CertificateDescription(
      subject: "CN=\(name)", issuer: "CN=Röot", notBefore: -5, notAfter: Int64(notAfter / 1000), key: "ECDSA secp256r1",
      signatureAlgorithm: "ecdsa-with-SHA256", names: isCA ? [] : ["DNS:\(name)", "URI:spiffe://\(name)"], isCA: isCA,
      keyUsage: isCA ? nil : ["digitalSignature"], extendedKeyUsage: isCA ? nil : ["clientAuth", "1.2.3"],
      serialNumber: "1f", fingerprint: [UInt8](repeating: UInt8(name.utf8.count), count: 32))
  }

  static func peer(notAfter: UInt64 = now + 300 * day) -> RememberedPeer {
    let leaf = certificate("client.example", notAfter: notAfter)
    let intermediate = certificate("Issuing", isCA: true)
    return RememberedPeer(
      presented: [leaf, intermediate], path: [leaf, intermediate, certificate("Röot", isCA: true)],
      signatureScheme: .ecdsaSecp256r1SHA256)
  }

  static func server(
    peer: RememberedPeer? = peer(), secret: [UInt8] = Array(0..<48), version: ProtocolVersion = .tls13,
    issuedAt: UInt64 = now, lifetime: UInt64 = day, lineageStartedAt: UInt64 = now, serverName: String? = "a.example"
  ) -> ServerSession {
    ServerSession(
      version: version, cipherSuite: CipherSuite(rawValue: 0x1302), secret: SessionSecret(secret),
      scope: [UInt8](repeating: 7, count: 32), serverName: serverName, applicationProtocol: Array("h2".utf8),
      lineageStartedAt: lineageStartedAt, issuedAt: issuedAt, expiresAt: issuedAt + lifetime, ageAdd: 0xdead_beef,
      usesExtendedMasterSecret: true, maxEarlyData: 16_384, group: .x25519MLKEM768, peer: peer)
  }

  /// The least there can be.
  static func bareServer() -> ServerSession {
    ServerSession(
      version: .tls12, cipherSuite: .ecdheECDSAWithAES128GCMSHA256, secret: SessionSecret([1]),
      scope: [UInt8](repeating: 0, count: 32), serverName: nil, applicationProtocol: nil, lineageStartedAt: now,
      issuedAt: now, expiresAt: now + day, usesExtendedMasterSecret: false, ownCertificateType: .rawPublicKey,
      peer: nil)
  }

  static func client(
    version: ProtocolVersion = .tls13, mark: UInt8 = 1, lifetime: UInt32 = 3600, ownCertificatesEndAt: UInt64 = .max,
    lineageStartedAt: UInt64 = now, peer: RememberedPeer = peer()
  ) -> ClientSession {
    ClientSession(
      version: version, cipherSuite: CipherSuite(rawValue: 0x1301), secret: SessionSecret([mark]), ticket: [mark],
      receivedAt: now, lifetime: lifetime, applicationProtocol: nil, lineageStartedAt: lineageStartedAt,
      ownCertificatesEndAt: ownCertificatesEndAt, peer: peer)
  }
}

extension ServerSession {
  /// Everything, for comparison.
  var bytes: [UInt8]? { encoded() }
}
