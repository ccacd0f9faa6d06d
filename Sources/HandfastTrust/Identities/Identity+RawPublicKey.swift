public import HandfastCore
import HandfastCrypto
import HandfastWire

extension Identity {
  /// An identity that is a key and nothing else (RFC 7250), for peers that know it: `PinnedKeys`. From PEM, as `init` takes it.
  public static func rawPublicKey(
    privateKeyPEM: String, passphrase: [UInt8]? = nil
  ) throws(IdentityError) -> Identity {
    let key = try privateKey(in: privateKeyPEM, passphrase)
    return try Identity(subjectPublicKeyInfo: key.subjectPublicKeyInfo, key: key)
  }

  /// The same with a key that is elsewhere (an HSM, a KMS): the connection asks for its signatures with `Need.signature`.
  public static func rawPublicKey(subjectPublicKeyInfo der: [UInt8]) throws(IdentityError) -> Identity {
    try Identity(subjectPublicKeyInfo: der, key: nil)
  }

  private init(subjectPublicKeyInfo der: [UInt8], key: PrivateKey?) throws(IdentityError) {
    let raw: RawPublicKey
    do { raw = try RawPublicKey(der) } catch {
      throw .unreadableCertificate(position: 0, reason: plain(error))
    }
    guard case .usable(let kind) = raw.key, (try? PublicKey(subjectPublicKeyInfo: der)) != nil else {
      throw .unsupportedCertificateKey(raw.key.text)
    }
    self.init(
      certificateType: .rawPublicKey, chain: [der], certificates: [raw.description], keyKind: kind, issuerNames: [],
      dnsNames: [], key: key)
    // No authority has issued it.
    isBoundToAuthorities = false
  }
}
